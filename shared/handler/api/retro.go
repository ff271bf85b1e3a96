package api

import (
	"context"
	"strconv"

	"duly/shared/o2c"
)

// Retro looks back at a month.
type Retro struct {
	From     string         `json:"from" format:"date"`
	To       string         `json:"to" format:"date"`
	Summary  string         `json:"summary" doc:"In a few sentences"`
	Spans    []Span         `json:"spans" nullable:"false" doc:"What took longest comes first"`
	Steps    []StepEffect   `json:"steps" nullable:"false"`
	Rules    []RuleReview   `json:"rules" nullable:"false" doc:"Rules that asked people, the most needless first"`
	Policies []PolicyTurn   `json:"policies" nullable:"false" doc:"Under which was decided, the oldest first: before and after a change"`
	Opinions []Opinions     `json:"opinions" nullable:"false" doc:"How customers found it after payment, and colleagues the month"`
	Proposal *RetroProposal `json:"proposal,omitempty" doc:"Left out: the past speaks for none"`
}

// Opinions are answers from 1 to 5.
type Opinions struct {
	Who           string  `json:"who" enum:"customers,team"`
	Answers       int     `json:"answers"`
	Score         *string `json:"score" doc:"On average; null without answers, and of a team of which fewer than three answered" example:"4.2"`
	AnswersBefore int     `json:"answers_before" doc:"In the month before"`
	ScoreBefore   *string `json:"score_before"`
}

// Span is how long something took.
type Span struct {
	What   string  `json:"what" enum:"decision,processing,collection"`
	Days   *string `json:"days"`
	Before *string `json:"days_before" doc:"In the month before"`
}

// RuleReview is what came of the questions of one rule.
type RuleReview struct {
	Code     string `json:"code" example:"above_auto_approve"`
	Asked    int    `json:"asked"`
	Needless int    `json:"needless" doc:"Approved, and neither late nor lost"`
	Lost     int    `json:"lost" doc:"Approved, and lost"`
}

// PolicyTurn is how a version of the policy did.
type PolicyTurn struct {
	Version   string  `json:"version"`
	Digest    string  `json:"digest"`
	Decisions int     `json:"decisions"`
	Asked     int     `json:"asked" doc:"Of a person"`
	Hours     *string `json:"hours" doc:"Until a person answered, on average"`
}

// RetroProposal is a change with its evidence.
type RetroProposal struct {
	Key       string `json:"key" example:"credit.auto_approve"`
	From      Money  `json:"from"`
	To        Money  `json:"to"`
	Days      int    `json:"days" doc:"That were decided again"`
	Freed     int    `json:"freed" doc:"Orders that would not have waited for a person"`
	FreedSum  Money  `json:"freed_sum"`
	WaitHours string `json:"waited_hours" doc:"That they waited in all"`
	Lost      int    `json:"lost" doc:"Orders that would have been approved by themselves and were lost; a proposal has none"`
}

func retroView(r o2c.Retro) Retro {
	out := Retro{From: r.From.String(), To: r.To.String(), Summary: r.String(), Spans: []Span{}, Steps: each(r.Steps, stepView), Opinions: []Opinions{}, Rules: []RuleReview{}, Policies: []PolicyTurn{}}
	for _, s := range r.Spans {
		out.Spans = append(out.Spans, Span{What: s.What, Days: figure(s.Now), Before: figure(s.Before)})
	}
	for _, o := range r.Opinions {
		out.Opinions = append(out.Opinions, Opinions{Who: o.Who, Answers: o.Now.Answers, Score: figure(o.Now.Mean), AnswersBefore: o.Before.Answers, ScoreBefore: figure(o.Before.Mean)})
	}
	for _, rule := range r.Rules {
		out.Rules = append(out.Rules, RuleReview(rule))
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, PolicyTurn{Version: p.Version, Digest: p.Digest, Decisions: p.Decisions, Asked: p.Asked, Hours: figure(p.Hours)})
	}
	if p := r.Proposal; p != nil {
		out.Proposal = &RetroProposal{
			Key: p.Key, From: moneyOf(p.From), To: moneyOf(p.To), Days: p.Days, Freed: p.Freed.Orders, FreedSum: moneyOf(p.Freed.Amount), Lost: p.Lost.Orders, WaitHours: strconv.FormatFloat(p.Waited.Hours(), 'f', 1, 64),
		}
	}
	return out
}

func (s server) retros() {
	type of struct {
		Month string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"The last one that is over when left out" example:"2026-01"`
	}
	route(s, get("retro", "/v1/retro", "Look back at a month: what took longest, which step worked, which rule asked needlessly"), func(ctx context.Context, in *of) (*reply[Retro], error) {
		month := s.today().AddMonths(-1)
		if in.Month != "" {
			var err error
			if month, err = day("/month", in.Month+"-01"); err != nil {
				return nil, err
			}
		}
		r, err := s.Cycle.Retro(ctx, s.Now(), month)
		if err != nil {
			return nil, err
		}
		return &reply[Retro]{retroView(r)}, nil
	})
}
