package chat

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// confirmPercent is the use of a limit above which an approval asks once more (M1).
const confirmPercent = 150

// linesMax is how many lines of an order a card names.
const linesMax = 3

// credit is M1: the question whether an order may be taken on account, with all that it takes to answer it in ten
// seconds, and once it is answered who answered it and until when that can be taken back.
func (v Voice) credit(c o2c.CreditCard) Message {
	r := c.Request
	about := []any{"order", orderNumber(c.Order), "customer", named(c.Customer.Name), "amount", r.Amount}
	head := header(v.Say("credit.title", about...))
	why := v.mark("credit.why", "reasons", v.reasons(r.Decision.Reasons))
	sentence := v.Say(v.creditSentence(c), append(about, "name", named(firstOr(c)), "part", r.Conditions.PartAmount)...)
	if r.Status != credit.Pending {
		return message(sentence, head, v.exposure(r), notes(why),
			section(v.creditAnswer(c)), v.deposit(c), v.afterwards(c), v.answered(c), notes(v.origin(c)))
	}
	return message(sentence, head,
		v.exposure(r),
		notes(v.history(c), v.owed(c), v.accounts(c), v.goods(c.Order)),
		section(join("\n", v.again(r), why, v.suggestion(r.Decision))),
		section(v.choices(r.Decision.Input)),
		v.standing(c),
		v.questions(c),
		notes(v.origin(c)))
}

// firstOr is who has spoken so far: the first of two approvers, or the decider.
func firstOr(c o2c.CreditCard) string {
	if f := c.Request.First; f != nil && c.Request.Status == credit.Pending {
		return f.Name
	}
	return c.DecidedBy
}

func (v Voice) creditSentence(c o2c.CreditCard) string {
	switch r := c.Request; {
	case r.Status == credit.Pending && r.First != nil:
		return "credit.text.first"
	case r.Status == credit.Approved && c.CanExtend:
		return "credit.text.part"
	}
	return "credit.text." + c.Request.Status
}

// exposure is what is at stake, as the policy saw it when it asked: a bar, and the figures in it.
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
	return chart(v.bar(in), limit, open, confirmed, after, held)
}

// barCells is how long the bar of an exposure is.
const barCells = 24

// bar draws what is open and what this order adds, from zero, with a stroke where the limit is. It says its figures too.
func (v Voice) bar(in credit.Input) markup {
	open, whole := in.Receivable.Plus(in.Confirmed), in.Exposure()
	key := "credit.bar.none"
	if in.Limit != nil {
		key = "credit.bar"
		if in.Limit.Cmp(whole) > 0 {
			whole = *in.Limit
		}
	}
	cell := func(a money.Amount) int { return cells(a, whole) }
	var b strings.Builder
	for i := range barCells {
		if in.Limit != nil && i == cell(*in.Limit) {
			b.WriteString("│")
		}
		switch {
		case i < cell(open):
			b.WriteString("█")
		case i < cell(in.Exposure()):
			b.WriteString("▒")
		default:
			b.WriteString("·")
		}
	}
	if in.Limit != nil && cell(*in.Limit) == barCells {
		b.WriteString("│")
	}
	return v.mark(key, "bar", b.String(), "open", "█", "order", "▒")
}

// cells is an amount's share of a bar; a little shows as a little.
func cells(a, whole money.Amount) int {
	if !a.IsPositive() || !whole.IsPositive() {
		return 0
	}
	n := int(a.Decimal().Shift(2).DivRound(whole.Decimal(), 0).IntPart()) * barCells / 100
	return max(1, min(n, barCells))
}

// percentOf is a share in whole percent, for reading.
func percentOf(part, whole money.Amount) string {
	return part.Decimal().Shift(2).DivRound(whole.Decimal(), 0).String()
}

// history is what the house knows of the customer, as the decision looked at it.
func (v Voice) history(c o2c.CreditCard) markup {
	in := c.Request.Decision.Input
	since := in.Since
	if since.IsZero() && !c.Customer.CreatedAt.IsZero() {
		since = calendar.On(c.Customer.CreatedAt, v.zone)
	}
	rated, pays, known, orders := v.mark("credit.rating.none"), markup(""), markup(""), v.mark("credit.orders.none")
	if r := in.Rating; r.Band != "" {
		rated, pays = v.mark("credit.rating", "band", r.Band, "score", r.Score), v.mark("credit.pays.on_time")
		if r.DaysLate > 0 {
			pays = v.mark("credit.pays", "days", v.count("days", r.DaysLate))
		}
	}
	if !since.IsZero() {
		known = v.mark("credit.since", "date", since)
	}
	if in.Orders > 0 {
		orders = v.mark(plural("credit.orders", in.Orders), "n", in.Orders)
	}
	return join(" · ", rated, pays, known, orders)
}

// owed is what the customer has open by age, and what it last promised.
func (v Voice) owed(c o2c.CreditCard) markup {
	var open, promised []markup
	for _, b := range c.Ageing {
		if b.Amount.IsPositive() {
			open = append(open, v.mark("credit.ageing.bucket", "amount", b.Amount, "name", v.known("bucket.", b.Name)))
		}
	}
	aged := v.mark("credit.ageing.nothing")
	if len(open) > 0 {
		aged = v.mark("credit.ageing", "buckets", join(", ", open...))
	}
	if r := c.Request.Decision.Input.Rating; r.Kept+r.Broken > 0 {
		promised = append(promised, v.mark("credit.word", "kept", r.Kept, "broken", r.Broken))
	}
	for _, p := range c.Promises {
		promised = append(promised, v.mark("credit.promise", "amount", p.Amount, "date", v.dated(p.Date), "status", v.known("promise.", p.Status)))
	}
	if len(promised) == 0 {
		promised = append(promised, v.mark("credit.promises.none"))
	}
	return join(" · ", aged, join(", ", promised...))
}

// accounts says whose years' figures lie with us.
func (v Voice) accounts(c o2c.CreditCard) markup {
	if len(c.Accounts) == 0 {
		return ""
	}
	years := make([]string, len(c.Accounts))
	for i, y := range c.Accounts {
		years[i] = strconv.Itoa(y)
	}
	return v.mark("credit.accounts", "years", strings.Join(years, ", "))
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

// again says why a question that was answered stands here once more.
func (v Voice) again(r credit.RequestData) markup {
	if _, ok := v.words()["credit.again."+r.AskedAgain]; !ok {
		return ""
	}
	return v.mark("credit.again." + r.AskedAgain)
}

func (v Voice) suggestion(d credit.Decision) markup {
	s := d.Suggest()
	return v.mark("credit.suggestion", "choice", v.choice(s), "open", s.Open, "percent", v.used(s.Open, d.Input.Limit))
}

// choices says behind each possible answer what would be open afterwards.
func (v Voice) choices(in credit.Input) markup {
	var all []markup
	for _, c := range in.Choices() {
		all = append(all, v.mark("credit.choice", "choice", v.choice(c), "open", bold(v.spell(c.Open)), "percent", v.used(c.Open, in.Limit)))
	}
	return v.mark("credit.choices", "choices", join(" · ", all...))
}

func bold(s string) markup { return markup("*" + escape(s) + "*") }

func (v Voice) choice(c credit.Choice) markup {
	switch k := c.Conditions; {
	case c.Verdict == credit.Decline:
		return v.mark("credit.choice.decline")
	case k.PrepayAll:
		return v.mark("credit.choice.prepay")
	case !k.DepositPercent.IsZero():
		return v.mark("credit.choice.deposit", "percent", k.DepositPercent.String())
	case !k.PartAmount.IsZero():
		return v.mark("credit.choice.part", "amount", k.PartAmount)
	}
	return v.mark("credit.choice.approve")
}

// used is how much of the limit an amount is, where there is one.
func (v Voice) used(open money.Amount, limit *money.Amount) markup {
	if limit == nil || !limit.IsPositive() {
		return ""
	}
	return v.mark("credit.percent", "percent", percentOf(open, *limit))
}

// standing is what has happened to an open question: a first approval, a snooze, nobody's answer.
func (v Voice) standing(c o2c.CreditCard) slack.Block {
	r := c.Request
	var first, snoozed, ended markup
	if a := r.First; a != nil {
		given := credit.RequestData{Conditions: a.Conditions, Reason: a.Reason}
		first = v.mark("credit.first", "name", v.inPlaceOf(a.Name, a.For), "time", v.clock(a.At), "conditions", v.conditions(given))
	}
	if s := r.Snoozed; s != nil && r.HeldUntil.IsZero() {
		snoozed = v.mark("credit.snoozed.free", "name", named(c.Snoozer), "until", s.Until)
	} else if s != nil {
		snoozed = v.mark("credit.snoozed", "name", named(c.Snoozer), "until", s.Until, "held", r.HeldUntil)
	}
	if !r.Ended.IsZero() {
		ended = v.mark("credit.ended", "until", r.Ended)
	}
	if said := join("\n", first, snoozed, ended); said != "" {
		return section(said)
	}
	return nil
}

// inPlaceOf is a name, and whom its bearer stands in for.
func (v Voice) inPlaceOf(name, absent string) string {
	if absent == "" {
		return named(name)
	}
	return v.Say("credit.for", "name", named(name), "absent", named(absent))
}

// creditAnswer is the line of an answered question: who, when, under which conditions and why.
func (v Voice) creditAnswer(c o2c.CreditCard) markup {
	r := c.Request
	who := v.inPlaceOf(c.DecidedBy, r.DecidedFor)
	if f := r.First; f != nil && r.Status == credit.Approved && f.Name != c.DecidedBy {
		who = v.inPlaceOf(f.Name, f.For) + ", " + who
	}
	answer := v.mark("credit.answer."+r.Status, "name", who, "time", v.clock(r.DecidedAt), "conditions", v.conditions(r))
	if r.Status == credit.Approved && r.DecidedBy != "policy" && r.Conditions.RaiseLimitTo.IsZero() {
		return join(" · ", answer, v.mark("credit.limit.same"))
	}
	return answer
}

// afterwards says what goes on and what waits.
func (v Voice) afterwards(c o2c.CreditCard) slack.Block {
	var rest, told markup
	if part := c.Order.ShipMost; c.CanExtend && part != nil {
		rest = v.mark("credit.rest", "rest", c.Order.Total.Minus(*part), "part", *part)
	}
	if u := c.Request.Undo; c.CanUndo && u != nil {
		key := "credit.undo_until"
		if u.Letter != "" {
			key = "credit.told"
		}
		told = v.mark(key, "time", v.clock(u.Until))
	}
	return notes(rest, told)
}

// conditions are what an approval asks for in return, and the reason that was given.
func (v Voice) conditions(r credit.RequestData) markup {
	var asked []markup
	say := func(set bool, key string, pairs ...any) {
		if set {
			asked = append(asked, v.mark(key, pairs...))
		}
	}
	k := r.Conditions
	say(!k.DepositPercent.IsZero(), "credit.deposit", "percent", k.DepositPercent.String())
	say(k.PrepayAll, "credit.prepay")
	say(!k.PartAmount.IsZero(), "credit.part", "amount", k.PartAmount)
	say(!k.RaiseLimitTo.IsZero(), "credit.raise", "amount", k.RaiseLimitTo)
	say(k.TermsDays > 0, "credit.terms", "days", v.count("days", k.TermsDays))
	say(!k.Expires.IsZero(), "credit.expires", "until", k.Expires)
	say(r.Reason != "", "quote", "text", noted(r.Reason))
	if len(asked) == 0 {
		return ""
	}
	return " (" + join(", ", asked...) + ")"
}

func (v Voice) origin(c o2c.CreditCard) markup {
	var owner, waits, thread, solo markup
	from := v.mark("credit.from", "source", c.Order.Source.Endpoint)
	if by := c.Request.RequestedBy; by != "" {
		from = v.mark("credit.requested", "name", named(v.people(by)))
	}
	if c.Customer.Owner != "" {
		owner = v.mark("owner", "name", named(v.people(cmp.Or(c.Owner, c.Customer.Owner))))
	}
	if c.Request.Status == credit.Pending {
		waits, thread = v.mark(plural("credit.waits", c.Approvers), "n", c.Approvers), v.mark("credit.thread")
	}
	if c.Solo {
		solo = v.mark("credit.solo")
	}
	return join(" · ", from, owner, waits, thread, solo)
}
