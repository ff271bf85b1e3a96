package fault

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestEveryCodeMeansSomething(t *testing.T) {
	for _, c := range Codes() {
		m := c.Meaning()
		if http.StatusText(m.Status) == "" || m.Text == "" || !strings.HasPrefix(string(c), "DULY-") {
			t.Errorf("%s means %+v", c, m)
		}
	}
	if Code("DULY-9999").Meaning() != Internal.Meaning() {
		t.Error("an unknown code means something")
	}
}

func TestAnErrorOfNobodySaysNothing(t *testing.T) {
	f := Of(errors.New("password=hunter2"))
	if f.Code != Internal || strings.Contains(f.Error(), "hunter2") || !strings.Contains(errors.Unwrap(f).Error(), "hunter2") {
		t.Errorf("%v", f)
	}
}

func TestWrappedFaultsAreFound(t *testing.T) {
	err := fmt.Errorf("ship order: %w", Missing("order", "o_1"))
	if !Is(err, NotFound) || Of(err).Code != NotFound || Is(err, Invalid) {
		t.Errorf("%v", err)
	}
	if got := Missing("order", "o_1").Error(); got != "There is no order o_1 — nothing is kept under that name — check the spelling [DULY-3002]" {
		t.Errorf("%s", got)
	}
}
