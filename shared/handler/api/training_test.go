package api

import (
	"testing"

	"duly/shared/o2c"
)

// TestCap_85_WhoHasTrained: a program sees who takes the tour, who finished it and how, and that of the sandbox nothing is
// among the house's own orders and invoices.
func TestCap_85_WhoHasTrained(t *testing.T) {
	p := newProgram(t)
	who := p.Cycle.Policy.People[0]
	if _, err := p.Cycle.StartTour(t.Context(), p.Stamp("slack:"+who.ID), who, false); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	p.get("/v1/training").want(map[string]any{"items.0.user": who.ID, "items.0.tours": 1, "items.0.exercise": 1, "items.0.score": 0, "items.0.removed": false})
	for _, path := range []string{"/v1/orders", "/v1/invoices", "/v1/customers"} {
		if raw := p.get(path); len(raw.body["items"].([]any)) != 0 {
			t.Errorf("%s shows the sandbox: %s", path, raw.raw)
		}
	}
	if err := p.Cycle.StartQuiz(t.Context(), p.Stamp("slack:"+who.ID), who); err != nil {
		t.Fatal(err)
	}
	for i := range o2c.Questions(who.Role) {
		if err := p.Cycle.AnswerQuiz(t.Context(), p.Stamp("slack:"+who.ID), who, 0, i, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Cycle.RemoveTraining(t.Context(), p.Stamp("slack:"+who.ID), who.ID); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	p.get("/v1/training").want(map[string]any{"items.0.removed": true, "items.0.finished.exercises": 6, "items.0.finished.questions": 5, "items.0.finished.quiz": 2})
}
