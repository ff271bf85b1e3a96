package chat

import (
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// What slash commands are answered with. Text and blocks say the same; the text alone is plain.

// Topic is a command of the help: its verb, and examples of what may be typed.
type Topic struct {
	Word     string
	Examples []string
}

// Help lists the commands with an example each.
func (v Voice) Help(all []Topic) Message {
	lines := make([]markup, len(all))
	for i, t := range all {
		lines[i] = v.mark("help.line", "example", t.Examples[0], "what", v.Say("help."+t.Word))
	}
	m := message(bareText(v.Say("help.title")), section(v.mark("help.title")), section(join("\n", lines...)), notes(v.mark("help.more")))
	return m
}

// HelpOn tells of one command.
func (v Voice) HelpOn(t Topic) Message {
	lines := make([]markup, len(t.Examples))
	for i, e := range t.Examples {
		lines[i] = v.mark("help.example", "example", e)
	}
	what := v.mark("help." + t.Word)
	return message(bareText(v.Say("help.topic", "word", t.Word, "what", v.Say("help."+t.Word))),
		section(v.mark("help.topic", "word", t.Word, "what", what)), section(join("\n", lines...)))
}

// DidYouMean is for a verb that does not exist; guess is "" when none comes near.
func (v Voice) DidYouMean(verb, guess string) Message {
	if guess == "" {
		return v.answer("command.unknown", "verb", named(verb))
	}
	return v.answer("command.did_you_mean", "verb", named(verb), "guess", guess)
}

// Needs is for a verb without its object.
func (v Voice) Needs(example string) Message { return v.answer("command.needs", "example", example) }

// NotFound is for an object that is not there.
func (v Voice) NotFound(what string) Message {
	return v.answer("command.not_found", "what", named(what))
}

// Failed is for a command that could not be answered.
func (v Voice) Failed(err error) Message { return v.sentence(v.Refusal(err)) }

// NotForYou is for somebody whom the policy does not name.
func (v Voice) NotForYou() Message { return v.sentence(v.Unfamiliar()) }

func (v Voice) sentence(s string) Message {
	return message(clean(s), section(markup(escape(clean(s)))))
}

// answer is one section; the text beside it is the same without emphasis.
func (v Voice) answer(key string, pairs ...any) Message {
	return message(bareText(v.Say(key, pairs...)), section(v.mark(key, pairs...)))
}

// bareText takes our own emphasis off.
func bareText(s string) string { return strings.NewReplacer("*", "", "`", "").Replace(s) }

// OrderAnswer answers with an order, its lines and its invoices.
func (v Voice) OrderAnswer(view o2c.OrderView, invoices []string) Message {
	o := view.Order
	about := []any{"number", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total, "status", v.known("order.", o.Status)}
	var held, billed, why markup
	if len(o.Holds) > 0 {
		held = v.mark("command.order.holds", "holds", v.codes("hold.", o.Holds))
	}
	if len(invoices) > 0 {
		billed = v.mark("command.order.invoice", "numbers", strings.Join(invoices, ", "))
	}
	if view.Credit != nil {
		why = v.mark("credit.why", "reasons", v.reasons(view.Credit.Decision.Reasons))
	}
	return message(bareText(v.Say("command.order", about...)),
		section(v.mark("command.order", about...)),
		section(listed(v, o.Lines, listMax, func(l order.Line) markup {
			return v.mark("goods", "quantity", l.Quantity, "name", named(l.Name))
		})),
		notes(held, billed, why))
}

func (v Voice) codes(prefix string, all []string) string {
	said := make([]string, len(all))
	for i, code := range all {
		said[i] = v.known(prefix, code)
	}
	return strings.Join(said, ", ")
}

// InvoiceAnswer answers with an invoice and where its reminders stand.
func (v Voice) InvoiceAnswer(d invoice.Data) Message {
	about := v.aboutInvoice(d)
	return message(bareText(v.Say("command.invoice", about...)),
		section(v.mark("command.invoice", about...)),
		notes(v.ordered(d), v.lastStep(d), v.nextStep([]invoice.Data{d}, calendar.Date{}), v.paused(d)))
}

func (v Voice) aboutInvoice(d invoice.Data) []any {
	return []any{"number", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total, "status", v.known("invoice.status.", d.Status), "open", d.Open, "due", d.DueOn}
}

// Found is what a search came upon.
type Found struct {
	Orders    []order.Data
	Invoices  []invoice.Data
	Customers []party.Data
}

// Results answers a search.
func (v Voice) Results(what string, f Found) Message {
	var lines []markup
	for _, o := range f.Orders {
		lines = append(lines, v.mark("command.order", "number", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total, "status", v.known("order.", o.Status)))
	}
	for _, d := range f.Invoices {
		lines = append(lines, v.mark("command.invoice", v.aboutInvoice(d)...))
	}
	for _, c := range f.Customers {
		lines = append(lines, v.mark("command.customer", "name", named(c.Name), "id", c.ID))
	}
	if len(lines) == 0 {
		return v.NotFound(what)
	}
	return message(bareText(v.Say("command.found", "what", named(what))),
		section(v.mark("command.found", "what", named(what))),
		section(listed(v, lines, listMax, func(m markup) markup { return m })))
}
