package slack

import (
	"strings"
	"testing"
)

// TestCap_88_Settings: what an admin sets in Slack prevails over duly.yaml, stands in the record with who set it, and can be
// given back to the file; nobody else may.
func TestCap_88_Settings(t *testing.T) {
	r := open(t)
	if _, err := r.slack.Command(t.Context(), sam, "settings"); err != nil {
		t.Fatal(err)
	}
	if v := r.form(sam); !strings.Contains(string(v.Blocks), "`room.weekly_charts` is false · duly.yaml") {
		t.Errorf("the form shows %s", v.Blocks)
	}
	reply := r.submit(sam, map[string]any{"weekly_charts": "on", "loud_from": "18", "loud_until": "8"})
	if !strings.Contains(string(reply.Body), "Write both hours, the later one here") {
		t.Errorf("hours that end before they begin: %s", reply.Body)
	}
	r.submit(sam, map[string]any{"weekly_charts": "on", "loud_from": "8", "loud_until": "18"})
	rules, err := r.Cycle.Room(t.Context())
	if err != nil || !rules.Weekly || rules.Hours.From != 8 || rules.Hours.To != 18 {
		t.Errorf("the rules are %+v %v", rules, err)
	}
	if n := r.facts("settings", "house", "settings.changed"); n != 1 {
		t.Errorf("%d changes are on record", n)
	}
	now, _, err := r.Cycle.Settings(t.Context())
	if err != nil || now[0].Value != "true" || now[0].Origin != "Slack, Sam on 2026-01-05" {
		t.Errorf("the settings say %+v %v", now, err)
	}
	r.Cycle.Policy.Pinned = []string{"room.weekly_charts"} // DULY_YAML_ROOM_WEEKLY_CHARTS is set
	if rules, err := r.Cycle.Room(t.Context()); err != nil || rules.Weekly || rules.Hours.From != 8 {
		t.Errorf("before the environment came %+v %v", rules, err)
	}
	if now, _, err := r.Cycle.Settings(t.Context()); err != nil || now[0].Origin != "environment" || !strings.HasPrefix(now[1].Origin, "Slack") {
		t.Errorf("the settings say %+v %v", now, err)
	}
	r.Cycle.Policy.Pinned = nil
	if reply, err := r.slack.Command(t.Context(), mira, "settings"); err != nil || !strings.Contains(string(reply.Body), "Only admins") {
		t.Errorf("an approver: %s %v", reply.Body, err)
	}
	if _, err := r.slack.Command(t.Context(), sam, "settings"); err != nil {
		t.Fatal(err)
	}
	r.submit(sam, map[string]any{"weekly_charts": "file", "loud_from": "", "loud_until": ""})
	if rules, err := r.Cycle.Room(t.Context()); err != nil || rules.Weekly || rules.Hours.From != rules.Hours.To {
		t.Errorf("given back to the file the rules are %+v %v", rules, err)
	}
	r.noViolations()
}
