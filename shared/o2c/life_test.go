package o2c_test

import (
	"slices"
	"testing"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/life"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/recovery"
)

// TestEveryStatusAndVerb walks every pair of every life: a pair is a row of the
// table or a refusal that names what is possible, and what is final is final.
func TestEveryStatusAndVerb(t *testing.T) {
	for name, tc := range map[string]struct {
		table life.Table
		start string
		final []string
	}{
		"order":     {order.Life, order.Received, nil},
		"credit":    {credit.Life, credit.Pending, []string{credit.Void}},
		"invoice":   {invoice.Life, invoice.Draft, []string{invoice.Void}},
		"quote":     {quote.Life, quote.Draft, []string{quote.Accepted, quote.Declined, quote.Expired}},
		"dispute":   {dunning.DisputeLife, dunning.DisputeOpen, []string{dunning.DisputeAccepted, dunning.DisputeRejected}},
		"plan":      {dunning.PlanLife, dunning.PlanProposed, []string{dunning.PlanDeclined, dunning.PlanKept, dunning.PlanBroken}},
		"promise":   {dunning.PromiseLife, dunning.PromiseOpen, []string{dunning.PromiseKept, dunning.PromiseBroken}},
		"hand-over": {recovery.HandOverLife, recovery.NotProposed, nil},
		"write-off": {recovery.WriteOffLife, "", nil},
		"relief":    {recovery.ReliefLife, "", nil},
	} {
		var verbs []string
		for _, r := range tc.table {
			if !slices.Contains(verbs, r.Verb) {
				verbs = append(verbs, r.Verb)
			}
		}
		reached := map[string]bool{tc.start: true}
		for range tc.table { // as many rounds as could be needed
			for _, r := range tc.table {
				reached[r.To] = reached[r.To] || reached[r.From]
			}
		}
		for _, status := range tc.table.Statuses() {
			if !reached[status] {
				t.Errorf("%s: %s cannot be reached", name, status)
			}
			possible := 0
			for _, verb := range verbs {
				next, err := tc.table.Next(status, verb)
				if (err == nil) != tc.table.Can(status, verb) || (err == nil) == (next == "") {
					t.Errorf("%s: %s from %s gives %q, %v", name, verb, status, next, err)
				}
				if err == nil {
					possible++
				}
			}
			if final := slices.Contains(tc.final, status); final != (possible == 0) {
				t.Errorf("%s: from %s %d verbs are possible", name, status, possible)
			}
		}
		seen := map[[2]string]bool{}
		for _, r := range tc.table {
			if pair := [2]string{r.From, r.Verb}; seen[pair] {
				t.Errorf("%s: %s from %s stands twice", name, r.Verb, r.From)
			} else {
				seen[pair] = true
			}
		}
	}
}
