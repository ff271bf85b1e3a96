package portal

import (
	"net/url"
	"strings"
	"testing"
)

// TestFC_86_AnotherCompanysLinks: a link that opens a document of one company opens nothing of another's, on any page and for
// any press, with the words of a link that never was, and the other company notices nothing.
func TestFC_86_AnotherCompanysLinks(t *testing.T) {
	theirs, mine := open(t), open(t)
	doc, inv, ord := theirs.sold()
	statement := theirs.statementOf(doc)
	before, nothing := theirs.allFacts(), mine.get("/i/t1nonsense").Body
	bare := func(body, path string) string { // without the way to the page's other languages
		path, _, _ = strings.Cut(path, "?")
		return strings.ReplaceAll(body, path, "")
	}
	for _, path := range []string{inv, inv + "/pdf", inv + "/ubl", inv + "/claim", ord, ord + "/packing-slip?parcel=1", statement, statement + "/csv"} {
		if r := mine.get(path); r.StatusCode != 404 || bare(r.Body, path) != bare(nothing, "/i/t1nonsense") {
			t.Errorf("GET %s: %d %.200s", path, r.StatusCode, r.Body)
		}
	}
	for path, form := range map[string]url.Values{
		inv + "/pay": {"amount": {"100"}}, inv + "/promise": {"date": {"2026-02-01"}}, inv + "/dispute": {"amount": {"1,00"}, "reason": {"price"}, "text": {"no"}},
		inv + "/po-number": {"po_number": {"PO-1"}}, inv + "/instalments": {"parts": {"3"}}, inv + "/forward": {"email": {"a@example.org"}}, statement + "/pay": {"amount": {"100"}},
	} {
		if r := mine.post(path, form); r.StatusCode != 404 {
			t.Errorf("POST %s: %d %.200s", path, r.StatusCode, r.Body)
		}
	}
	if got := mine.allFacts(); got != 0 {
		t.Errorf("%d facts were written where nothing is", got)
	}
	if got := theirs.allFacts(); got != before {
		t.Errorf("the other company has %d new facts", got-before)
	}
}
