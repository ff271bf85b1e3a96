package slack

import (
	"strings"
	"testing"

	"duly/shared/o2c"
)

// TestCap_88_PastedLinksUnfold: a colleague's pasted pay link shows the invoice below it, once; a stranger's does not, nor
// does a link that opens nothing, and the link is kept nowhere.
func TestCap_88_PastedLinksUnfold(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	url, err := r.Cycle.InvoiceURL(inv)
	if err != nil {
		t.Fatal(err)
	}
	shown := func(user, link string) string {
		t.Helper()
		m, reply, err := r.slack.Paste(t.Context(), user, "C02COLLECT", link)
		if err != nil || reply.Status != 200 {
			t.Fatalf("%s: %d %v", link, reply.Status, err)
		}
		r.Settle(t)
		for _, now := range r.slack.Messages() {
			if now.TS == m.TS {
				return string(now.Unfurls[link])
			}
		}
		return ""
	}
	if got := shown(joost, url); !strings.Contains(got, inv.Number) || !strings.Contains(got, "Acme BV") || strings.Contains(got, `"button"`) {
		t.Errorf("below the link stands %q", got)
	}
	for who, link := range map[string]string{eve: url, guest: url, joost: url + "x", mira: "https://elsewhere.example/i/" + url[strings.LastIndexByte(url, '/')+1:], vera: r.Cycle.Policy.URL("i", "")} {
		if got := shown(who, link); got != "" {
			t.Errorf("below %s by %s stands %s", link, who, got)
		}
	}
	token := url[strings.LastIndexByte(url, '/')+1:]
	q := o2c.Query{Kind: "effect", Limit: 1000}
	page, err := r.Cycle.Store.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range page.Items {
		if strings.Contains(string(s.Body), token) {
			t.Errorf("the link stands in %s", s.Body)
		}
	}
	r.noViolations()
}
