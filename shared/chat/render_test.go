package chat

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden shows every card, modal and Home; read the files to see what the team sees.
func TestGolden(t *testing.T) {
	en, nl := NewVoice(policy("en")), NewVoice(policy("nl"))
	for name, card := range cards() {
		m, err := en.Render(card)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "card_"+name, m)
	}
	for name, m := range forms(en) {
		golden(t, "modal_"+name, m)
	}
	golden(t, "home", sampleHome(en))
	golden(t, "home_stranger", en.Stranger())
	m, err := nl.Render(sampleCredit())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "card_credit_pending.nl", m)
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	got := pretty(t, v)
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// pretty is JSON for people: indented, with < and > as they are sent.
func pretty(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(tree); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRenderRefusesAnUnknownCard(t *testing.T) {
	if _, err := NewVoice(policy("en")).Render(nil); err == nil {
		t.Error("a card of no kind was drawn")
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	if got := NewVoice(policy("xx")).Say("button.approve"); got != "Approve" {
		t.Errorf("got %q", got)
	}
}
