package chat

import (
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
)

// payee asks whether customers are to pay to another account, and says when they
// will.
func (v Voice) payee(c o2c.PayeeCard) Message {
	d := c.Payee.Change
	if d == nil {
		return message(v.Say("payee.none"), section(v.mark("payee.none")))
	}
	about := []any{
		"was", invoice.Grouped(d.From.IBAN), "is", invoice.Grouped(d.To.IBAN), "name", named(c.AskedBy), "stopper", named(c.Stopped), "approved", named(strings.Join(c.Approved, ", ")),
		"date", d.InForceAt, "n", c.Needed,
	}
	key := "payee." + d.Status
	if d.Status == cash.ChangeDone || d.Status == cash.ChangeStopped {
		return message(v.Say(key, about...), section(v.mark(key, about...)))
	}
	by := v.mark("payee.by", about...)
	if d.AskedBy == cash.FromPolicy {
		by = v.mark("payee.by_policy", about...)
	}
	var said markup
	if len(c.Approved) > 0 {
		said = v.mark("payee.approved_by", about...)
	}
	ref := Ref{ID: cash.PayeeID}.String()
	stop := confirmed(button(ActPayeeStop, v.Say("button.payee_stop"), ref), v.Say("payee.stop.title"), v.Say("payee.stop", about...), v.Say("button.payee_stop"), v.Say("button.cancel"))
	press := actions(primary(stop))
	if d.Status == cash.ChangeAsked {
		yes := confirmed(button(ActPayeeApprove, v.Say("button.approve"), ref), v.Say("payee.confirm.title"), v.Say("payee.confirm", about...), v.Say("button.approve"), v.Say("button.cancel"))
		press = actions(yes, primary(stop))
	}
	return message(v.Say("payee.text", about...), header(v.Say("payee.title")), section(v.mark("payee.what", about...)), section(v.mark(key, about...)), notes(by, said), press)
}
