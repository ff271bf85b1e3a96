package web

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
)

// asks reports whether the newest card of the credit channel can still be answered.
func (h *house) asks() (text string, still bool) {
	for _, m := range h.slack.Messages() {
		if m.Channel == "C01CREDIT" && m.ThreadTS == "" && m.EphemeralFor == "" {
			text, still = string(m.Blocks), strings.Contains(string(m.Blocks), `"credit.reject"`)
		}
	}
	return text, still
}

// TestApprovedOnThePage: a decision on the page edits the card in Slack and takes its buttons away (check 15 of ux.md), and
// whoever decides second, on either side, is told by whom it was decided.
func TestApprovedOnThePage(t *testing.T) {
	h := open(t)
	id := h.ordered("1", 400_000)
	if _, still := h.asks(); !still {
		t.Fatal("the card asks nothing")
	}
	b := h.signedIn(mira)
	page := b.get("/")
	b.wants("today", page, 200, "Needs a decision", "Approve SO-1", `name="version"`, "/credit/"+id+"/approve")
	version := between(page.Body, `name="version" value="`, `"`)
	b.wants("as a viewer", h.signedIn(vera).post("/credit/"+id+"/approve", "version", version, "back", "/"), 403, "Your role does not allow this")
	if r := b.post("/credit/"+id+"/approve", "version", version, "back", "/", "once", "1"); r.StatusCode != 303 || r.Headers["location"] != "/?done=approved" {
		t.Fatalf("approve: %d %s", r.StatusCode, r.Body)
	}
	h.Settle(t)
	req, err := o2c.Read[credit.Request](t.Context(), h.Cycle, id)
	if err != nil || req.Data().Status != credit.Approved || req.Data().DecidedBy != "slack:"+mira {
		t.Fatalf("decided %+v %v", req.Data().Status, err)
	}
	if text, still := h.asks(); still || !strings.Contains(text, "Approved by Mira") {
		t.Errorf("the card still says %s", text)
	}
	b.wants("told", b.get("/?done=approved"), 200, "the card in Slack says so too")
	b.wants("a stranger's word", b.get("/?done=%3Cb%3Ehacked"), 200)
	second := h.signedIn(bram).post("/credit/"+id+"/decline", "version", version, "back", "/", "reason", "too late")
	b.wants("second", second, 409, "Already approved by Mira", "Nothing changed", "Today")
}

func between(s, from, to string) string {
	_, rest, _ := strings.Cut(s, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}
