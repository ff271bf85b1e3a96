package testkit

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryRowBuiltHasItsTest holds the rows of the capability and failure lists
// that are proved so far (testdata/rows.txt, one a line) against the tests that
// carry their number. A row once proved stays proved: its test may be renamed,
// not lost.
func TestEveryRowBuiltHasItsTest(t *testing.T) {
	list, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Fields(string(list))
	name := regexp.MustCompile(`^Test((?:Cap|FC)_\d\d)_`)
	var found []string
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !s.isTest() {
				continue
			}
			if m := name.FindStringSubmatch(f.Name.Name); m != nil {
				found = append(found, m[1])
			}
		}
	}
	for _, row := range rows {
		if !slices.Contains(found, row) {
			t.Errorf("row %s has lost its Test%s_…", row, row)
		}
	}
	for _, row := range found {
		if !slices.Contains(rows, row) {
			t.Errorf("Test%s_… is not in testdata/rows.txt", row)
		}
	}
}
