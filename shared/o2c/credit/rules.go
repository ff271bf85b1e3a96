package credit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rule looks at the input and either has nothing to say or gives its verdict.
type rule func(Policy, Input) (Verdict, Reason, bool)

// rules in the order in which people read the reasons.
var rules = []rule{blocked, stopped, tooLate, prepayOnly, overLimit, overGroupLimit, overdue, uninsured, reported, unknown, throughChannel, aboveChannel, aboveCeiling}

func within(in Input) Reason {
	if in.Limit == nil {
		return reason("unlimited", "The customer has no limit", "exposure", in.Exposure().String())
	}
	return reason("within_limit", fmt.Sprintf("%s of %s would be used", in.Exposure(), in.Limit), "exposure", in.Exposure().String(), "limit", in.Limit.String())
}

func blocked(_ Policy, in Input) (Verdict, Reason, bool) {
	if !in.Blocked {
		return "", Reason{}, false
	}
	return Decline, reason("blocked", "The customer is blocked"), true
}

func stopped(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Stopped == "" {
		return "", Reason{}, false
	}
	return Refer, reason("supply_stopped", "Supply is stopped: "+in.Stopped, "why", in.Stopped), true
}

// tooLate is what the state of a late customer asks for (duly.yaml,
// credit.overdue_states); the state of prepaying is asked for in Input.
func tooLate(p Policy, in Input) (Verdict, Reason, bool) {
	s, ok := p.StateOf(in)
	if !ok || s.Then != Refer && s.Then != Decline {
		return "", Reason{}, false
	}
	return s.Then, reason("overdue_state", fmt.Sprintf("The customer is in the state %q: %d days late", s.Code, in.OverdueDays),
		"state", s.Code, "days", strconv.Itoa(in.OverdueDays), "after", strconv.Itoa(s.AfterDays)), true
}

func prepayOnly(_ Policy, in Input) (Verdict, Reason, bool) {
	if !in.PrepayOnly && (in.Limit == nil || !in.Limit.IsZero()) {
		return "", Reason{}, false
	}
	return Refer, reason("prepay_only", "The customer pays before delivery", "amount", in.Amount.String()), true
}

func overLimit(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Limit == nil || in.Limit.IsZero() || in.Exposure().Cmp(*in.Limit) <= 0 {
		return "", Reason{}, false
	}
	over := in.Exposure().Minus(*in.Limit)
	return Refer, reason("over_limit", fmt.Sprintf("Over the limit of %s by %s", in.Limit, over),
		"limit", in.Limit.String(), "exposure", in.Exposure().String(), "over", over.String()), true
}

func overGroupLimit(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Group == nil || in.Group.Limit == nil || in.GroupExposure().Cmp(*in.Group.Limit) <= 0 {
		return "", Reason{}, false
	}
	over := in.GroupExposure().Minus(*in.Group.Limit)
	return Refer, reason("over_group_limit", fmt.Sprintf("Its group of companies would be over its limit of %s by %s", in.Group.Limit, over),
		"limit", in.Group.Limit.String(), "exposure", in.GroupExposure().String(), "over", over.String()), true
}

// overdue refers when what is late enough is also large enough: a few cents left
// of an old invoice block nobody, nor does a large one that fell due yesterday.
func overdue(p Policy, in Input) (Verdict, Reason, bool) {
	late := in.Beyond(p.OverdueDays)
	if late.Cmp(p.OverdueAmount) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("overdue", fmt.Sprintf("%s is overdue for more than %d days, the oldest for %d", late, p.OverdueDays, in.OverdueDays),
		"overdue", late.String(), "days", strconv.Itoa(in.OverdueDays), "after", strconv.Itoa(p.OverdueDays), "ignored", p.OverdueAmount.String()), true
}

// uninsured refers what would be at stake beyond the insurer's cover.
func uninsured(p Policy, in Input) (Verdict, Reason, bool) {
	if p.Uninsured == nil || in.Insured == nil {
		return "", Reason{}, false
	}
	open := in.Exposure().Minus(in.Cover())
	if open.Cmp(*p.Uninsured) <= 0 {
		return "", Reason{}, false
	}
	text := fmt.Sprintf("%s would be at stake beyond the %s that %s covers", open, in.Cover(), in.Insured.Insurer)
	if in.On.After(in.Insured.ValidTo) {
		text = fmt.Sprintf("The cover of %s ended on %s; %s would be at stake without it", in.Insured.Insurer, in.Insured.ValidTo, open)
	}
	return Refer, reason("uninsured", text, "uninsured", open.String(), "insured", in.Cover().String(), "at_most", p.Uninsured.String(), "valid_to", in.Insured.ValidTo.String()), true
}

// unknown refers the larger orders of customers that have not shown yet how they
// pay.
func unknown(p Policy, in Input) (Verdict, Reason, bool) {
	isNew := in.Orders < p.New.Orders || (!in.On.IsZero() && in.KnownDays() < p.New.Days)
	if !isNew || in.Amount.Cmp(p.New.AutoApprove) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("new_customer", fmt.Sprintf("Order %d of a customer known for %d days; above %s a person decides on new ones", in.Orders+1, in.KnownDays(), p.New.AutoApprove),
		"order", strconv.Itoa(in.Orders+1), "days", strconv.Itoa(in.KnownDays()), "auto_approve", p.New.AutoApprove.String()), true
}

func (p Policy) channel(in Input) (ChannelRule, bool) {
	i := slices.IndexFunc(p.Channels, func(c ChannelRule) bool { return c.Endpoint == in.Channel })
	if i < 0 || in.Channel == "" {
		return ChannelRule{}, false
	}
	return p.Channels[i], true
}

func throughChannel(p Policy, in Input) (Verdict, Reason, bool) {
	c, ok := p.channel(in)
	if !ok || c.Then == "" || c.Then == Approve {
		return "", Reason{}, false
	}
	return c.Then, reason("channel", "Orders through "+c.Endpoint+" are not taken on account without a person", "endpoint", c.Endpoint), true
}

func aboveChannel(p Policy, in Input) (Verdict, Reason, bool) {
	c, ok := p.channel(in)
	if !ok || c.AutoApprove == nil || in.Amount.Cmp(*c.AutoApprove) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("above_channel", fmt.Sprintf("Orders through %s above %s are decided by a person", c.Endpoint, c.AutoApprove),
		"amount", in.Amount.String(), "auto_approve", c.AutoApprove.String(), "endpoint", c.Endpoint), true
}

// aboveCeiling refers what is above the ceiling of the payer's band, or of the
// policy where the band has none.
func aboveCeiling(p Policy, in Input) (Verdict, Reason, bool) {
	i := slices.IndexFunc(p.Bands, func(b BandCeiling) bool { return in.Rating.Band != "" && b.Band == in.Rating.Band })
	if i >= 0 {
		if in.Amount.Cmp(p.Bands[i].AutoApprove) <= 0 {
			return "", Reason{}, false
		}
		return Refer, reason("above_band", fmt.Sprintf("Orders above %s of payers rated %s are decided by a person", p.Bands[i].AutoApprove, in.Rating.Band),
			"amount", in.Amount.String(), "auto_approve", p.Bands[i].AutoApprove.String(), "band", in.Rating.Band, "score", strconv.Itoa(in.Rating.Score)), true
	}
	if in.Amount.Cmp(p.AutoApprove) <= 0 {
		return "", Reason{}, false
	}
	return Refer, reason("above_auto_approve", fmt.Sprintf("Orders above %s are decided by a person", p.AutoApprove),
		"amount", in.Amount.String(), "auto_approve", p.AutoApprove.String()), true
}

func inconsistent(_ Policy, in Input) (Verdict, Reason, bool) {
	if in.Mismatch == nil {
		return "", Reason{}, false
	}
	m := in.Mismatch
	return Refer, reason("inconsistent_total", fmt.Sprintf("the shop says %s, its lines give %s", m.Said, m.Lines), "said", m.Said.String(), "lines", m.Lines.String()), true
}

// strangers refers an order for goods that the house does not know (duly.yaml,
// stock: strict).
func strangers(_ Policy, in Input) (Verdict, Reason, bool) {
	if len(in.Strangers) == 0 {
		return "", Reason{}, false
	}
	skus := strings.Join(in.Strangers, ", ")
	return Refer, reason("unknown_sku", "Nothing is known of "+skus, "skus", skus), true
}

// find asks the house's own rule. One that fails on an order asks a person: a
// rule that cannot be applied must not wave anything through.
func (r ExpressedRule) find(in Input) (Verdict, Reason, bool) {
	if r.Test == nil {
		return "", Reason{}, false
	}
	holds, numbers, err := r.Test.Holds(in)
	if err != nil {
		return Refer, Reason{Code: r.Code, Text: "The rule " + r.Code + " cannot be applied: " + err.Error(), Numbers: map[string]string{"when": r.When}}, true
	}
	return r.Then, Reason{Code: r.Code, Text: r.Say, Numbers: numbers}, holds
}

func reason(code, text string, numbers ...string) Reason {
	r := Reason{Code: code, Text: text, Numbers: map[string]string{}}
	for i := 0; i+1 < len(numbers); i += 2 {
		r.Numbers[numbers[i]] = numbers[i+1]
	}
	return r
}

// reported refers larger exposures that nobody outside has said anything about
// lately, or nothing good.
func reported(p Policy, in Input) (Verdict, Reason, bool) {
	if p.Report == nil || in.Exposure().Cmp(p.Report.Above) <= 0 {
		return "", Reason{}, false
	}
	above, most := p.Report.Above.String(), strconv.Itoa(p.Report.AgeDays)
	switch {
	case in.Report == nil:
		return Refer, reason("report_missing", fmt.Sprintf("Above %s a credit report is wanted, and there is none yet", above), "exposure", in.Exposure().String(), "above", above), true
	case p.Wants(in):
		age := strconv.Itoa(in.On.DaysSince(in.Report.On))
		return Refer, reason("report_old", fmt.Sprintf("The report of %s is %s days old; %s are allowed", in.Report.Source, age, most), "age", age, "most", most, "source", in.Report.Source), true
	case !in.Report.Known:
		return Refer, reason("report_unknown", in.Report.Source+" does not know the customer", "source", in.Report.Source), true
	case in.Report.Score < p.Report.ScoreMin:
		score, least := strconv.Itoa(in.Report.Score), strconv.Itoa(p.Report.ScoreMin)
		return Refer, reason("report_score", fmt.Sprintf("%s scores the customer %s of 100; %s is the least", in.Report.Source, score, least), "score", score, "least", least, "source", in.Report.Source), true
	}
	return "", Reason{}, false
}
