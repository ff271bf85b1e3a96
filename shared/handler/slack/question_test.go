package slack

import (
	"strings"
	"testing"
	"time"

	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
)

// TestCap_86_OneQuestionAMonthToColleagues: off until it is switched on; one card
// in the last third of a month, one answer each, and a sum from three answers on;
// nothing that is kept says who answered what.
func TestCap_86_OneQuestionAMonthToColleagues(t *testing.T) {
	r := open(t)
	morning := digest.New(digest.Deps{Cycle: r.Cycle, Now: r.Now, Seals: r.Desk})
	asked := func() (n int) {
		t.Helper()
		for range 2 {
			if err := morning.Tick(t.Context(), trigger.Tick{Schedule: "digest"}); err != nil {
				t.Fatal(err)
			}
		}
		r.Settle(t)
		for _, m := range r.slack.Messages() {
			if strings.Contains(m.Text, "One question until") {
				n++
			}
		}
		return n
	}
	r.at(calendar.Date{Year: 2026, Month: 1, Day: 21}, 9)
	if n := asked(); n != 0 {
		t.Errorf("asked %d times unasked", n)
	}
	r.Cycle.Policy.Room.AskTeam = true
	if n := asked(); n != 1 {
		t.Fatalf("asked %d times", n)
	}
	r.Advance(24 * time.Hour)
	if n := asked(); n != 1 {
		t.Errorf("asked %d times in a month", n)
	}
	card := r.card("C04DIGEST")
	said := func() o2c.Scored {
		t.Helper()
		retro, err := r.Cycle.Retro(t.Context(), r.Now(), r.today())
		if err != nil {
			t.Fatal(err)
		}
		return retro.Opinions[1].Now
	}
	for _, p := range []struct{ user, action string }{{joost, "score.5"}, {joost, "score.1"}, {vera, "score.4"}} {
		r.press(p.user, card, p.action, "")
		r.Settle(t)
	}
	if got := said(); got.Answers != 2 || got.Mean.OK {
		t.Errorf("of two: %+v", got)
	}
	if all := r.whispers(joost); len(all) != 2 || !strings.Contains(all[0], "is counted") || !strings.Contains(all[1], "already") {
		t.Errorf("joost hears %q", all)
	}
	r.press(mira, card, "score.3", "")
	r.Settle(t)
	if got := said(); got.Answers != 3 || got.Mean.Value.String() != "4" {
		t.Errorf("of three: %+v", got)
	}
	if again := r.card("C04DIGEST"); !strings.Contains(string(again.Blocks), "3 answers so far") {
		t.Errorf("the card says %s", again.Blocks)
	}
	events, err := r.Cycle.Store.Events(t.Context(), o2c.Key{Kind: "ballot", ID: "team:2026-01"})
	if err != nil || len(events) != 0 {
		t.Errorf("the answers left %d events, %v", len(events), err)
	}
	_, body := r.program("GET", "/v1/retro?month=2026-01", nil)
	for _, want := range []string{`"who":"team"`, `"answers":3`, `"score":"4.0"`, `"answers_before":0`} {
		if !strings.Contains(body, want) {
			t.Errorf("the retro lacks %s: %s", want, body)
		}
	}
	_, body = r.program("GET", "/v1/retro?month=2026-02", nil)
	if !strings.Contains(body, `"answers_before":3`) || !strings.Contains(body, `"score_before":"4.0"`) {
		t.Errorf("the month after: %s", body)
	}
	r.noViolations()
}
