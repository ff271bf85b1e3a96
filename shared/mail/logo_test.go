package mail

import (
	netmail "net/mail"
	"strings"
	"testing"

	"duly/shared/o2c"
)

// TestALetterCarriesItsLogo: HTML that shows the logo has it inside the message,
// beside it and not among the attachments; one that does not, has none.
func TestALetterCarriesItsLogo(t *testing.T) {
	o := Options{From: netmail.Address{Name: "Voorbeeld", Address: "invoices@duly.example"}, Logo: LogoOf(o2c.Look{Logo: []byte("\x89PNG"), Kind: "png", Width: 500, Height: 160})}
	l := o2c.Letter{Tag: "e_1", To: "a@b.example", Subject: "Hello", Text: "Hello", HTML: `<img src="cid:` + o2c.LogoCID + `">`}
	raw, err := message(l, o, l.To)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"multipart/related; type=\"text/html\"", "Content-ID: <logo@duly>", "Content-Type: image/png", "Content-Disposition: inline; filename=logo.png", "iVBORw=="} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %q in\n%s", want, raw)
		}
	}
	l.HTML = "<p>Hello</p>"
	if raw, err = message(l, o, l.To); err != nil || strings.Contains(string(raw), "image/png") {
		t.Errorf("%v\n%s", err, raw)
	}
}
