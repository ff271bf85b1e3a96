package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/quote"
)

// quote is M11: a quote and its way to an order, with the verdict on its credit for whoever sent it.
func (v Voice) quote(c o2c.QuoteCard) Message {
	d := c.Quote
	about := v.aboutQuote(c)
	state := v.quoteState(c)
	return message(v.Say(state, about...),
		header(v.Say("quote.title", about...)),
		section(v.mark(state, about...)),
		fields(v.mark("quote.until", "date", d.ValidUntil), v.mark("quote.terms", "days", v.count("days", d.TermsDays))),
		notes(v.quoteVerdict(c), v.quoteAnswer(d), v.quoteOwner(d)),
		v.quoteActions(c))
}

func (v Voice) aboutQuote(c o2c.QuoteCard) []any {
	d := c.Quote
	return []any{"number", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total, "until", d.ValidUntil, "order", v.known("order.", c.Order)}
}

// quoteState is the sentence that says how the quote stands.
func (v Voice) quoteState(c o2c.QuoteCard) string {
	switch d := c.Quote; {
	case d.Status == quote.Sent && c.Over:
		return "quote.text.expired"
	case d.Status != quote.Draft:
		return "quote.text." + d.Status
	case c.Credit != nil && c.Credit.Status == credit.Pending:
		return "quote.text.waiting"
	case c.Credit != nil && c.Credit.Status == credit.Declined:
		return "quote.text.refused"
	}
	return "quote.text.draft"
}

// quoteVerdict is what was decided on the quote's credit, and why.
func (v Voice) quoteVerdict(c o2c.QuoteCard) markup {
	if c.Credit == nil {
		return ""
	}
	return join(" · ", v.mark("quote.verdict."+c.Credit.Status, "name", named(v.decider(c.Credit.DecidedBy))), v.mark("credit.why", "reasons", v.reasons(c.Credit.Decision.Reasons)))
}

// decider is who decided, in the team's language when it was the policy.
func (v Voice) decider(by string) string {
	if by == "policy" || by == "" {
		return v.Say("quote.policy")
	}
	return v.people(by)
}

func (v Voice) quoteAnswer(d quote.Data) markup {
	switch {
	case d.Acceptance != nil:
		return v.mark("quote.accepted_by", "name", named(d.Acceptance.Name), "time", d.Acceptance.At)
	case d.Refusal != nil && d.Refusal.Reason != "":
		return v.mark("quote", "text", noted(d.Refusal.Reason))
	case d.Reminders > 0:
		return v.mark("quote.reminded", "n", d.Reminders)
	}
	return ""
}

func (v Voice) quoteOwner(d quote.Data) markup {
	if d.Owner == "" {
		return ""
	}
	return v.mark("owner", "name", named(v.people(d.Owner)))
}

// quoteActions are what can be done: remind of what waits for its answer, offer anew what has run out. Making the order
// needs no button: acceptance does it.
func (v Voice) quoteActions(c o2c.QuoteCard) slack.Block {
	ref := Ref{ID: c.Quote.ID}.String()
	switch {
	case c.Quote.Status == quote.Expired || c.Over:
		return actions(primary(button(ActQuoteRenew, v.Say("button.renew"), ref)))
	case c.Quote.Status == quote.Sent:
		return actions(button(ActQuoteRemind, v.Say("button.remind"), ref))
	}
	return nil
}

// contract is M11 for what runs for a time: its notice day comes.
func (v Voice) contract(c o2c.ContractCard) Message {
	d := c.Contract
	about := []any{"number", d.Number, "customer", named(d.CustomerName), "amount", d.Total, "end", d.EndOn, "notice", d.NoticeOn}
	var renewed, reminded markup
	if c.RenewedBy != "" {
		renewed = v.mark("contract.renewed", "number", c.RenewedBy)
	}
	if d.Reminders > 0 {
		reminded = v.mark("quote.reminded", "n", d.Reminders)
	}
	buttons := []*slack.ButtonBlockElement{button(ActContractRemind, v.Say("button.remind"), Ref{ID: d.ID}.String())}
	if c.RenewedBy == "" {
		buttons = append([]*slack.ButtonBlockElement{primary(button(ActContractRenew, v.Say("button.renew"), Ref{ID: d.ID}.String()))}, buttons...)
	}
	return message(v.Say("contract.text", about...),
		header(v.Say("contract.title", about...)),
		section(v.mark("contract.text", about...)),
		fields(v.mark("contract.start", "date", d.StartOn), v.mark("contract.end", "date", d.EndOn), v.mark("contract.notice", "date", d.NoticeOn), v.mark("quote.terms", "days", v.count("days", d.TermsDays))),
		notes(renewed, reminded),
		actions(buttons...))
}
