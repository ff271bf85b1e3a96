package mail

import (
	"bytes"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"duly/shared/o2c"
)

// FuzzMessage looks for words that become headers.
func FuzzMessage(f *testing.F) {
	f.Add("Factuur 2026-0042", "Voorbeeld", "2026-0042.pdf", "text")
	f.Add("a\r\nBcc: x@y.example", "b\r\n\r\nbody", "c\r\nX: 1", "--body-\r\n")
	f.Add("=?utf-8?q?=0D=0ABcc:?=", "\u2028\u0085", "é/\\\"", "\x00.\r\n.")
	f.Fuzz(func(t *testing.T, subject, name, file, body string) {
		l := o2c.Letter{Tag: "e_1", Subject: subject, Text: body, HTML: body, Attachments: []o2c.Attachment{{Name: file, ContentType: "application/pdf", Content: []byte(body)}}}
		raw, err := message(l, Options{From: mail.Address{Name: name, Address: "invoices@duly.example"}}, "finance@acme.example")
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var headers []string
		for h := range m.Header {
			headers = append(headers, h)
		}
		slices.Sort(headers)
		if got := strings.Join(headers, " "); got != "Auto-Submitted Content-Type From Mime-Version Subject To" {
			t.Errorf("headers %s", got)
		}
		decoded, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
		if want := words(subject); err != nil || decoded != want {
			t.Errorf("subject %q, want %q (%v)", decoded, want, err)
		}
		if from, err := mail.ParseAddress(m.Header.Get("From")); err != nil || from.Address != "invoices@duly.example" {
			t.Errorf("from %q: %v", m.Header.Get("From"), err)
		}
	})
}
