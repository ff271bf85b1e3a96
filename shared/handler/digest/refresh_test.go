package digest

import (
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestCap_85_Refreshers: switched on, each colleague is asked a few questions of the role once a quarter and after a change
// of the policy, and it is known who answered; switched off, nobody is.
func TestCap_85_Refreshers(t *testing.T) {
	w := testkit.NewWorld(t)
	morning := func() {
		t.Helper()
		if err := New(Deps{Cycle: w.Cycle, Now: w.Now, Seals: w.Desk}).Tick(t.Context(), trigger.Tick{Schedule: "digest"}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
	}
	asked := func(why string) (n int) {
		for _, c := range testkit.CardsOf[o2c.QuizCard](w.Desk) {
			if c.Quiz.Why == why {
				n++
			}
		}
		return n
	}
	morning()
	if n := asked(o2c.QuizQuarter); n != 0 {
		t.Fatalf("switched off, %d are asked", n)
	}
	w.Cycle.Policy.Room.Refreshers = true
	morning()
	w.Advance(24 * time.Hour)
	morning()
	team := len(w.Cycle.Policy.People)
	if n := asked(o2c.QuizQuarter); n != team {
		t.Errorf("%d of %d are asked in the quarter", n, team)
	}
	who := w.Cycle.Policy.People[0]
	for i := range 3 {
		if err := w.Cycle.AnswerQuiz(t.Context(), w.Stamp("slack:"+who.ID), who, 0, i, 1); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle(t)
	if d, _, err := w.Cycle.Tour(t.Context(), who.ID); err != nil || d.Quizzes[0].DoneAt.IsZero() || d.Quizzes[0].For != "2026-Q1" {
		t.Errorf("who answered is %+v %v", d, err)
	}
	w.Cycle.Policy.Version = "2026-02"
	morning()
	morning()
	if n := asked(o2c.QuizPolicy); n != team {
		t.Errorf("%d of %d are asked after the change of the policy", n, team)
	}
	w.Advance(90 * 24 * time.Hour)
	morning()
	if n := asked(o2c.QuizQuarter); n != 2*team {
		t.Errorf("%d are asked by the next quarter", n)
	}
}
