package chat

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
)

// TestEveryLastingFailureSpeaksTheTeamsLanguage finds what gives up for good (o2c.Permanent) in the code: each names its
// sentence, and each sentence has words in every language.
func TestEveryLastingFailureSpeaksTheTeamsLanguage(t *testing.T) {
	keyed := map[string]string{}
	permanent, named := 0, 0
	for _, root := range []string{"..", filepath.Join("..", "..", "infra", "local")} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if calls(call) == "Permanent" {
					permanent++
				}
				if calls(call) != "Keyed" {
					return true
				}
				if inner, ok := call.Fun.(*ast.SelectorExpr).X.(*ast.CallExpr); ok && calls(inner) == "Permanent" {
					named++
				}
				if said, ok := literal(call.Args[0]); ok {
					keyed[said] = path
				} else if id, ok := call.Args[0].(*ast.Ident); !ok || id.Name != "key" { // its callers say which
					t.Errorf("%s: the key of a failure is no text", path)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if permanent != named || permanent < 20 {
		t.Errorf("of %d failures that last %d name their sentence: add .Keyed(…)", permanent, named)
	}
	for language, speak := range catalogue {
		words := speak()
		for key, path := range keyed {
			if _, ok := NewVoice(policy("nl")).other(key); words["cause."+key] == "" && !ok {
				t.Errorf("%s: %s names the sentence %q, which has no words", language, path, key)
			}
		}
		for key := range words {
			if cause, ours := strings.CutPrefix(key, "cause."); ours && keyed[cause] == "" && cause != "other" && cause != "internal" {
				t.Errorf("%s: nobody says %s", language, key)
			}
		}
	}
}

func calls(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// TestAFailureIsToldInTheTeamsLanguage: the sentence in its own words, the code last; of what has none, and of what is none
// of ours, no more than a colleague can use.
func TestAFailureIsToldInTheTeamsLanguage(t *testing.T) {
	v := NewVoice(policy("de"))
	for _, c := range []struct {
		why  error
		want string
	}{
		{o2c.Permanent("The letter cannot be sent", "no", "mend", nil).Keyed("mail.address", "x@"), "An „x@“ kann keine E-Mail gehen. Berichtigen Sie die E-Mail-Adresse des Kunden. [DULY-3003]"},
		{fault.New(fault.Unreadable, "The file cannot be read", "line 3 is cut", "send it again"), "Es ging nicht. Im Protokoll steht: „The file cannot be read — line 3 is cut — send it again [DULY-2003]“"},
		{errors.New("password=hunter2"), "Bei uns ging etwas schief; das Protokoll sagt, was. Bleibt es dabei, sagen Sie uns die Uhrzeit. [DULY-5000]"},
	} {
		m, err := v.Render(o2c.NoticeCard{Notice: o2c.Notice{Key: "failed.letter"}.Because(c.why)})
		if err != nil || !strings.HasSuffix(m.Text, c.want) {
			t.Errorf("told %q, want %q; %v", m.Text, c.want, err)
		}
	}
	f := fault.ReasonOf(o2c.Permanent("The letter was refused", "", "", nil).Keyed("mail.refused", "Domain not verified"))
	m, err := v.Render(o2c.DeliveryCard{Delivery: delivery.Data{Channel: delivery.Mail, Status: delivery.Failed, What: "invoice", Failure: f, Reason: "The letter was refused"}})
	raw, bad := json.Marshal(m)
	if err != nil || bad != nil || !strings.Contains(string(raw), "Der Maildienst lehnte ab: „Domain not verified“") || strings.Contains(string(raw), "The letter was refused") {
		t.Errorf("the card says %s, %v", raw, err)
	}
}
