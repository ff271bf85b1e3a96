package text

import "testing"

func TestPlain(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Café de l’Été – 12 ½", "Café de l’Été – 12 ½"},
		{"decomposed", "Cafe\u0301", "Café"},
		{"line breaks", "Acme\r\nBcc: x@example.com", "Acme Bcc: x@example.com"},
		{"direction override", "Acme\u202egnp.exe", "Acmegnp.exe"},
		{"no width", "A\u200bcme\ufeff\u00ad", "Acme"},
		{"control", "A\x00\x1b[31mB\u0085C", "A[31mB C"},
		{"not UTF-8", "A\xffB", "AB"},
		{"blanks", "  a \t b  ", "a b"},
		{"amount", "1\u202f240,00\u00a0€", "1\u202f240,00\u00a0€"},
	}
	for _, test := range tests {
		if got := Plain(test.in); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
