package order

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// DepositHold stands until the deposit is paid.
const DepositHold = "deposit"

// Deposit is what the customer pays before anything leaves.
type Deposit struct {
	Percent   decimal.Decimal `json:"percent"` // of the order's total; 100: all of it
	Amount    money.Amount    `json:"amount"`  // tax included
	InvoiceID string          `json:"invoice_id"`
	Billed    money.Amount    `json:"billed,omitzero"` // once its invoice is issued
}

// AskDeposit holds the order until the deposit's invoice is paid. A later
// deposit takes the place of an earlier one.
func (o *Order) AskDeposit(d Deposit) {
	o.data.Deposit = &d
	o.Hold(DepositHold)
	o.Drafted(d.InvoiceID)
}

// Secures reports whether an invoice is the order's deposit.
func (o *Order) Secures(invoiceID string) bool {
	return o.data.Deposit != nil && o.data.Deposit.InvoiceID == invoiceID
}

// DepositBilled records that the deposit's invoice counts as open.
func (o *Order) DepositBilled(amount money.Amount) {
	d := *o.data.Deposit
	d.Billed = amount
	o.data.Deposit = &d
}

// WithdrawDeposit forgets a deposit that is not wanted any more. It returns what
// counts as confirmed and not yet invoiced again.
func (o *Order) WithdrawDeposit() (again money.Amount) {
	again = o.data.Total.Zero()
	if o.data.Status == Confirmed && !o.Prepaid() {
		again = again.Plus(o.data.Deposit.Billed)
		o.data.Committed = o.data.Committed.Plus(again)
	}
	o.data.Deposit = nil
	o.Release(DepositHold)
	return again
}

// DepositPaid lets the order go, and reports whether it was waiting.
func (o *Order) DepositPaid() bool {
	waited := o.Held(DepositHold)
	o.Release(DepositHold)
	return waited
}

// DepositBack holds the order again, because its deposit went back; of what has
// left completely, nothing is to be held.
func (o *Order) DepositBack() bool {
	if o.data.Status != Confirmed && o.data.Status != PartShipped {
		return false
	}
	o.Hold(DepositHold)
	return true
}

// Rest is what is still to be billed.
func (o *Order) Rest() []statute.Taxable {
	rows := make([]statute.Taxable, 0, len(o.data.Lines))
	for _, l := range o.data.Lines {
		if l.Overall {
			rows = append(rows, statute.Taxable{Net: l.Net.Minus(l.billed()), Category: l.Category, Rate: l.TaxRate})
		} else if left := l.Left(); left > 0 {
			rows = append(rows, statute.Taxable{Net: l.NetOf(l.Shipped, l.Quantity), Category: l.Category, Rate: l.TaxRate})
		}
	}
	return rows
}

// BillAhead is the whole order as one invoice takes it, before anything leaves.
func (o *Order) BillAhead() Billing {
	bill := Billing{}
	for _, l := range o.data.Lines {
		if l.Quantity > 0 {
			bill.Lines = append(bill.Lines, BilledLine{Line: l, Quantity: l.Quantity, Net: l.Net})
		}
	}
	bill.Rounding = o.data.Total.Minus(bill.Total())
	return bill
}

// Ahead records that an invoice bills all of the order before it leaves, "" that
// none does any more.
func (o *Order) Ahead(invoiceID string) {
	o.data.BilledAhead, o.data.Invoiced = invoiceID, o.data.Total
	if invoiceID == "" {
		o.data.Invoiced = o.data.Total.Zero()
	}
}
