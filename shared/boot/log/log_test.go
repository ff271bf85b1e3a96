package log

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestSecretsNeverReachTheLog(t *testing.T) {
	canaries := []string{"sk_test_4eC39HqLyjWDarjtT1zdp7dc", "rk_live_51abc", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "xoxb-123-456-abc", "/i/t1mzxw6ytboi5dcnbqgaytemzugi3dm", "Bearer dk_abc.def"}
	for _, canary := range canaries {
		var out bytes.Buffer
		log := New(&out)
		log.Info("said "+canary, "value", "x "+canary, "err", errors.New("refused "+canary))
		if strings.Contains(out.String(), canary) {
			t.Errorf("%s", out.String())
		}
		if !strings.Contains(out.String(), "refused [secret]") {
			t.Errorf("the rest is gone too: %s", out.String())
		}
	}
}
