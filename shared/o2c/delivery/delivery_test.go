package delivery

import (
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// TestEveryStatusAndVerb walks the whole life.
func TestEveryStatusAndVerb(t *testing.T) {
	verbs := []string{"post", "deliver", "bounce", "complain", "reject", "replace"}
	possible := map[string][]string{
		Waiting: {"post", "replace"}, Sent: {"deliver", "bounce", "complain", "reject", "replace"}, Delivered: {"bounce", "complain", "reject", "replace"},
		Bounced: {"replace"}, Complained: {"replace"}, Rejected: {"replace"}, Failed: {"replace"}, Replaced: nil,
	}
	for _, status := range Life.Statuses() {
		for _, verb := range verbs {
			if got, want := Life.Can(status, verb), slices.Contains(possible[status], verb); got != want {
				t.Errorf("%s what is %s: %v, want %v", verb, status, got, want)
			}
		}
	}
}

func TestNewsToldAgainChangesNothing(t *testing.T) {
	d := New(Data{ID: "e_1", Channel: Mail, To: "a@acme.example"}, Sent, noon)
	back := News{Verb: "bounce", Code: "5.1.1", Reason: "user unknown"}
	if !d.Hear(News{Verb: "deliver", Proof: "250 ok"}, noon) || !d.Hear(back, noon.Add(time.Hour)) || d.Hear(back, noon.Add(2*time.Hour)) || d.Hear(News{Verb: "deliver"}, noon) {
		t.Fatalf("%+v", d.Data())
	}
	if got := d.Data(); got.Status != Bounced || got.Code != "5.1.1" || got.Proof != "250 ok" || !got.ChangedAt.Equal(noon.Add(time.Hour)) || !got.Open() {
		t.Errorf("%+v", got)
	}
	if err := d.Replace("b@acme.example", "slack:U1", noon); err != nil || d.Data().Open() {
		t.Errorf("%v %+v", err, d.Data())
	}
	if d.Posted("slack:U1", noon) == nil {
		t.Error("what was replaced was posted")
	}
}

func TestMailboxIsClosedUntilSomebodyOpensIt(t *testing.T) {
	m := NewMailbox("mb_1", "a@acme.example")
	m.Close(Complained, News{Reason: "abuse"}, noon)
	if d := m.Data(); d.Closed != Complained || d.Reason != "abuse" {
		t.Errorf("%+v", d)
	}
	if m.Reopen("slack:U1", noon); m.Data().Closed != "" || m.Data().By != "slack:U1" {
		t.Errorf("%+v", m.Data())
	}
}
