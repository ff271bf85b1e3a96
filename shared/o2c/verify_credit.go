package o2c

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// stake is a customer's counter as the documents make it.
type stake struct {
	open, confirmed int64
	due             map[string]int64
}

func stakes(all everything) map[string]*stake {
	found := map[string]*stake{}
	of := func(customer string) *stake {
		if found[customer] == nil {
			found[customer] = &stake{due: map[string]int64{}}
		}
		return found[customer]
	}
	for _, inv := range all.invoices {
		if d := inv.Data(); d.Status == invoice.Draft {
			held, _ := d.HeldCredit()
			of(d.CustomerID).confirmed += held
		} else if !inv.IsCreditNote() {
			s := of(d.CustomerID)
			open := d.InBooks(d.Open).Minor
			s.open += open
			for _, p := range d.PartsInBooks(d.Open) {
				s.due[countDue+p.On.String()] += p.Amount.Minor
			}
		}
	}
	for _, o := range all.orders {
		of(o.Data().CustomerID).confirmed += o.Data().InBooks(o.Data().Committed).Minor
	}
	return found
}

// verifyExposure: I7's bookkeeping, the running totals of customers and of their
// groups equal the documents.
func (c *Cycle) verifyExposure(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "exposure equals open invoices and confirmed orders"}
	customers, err := everyOne[party.Customer](ctx, c)
	if err != nil {
		return k, err
	}
	made, groups := stakes(all), map[string]*stake{}
	for _, cust := range customers {
		want := made[cust.ID()]
		if want == nil {
			want = &stake{}
		}
		if head := cust.Data().Group; head != "" {
			if groups[head] == nil {
				groups[head] = &stake{}
			}
			groups[head].open += want.open
			groups[head].confirmed += want.confirmed
		}
		if err := c.verifyStake(ctx, &k, exposureKey(cust.ID()), want); err != nil {
			return k, err
		}
	}
	for _, head := range slices.Sorted(maps.Keys(groups)) {
		if err := c.verifyStake(ctx, &k, groupKey(head), groups[head]); err != nil {
			return k, err
		}
	}
	return k, nil
}

func (c *Cycle) verifyStake(ctx context.Context, k *Check, key Key, want *stake) error {
	found, err := c.Store.Count(ctx, key)
	if err != nil {
		return err
	}
	k.Checked++
	got := found[0].Values
	if got[countOpen] != want.open || got[countConfirmed] != want.confirmed {
		k.breaks("%s counts %d open and %d confirmed, the documents %d and %d", key, got[countOpen], got[countConfirmed], want.open, want.confirmed)
	}
	if limit, limited := got[countLimit]; limited && got[countHeadroom] != limit-want.open-want.confirmed {
		k.breaks("%s has a headroom of %d, its limit gives %d", key, got[countHeadroom], limit-want.open-want.confirmed)
	}
	if key.Kind != "exposure" {
		return nil
	}
	for name, minor := range got {
		if strings.HasPrefix(name, countDue) && minor != want.due[name] {
			k.breaks("%s counts %d as %s, the invoices %d", key, minor, name, want.due[name])
		}
	}
	for name, minor := range want.due {
		if _, counted := got[name]; !counted && minor != 0 {
			k.breaks("%s does not count %d as %s", key, minor, name)
		}
	}
	return nil
}

// verifyPayers: I11, how customers paid equals their receipts and promises, as
// far back as a rating looks.
func (c *Cycle) verifyPayers(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "payment histories equal receipts and promises"}
	promises, err := everyOne[dunning.Promise](ctx, c)
	if err != nil {
		return k, err
	}
	want := c.payers(all, promises)
	for _, customer := range slices.Sorted(maps.Keys(want)) {
		found, err := c.Store.Count(ctx, payerKey(customer))
		if err != nil {
			return k, err
		}
		k.Checked++
		kept := found[0].Values
		oldest := ""
		for name := range want[customer] {
			oldest = max(oldest, name)
		}
		oldest = yearBefore(oldest)
		for name, n := range want[customer] {
			if name >= oldest && kept[name] != n {
				k.breaks("customer %s counts %d as %s, its documents %d", customer, kept[name], name, n)
			}
		}
	}
	return k, nil
}

// payers recomputes every payer counter.
func (c *Cycle) payers(all everything, promises []*dunning.Promise) map[string]map[string]int64 {
	invoices := map[string]invoice.Data{}
	for _, inv := range all.invoices {
		invoices[inv.ID()] = inv.Data()
	}
	want := map[string]map[string]int64{}
	add := func(customer, quarter string, did map[string]int64) {
		if want[customer] == nil {
			want[customer] = map[string]int64{}
		}
		for what, n := range did {
			want[customer][quarter+"/"+what] += n
		}
	}
	for _, r := range all.receipts {
		d := r.Data()
		for _, a := range d.Applications {
			if inv, ok := invoices[a.InvoiceID]; ok && !a.Undone && a.Part == "" {
				add(inv.CustomerID, quarterOf(d.ValueOn), paidFacts(d, inv, a.Amount, c.Policy.Currency))
			}
		}
	}
	for _, p := range promises {
		switch d := p.Data(); d.Status {
		case dunning.PromiseKept:
			add(d.CustomerID, quarterOf(d.Date), map[string]int64{didKeep: 1})
		case dunning.PromiseBroken:
			add(d.CustomerID, quarterOf(d.Date), map[string]int64{didBreak: 1})
		}
	}
	return want
}

// yearBefore is the same quarter of the year before: a rating looks that far back
// at least, whenever the newest was written.
func yearBefore(quarter string) string {
	year, rest, _ := strings.Cut(quarter, "q")
	n, err := strconv.Atoi(year)
	if err != nil || rest == "" {
		return quarter
	}
	return fmt.Sprintf("%04dq%c", n-1, rest[0])
}
