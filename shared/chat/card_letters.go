package chat

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
)

// lettersMax is how many customers of the coming letters have a menu beside them; the others are listed, and have their
// own cards.
const lettersMax = 4

// letters is what goes out the next working morning; each may still be decided otherwise.
func (v Voice) letters(c o2c.LettersCard) Message {
	n := len(c.All) + c.More
	if c.Safe {
		n = waiting(c) + c.More
	}
	about := []any{"date", c.On, "n", n}
	all := []slack.Block{header(v.Say("letters.title", about...))}
	first := min(len(c.All), lettersMax)
	for _, one := range c.All[:first] {
		all = append(all, v.coming(one, c.Over))
	}
	all = append(all, some(listed(v, c.All[first:], 2*listMax, v.comingLine)))
	var more markup
	if c.More > 0 {
		more = v.mark("letters.more", "n", c.More)
	}
	what, text := v.mark("letters.what"), "letters.text"
	if c.Safe {
		what, text = v.mark("letters.what_safe"), "letters.text_safe"
	}
	if text = plural(text, n); n == 0 {
		text = "letters.text_none"
	}
	all = append(all, v.sendAll(c), notes(more, what))
	return message(v.Say(text, about...), all...)
}

// waiting counts the letters of a card of which nobody decided yet.
func waiting(c o2c.LettersCard) (n int) {
	for _, one := range c.All {
		if one.Status == "" && !one.Calls {
			n++
		}
	}
	return n
}

// sendAll is the button that sends whatever still waits on a card.
func (v Voice) sendAll(c o2c.LettersCard) slack.Block {
	n := waiting(c)
	if n == 0 || c.Over {
		return nil
	}
	return actions(confirmed(button(ActLetterSendAll, v.Say("button.send_all", "n", n), Ref{ID: cmp.Or(c.ID, c.On.String())}.String()),
		v.Say("confirm.send_all.title"), v.Say("confirm.send_all.text", "n", n), v.Say("confirm.send_all.yes"), v.Say("button.cancel")))
}

// awaiting is a letter that safe mode kept from going by itself, with its two presses, and then what became of it.
func (v Voice) awaiting(c o2c.AwaitingCard) Message {
	l := c.Letter
	about := []any{"customer", named(c.Customer), "number", named(l.Number), "amount", l.Amount, "by", named(v.people(l.By))}
	key, state := "awaiting."+l.Template, "awaiting.waits"
	if l.Status != "" {
		state = "letters." + l.Status
	}
	sentence := v.Say(key, about...) + " · " + v.Say(state, about...)
	said := section(join(" · ", v.mark(key, about...), v.mark(state, about...)))
	if l.Status != "" {
		return message(sentence, said)
	}
	value := Ref{ID: l.ID}.String()
	return message(sentence, said,
		actions(primary(button(ActAwaitingSend, v.Say("button.send_now"), value)), button(ActAwaitingSkip, v.Say("button.skip"), value)))
}

func (v Voice) comingLine(one o2c.Coming) markup {
	said := v.mark("letters.line", "customer", named(one.Customer), "amount", v.amounts(one.Totals), "step", v.known("step.", one.Step), "numbers", v.numbers(one.Numbers))
	if _, known := v.words()["letters."+one.Status]; known && one.Status != "" {
		said = join(" · ", said, v.mark("letters."+one.Status, "by", named(v.people(one.By))))
	}
	return said
}

// coming is a letter with the menu of what may be done instead.
func (v Voice) coming(one o2c.Coming, over bool) slack.Block {
	b := section(v.comingLine(one))
	if over || one.Status != "" {
		return b
	}
	entries := []entry{{ActLetterSkip, "button.skip"}, {ActOverdueSnooze, "button.snooze"}}
	if !one.Calls {
		entries = append(entries, entry{ActLetterCall, "button.call_instead"}, entry{ActLetterSend, "button.send_now"})
	}
	b.Accessory = slack.NewAccessory(v.menu(ActLetterMore, Ref{ID: one.CustomerID}.String(), entries...))
	return b
}

// amounts are sums of several currencies.
func (v Voice) amounts(all []money.Amount) string {
	said := make([]string, len(all))
	for i, a := range all {
		said[i] = v.spell(a)
	}
	return strings.Join(said, " + ")
}

// numbersShown is how many invoices a line names.
const numbersShown = 5

func (v Voice) numbers(all []string) string {
	said := make([]string, 0, numbersShown)
	for _, n := range all[:min(len(all), numbersShown)] {
		said = append(said, named(n))
	}
	if len(all) > numbersShown {
		said = append(said, v.Say("more", "n", len(all)-numbersShown))
	}
	return strings.Join(said, ", ")
}

// caseLine is a line of the thread below a customer's card.
func (v Voice) caseLine(l o2c.CaseLine) Message {
	pairs := []any{"by", named(v.people(l.By)), "step", v.known("step.", l.Code), "outcome", v.known("outcome.", l.Code), "numbers", v.numbers(l.Numbers), "amount", l.Amount, "date", l.Date, "to", named(l.Note), "why", v.whyOf("charge." + l.Code)}
	said := v.mark("case."+l.What, pairs...)
	if l.What == o2c.LineStep && l.Note == "" {
		said = v.mark("case.step_nobody", pairs...)
	}
	if l.What == o2c.LineResumed && l.By == "" {
		said = v.mark("case.resumed_paid")
	}
	if l.Note != "" && !slices.Contains([]string{o2c.LineStep, o2c.LineReceived, o2c.LinePONumber, o2c.LinePOElsewhere, o2c.LineForwarded, o2c.LineMandate, o2c.LineMandateStopped, o2c.LineCardExpires, o2c.LineCardRenewed}, l.What) {
		said = join(": ", said, markup(escape(noted(l.Note))))
	}
	if l.What == o2c.LineCalled && !l.Date.IsZero() {
		said = join(" · ", said, v.mark("case.again", "date", l.Date))
	}
	return Message{Text: clipEscaped(string(said), messageTextMax)}
}

// check asks what is right before the first letter about an invoice.
func (v Voice) check(c o2c.CheckCard) Message {
	d := c.Invoice
	about := []any{"number", named(d.Number), "customer", named(d.Buyer.Name), "amount", d.Open, "due", d.DueOn}
	if len(c.Doubts) == 0 {
		return message(v.Say("check.done", about...), section(v.mark("check.done", about...)))
	}
	doubts := make([]markup, len(c.Doubts))
	for i, code := range c.Doubts {
		said := named(code)
		if _, ours := v.words()["doubt."+code]; ours {
			said = v.Say("doubt."+code, "amount", heldAmount(c))
		}
		doubts[i] = markup("• " + escape(said))
	}
	said := []slack.Block{header(v.Say("check.title", about...)), section(join("\n", append([]markup{v.mark("check.why", about...)}, doubts...)...))}
	if len(c.Held) == 0 {
		said = append(said, notes(v.mark("check.what")))
	}
	return message(v.Say("check.text", about...), append(said, v.checkActions(c)...)...)
}

// placesMax is for how much money without a home a card has buttons.
const placesMax = 2

// checkActions are what may be done about doubts. Money without a home is applied
// or paid back: no word of anybody makes a wrong sum right.
func (v Voice) checkActions(c o2c.CheckCard) []slack.Block {
	if len(c.Held) == 0 {
		return []slack.Block{actions(primary(button(ActOverdueChecked, v.Say("button.checked"), Ref{ID: c.Invoice.ID}.String())))}
	}
	var all []slack.Block
	for _, h := range c.Held[:min(len(c.Held), placesMax)] {
		var place *slack.ButtonBlockElement
		if money.Same(h.Amount, c.Invoice.Open) == nil {
			place = button(ActCashMatch, v.Say("button.place", "amount", h.Amount), Pair{ReceiptID: h.ReceiptID, InvoiceID: c.Invoice.ID}.String())
		}
		all = append(all, actions(place, button(ActCashRefund, v.Say("button.refund_held", "amount", h.Amount), Ref{ID: h.ReceiptID}.String())))
	}
	return all
}

// heldAmount is how much of the invoice's currency has no home; else the first of
// another.
func heldAmount(c o2c.CheckCard) money.Amount {
	sum, found := c.Invoice.Open.Zero(), false
	for _, h := range c.Held {
		if money.Same(h.Amount, sum) == nil {
			sum, found = sum.Plus(h.Amount), true
		}
	}
	if !found && len(c.Held) > 0 {
		return c.Held[0].Amount
	}
	return sum
}
