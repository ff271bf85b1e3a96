package invoice

import (
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// Supply is one of the supplies that a collective invoice bills (article 223
// of directive 2006/112/EC: what becomes chargeable in one calendar month may
// stand on one invoice).
type Supply struct {
	OrderID    string        `json:"order_id"`
	OrderNo    string        `json:"order_number"`
	PONumber   string        `json:"po_number,omitempty"` // the buyer's own
	ShipmentID string        `json:"shipment_id"`
	On         calendar.Date `json:"on"` // of supply
	ShipTo     party.Address `json:"ship_to,omitzero"`
	Total      money.Amount  `json:"total"` // tax and rounding included, as the order counts it
	Held       money.Amount  `json:"held"`  // what credit counts of it as confirmed until the invoice is issued, in the books' currency
}

// CollectedMax bounds the lines of one collective invoice, which is one item of
// the table; more begin another one.
const CollectedMax = 600

// PeriodEnd is the last day of the period that a supply is collected in. A week
// ends on Sunday, and with its month at the latest: one invoice never reaches
// over the end of a month.
func PeriodEnd(every string, on calendar.Date) calendar.Date {
	end := on.EndOfMonth()
	if every != party.InvoiceWeekly {
		return end
	}
	sunday := on.AddDays((7 - int(on.Weekday())) % 7)
	if sunday.Before(end) {
		return sunday
	}
	return end
}

// NewCollection begins the invoice of what a customer gets until a day.
func NewCollection(d Data, until calendar.Date) *Invoice {
	d.CollectsTo, d.OrderID, d.OrderNo, d.PONumber, d.ShipmentID = until, "", "", "", ""
	return NewDraft(d, nil)
}

// Collecting reports whether the draft still takes deliveries in.
func (i *Invoice) Collecting() bool {
	return i.data.Status == Draft && !i.data.CollectsTo.IsZero() && i.data.OrderID == "" && !i.data.Closed
}

// Close ends the collection: the next delivery begins another one.
func (i *Invoice) Close() { i.data.Closed = true }

// Collect takes a delivery in. Its lines keep the places that they have in their
// order; the total is what the orders come to together, and what the tax on the
// sum differs from the taxes of each is rounding (BT-114).
func (i *Invoice) Collect(del Supply, lines []Line) error {
	if !i.Collecting() || len(i.data.Lines)+len(lines) > CollectedMax {
		return fault.Breaks("invoice.collected", "invoice {id} takes no more deliveries", "id", i.data.ID)
	}
	i.data.Supplies = append(slices.Clone(i.data.Supplies), del)
	i.data.Lines = slices.Clone(i.data.Lines)
	for _, l := range lines {
		l.N, l.Supply = len(i.data.Lines)+1, len(i.data.Supplies)
		i.data.Lines = append(i.data.Lines, l)
	}
	i.sum()
	return nil
}

// HasRoom reports whether so many more lines may stand on it.
func (i *Invoice) HasRoom(lines int) bool { return len(i.data.Lines)+lines <= CollectedMax }

// TakeOut takes an order's deliveries out of a collection, as when its goods
// came back before the invoice was issued, and gives the draft that bills them by
// itself; nil when there are none.
func (i *Invoice) TakeOut(id, orderID string, at time.Time) *Invoice {
	if !i.Collecting() || !slices.Contains(i.data.Orders(), orderID) {
		return nil
	}
	own := i.data
	own.ID, own.OrderID, own.CreatedAt, own.LookAt = id, orderID, at, time.Time{}
	rest := i.data
	own.Supplies, own.Lines, rest.Supplies, rest.Lines = nil, nil, nil, nil
	for n, del := range i.data.Supplies {
		to := &rest
		if del.OrderID == orderID {
			to, own.OrderNo, own.PONumber, own.ShipmentID = &own, del.OrderNo, del.PONumber, del.ShipmentID
		}
		to.Supplies = append(to.Supplies, del)
		for _, l := range i.data.Lines {
			if l.Supply == n+1 {
				l.N, l.Supply = len(to.Lines)+1, len(to.Supplies)
				to.Lines = append(to.Lines, l)
			}
		}
	}
	out := &Invoice{data: own}
	out.sum()
	i.data = rest
	i.sum()
	return out
}

// sum makes the totals of a collection of its lines and deliveries, and the
// particulars that all its deliveries share.
func (i *Invoice) sum() {
	d := &i.data
	d.Taxes = statute.Breakdown(taxableOf(d.Lines))
	zero := d.Total.Zero()
	d.Net, d.Tax, d.Total, d.Rounding = zero, zero, zero, zero
	if len(d.Lines) > 0 {
		d.Net, d.Tax = statute.Totals(d.Taxes)
	}
	d.SuppliedFrom, d.SuppliedOn = calendar.Date{}, calendar.Date{}
	for n, del := range d.Supplies {
		d.Total = d.Total.Plus(del.Total)
		if n == 0 {
			d.SuppliedFrom, d.SuppliedOn, d.PONumber, d.ShipTo = del.On, del.On, del.PONumber, del.ShipTo
		}
		if del.On.Before(d.SuppliedFrom) {
			d.SuppliedFrom = del.On
		}
		if del.On.After(d.SuppliedOn) {
			d.SuppliedOn = del.On
		}
		if del.PONumber != d.PONumber {
			d.PONumber = "" // each stands with its lines
		}
		if del.ShipTo != d.ShipTo {
			d.ShipTo = party.Address{Country: d.ShipTo.Country}
		}
	}
	d.Rounding = d.Total.Minus(d.Net).Minus(d.Tax)
}

// Collective reports whether it bills several deliveries, as one that is made
// per period does.
func (d Data) Collective() bool { return d.OrderID == "" && len(d.Supplies) > 0 }

// Orders are the orders that it bills, in the order of their first delivery.
func (d Data) Orders() []string {
	if !d.Collective() {
		return []string{d.OrderID}
	}
	var all []string
	for _, del := range d.Supplies {
		if !slices.Contains(all, del.OrderID) {
			all = append(all, del.OrderID)
		}
	}
	return all
}

// OrderOf is the order that a line belongs to.
func (d Data) OrderOf(l Line) string {
	if l.Supply == 0 || l.Supply > len(d.Supplies) {
		return d.OrderID
	}
	return d.Supplies[l.Supply-1].OrderID
}

// Of is what it bills of one order, tax included.
func (d Data) Of(orderID string) money.Amount {
	if !d.Collective() {
		return d.Total
	}
	sum := d.Total.Zero()
	for _, del := range d.Supplies {
		if del.OrderID == orderID {
			sum = sum.Plus(del.Total)
		}
	}
	return sum
}

// AllLeftOf takes back all that is left of what it bills of one order.
func (d Data) AllLeftOf(orderID string) []Taking {
	var all []Taking
	for _, l := range d.Lines {
		if units, _ := d.Left(l.N); units > 0 && d.OrderOf(l) == orderID {
			all = append(all, Taking{N: l.N})
		}
	}
	return all
}

// HeldCredit is what credit lets go of once it is issued, in minor units of the
// books' currency; collected reports whether it was made of deliveries, whose
// orders let go of theirs when they left.
func (d Data) HeldCredit() (minor int64, collected bool) {
	for _, del := range d.Supplies {
		minor += del.Held.Minor
	}
	return minor, len(d.Supplies) > 0 && d.Type == Invoices
}

// IssueBy is the last day on which the law lets it be issued; zero when it has no
// supply yet, as a deposit (article 222; for the Netherlands article 34g Wet OB
// 1968).
func (d Data) IssueBy(country string) calendar.Date {
	first := d.SuppliedOn
	if !d.SuppliedFrom.IsZero() {
		first = d.SuppliedFrom
	}
	if first.IsZero() || d.Type == CreditNotes {
		return calendar.Date{}
	}
	return statute.InvoiceLawOf(country).IssueBy(first)
}

// DraftQueue is where drafts wait to be looked at: a collection for the end of
// its period, any other for the day before which the law wants it issued.
const DraftQueue = "draft"

// Look sets when the draft is looked at; zero: never.
func (i *Invoice) Look(at time.Time) { i.data.LookAt = at }
