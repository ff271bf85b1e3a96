package chat

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/recovery"
)

// heard are the packages whose faults a colleague can read: in Slack, on the team's pages, or on the card of a message or
// file that nobody could use.
var heard = []string{"o2c", "bank", "settle", "shop", "pay", "document", "store", "chat", "handler/slack", "handler/web", "handler/stripe-webhook", "handler/order-webhook"}

// nouns are those whose rules are told by whoever asks them (fault.By, fault.Error.Breaking).
var nouns = []string{"calendar", "cash", "credit", "dunning", "fulfilment", "invoice", "money", "order", "party", "quote", "recovery", "statute"}

// unheard are the files that speak to programs and operators alone, and why; their sentences are English (interfaces.md).
var unheard = map[string]string{
	"chat/incoming.go":       "Slack's servers are answered",
	"o2c/mandate_perform.go": "the portal tells the customer in words of its own",
	"store/read.go":          "a damaged table is the operator's matter",
	"o2c/api_key.go":         "keys of the API are made by the operator's command",
	"o2c/enclosure.go":       "files beside an invoice come through the API",
	"o2c/import_balance.go":  "rows of an import, told by the operator's command",
	"o2c/import_batch.go":    "an import is taken back by the operator's command",
	"o2c/import_open.go":     "rows of an import, told by the operator's command",
	"o2c/job.go":             "kinds of an upload, asked for by programs",
	"o2c/product.go":         "products are made through the API",
	"o2c/retention.go":       "an operator's command deletes what the law keeps no longer",

	"fulfilment/product.go": "products are made through the API",
	"invoice/forward.go":    "rows of an import, told by the operator's command",
	"order/tolerance.go":    "read from orders of programs: the field is told (shop.field)",
	"statute/claim.go":      "told as a whole (claim.law)",
	"statute/rates.go":      "rates are entered through the API",
}

// unasked are texts of errors that stand for nothing a colleague could ask for: broken code, or a field that only programs
// fill in.
var unasked = []string{
	"a customer needs an id", "invoice_on {} is none of shipment, order, prepaid, week, month", "invoice_by {} is none of mail, peppol, post",
	"e_invoice {} is neither empty nor ubl", "terms_kind {} is none of net (empty), eom_plus, days_eom", "a quote needs an id, a number and a customer",
	"the terms {} in {} have an empty text", "the terms {} in {} name {{}}, which is none of {}",
}

// silent are the codes that are told by themselves (Voice.Refusal), whatever failed.
var silent = []string{"Config", "Internal", "Unavailable", "Stale", "NoAccess", "Unauthentic"}

// said is what the code says under a key: its places, and where.
type said struct {
	names []string
	at    string
}

// TestEveryRefusalSpeaksTheTeamsLanguage walks the code for what may be refused: each fault that a colleague can read names
// its sentence, each sentence has words in every language, and the places in them are those of the code.
func TestEveryRefusalSpeaksTheTeamsLanguage(t *testing.T) {
	keys := map[string][]said{}
	for _, dir := range heard {
		scan(t, dir, keys, faults)
	}
	for _, dir := range nouns {
		scan(t, "o2c/"+dir, keys, rules)
	}
	for _, dir := range []string{"epost", "report", "vies", "hook", "bus", "mail", "files"} {
		scan(t, dir, keys, func(*testing.T, string, *ast.CallExpr, []ast.Node) {})
	}
	if len(keys) < 300 {
		t.Errorf("only %d sentences were found", len(keys))
	}
	keys["config"], keys["missing"] = []said{{names: []string{"why"}}}, []said{{names: []string{"kind", "id"}}}
	english := catalogue["en"]()
	for language := range refused {
		v := NewVoice(policy(language))
		for key, sites := range keys {
			words, ok := v.other(key)
			if _, cause := english["cause."+key]; cause && !ok {
				continue // it has words in all four, which TestEveryLastingFailureSpeaksTheTeamsLanguage checks
			}
			if !ok {
				t.Errorf("%s: %s names the sentence %q, which has no words", language, sites[0].at, key)
			}
			for _, site := range sites {
				for _, place := range placeholder.FindAllString(words, -1) {
					if !slices.Contains(site.names, strings.Trim(place, "{}")) {
						t.Errorf("%s %s: %s gives it no %s", language, key, site.at, place)
					}
				}
			}
		}
	}
	same(t, keys)
}

// same: all languages have the same keys once, the same places in each sentence, and nothing that nobody says.
func same(t *testing.T, keys map[string][]said) {
	dutch := map[string]string{}
	for _, part := range refused["nl"] {
		for _, w := range part {
			dutch[w.key] = w.said
		}
	}
	for language, parts := range refused {
		seen := map[string]bool{}
		for _, part := range parts {
			for _, w := range part {
				if seen[w.key] {
					t.Errorf("%s: %s stands twice", language, w.key)
				}
				seen[w.key] = true
				got, want := placeholder.FindAllString(w.said, -1), placeholder.FindAllString(dutch[w.key], -1)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
					t.Errorf("%s %s: places %v, in Dutch %v", language, w.key, got, want)
				}
				if _, code, _ := strings.Cut(w.key, "."); keys[w.key] == nil && !strings.HasPrefix(w.key, "is.") && !strings.HasPrefix(w.key, "kind.") || strings.TrimSpace(w.said) == "" {
					t.Errorf("%s: nobody says %s (%s)", language, w.key, code)
				}
			}
		}
		if len(seen) != len(dutch) {
			t.Errorf("%s has %d refusals, Dutch %d", language, len(seen), len(dutch))
		}
	}
}

// TestEveryStatusHasAWord: what a refusal calls the status of a document is a word of the reader.
func TestEveryStatusHasAWord(t *testing.T) {
	v := NewVoice(policy("fr"))
	for _, all := range [][]string{order.Life.Statuses(), invoice.Life.Statuses(), quote.Life.Statuses(), dunning.DisputeLife.Statuses(), dunning.PlanLife.Statuses(),
		dunning.PromiseLife.Statuses(), cash.RefundLife.Statuses(), credit.Life.Statuses(), recovery.HandOverLife.Statuses(), recovery.WriteOffLife.Statuses(),
		recovery.ReliefLife.Statuses(), delivery.Life.Statuses()} {
		for _, status := range all {
			if _, ok := v.other("is." + status); !ok && status != "" {
				t.Errorf("no word for the status %q", status)
			}
		}
	}
}

// scan walks the files of a package and collects the sentences that they name.
func scan(t *testing.T, dir string, keys map[string][]said, check func(*testing.T, string, *ast.CallExpr, []ast.Node)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no code in %s: %v", dir, err)
	}
	var parsed []*ast.File
	names := map[*ast.File]string{}
	by := map[string]int{} // functions that hand a key on, and where they take it
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed, names[file] = append(parsed, file), filepath.Base(dir)+"/"+filepath.Base(path)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if at := keyOf(f.Type); at >= 0 {
					by[f.Name.Name] = at
				}
			}
		}
	}
	for _, file := range parsed {
		at := names[file]
		eachCall(file, func(call *ast.CallExpr, above []ast.Node) {
			if unheard[at] == "" {
				check(t, at, call, above)
			}
			note(at, call, above, by, keys)
		})
	}
}

// keyOf is the place of the parameter that names a sentence, below zero if there is none.
func keyOf(f *ast.FuncType) int {
	n := 0
	for _, field := range f.Params.List {
		for _, name := range field.Names {
			if name.Name == "key" {
				if kind, ok := field.Type.(*ast.Ident); ok && kind.Name == "string" {
					return n
				}
			}
			n++
		}
	}
	return -1
}

// eachCall visits the calls of a file with what they stand in.
func eachCall(file *ast.File, visit func(call *ast.CallExpr, above []ast.Node)) {
	var above []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if call, ok := n.(*ast.CallExpr); ok {
			visit(call, above)
		}
		above = append(above, n)
		return true
	})
}

// note keeps a key and the values that go with it.
func note(at string, call *ast.CallExpr, above []ast.Node, by map[string]int, keys map[string][]said) {
	name := calls(call)
	key, from := -1, 0
	switch n, hands := by[name]; {
	case name == "Keyed":
		key, from = 0, 1
	case name == "Breaks":
		key, from = 0, 2
	case hands && (name == "refuse" || name == "unreadable" || name == "no"):
		key, from = n, n+2
	}
	if name == "no" && len(call.Args) == 3 { // a function in a function
		key, from = 0, 3
	}
	if key < 0 || key >= len(call.Args) {
		return
	}
	text, ok := literal(call.Args[key])
	if !ok {
		return
	}
	one := said{at: at}
	if name == "Keyed" && len(call.Args) > 1 {
		one.names = append(one.names, "detail")
	}
	if name == "refuse" {
		one.names = append(one.names, "line")
	}
	if text == "life" {
		one.names = append(one.names, "status")
	}
	values := call.Args[min(from, len(call.Args)):]
	if name == "Keyed" {
		values = nil
		if outer := withOf(call, above); outer != nil {
			values = outer.Args
		}
	}
	for i, v := range values {
		if said, ok := literal(v); ok && (i%2 == 0 || name == "unreadable") {
			one.names = append(one.names, said)
		}
	}
	keys[text] = append(keys[text], one)
}

// withOf is the call of With right around a call.
func withOf(call *ast.CallExpr, above []ast.Node) *ast.CallExpr {
	if len(above) < 2 {
		return nil
	}
	selector, ok := above[len(above)-1].(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "With" {
		return nil
	}
	outer, _ := above[len(above)-2].(*ast.CallExpr)
	return outer
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	said, err := strconv.Unquote(l.Value)
	return said, err == nil
}

// faults: who makes a fault names its sentence.
func faults(t *testing.T, at string, call *ast.CallExpr, above []ast.Node) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	of, ok := selector.X.(*ast.Ident)
	if !ok || of.Name != "fault" || selector.Sel.Name != "New" && selector.Sel.Name != "Bad" {
		return
	}
	if code, ok := call.Args[0].(*ast.SelectorExpr); ok && slices.Contains(silent, code.Sel.Name) {
		return
	}
	for i := len(above) - 1; i >= 0; i-- {
		switch n := above[i].(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == "Keyed" || n.Sel.Name == "Breaking" {
				return
			}
			if n.Sel.Name == "Because" && keyOfPage(above[i-1]) {
				return // told by a page's own words
			}
		case *ast.CallExpr:
		case *ast.FuncDecl:
			if n.Name.Name == "noHandOver" || n.Name.Name == "Permanent" {
				return // its callers name it
			}
		}
	}
	text, _ := literal(call.Args[1])
	t.Errorf("%s makes a fault %q that a colleague can read in English alone: add .Keyed(…), or name the file in unheard", at, text)
}

// keyOfPage reports whether a fault is told by a key of the pages.
func keyOfPage(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	key, ok := call.Args[0].(*ast.CallExpr)
	return ok && calls(key) == "told"
}

var verbs = regexp.MustCompile(`%[a-z]`)

// rules: a noun that refuses names its sentence (fault.Breaks).
func rules(t *testing.T, at string, call *ast.CallExpr, _ []ast.Node) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	of, ok := selector.X.(*ast.Ident)
	if !ok || of.Name+"."+selector.Sel.Name != "fmt.Errorf" && of.Name+"."+selector.Sel.Name != "errors.New" {
		return
	}
	text, _ := literal(call.Args[0])
	if strings.Contains(text, "%w") || slices.Contains(unasked, strings.ReplaceAll(verbs.ReplaceAllString(text, "{}"), "%%", "%")) {
		return
	}
	t.Errorf("%s refuses %q in English alone: use fault.Breaks", at, text)
}
