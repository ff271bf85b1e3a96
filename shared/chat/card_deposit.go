package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// deposit is where the money stands that an order waits for, or waited for; nothing of an order that waits for none.
func (v Voice) deposit(c o2c.CreditCard) slack.Block {
	if c.Deposit == nil {
		return nil
	}
	d := *c.Deposit
	about := []any{"amount", d.Total, "open", d.Open, "number", d.Number}
	switch waits := c.Order.Held(order.DepositHold); {
	case d.Status == invoice.Credited || d.Status == invoice.Void:
		return section(v.mark("credit.deposit.ended", about...))
	case waits && d.Number == "":
		return section(v.mark("credit.deposit.draft", about...))
	case waits:
		return section(v.mark("credit.deposit.waits", append(about, "date", d.DueOn)...))
	case d.PaidOn.IsZero():
		return section(v.mark("credit.deposit.open", about...))
	}
	return section(v.mark("credit.deposit.paid", append(about, "date", d.PaidOn)...))
}
