package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/party"
)

// CustomerAnswer answers with a customer: what is at stake with it, how it pays, and the limit that this would earn it.
func (v Voice) CustomerAnswer(d party.Data, x o2c.Exposure) Message {
	stake := v.mark("payer.stake.unlimited", "open", x.Open, "confirmed", x.Confirmed)
	if x.Limit != nil {
		stake = v.mark("payer.stake", "open", x.Open, "confirmed", x.Confirmed, "limit", *x.Limit)
	}
	var late markup
	if x.Overdue.IsPositive() {
		late = v.mark("payer.overdue", "amount", x.Overdue, "days", v.count("days", x.Oldest))
	}
	since := v.mark("command.customer.since", "date", x.Payer.Since, "orders", x.Payer.Orders)
	if d.Blocked {
		since = join(" · ", v.mark("reason.blocked"), since)
	}
	return message(bareText(v.Say("command.customer.title", "name", named(d.Name))),
		section(v.mark("command.customer.title", "name", named(d.Name))),
		section(join("\n", stake, late, v.group(x), v.insured(d))),
		section(join("\n", v.rating(x.Payer.Rating), v.proposal(x.Payer.Proposal))),
		notes(since))
}

// rating is how a customer pays, with the arithmetic of its score.
func (v Voice) rating(r credit.Rating) markup {
	if r.Band == "" {
		return v.mark("payer.unrated", "n", r.Payments)
	}
	return join("\n",
		v.mark("payer.rating", "band", r.Band, "score", r.Score, "late", r.ForDays, "promises", r.ForWord, "chargebacks", r.ForFight),
		v.mark("payer.habits", "days", v.count("days", r.DaysLate), "kept", r.Kept, "broken", r.Broken, "paid", r.Paid))
}

// proposal is a limit with its arithmetic.
func (v Voice) proposal(p *credit.Proposal) markup {
	if p == nil {
		return ""
	}
	said := v.mark("payer.proposal", "limit", p.Limit, "paid", p.Paid, "months", p.Months, "terms", p.Terms, "late", p.Late, "percent", p.Percent, "before", p.Before)
	if p.Cap == nil {
		return said
	}
	return join(" · ", said, v.mark("payer.cap", "cap", *p.Cap))
}

func (v Voice) group(x o2c.Exposure) markup {
	if x.Group == nil {
		return ""
	}
	total := x.Group.Receivable.Plus(x.Group.Confirmed)
	if x.Group.Limit == nil {
		return v.mark("payer.group.unlimited", "amount", total)
	}
	return v.mark("payer.group", "amount", total, "limit", *x.Group.Limit)
}

func (v Voice) insured(d party.Data) markup {
	if d.Insured == nil {
		return ""
	}
	return v.mark("payer.insured", "limit", d.Insured.Limit, "insurer", named(d.Insured.Insurer), "number", named(d.Insured.Number), "until", d.Insured.ValidTo)
}
