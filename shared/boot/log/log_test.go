package log

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestSecretsAndPeopleNeverReachTheLog(t *testing.T) {
	for canary, mask := range map[string]string{
		"sk_test_4eC39HqLyjWDarjtT1zdp7dc": "[secret]", "rk_live_51abc": "[secret]", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "[secret]",
		"xoxb-123-456-abc": "[secret]", "/i/t1mzxw6ytboi5dcnbqgaytemzugi3dm": "[secret]", "Bearer dk_abc.def": "[secret]",
		"shpat_0123456789abcdef0123456789abcdef": "[secret]", "duly_test_0123456789abcdef": "[secret]", "password=hunter2": "[secret]",
		"piet.jansen+shop@voorbeeld.nl": "[person]", "piet%40voorbeeld.nl": "[person]", "NL91ABNA0417164300": "[person]", "NL91 ABNA 0417 1643 00": "[person]",
		"4242424242424242": "[person]", "4242 4242 4242 4242": "[person]", "+31 6 12345678": "[person]", "+31612345678": "[person]",
	} {
		var out bytes.Buffer
		log := New(&out)
		type answer struct{ Said string }
		log.With("before", canary).WithGroup("g").Info("said "+canary, "value", "x "+canary, "err", errors.New("refused "+canary), "any", answer{canary}, "list", []string{canary})
		if strings.Contains(out.String(), canary) {
			t.Errorf("%s", out.String())
		}
		if !strings.Contains(out.String(), "refused "+mask) {
			t.Errorf("%s: the rest is gone too: %s", canary, out.String())
		}
	}
	var out bytes.Buffer
	New(&out).Info("letter", "name", "Piet Jansen", "to", "Kerkstraat 1", "order", "o_0123456789abcdefghij", "invoice", "2026-0042", "at", "2026-01-05T09:00:00.123456789Z", "amount", "1,240.00 EUR")
	if s := out.String(); strings.Contains(s, "Jansen") || strings.Contains(s, "Kerkstraat") {
		t.Errorf("%s", s)
	}
	for _, useful := range []string{"o_0123456789abcdefghij", "2026-0042", "2026-01-05T09:00:00.123456789Z", "1,240.00 EUR"} {
		if !strings.Contains(out.String(), useful) {
			t.Errorf("%s is masked: %s", useful, out.String())
		}
	}
}
