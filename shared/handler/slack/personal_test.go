package slack

import (
	"strings"
	"testing"
	"time"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
)

// TestCap_88_PersonalSettings: a colleague's language holds in forms, answers, the Home and in what comes to them by itself,
// and nowhere else; their own morning message comes at their hour, not within their quiet hours; each change is on record.
func TestCap_88_PersonalSettings(t *testing.T) {
	r := open(t)
	r.ordered()
	if _, err := r.slack.Command(t.Context(), joost, "settings me"); err != nil {
		t.Fatal(err)
	}
	if v := r.form(joost); !strings.Contains(string(v.Blocks), "These are yours alone") {
		t.Errorf("the form shows %s", v.Blocks)
	}
	if reply := r.submit(joost, map[string]any{"my_language": "nl", "quiet_from": "18", "quiet_until": "", "my_digest": "on", "my_digest_at": "25"}); !strings.Contains(string(reply.Body), "quiet_until") || !strings.Contains(string(reply.Body), "my_digest_at") {
		t.Errorf("hours that are none: %s", reply.Body)
	}
	r.submit(joost, map[string]any{"my_language": "nl", "quiet_from": "18", "quiet_until": "10", "my_digest": "on", "my_digest_at": "9"})
	if n := r.facts("personal", joost, "settings.personal_changed"); n != 1 {
		t.Errorf("%d changes are on record", n)
	}
	if reply, err := r.slack.Command(t.Context(), joost, "help"); err != nil || !strings.Contains(string(reply.Body), "Wat ik kan") {
		t.Errorf("his help: %s %v", reply.Body, err)
	}
	if reply, err := r.slack.Command(t.Context(), mira, "help"); err != nil || !strings.Contains(string(reply.Body), "What I can do") {
		t.Errorf("another's help: %s %v", reply.Body, err)
	}
	if _, err := r.slack.OpenHome(t.Context(), joost); err != nil {
		t.Fatal(err)
	}
	if h, _ := r.slack.Home(joost); !strings.Contains(string(h.Blocks), "Nieuw hier?") {
		t.Errorf("his Home: %s", h.Blocks)
	}
	r.Advance(22*time.Hour + 10*time.Minute) // Tuesday 08:10 there
	for range 30 {
		if err := r.Cycle.TellPersons(t.Context(), r.Now()); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
		if local := r.Now().In(r.Cycle.Policy.Zone); local.Hour() < 10 && r.toldDutch() > 0 {
			t.Fatalf("it comes at %s, in his quiet hours", local)
		}
		r.Advance(5 * time.Minute)
	}
	if n := r.toldDutch(); n != 1 {
		t.Errorf("his own morning message came %d times", n)
	}
	for _, c := range []struct{ at, want string }{{"2026-01-06T17:30:00Z", "2026-01-07T09:00:00Z"}, {"2026-01-06T02:00:00Z", "2026-01-06T09:00:00Z"}, {"2026-01-06T11:00:00Z", "2026-01-06T11:00:00Z"}} {
		at, _ := time.Parse(time.RFC3339, c.at)
		if got := r.Cycle.QuietUntil(o2c.Personal{QuietFrom: 18, QuietUntil: 10}, at).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("at %s it is quiet until %s, want %s", c.at, got, c.want)
		}
	}
	r.noViolations()
}

// TestCap_88_OwnTimeZone: the hours of a colleague who sits elsewhere go by the clock that Slack's profile names, once the
// colleague says so: quiet hours, the morning message, and the times that only they see.
func TestCap_88_OwnTimeZone(t *testing.T) {
	r := open(t)
	r.ordered()
	r.slack.Change(joost, func(u *workspace.User) { u.TZ = "America/New_York" })
	if _, err := r.slack.Command(t.Context(), joost, "settings me"); err != nil {
		t.Fatal(err)
	}
	if v := r.form(joost); !strings.Contains(string(v.Blocks), "as in your Slack profile (America/New_York)") || !strings.Contains(string(v.Blocks), "as the room (Europe/Amsterdam)") {
		t.Errorf("the form offers %s", v.Blocks)
	}
	r.submit(joost, map[string]any{"my_language": "team", "my_zone": "America/New_York", "quiet_from": "18", "quiet_until": "8", "my_digest": "on", "my_digest_at": "8"})
	mine, err := r.Cycle.PersonalOf(t.Context(), joost)
	if err != nil || mine.Zone != "America/New_York" {
		t.Fatalf("kept: %+v %v", mine, err)
	}
	if h := r.opened(joost); !strings.Contains(h, "as of Mon 5 Jan 04:") {
		t.Errorf("the time of his Home: %s", h)
	}
	told := func() int {
		n := 0
		for _, m := range r.slack.Messages() {
			if m.Channel != "C04DIGEST" && strings.Contains(m.Text, "needs a decision") {
				n++
			}
		}
		return n
	}
	for range 36 * 12 {
		if err := r.Cycle.TellPersons(t.Context(), r.Now()); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
		if told() > 0 {
			break
		}
		r.Advance(5 * time.Minute)
	}
	there, _ := time.LoadLocation("America/New_York")
	if local := r.Now().In(there); told() != 1 || local.Hour() != 8 || local.Minute() > 5 {
		t.Errorf("it came %d times, at %s", told(), local)
	}
	if err := r.Cycle.SetPersonal(t.Context(), r.Stamp("slack:"+joost), joost, o2c.Personal{Zone: "Europe/Atlantis"}); err == nil {
		t.Error("a zone that is none was taken")
	}
	r.noViolations()
}

// toldDutch counts the morning messages in Dutch: the team's language is another.
func (r *room) toldDutch() (n int) {
	for _, m := range r.slack.Messages() {
		if m.EphemeralFor == "" && strings.Contains(string(m.Blocks), "wacht op een besluit") {
			n++
		}
	}
	return n
}
