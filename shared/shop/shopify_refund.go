package shop

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// shopifyBack is what the product reads of Shopify's refund
// (https://shopify.dev/docs/api/admin-rest/latest/resources/refund).
type shopifyBack struct {
	ID              Text                `json:"id"`
	OrderID         Text                `json:"order_id"`
	FinancialStatus Text                `json:"financial_status"` // only orders have one
	Note            Text                `json:"note"`
	CreatedAt       Text                `json:"created_at"`
	ProcessedAt     Text                `json:"processed_at"`
	Lines           []shopifyBackLine   `json:"refund_line_items"`
	Transactions    []shopifyMoneyMoved `json:"transactions"`
	Adjustments     []shopifyAdjustment `json:"order_adjustments"`
}

var shopifyBacks = formOf[shopifyBack]()

// shopifyBackLine is what was given back of a line. Restock is what became of
// the goods: "cancel" is of those that never left, all others had left.
type shopifyBackLine struct {
	LineID   Text        `json:"line_item_id"`
	Line     shopifyLine `json:"line_item"`
	Quantity Text        `json:"quantity"`
	Restock  Text        `json:"restock_type"`
	Subtotal Text        `json:"subtotal"` // with tax or not, as the order's prices
	TotalTax Text        `json:"total_tax"`
}

type shopifyMoneyMoved struct {
	Kind     Text `json:"kind"`
	Status   Text `json:"status"`
	Amount   Text `json:"amount"`
	Currency Text `json:"currency"`
}

type shopifyAdjustment struct {
	Kind      Text `json:"kind"` // shipping_refund, refund_discrepancy
	Amount    Text `json:"amount"`
	TaxAmount Text `json:"tax_amount"`
}

// shopifyRefund is the message of one refund, which names its order alone.
func shopifyRefund(topic string, body []byte) (order.Message, error) {
	in, err := shopifyBacks.read(body)
	if err != nil {
		return order.Message{}, err
	}
	if in.OrderID == "" || in.ID == "" || in.FinancialStatus != "" {
		return order.Message{}, swapped(topic, "not a refund")
	}
	var f figures
	m := order.Message{Verb: order.Refund, Topic: topic, Order: order.Incoming{ExternalID: first(in.OrderID)}}
	m.Order.Refunds = []order.IncomingRefund{in.refund(&f, "", "")}
	return m, f.problem
}

// refund reads money and goods; the money that really moved counts, whatever
// the lines come to. The currency is that of the moves, else the order's.
func (in shopifyBack) refund(f *figures, at, currency string) order.IncomingRefund {
	sum := decimal.Zero
	for i, t := range in.Transactions {
		if t.Kind != "refund" || t.Status != "success" {
			continue
		}
		sum = sum.Add(f.decimal(fmt.Sprintf("%s/transactions/%d/amount", at, i), t.Amount))
		currency = first(t.Currency, Text(currency))
	}
	out := order.IncomingRefund{ExternalID: first(in.ID), Amount: money.Of(0, currency), Reason: note(string(in.Note)), At: when(Text(first(in.ProcessedAt, in.CreatedAt)))}
	if !sum.IsZero() {
		out.Amount = *f.amount(at+"/transactions", Text(sum.String()), currency)
	}
	for i, l := range in.Lines {
		said := order.RefundedLine{
			ExternalID: first(l.LineID, l.Line.ID), Quantity: f.whole(fmt.Sprintf("%s/refund_line_items/%d/quantity", at, i), l.Quantity), Unshipped: l.Restock == "cancel",
		}
		if said.ExternalID == "" {
			said.SKU = name(l.Line.SKU)
		}
		if said.Quantity > 0 {
			out.Lines = append(out.Lines, said)
		}
	}
	return out
}

// returned is how many units of a line came back after they had left: they were
// to be delivered, and their invoice is credited.
func (in shopifyOrder) returned(line Text) int64 {
	var units int64
	for _, r := range in.Refunds {
		for _, l := range r.Lines {
			var own figures
			if n := own.whole("", l.Quantity); l.Restock != "cancel" && first(l.LineID, l.Line.ID) == first(line) && own.problem == nil {
				units += n
			}
		}
	}
	return units
}

// returnedWorth is what the order's current total no longer holds because it
// came back after it had left, tax included.
func (in shopifyOrder) returnedWorth() decimal.Decimal {
	var own figures
	sum := decimal.Zero
	for _, r := range in.Refunds {
		for _, l := range r.Lines {
			if l.Restock == "cancel" {
				continue
			}
			sum = sum.Add(own.optional("", l.Subtotal))
			if !in.TaxesIncluded {
				sum = sum.Add(own.optional("", l.TotalTax))
			}
		}
	}
	return sum
}
