package sim

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/store"
)

// deployment is a new release that comes while the world goes on: for some days
// old and new environments work on the same table (row 52 of the failure
// catalogue). The zero value is none.
type deployment struct {
	from, to time.Time
	lifted   int
	booted   [2]int
}

// newDeployment begins in the middle of the run. The new release calls an
// invoice's customer the debtor, and writes both names.
func newDeployment(start time.Time, days int) deployment {
	return deployment{from: start.AddDate(0, 0, days/3), to: start.AddDate(0, 0, 2*days/3)}
}

// shapes are those that an environment which boots now works with.
func (d *deployment) shapes(w *world) store.Shapes {
	if d.from.IsZero() || w.now.Before(d.from) {
		return nil
	}
	release := w.booted % 2
	if !w.now.Before(d.to) {
		release = 1
	} else {
		d.booted[release]++
	}
	if release == 0 {
		return nil
	}
	return d.renamed()
}

// observer are the shapes of who looks on: those of the new release, once there
// is one.
func (d *deployment) observer() store.Shapes {
	if d.from.IsZero() {
		return nil
	}
	quiet := *d
	return quiet.renamed()
}

// debtor is the new name of an invoice's customer_id.
const debtor = "debtor_id"

func (d *deployment) renamed() store.Shapes {
	both := func(b store.Body) error { b[debtor] = b["customer_id"]; return nil }
	return store.Shapes{"invoice": {Version: 2, Both: both, Up: map[int64]store.Lift{1: func(b store.Body) error {
		d.lifted++
		return both(b)
	}}}}
}

// judgeDeployment: whoever wrote an invoice, the new release reads its customer
// by the new name, and the old release by the old one.
func (w *world) judgeDeployment() {
	if w.deployment.from.IsZero() {
		return
	}
	table := store.New(w.api, tableName, store.Options{Instance: "deployed", Sleep: w.sleep, Direct: true, Shapes: w.deployment.renamed()})
	for after := ""; ; {
		page, err := table.List(context.Background(), o2c.Query{Kind: (&invoice.Invoice{}).Kind(), After: after, Limit: 1000})
		w.must(err)
		for _, s := range page.Items {
			var names struct {
				Old string `json:"customer_id"`
				New string `json:"debtor_id"`
			}
			w.must(json.Unmarshal(s.Body, &names))
			if names.Old == "" || names.Old != names.New {
				w.breaks("FC 52: %s has the customer %q by its old name and %q by its new one", s.Key, names.Old, names.New)
			}
		}
		if after = page.Next; after == "" {
			return
		}
	}
}
