package o2c

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
)

// Retro looks back at a month: what took longest, which step worked, which rule
// asked people needlessly, and one change that the past speaks for.
type Retro struct {
	From, To calendar.Date
	Spans    []Span       // the longest first
	Steps    []StepEffect // in the order of the ladder
	Rules    []RuleReview // that asked people, the most needless first
	Policies []PolicyTurn // under which was decided, the oldest first: before and after a change
	Proposal *Proposal    // nil: the past speaks for none
	Opinions []Opinions   // of customers and of colleagues
}

// Span is how long something took, in days, in the month and in the one before.
type Span struct {
	What        string // "decision", "processing", "collection"
	Now, Before kpi.Figure
}

// Opinions are how those who were asked found it, in the month and in the one
// before.
type Opinions struct {
	Who         string // AskedCustomers or AskedTeam
	Now, Before Scored
}

// RuleReview is what came of the questions that one rule asked.
type RuleReview struct {
	Code     string
	Asked    int // questions that a person answered
	Needless int // approved, and paid or not late yet
	Lost     int // approved, and lost
}

// PolicyTurn is how a version of the policy did.
type PolicyTurn struct {
	Version   string
	Digest    string
	Decisions int
	Asked     int
	Hours     kpi.Figure // until a person answered
}

// Proposal is a change of the policy, with what it would have changed in the
// days before: its evidence.
type Proposal struct {
	Key      string // of duly.yaml
	From, To money.Amount
	Days     int // of the evidence
	Freed    credit.Tally
	Lost     credit.Tally
	Waited   time.Duration // by those that would not have waited
}

const (
	// triedDays is how far back a proposal is tried.
	triedDays = 90
	// needlessMin is how many needless questions a rule must have asked before a
	// change is proposed.
	needlessMin = 3
)

const hoursPerDay = 24

// Retro looks back at the month of a day.
func (c *Cycle) Retro(ctx context.Context, at time.Time, day calendar.Date) (Retro, error) {
	first := calendar.Date{Year: day.Year, Month: day.Month, Day: 1}
	r := Retro{From: first, To: first.EndOfMonth()}
	now, err := c.Measure(ctx, r.From, r.To)
	if err != nil {
		return r, err
	}
	before, err := c.Measure(ctx, first.AddMonths(-1), first.AddDays(-1))
	if err != nil {
		return r, err
	}
	inDays := func(hours kpi.Figure) kpi.Figure { return hours.Per(hoursPerDay) }
	r.Spans = []Span{
		{"decision", inDays(now.Deciding), inDays(before.Deciding)}, {"processing", inDays(now.Processing), inDays(before.Processing)}, {"collection", now.Collection, before.Collection},
	}
	slices.SortStableFunc(r.Spans, func(a, b Span) int { return b.Now.Value.Cmp(a.Now.Value) })
	if r.Steps, err = c.StepEffects(ctx, r.From, r.To); err != nil {
		return r, err
	}
	for _, who := range []string{AskedCustomers, AskedTeam} {
		now, err := c.scoreOf(ctx, who, first)
		if err != nil {
			return r, err
		}
		before, err := c.scoreOf(ctx, who, first.AddMonths(-1))
		if err != nil {
			return r, err
		}
		r.Opinions = append(r.Opinions, Opinions{who, now, before})
	}
	month, err := c.allDecisions(ctx, at, r.From, r.To)
	if err != nil {
		return r, err
	}
	r.Rules, r.Policies = reviewRules(month), turnsOf(month)
	r.Proposal, err = c.propose(ctx, at, r)
	return r, err
}

func (c *Cycle) allDecisions(ctx context.Context, at time.Time, from, to calendar.Date) ([]credit.Record, error) {
	var all []credit.Record
	for after := ""; ; {
		some, next, err := c.DecisionsOf(ctx, at, from, to, measuredAtOnce, after)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if after = next; after == "" {
			return all, nil
		}
	}
}

// askedPerson reports whether a person answered what the policy asked.
func askedPerson(d credit.Record) bool {
	return d.Decision.Verdict == credit.Refer && !d.DecidedAt.IsZero() && d.DecidedBy != "" && d.DecidedBy != "policy"
}

// needless reports whether the answer was yes and nothing speaks against it.
func needless(d credit.Record) bool {
	return d.Status == credit.Approved && !d.Outcome.Defaulted && d.Outcome.DaysLate == 0
}

func reviewRules(month []credit.Record) []RuleReview {
	found := map[string]*RuleReview{}
	for _, d := range month {
		if !askedPerson(d) {
			continue
		}
		for _, why := range d.Decision.Reasons {
			if why.Code == "within_limit" || why.Code == "unlimited" {
				continue // says why not to ask
			}
			if found[why.Code] == nil {
				found[why.Code] = &RuleReview{Code: why.Code}
			}
			found[why.Code].Asked++
			switch {
			case needless(d):
				found[why.Code].Needless++
			case d.Status == credit.Approved && d.Outcome.Defaulted:
				found[why.Code].Lost++
			}
		}
	}
	all := []RuleReview{}
	for _, code := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[code])
	}
	slices.SortStableFunc(all, func(a, b RuleReview) int { return cmp.Compare(b.Needless, a.Needless) })
	return all
}

// turnsOf tells the versions of the policy apart, so that a change that was
// adopted shows what it did.
func turnsOf(month []credit.Record) []PolicyTurn {
	all := []PolicyTurn{}
	waited := map[string]int64{}
	for _, d := range slices.Backward(month) { // the newest come first
		digest := d.Decision.PolicyDigest
		i := slices.IndexFunc(all, func(t PolicyTurn) bool { return t.Digest == digest })
		if i < 0 {
			i, all = len(all), append(all, PolicyTurn{Version: d.Decision.PolicyVersion, Digest: digest})
		}
		all[i].Decisions++
		if askedPerson(d) {
			all[i].Asked++
			waited[digest] += int64(d.DecidedAt.Sub(d.AskedAt) / time.Second)
		}
	}
	for i := range all {
		all[i].Hours = kpi.Ratio(waited[all[i].Digest], int64(all[i].Asked)*secondsPerHour)
	}
	return all
}

// propose raises the amount up to which orders are approved by themselves, to
// what most of the needless questions were about, when deciding the last months
// again that way would have lost nothing.
func (c *Cycle) propose(ctx context.Context, at time.Time, r Retro) (*Proposal, error) {
	const code = "above_auto_approve"
	i := slices.IndexFunc(r.Rules, func(rule RuleReview) bool { return rule.Code == code })
	if i < 0 || r.Rules[i].Needless < needlessMin {
		return nil, nil
	}
	past, err := c.allDecisions(ctx, at, r.To.AddDays(1-triedDays), r.To)
	if err != nil {
		return nil, err
	}
	var amounts []money.Amount
	for _, d := range past {
		if askedPerson(d) && needless(d) && slices.ContainsFunc(d.Decision.Reasons, func(why credit.Reason) bool { return why.Code == code }) {
			amounts = append(amounts, d.Decision.Input.Amount)
		}
	}
	slices.SortFunc(amounts, money.Amount.Cmp)
	if len(amounts) == 0 {
		return nil, nil
	}
	policy := c.Policy.Credit
	p := Proposal{Key: "credit.auto_approve", From: policy.AutoApprove, To: amounts[(len(amounts)*3+3)/4-1], Days: triedDays}
	policy.AutoApprove = p.To
	again := credit.NewReplay(policy)
	for _, d := range past {
		again.Add(d)
	}
	again.Close()
	p.Freed, p.Lost, p.Waited = again.Freed, again.ApprovedDefault, again.Waited
	if p.Freed.Orders == 0 || p.Lost.Orders > 0 {
		return nil, nil
	}
	return &p, nil
}

// TellRetro tells the team of the month that ended, once, where the policy wants
// it.
func (c *Cycle) TellRetro(ctx context.Context, at time.Time) error {
	today := c.today(at)
	if !c.Policy.Room.Retro || !c.Policy.Days.Works(today) {
		return nil
	}
	month := calendar.Date{Year: today.Year, Month: today.Month, Day: 1}.AddMonths(-1)
	name := Name("seen", "retro", month.String())
	if seen, err := c.Store.Load(ctx, Key{Kind: "effect", ID: Name("e", doCard, name)}); err != nil || seen[0].Version > 0 {
		return err
	}
	r, err := c.Retro(ctx, at, month)
	if err != nil {
		return err
	}
	return c.reportOnce(ctx, at, name, r.Notice())
}

// Notice is the retro in a few sentences.
func (r Retro) Notice() Notice {
	var say []Notice
	for _, s := range r.Spans {
		if s.Now.OK {
			say = append(say, compared(Notice{Key: "retro." + s.What, Detail: s.Now.Value.StringFixed(1)}, s.Before))
		}
	}
	if len(r.Steps) > 0 {
		best := slices.MaxFunc(r.Steps, func(a, b StepEffect) int { return a.Percent.Value.Cmp(b.Percent.Value) })
		if best.Paid > 0 {
			say = append(say, Notice{Key: "retro.step", Code: best.Step, Count: best.Paid, Of: best.Sent})
		}
	}
	if len(r.Rules) > 0 && r.Rules[0].Needless > 0 {
		say = append(say, Notice{Key: "retro.rule", ID: r.Rules[0].Code, Of: r.Rules[0].Asked, Count: r.Rules[0].Needless})
	}
	for _, o := range r.Opinions {
		if o.Now.Mean.OK {
			say = append(say, compared(Notice{Key: "retro." + o.Who, Detail: o.Now.Mean.Value.StringFixed(1), Count: o.Now.Answers}, o.Before.Mean))
		}
	}
	if p := r.Proposal; p != nil {
		say = append(say,
			Notice{Key: "retro.proposal", ID: p.Key, Amount: p.From, Other: p.To},
			Notice{Key: "retro.evidence", Of: p.Days, Count: p.Freed.Orders, Amount: p.Freed.Amount, Detail: decimal.NewFromInt(int64(p.Waited / time.Minute)).Div(decimal.NewFromInt(minutesPerHour)).StringFixed(1)})
	}
	if len(say) == 0 {
		say = append(say, Notice{Key: "retro.nothing"})
	}
	return Notice{Key: "retro", Detail: r.From.String()[:len("2026-01")], Parts: say}
}

const minutesPerHour = 60

// compared says how it was the month before, where that is known.
func compared(n Notice, before kpi.Figure) Notice {
	if before.OK {
		n.Parts = []Notice{{Key: "retro.before", Detail: before.Value.StringFixed(1)}}
	}
	return n
}

// String is the retro in a few sentences.
func (r Retro) String() string {
	var say []string
	for _, s := range r.Spans {
		if s.Now.OK {
			line := fmt.Sprintf("%s took %s days", s.What, s.Now.Value.StringFixed(1))
			if s.Before.OK {
				line += fmt.Sprintf(" (the month before %s)", s.Before.Value.StringFixed(1))
			}
			say = append(say, line)
		}
	}
	if len(r.Steps) > 0 {
		best := slices.MaxFunc(r.Steps, func(a, b StepEffect) int { return a.Percent.Value.Cmp(b.Percent.Value) })
		if best.Paid > 0 {
			say = append(say, fmt.Sprintf("after the step %s most paid: %d of %d", best.Step, best.Paid, best.Sent))
		}
	}
	if len(r.Rules) > 0 && r.Rules[0].Needless > 0 {
		say = append(say, fmt.Sprintf("the rule %s asked %d times, %d of them needlessly", r.Rules[0].Code, r.Rules[0].Asked, r.Rules[0].Needless))
	}
	for _, o := range r.Opinions {
		if o.Now.Mean.OK {
			line := fmt.Sprintf("%s gave %s of %d (%d answers", o.Who, o.Now.Mean.Value.StringFixed(1), ScoreMax, o.Now.Answers)
			if o.Before.Mean.OK {
				line += fmt.Sprintf("; the month before %s of %d", o.Before.Mean.Value.StringFixed(1), o.Before.Answers)
			}
			say = append(say, line+")")
		}
	}
	if p := r.Proposal; p != nil {
		say = append(say, fmt.Sprintf("proposal: %s from %s to %s — in the %d days before it would have freed %d orders of %s, spared %s of waiting and lost nothing — try it: duly policy replay",
			p.Key, p.From, p.To, p.Days, p.Freed.Orders, p.Freed.Amount, p.Waited.Round(time.Minute)))
	}
	if len(say) == 0 {
		return "Nothing happened that teaches anything."
	}
	return strings.Join(say, ". ") + "."
}
