package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// questions are the answers that can be given: three buttons and a menu.
func (v Voice) questions(c o2c.CreditCard) slack.Block {
	r := c.Request
	ref := Ref{ID: r.OrderID, Version: c.Version}.String()
	approve := primary(button(ActCreditApprove, v.Say("button.approve"), ref))
	if limit := r.Decision.Input.Limit; limit != nil && limit.IsPositive() && exceeds(r.Decision.Input.Exposure(), *limit) {
		approve = confirmed(approve, v.Say("credit.confirm.title"),
			v.Say("credit.confirm.text", "percent", percentOf(r.Decision.Input.Exposure(), *limit), "limit", *limit),
			v.Say("button.approve"), v.Say("button.cancel"))
	}
	return row(approve,
		button(ActCreditApproveWith, v.Say("button.approve_with"), ref),
		button(ActCreditReject, v.Say("button.reject"), ref),
		v.menu(ActCreditMore, ref,
			entry{ActCreditAsk, "button.ask"}, entry{ActCreditAskSales, "button.ask_sales"},
			entry{ActCreditCustomer, "button.customer"}, entry{ActCreditSnooze, "button.snooze_credit"}))
}

// answered is what can still be done about an answer: take it back, or approve the rest of a part.
func (v Voice) answered(c o2c.CreditCard) slack.Block {
	ref := Ref{ID: c.Request.OrderID, Version: c.Version}.String()
	var rest, undo *slack.ButtonBlockElement
	if c.CanExtend {
		rest = button(ActCreditApprove, v.Say("button.approve_rest"), ref)
	}
	if c.CanUndo {
		undo = button(ActCreditUndo, v.Say("button.undo"), ref)
	}
	return actions(rest, undo)
}

// exceeds reports an exposure above confirmPercent of the limit.
func exceeds(exposure, limit money.Amount) bool {
	return exposure.Decimal().Shift(2).DivRound(limit.Decimal(), 0).IntPart() > confirmPercent
}

// entry is one line of a menu: an action of the table.
type entry struct{ action, label string }

// menu is an overflow menu; each of its entries is an action of its own, with the same reference behind it.
func (v Voice) menu(id, ref string, entries ...entry) *slack.OverflowBlockElement {
	options := make([]*slack.OptionBlockObject, len(entries))
	for i, e := range entries {
		options[i] = slack.NewOptionBlockObject(clip(e.action+menuSep+ref, optionValueMax), plain(v.Say(e.label), optionTextMax), nil)
	}
	return slack.NewOverflowBlockElement(id, options...)
}

// menuSep stands between an entry's action and its reference.
const menuSep = "|"

// ofMenu is the action and the value of an entry that was chosen.
func ofMenu(chosen string) (action, value string) {
	action, value, _ = strings.Cut(chosen, menuSep)
	return action, value
}

// reasons are the policy's findings in the team's language; one that a newer policy found is told in its own words.
func (v Voice) reasons(all []credit.Reason) markup {
	var told []markup
	for _, r := range all {
		if _, ok := v.words()["reason."+r.Code]; !ok {
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

// orderNumber is what people call an order: the shop's number, else its id there.
func orderNumber(o order.Data) string {
	if o.Number != "" {
		return clip(clean(o.Number), numberMax)
	}
	return clip(clean(o.ExternalID), numberMax)
}

// creditLine is a line of the card's thread. It mentions those who are to act.
func (v Voice) creditLine(c o2c.CreditLine) Message {
	said := v.mark("line."+c.What, "people", mentions(c.People), "order", orderNumber(c.Order), "customer", named(c.Order.CustomerName),
		"amount", c.Request.Amount, "since", c.Request.AskedAt, "by", named(c.By))
	return Message{Text: clipEscaped(strings.TrimSpace(string(said)), messageTextMax)}
}

// mentions calls colleagues; an id that is none of Slack's calls nobody.
func mentions(ids []string) markup {
	var all []markup
	for _, id := range ids {
		if isMember(id) {
			all = append(all, markup("<@"+id+">"))
		}
	}
	return join(" ", all...)
}

// isMember reports whether it looks like a member's id: U or W, then capitals and digits.
func isMember(id string) bool {
	if len(id) < 2 || id[0] != 'U' && id[0] != 'W' {
		return false
	}
	return strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// Why says in plain words why a question on credit is asked.
func (v Voice) Why(all []credit.Reason) string {
	return strings.NewReplacer("*", "", "`", "", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(string(v.reasons(all)))
}
