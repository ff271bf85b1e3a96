package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// deadline says until when the law lets a draft be issued, and that it cannot be
// yet.
func (v Voice) deadline(c o2c.DeadlineCard) Message {
	d := c.Invoice
	about := []any{"customer", named(d.Buyer.Name), "amount", d.Total, "date", c.By, "number", d.Number, "n", c.Days}
	if d.Status != invoice.Draft {
		outcome := "deadline.issued"
		if d.Status == invoice.Void {
			outcome = "deadline.void"
		}
		return message(v.Say(outcome, about...), section(v.mark(outcome, about...)))
	}
	key := plural("deadline.left", c.Days)
	switch {
	case c.Days < 0:
		key = "deadline.late"
	case c.Days == 0:
		key = "deadline.today"
	}
	what := v.mark("deadline.tried")
	if len(d.Missing) > 0 {
		what = join("\n", v.mark("deadline.lacks"), listed(v, d.Missing, listMax, func(what string) markup { return v.mark("bullet", "text", v.particular(what)) }))
	}
	return message(v.Say("deadline.text", about...),
		header(v.Say("deadline.title", about...)), section(v.mark(key, about...)), section(what),
		actions(primary(button(ActInvoiceRetry, v.Say("button.retry"), Ref{ID: d.ID}.String()))))
}
