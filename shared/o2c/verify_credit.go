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
	keys := make([]Key, len(customers))
	for i, cust := range customers {
		keys[i] = exposureKey(cust.ID())
	}
	kept, err := c.counts(ctx, keys)
	if err != nil {
		return k, err
	}
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
		verifyStake(&k, exposureKey(cust.ID()), kept[exposureKey(cust.ID())], want)
	}
	heads := slices.Sorted(maps.Keys(groups))
	keys = keys[:0]
	for _, head := range heads {
		keys = append(keys, groupKey(head))
	}
	if kept, err = c.counts(ctx, keys); err != nil {
		return k, err
	}
	for _, head := range heads {
		verifyStake(&k, groupKey(head), kept[groupKey(head)], groups[head])
	}
	return k, nil
}

// counts reads many counters, a hundred at a time.
func (c *Cycle) counts(ctx context.Context, keys []Key) (map[Key]map[string]int64, error) {
	kept := make(map[Key]map[string]int64, len(keys))
	for part := range slices.Chunk(keys, 100) {
		found, err := c.Store.Count(ctx, part...)
		if err != nil {
			return nil, err
		}
		for i, n := range found {
			kept[part[i]] = n.Values
		}
	}
	return kept, nil
}

func verifyStake(k *Check, key Key, got map[string]int64, want *stake) {
	k.Checked++
	if got[countOpen] != want.open || got[countConfirmed] != want.confirmed {
		k.breaks("%s counts %d open and %d confirmed, the documents %d and %d", key, got[countOpen], got[countConfirmed], want.open, want.confirmed)
	}
	if limit, limited := got[countLimit]; limited && got[countHeadroom] != limit-want.open-want.confirmed {
		k.breaks("%s has a headroom of %d, its limit gives %d", key, got[countHeadroom], limit-want.open-want.confirmed)
	}
	if key.Kind != "exposure" {
		return
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
	customers := slices.Sorted(maps.Keys(want))
	keys := make([]Key, len(customers))
	for i, customer := range customers {
		keys[i] = payerKey(customer)
	}
	counted, err := c.counts(ctx, keys)
	if err != nil {
		return k, err
	}
	for _, customer := range customers {
		k.Checked++
		kept := counted[payerKey(customer)]
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
