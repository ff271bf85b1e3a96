package text

import "testing"

func TestMayFollow(t *testing.T) {
	for address, want := range map[string]bool{
		"https://pay.example/i/x?lang=nl#promise":    true,
		"http://127.0.0.1:8700/i/x":                  true,
		"mailto:a@b.example?subject=2026-0042":       true,
		"tel:+31101234567":                           true,
		"/i/x?lang=nl":                               true,
		"#amount":                                    true,
		"HTTPS://pay.example":                        true,
		"":                                           false,
		"javascript:alert(1)":                        false,
		"JavaScript:alert(1)":                        false,
		" javascript:alert(1)":                       false,
		"java\tscript:alert(1)":                      false,
		"\x01javascript:alert(1)":                    false,
		"data:text/html,<b>":                         false,
		"vbscript:x":                                 false,
		"//elsewhere.example/i/x":                    false,
		`/\elsewhere.example`:                        false,
		"javascript&colon;alert(1)":                  true, // relative: "&" is escaped where it is written
		"https://pay.example/\"><script>alert(1)</a": true, // escaped likewise
	} {
		if got := MayFollow(address); got != want {
			t.Errorf("%q: %t", address, got)
		}
	}
}
