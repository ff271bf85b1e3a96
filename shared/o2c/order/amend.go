package order

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c/money"
)

// Change is one thing that an amendment changed, for the trail and for people.
type Change struct {
	What string `json:"what"` // "total", or a line's SKU or name
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// String is the change as people read it.
func (c Change) String() string { return c.What + ": " + c.Was + " → " + c.Is }

// Why an amendment comes too late.
const (
	LateEnded    = "ended"     // the order was declined or cancelled here
	LateInvoiced = "invoiced"  // all of it is invoiced already
	LateTakenOff = "taken_off" // a line is gone of which something was shipped
	LateFewer    = "fewer"     // less is wanted than was shipped
	LatePrice    = "price"     // what was shipped has another price or tax now
	LateTotal    = "total"     // all was shipped, and another sum invoiced
)

// Delivered says that an amendment asks for what an issued invoice, or the
// order's end, rules out.
type Delivered struct {
	Code string
	Line string // its SKU or name, or the order's number
	Is   string // what the shop says now
	Was  string // what happened here
}

func (e *Delivered) Error() string {
	said := e.Line + ": " + strings.ReplaceAll(e.Code, "_", " ")
	if e.Is != "" {
		said += ", now " + e.Is
	}
	if e.Was != "" {
		said += ", was " + e.Was
	}
	return said
}

// Changes lists what a later telling of the order changes of its goods and its
// total; nothing when both are the same.
func (o *Order) Changes(next Data) []Change {
	if o.data.Told != "" && next.telling() == o.data.Told {
		return nil
	}
	var all []Change
	pairs, added := o.pair(next.Lines)
	for i, l := range o.data.Lines {
		switch n := pairs[i]; {
		case n == nil && l.Quantity > 0:
			all = append(all, Change{What: l.label(), Was: l.amounts(), Is: "none"})
		case n != nil && (n.Quantity != l.Quantity || n.Net != l.Net || !n.TaxRate.Equal(l.TaxRate) || n.Category != l.Category):
			all = append(all, Change{What: l.label(), Was: l.amounts(), Is: n.amounts()})
		}
	}
	for _, l := range added {
		all = append(all, Change{What: l.label(), Was: "none", Is: l.amounts()})
	}
	if next.Total != o.data.Total {
		all = append(all, Change{What: "total", Was: o.data.Total.String(), Is: next.Total.String()})
	}
	return all
}

func (l Line) label() string {
	if l.SKU != "" {
		return l.SKU
	}
	return l.Name
}

func (l Line) amounts() string { return fmt.Sprintf("%d for %s", l.Quantity, l.Net) }

// pair finds each line's successor: by the shop's id of the line, else by its
// SKU or name. What has no predecessor was added.
func (o *Order) pair(next []Line) (pairs []*Line, added []Line) {
	pairs = make([]*Line, len(o.data.Lines))
	for k := range next {
		n := &next[k]
		i := slices.IndexFunc(o.data.Lines, func(l Line) bool {
			if pairs[l.N-1] != nil || l.Service != n.Service || l.Overall != n.Overall {
				return false
			}
			if l.ExternalID != "" || n.ExternalID != "" {
				return l.ExternalID == n.ExternalID
			}
			return l.label() == n.label()
		})
		if i < 0 {
			added = append(added, *n)
			continue
		}
		pairs[i] = n
	}
	return pairs, added
}

// Amend makes the order what a later telling says it is. Lines of which nothing
// was shipped are as told now; of the others only what is left may change, as
// what was shipped stands on an issued invoice: then the order stays as it was
// and the error is a *Delivered. What was reserved is given up before.
func (o *Order) Amend(next Data) error {
	if o.data.BilledAhead != "" {
		return &Delivered{Code: LateInvoiced, Line: o.data.Number}
	}
	was, lines := o.data, slices.Clone(next.Lines)
	if o.Begun() {
		var err error
		if lines, err = o.merged(next.Lines); err != nil {
			return err
		}
	}
	o.data.Lines, o.data.Taxes, o.data.Total, o.data.Rounding = lines, next.Taxes, next.Total, next.Rounding
	o.data.PricesIncludeTax, o.data.Told = next.PricesIncludeTax, ""
	if slices.Contains(next.Holds, ExceptionHold) {
		o.Hold(ExceptionHold)
	} else {
		o.Release(ExceptionHold)
	}
	if !o.Begun() {
		return nil
	}
	if err := o.grown(o.data.Total.Minus(was.Total)); err != nil {
		o.data = was
		return err
	}
	return nil
}

// merged keeps the lines of a part-shipped order in their places.
func (o *Order) merged(next []Line) ([]Line, error) {
	lines := slices.Clone(o.data.Lines)
	pairs, added := o.pair(next)
	for i := range lines {
		l, n := &lines[i], pairs[i]
		switch {
		case n == nil && l.Shipped == 0:
			l.Quantity, l.Net = 0, l.Net.Zero()
		case n == nil:
			return nil, &Delivered{Code: LateTakenOff, Line: l.label()}
		case n.Quantity < l.Shipped && n.Quantity < l.Quantity: // more may have left than was ordered
			return nil, &Delivered{Code: LateFewer, Line: l.label(), Is: strconv.FormatInt(n.Quantity, 10), Was: strconv.FormatInt(l.Shipped, 10)}
		case l.Shipped > 0 && (!n.TaxRate.Equal(l.TaxRate) || n.Category != l.Category || !samePrice(*l, *n)):
			return nil, &Delivered{Code: LatePrice, Line: l.label()}
		default:
			n.N, n.Shipped, n.Tracked, n.Returned, n.Billed = l.N, l.Shipped, l.Tracked, l.Returned, l.Billed
			if n.Quantity == l.Quantity {
				n.Cut = l.Cut // the same again is no wish for what was closed
			}
			*l = *n
		}
	}
	for _, l := range added {
		l.N = len(lines) + 1
		lines = append(lines, l)
	}
	return lines, nil
}

// samePrice compares prices per unit; what rounding makes of them is no change.
func samePrice(a, b Line) bool {
	return a.NetOf(0, 1).Minus(b.NetOf(0, 1)).Abs().Minor <= 1
}

// grown follows what an amendment of a part-shipped order did to its amount and
// its goods: less is committed less at once, more is for credit to decide. It
// ends with nothing left to ship, or goes on with more.
func (o *Order) grown(by money.Amount) error {
	left := o.goodsLeft()
	if left == 0 {
		rest := o.data.Total.Minus(o.data.Invoiced)
		if rest.Abs().Minor > int64(len(o.data.Lines)) {
			return &Delivered{Code: LateTotal, Line: o.data.Number, Is: o.data.Total.String(), Was: o.data.Invoiced.String()}
		}
		by = by.Zero() // rounding, which no invoice follows to collect
		o.data.Committed = o.data.Committed.Zero()
	}
	o.data.Growth = o.data.Growth.Plus(by)
	if o.data.Growth.IsNegative() {
		o.data.Committed, o.data.Growth = money.Of(max(0, o.data.Committed.Plus(o.data.Growth).Minor), by.Currency), money.Amount{}
	}
	switch {
	case left == 0 && o.data.Status == PartShipped:
		return o.step("cut")
	case left > 0 && Life.Can(o.data.Status, "extend"):
		return o.step("extend")
	}
	return nil
}

// Learn takes what is told beside the goods: reference, address, note.
func (o *Order) Learn(next Data) {
	o.data.PONumber, o.data.ShipTo, o.data.Note = next.PONumber, next.ShipTo, next.Note
	if next.Number != "" {
		o.data.Number = next.Number
	}
}

// Review puts a confirmed order back before its decision, as it was changed.
// It returns what credit lets go of until then.
func (o *Order) Review() (freed money.Amount, err error) {
	if o.Held(StockHold) { // accepted, and not confirmed yet
		o.Release(StockHold)
	} else if err := o.step("review"); err != nil {
		return money.Amount{}, err
	}
	freed, o.data.Committed = o.data.Committed, o.data.Total.Zero()
	return freed, nil
}

// Reopen goes on with an order that was withdrawn, because its goods had left all
// the same: what was cut for the cancellation is to be shipped again.
func (o *Order) Reopen() error {
	if o.data.Withdrawn {
		o.data.Lines = slices.Clone(o.data.Lines)
		for i := range o.data.Lines {
			o.data.Lines[i].Cut = 0
		}
	}
	switch o.data.Status {
	case Cancelled:
		return o.step("revive")
	case Shipped:
		return o.step("extend")
	}
	return nil
}

// Withdraw records that the shop cancelled the order, whatever had left.
func (o *Order) Withdraw() { o.data.Withdrawn = true }

// TakeBack records that the invoices of a withdrawn order are credited.
func (o *Order) TakeBack() { o.data.TakenBack = true }

// Gone reports whether all goods of the order have left, within its tolerance. A
// rest that a cancellation cut has not.
func (o *Order) Gone() bool {
	cut := slices.ContainsFunc(o.data.Lines, func(l Line) bool { return l.Cut > 0 })
	return o.Begun() && o.goodsLeft() == 0 && !(o.data.Withdrawn && cut)
}

// Begun reports whether any goods have left.
func (o *Order) Begun() bool { return len(o.data.Shipments) > 0 }
