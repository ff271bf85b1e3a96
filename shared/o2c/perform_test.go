package o2c

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"testing"
)

// TestEachEffectHasOneRow: the first row of a kind would win over a second one in silence.
func TestEachEffectHasOneRow(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	kind, rows := regexp.MustCompile(`^do[A-Z]`), map[string]int{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, id := range n.Names {
					if kind.MatchString(id.Name) && len(n.Values) == 1 {
						rows[id.Name] += 0
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "what" {
					if of, ok := n.Value.(*ast.Ident); ok {
						rows[of.Name]++
					}
				}
			}
			return true
		})
	}
	if len(rows) < 30 {
		t.Fatalf("only %d kinds were found", len(rows))
	}
	for name, n := range rows {
		if n != 1 {
			t.Errorf("%s has %d rows in the effect table", name, n)
		}
	}
}
