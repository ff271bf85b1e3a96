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

// TestASentenceHasItsValuesByName: programs read them as they are, a reader of another form as it spells them; what stands
// in a value is no place.
func TestASentenceHasItsValuesByName(t *testing.T) {
	f := New(OverLimit, "It is too much", "{amount} of {name} is more than {left}", "take {left}").Keyed("too_much").With("amount", "3.00 EUR", "name", "{left}", "left", 2)
	if got := f.Error(); got != "It is too much — 3.00 EUR of {left} is more than 2 — take 2 [DULY-3006]" {
		t.Errorf("%s", got)
	}
	if _, why, do := f.In(func(name, value string) string { return "<" + name + " " + value + ">" }); why+do != "<amount 3.00 EUR> of <name {left}> is more than <left 2>take <left 2>" {
		t.Errorf("%s, %s", why, do)
	}
	if r := ReasonOf(fmt.Errorf("apply: %w", f)); r.Key != "too_much" || r.About["amount"] != "3.00 EUR" || r.Code != OverLimit {
		t.Errorf("%+v", r)
	}
}

// TestARuleKeepsItsWordsOnTheWayUp, also wrapped; an error without words of its own is told as it is.
func TestARuleKeepsItsWordsOnTheWayUp(t *testing.T) {
	rule := Breaks("promise.date", "{date} is over", "date", "2026-01-02")
	direct, wrapped := By("/date", rule, "choose another"), By("/date", fmt.Errorf("invoice 7: %w", rule), "choose another")
	if direct.Error() != "The request cannot be used — 2026-01-02 is over — choose another [DULY-3001]" || wrapped.Why != "invoice 7: 2026-01-02 is over" {
		t.Errorf("%v; %v", direct, wrapped)
	}
	for _, f := range []*Error{direct, wrapped} {
		if r := ReasonOf(f); r.Key != "promise.date" || r.About["date"] != "2026-01-02" || f.Pointer != "/date" || !errors.Is(f, error(rule)) {
			t.Errorf("%+v", r)
		}
	}
	if r := ReasonOf(By("/date", errors.New("it is no day"), "choose one")); r.Key != "" || r.About != nil {
		t.Errorf("%+v", r)
	}
}
