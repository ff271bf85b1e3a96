package testkit

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duly/functions"
)

const root = "../.."

// source is one Go file of the repository.
type source struct {
	path string // from the root
	file *ast.File
	set  *token.FileSet
	code []byte
}

func (s source) dir() string     { return filepath.ToSlash(filepath.Dir(s.path)) }
func (s source) isTest() bool    { return strings.HasSuffix(s.path, "_test.go") }
func (s source) lines() int      { return strings.Count(string(s.code), "\n") }
func (s source) generated() bool { return ast.IsGenerated(s.file) }

func (s source) imports() []string {
	var all []string
	for _, i := range s.file.Imports {
		all = append(all, strings.Trim(i.Path.Value, `"`))
	}
	return all
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "cdk.out" || name == "build" || name == "out") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		code, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, code, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		all = append(all, source{path: filepath.ToSlash(rel), file: file, set: set, code: code})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The limits of style.md, for code and not for tests.
const (
	fileMax     = 400
	functionMax = 70
	mainMax     = 20
)

func TestSizes(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		if s.lines() > fileMax {
			t.Errorf("%s has %d lines; at most %d", s.path, s.lines(), fileMax)
		}
		if s.file.Name.Name == "main" && strings.HasPrefix(s.path, "functions/") && s.lines() > mainMax+20 {
			t.Errorf("%s has %d lines; a main only wires", s.path, s.lines())
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			limit := functionMax
			if f.Name.Name == "main" {
				limit = mainMax
			}
			if lines > limit {
				t.Errorf("%s: %s has %d lines; at most %d", s.path, f.Name.Name, lines, limit)
			}
		}
	}
}

// layer is one row of the import rules of design §2: packages below path may
// import of this repository what allowed names; tests may import more.
type layer struct {
	path    string
	allowed []string
}

var (
	leaves   = []string{"duly/shared/signature", "duly/shared/text", "duly/shared/currency"}
	cycle    = []string{"duly/shared/o2c", "duly/shared/o2c/..."}
	small    = []string{"duly/shared/o2c/money", "duly/shared/o2c/party", "duly/shared/o2c/life", "duly/shared/o2c/calendar", "duly/shared/o2c/statute", "duly/shared/o2c/fault", "duly/shared/o2c/lazy", "duly/shared/currency"}
	adapters = []string{"store", "shop", "pay", "bank", "chat", "mail", "files", "bus", "hook", "document", "page", "rule", "rates", "upload", "report", "settle", "export"}
)

func layers() []layer {
	rows := []layer{
		{"shared/signature", nil},
		{"shared/currency", nil},
		{"shared/text", []string{"duly/shared/currency"}},
		{"shared/o2c", cycle},
		{"shared/handler", slices.Concat(cycle, leaves, []string{"duly/shared/handler/...", "duly/shared/shop", "duly/shared/pay", "duly/shared/bank", "duly/shared/settle", "duly/shared/export", "duly/shared/rates", "duly/shared/chat", "duly/shared/page", "duly/shared/document"})},
		{"shared/boot", []string{"duly/shared/...", "duly/functions"}},
		{"infra/local/dynamo", nil},
		{"infra/stack", []string{"duly/functions"}},
		{"functions", []string{"duly/shared/boot/...", "duly/shared/handler/..."}},
	}
	for _, a := range adapters {
		rows = append(rows, layer{"shared/" + a, slices.Concat(cycle, leaves)})
	}
	for _, noun := range []string{"money", "calendar", "life", "fault", "party", "statute", "order", "credit", "fulfilment", "invoice", "dunning", "cash", "ledger", "kpi", "exchange", "quote", "recovery", "dossier", "lazy"} {
		rows = append(rows, layer{"shared/o2c/" + noun, small})
	}
	return rows
}

func TestImports(t *testing.T) {
	rows := layers()
	slices.SortFunc(rows, func(a, b layer) int { return len(b.path) - len(a.path) }) // the narrowest rule wins
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		i := slices.IndexFunc(rows, func(l layer) bool { return within(s.dir(), l.path) })
		if i < 0 {
			continue
		}
		for _, imported := range s.imports() {
			if strings.HasPrefix(imported, "duly/") && !allowed(imported, rows[i].allowed) && imported != "duly/"+s.dir() {
				t.Errorf("%s imports %s; %s may import %v", s.path, imported, rows[i].path, rows[i].allowed)
			}
		}
	}
}

func within(dir, path string) bool { return dir == path || strings.HasPrefix(dir, path+"/") }

func allowed(imported string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if deep, ok := strings.CutSuffix(p, "/..."); ok {
			return strings.HasPrefix(imported, deep+"/")
		}
		return imported == p
	})
}

// foreign says where a library may be imported: each trade in one place.
var foreign = map[string][]string{
	"github.com/slack-go/slack":     {"shared/chat", "infra/local/slack"},
	"github.com/stripe/stripe-go":   {"shared/pay"},
	"github.com/aws/aws-cdk-go":     {"infra/stack", "template-tests", "infra"},
	"go.etcd.io/bbolt":              {"infra/local/dynamo"},
	"github.com/bojanz/currency":    {"infra/local"}, // it carries a table of powers that takes a millisecond of each start
	"codeberg.org/go-pdf/fpdf":      {"shared/document"},
	"github.com/danielgtaylor/huma": {"shared/handler/api"},
	"github.com/aws/aws-sdk-go-v2":  {"shared/store", "shared/boot", "shared/testkit", "infra/local", "infra/deploy", "infra/backup", "infra/golive"},
	"github.com/aws/aws-lambda-go":  {"shared/handler", "shared/boot/function", "infra/local", "shared/testkit"},
	"gopkg.in/yaml.v3":              {"shared/boot/dulyfile", "infra/local", "infra/duly"},
	"github.com/alecthomas/kong":    {"infra/duly"},
	"maragu.dev/gomponents":         {"shared/page", "shared/document"},
	"html/template":                 {"infra/local"}, // it calls methods by name: linkers then keep all of every SDK
	"text/template":                 {},
	"net/http/httptest":             {},
	"math/rand":                     {"infra/local"},
	"crypto/rand":                   {"infra/duly"}, // keys of programs; all else derives from what it names
}

func TestLibrariesStayInTheirTrade(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for _, imported := range s.imports() {
			for lib, places := range foreign {
				if within(imported, lib) && !slices.ContainsFunc(places, func(p string) bool {
					return within(s.dir(), p) && (p != "infra" || s.path == "infra/main.go")
				}) {
					t.Errorf("%s imports %s, which belongs in %v", s.path, imported, places)
				}
			}
		}
	}
}

// impure is what the cycle and its nouns must not contain (design §1.4): they
// have no clock, no randomness, no I/O and no floats for money.
var impure = map[string]string{
	"time.Now": "the clock comes in as an argument", "time.Since": "the clock comes in as an argument", "time.Sleep": "the store waits",
	"os.": "no environment", "net/http": "no network", "log.": "no log", "fmt.Print": "no output",
}

func TestTheCycleIsPure(t *testing.T) {
	float := regexp.MustCompile(`\bfloat(32|64)\b`)
	for _, s := range sources(t) {
		if s.isTest() || !within(s.dir(), "shared/o2c") {
			continue
		}
		for i, line := range strings.Split(string(s.code), "\n") {
			line, _, _ = strings.Cut(line, "//")
			for bad, why := range impure {
				if regexp.MustCompile(`\b` + regexp.QuoteMeta(bad)).MatchString(line) {
					t.Errorf("%s:%d has %s: %s", s.path, i+1, bad, why)
				}
			}
			if float.MatchString(line) {
				t.Errorf("%s:%d has a float", s.path, i+1)
			}
		}
	}
}

func TestSharedHasNoClockNoGoroutineNoInit(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || !strings.HasPrefix(s.path, "shared/") || within(s.dir(), "shared/testkit") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", s.set.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && n.Sel.Name == "Now" && !within(s.dir(), "shared/boot") {
					t.Errorf("%s asks the clock", s.set.Position(n.Pos()))
				}
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s has an init", s.set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestPackagesSayWhatTheyOwn(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() || s.generated() {
			continue
		}
		said[s.dir()] = said[s.dir()] || s.file.Doc != nil
		for _, bad := range []string{"util", "utils", "common", "types", "models", "helpers"} {
			if s.file.Name.Name == bad {
				t.Errorf("%s: a package named %s says nothing", s.path, bad)
			}
		}
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s has no comment that says what it owns", dir)
		}
	}
}

func TestNothingIsLeftOpen(t *testing.T) {
	open := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b|not implemented|t\.Skip\(`)
	for _, s := range sources(t) {
		if s.path == "shared/testkit/conventions_test.go" {
			continue
		}
		scan := bufio.NewScanner(strings.NewReader(string(s.code)))
		scan.Buffer(nil, 1<<20)
		for n := 1; scan.Scan(); n++ {
			if open.MatchString(scan.Text()) {
				t.Errorf("%s:%d leaves something open: %s", s.path, n, strings.TrimSpace(scan.Text()))
			}
		}
	}
}

func TestEveryFunctionHasAMain(t *testing.T) {
	for _, f := range functions.All() {
		if _, err := os.Stat(filepath.Join(root, "functions", f.Name, "main.go")); err != nil {
			t.Error(fmt.Errorf("function %s of the manifest has no main: %w", f.Name, err))
		}
	}
}
