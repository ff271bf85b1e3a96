package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// confirmPercent is the use of a limit above which an approval asks once more (M1).
const confirmPercent = 150

// linesMax is how many lines of an order a card names.
const linesMax = 4

// credit is M1: the question whether an order may be taken on account, and once it is answered who answered it.
func (v Voice) credit(c o2c.CreditCard) Message {
	about := []any{"order", orderNumber(c.Order), "customer", named(c.Customer.Name), "amount", c.Request.Amount}
	sentence := v.Say("credit.text."+c.Request.Status, append(about, "name", c.DecidedBy)...)
	return message(sentence,
		header(v.Say("credit.title", about...)),
		v.exposure(c.Request),
		notes(v.mark("credit.why", "reasons", v.reasons(c.Request.Decision.Reasons))),
		notes(v.goods(c.Order)),
		v.creditAnswer(c),
		notes(v.origin(c)))
}

// exposure is what is at stake, as the policy saw it when it asked.
func (v Voice) exposure(r credit.RequestData) slack.Block {
	in := r.Decision.Input
	limit := v.mark("credit.limit.none")
	after := v.mark("credit.after", "amount", in.Exposure())
	if in.Limit != nil {
		limit = v.mark("credit.limit", "amount", *in.Limit)
		if in.Limit.IsPositive() {
			after = v.mark("credit.after.percent", "amount", in.Exposure(), "percent", percentOf(in.Exposure(), *in.Limit))
		}
	}
	open := v.mark("credit.open", "amount", in.Receivable)
	if in.Overdue.IsPositive() {
		open = v.mark("credit.open.overdue", "amount", in.Receivable, "overdue", in.Overdue, "days", v.count("days", in.OverdueDays))
	}
	var confirmed, held markup
	if in.Confirmed.IsPositive() {
		confirmed = v.mark("credit.confirmed", "amount", in.Confirmed)
	}
	if r.Status == credit.Pending && !r.HeldUntil.IsZero() {
		held = v.mark("credit.held", "until", r.HeldUntil)
	}
	return fields(limit, open, confirmed, after, held)
}

// percentOf is a share in whole percent, for reading.
func percentOf(part, whole money.Amount) string {
	return part.Decimal().Shift(2).DivRound(whole.Decimal(), 0).String()
}

// reasons are the policy's findings in the team's language; one that a newer policy found is told in its own words.
func (v Voice) reasons(all []credit.Reason) markup {
	var told []markup
	for _, r := range all {
		if _, ok := v.words["reason."+r.Code]; !ok {
			told = append(told, markup(escape(noted(r.Text))))
			continue
		}
		var pairs []any
		for name, figure := range r.Numbers {
			pairs = append(pairs, name, amountOf(figure)) // in whatever order: each fills its own placeholder
		}
		told = append(told, v.mark("reason."+r.Code, pairs...))
	}
	return join(" · ", told...)
}

// amountOf reads a figure of a reason, "1240.00 EUR"; what is no amount stays as it is.
func amountOf(figure string) any {
	number, currency, ok := strings.Cut(figure, " ")
	if !ok {
		return figure
	}
	amount, err := money.Parse(number, currency)
	if err != nil {
		return figure
	}
	return amount
}

// goods is what is ordered, shortly.
func (v Voice) goods(o order.Data) markup {
	var some []markup
	for i, l := range o.Lines {
		if i == linesMax {
			some = append(some, v.mark("more", "n", len(o.Lines)-linesMax))
			break
		}
		some = append(some, v.mark("goods", "quantity", l.Quantity, "name", named(l.Name)))
	}
	return join(" · ", some...)
}

func (v Voice) creditAnswer(c o2c.CreditCard) slack.Block {
	r := c.Request
	if r.Status != credit.Pending {
		return section(v.mark("credit.answer."+r.Status, "name", named(c.DecidedBy), "time", v.clock(r.DecidedAt), "conditions", v.conditions(r)))
	}
	ref := Ref{ID: r.OrderID, Version: c.Version}.String()
	approve := primary(button(ActCreditApprove, v.Say("button.approve"), ref))
	if limit := r.Decision.Input.Limit; limit != nil && limit.IsPositive() && exceeds(r.Decision.Input.Exposure(), *limit) {
		approve = confirmed(approve, v.Say("credit.confirm.title"),
			v.Say("credit.confirm.text", "percent", percentOf(r.Decision.Input.Exposure(), *limit), "limit", *limit),
			v.Say("button.approve"), v.Say("button.cancel"))
	}
	return actions(approve,
		button(ActCreditApproveWith, v.Say("button.approve_with"), ref),
		button(ActCreditReject, v.Say("button.reject"), ref),
		button(ActCreditAsk, v.Say("button.ask"), ref))
}

// exceeds reports an exposure above confirmPercent of the limit.
func exceeds(exposure, limit money.Amount) bool {
	return exposure.Decimal().Shift(2).DivRound(limit.Decimal(), 0).IntPart() > confirmPercent
}

// conditions are what an approval asks for in return, and the reason that was given.
func (v Voice) conditions(r credit.RequestData) markup {
	var asked []markup
	if d := r.Conditions.TermsDays; d > 0 {
		asked = append(asked, v.mark("credit.terms", "days", v.count("days", d)))
	}
	if r.Reason != "" {
		asked = append(asked, v.mark("quote", "text", noted(r.Reason)))
	}
	if len(asked) == 0 {
		return ""
	}
	return " (" + join(", ", asked...) + ")"
}

func (v Voice) origin(c o2c.CreditCard) markup {
	var owner markup
	if c.Customer.Owner != "" {
		owner = v.mark("owner", "name", named(v.people(c.Customer.Owner)))
	}
	return join(" · ", v.mark("credit.from", "source", c.Order.Source.Endpoint), owner)
}

// orderNumber is what people call an order: the shop's number, else its id there.
func orderNumber(o order.Data) string {
	if o.Number != "" {
		return clip(clean(o.Number), numberMax)
	}
	return clip(clean(o.ExternalID), numberMax)
}
