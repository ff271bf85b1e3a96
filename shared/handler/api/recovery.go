package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// Recovery is the legal side of an unpaid invoice.
type Recovery struct {
	Regime   string         `json:"regime" enum:"commercial,consumer"`
	RaisedOn *string        `json:"raised_on" format:"date" doc:"Payments from this day on go to costs, then interest, then principal"`
	Letters  []LegalLetter  `json:"letters" nullable:"false"`
	Clock    []Interruption `json:"clock" nullable:"false" doc:"What interrupted the limitation"`
	Forgiven []Forgiven     `json:"forgiven" nullable:"false"`
	HandOver Null[HandOver] `json:"hand_over"`
	Steps    []LegalStep    `json:"steps" nullable:"false"`
	WriteOff Null[WriteOff] `json:"write_off"`
	Relief   Null[Relief]   `json:"vat_relief"`
}

// LegalLetter is a letter with legal effect.
type LegalLetter struct {
	Kind      string  `json:"kind" enum:"fourteen_day,formal,last"`
	SentOn    string  `json:"sent_on" format:"date"`
	To        string  `json:"to"`
	Costs     Money   `json:"costs" doc:"That it names for this invoice"`
	ArrivedOn *string `json:"arrived_on" format:"date"`
	Presumed  bool    `json:"presumed" doc:"Nobody has confirmed the receipt"`
	Bounced   bool    `json:"bounced"`
	SHA256    string  `json:"sha256" doc:"Of the letter as it is kept"`
}

// Interruption starts a limitation period again, where the law says so.
type Interruption struct {
	On   string `json:"on" format:"date"`
	Kind string `json:"kind" enum:"letter,acknowledgement,part_payment,court"`
	Note string `json:"note"`
}

// Forgiven is a part of the claim that was given up.
type Forgiven struct {
	On   string `json:"on" format:"date"`
	Part string `json:"part" enum:"interest,costs"`
	Why  string `json:"why"`
}

// HandOver is where a claim stands with an agency.
type HandOver struct {
	Status     string      `json:"status" enum:"proposed,handed_over,recalled,aborted,ended"`
	Agency     string      `json:"agency"`
	Register   string      `json:"register" doc:"The agency's number under the Wki"`
	ProposedBy string      `json:"proposed_by"`
	ApprovedBy []string    `json:"approved_by" nullable:"false"`
	Claim      Null[Money] `json:"claim" doc:"On the day of the hand-over"`
	Head       string      `json:"dossier_head" doc:"Hash that the dossier's chain ends in"`
	Why        string      `json:"why"`
	Collected  Null[Money] `json:"collected"`
}

// LegalStep is what an agency or a court did.
type LegalStep struct {
	Kind      string       `json:"kind" enum:"agency_result,summons,payment_order,judgment,bankruptcy,settlement,note"`
	On        string       `json:"on,omitempty" format:"date" doc:"Left out: today"`
	Status    string       `json:"status,omitempty" maxLength:"100" example:"served"`
	Costs     *Money       `json:"costs,omitempty" doc:"That we have"`
	Awarded   *Money       `json:"awarded,omitempty" doc:"Costs that the debtor owes; they join the claim"`
	Collected *Money       `json:"collected,omitempty" doc:"Of an agency's result, which ends the hand-over"`
	Note      string       `json:"note,omitempty" maxLength:"1000"`
	Documents []LegalPaper `json:"documents,omitempty"`
}

// LegalPaper is a document of a step, kept elsewhere.
type LegalPaper struct {
	Name   string `json:"name" minLength:"1" maxLength:"200" example:"Judgment of 3 March"`
	Ref    string `json:"ref" minLength:"1" maxLength:"500" doc:"Where it is: an address, a file number"`
	SHA256 string `json:"sha256,omitempty" maxLength:"64"`
}

// WriteOff is giving up what is open.
type WriteOff struct {
	Status string      `json:"status" enum:"asked,written_off,refused"`
	Reason string      `json:"reason"`
	Asked  string      `json:"asked_by"`
	By     string      `json:"by"`
	Amount Null[Money] `json:"amount"`
	Back   Null[Money] `json:"back" doc:"That came all the same"`
}

// Relief is taking back the VAT of what was not paid.
type Relief struct {
	Status string      `json:"status" enum:"waits,due,claimed,repaid,none"`
	On     *string     `json:"on" format:"date" doc:"From which day the law gives it back"`
	Period string      `json:"period" example:"2027-Q1"`
	Tax    Null[Money] `json:"tax" doc:"Reclaimed and not repaid"`
}

func recoveryView(f *recovery.Data) Null[Recovery] {
	if f == nil {
		return Null[Recovery]{}
	}
	v := Recovery{
		Regime: string(f.Regime), RaisedOn: dateOrNull(f.RaisedOn), HandOver: handOverView(f.HandOver), WriteOff: writeOffView(f.WriteOff), Relief: reliefView(f.Relief),
		Letters: each(f.Letters, func(l recovery.Letter) LegalLetter {
			return LegalLetter{Kind: l.Kind, SentOn: l.SentOn.String(), To: l.To, Costs: moneyOf(l.Costs), ArrivedOn: dateOrNull(l.Arrived), Presumed: l.Presumed, Bounced: l.Bounced, SHA256: l.Hash}
		}),
		Clock: each(f.Clock, func(i statute.Interruption) Interruption {
			return Interruption{On: i.On.String(), Kind: i.Kind, Note: i.Note}
		}),
		Forgiven: each(f.Forgiven, func(g statute.Forgiven) Forgiven {
			return Forgiven{On: g.On.String(), Part: g.Part, Why: g.Rule}
		}),
		Steps: each(f.Steps, func(t recovery.Step) LegalStep {
			return LegalStep{
				Kind: t.Kind, On: t.On.String(), Status: t.Status, Costs: moneyOrNone(t.Costs), Awarded: moneyOrNone(t.Awarded), Note: t.Note,
				Documents: each(t.Documents, func(p recovery.Paper) LegalPaper { return LegalPaper{Name: p.Name, Ref: p.Ref, SHA256: p.Hash} }),
			}
		}),
	}
	return some(v)
}

func handOverView(h recovery.HandOver) Null[HandOver] {
	if h.Status == recovery.NotProposed {
		return Null[HandOver]{}
	}
	v := HandOver{
		Status: h.Status, Agency: h.Agency.Name, Register: h.Agency.Register, ProposedBy: h.ProposedBy, Head: h.Head, Why: h.Why,
		ApprovedBy: each(h.Approvals, func(a recovery.Approval) string { return a.By }), Claim: moneyOrNull(h.Claim),
	}
	if h.Result != nil {
		v.Collected = moneyOrNull(h.Result.Collected)
	}
	return some(v)
}

func writeOffView(w recovery.WriteOff) Null[WriteOff] {
	if w.Status == "" {
		return Null[WriteOff]{}
	}
	return some(WriteOff{Status: w.Status, Reason: w.Reason, Asked: w.AskedBy, By: w.By, Amount: moneyOrNull(w.Amount), Back: moneyOrNull(w.Back)})
}

func reliefView(r recovery.Relief) Null[Relief] {
	if r.Status == "" {
		return Null[Relief]{}
	}
	return some(Relief{Status: r.Status, On: dateOrNull(r.On), Period: r.Period, Tax: moneyOrNull(r.Tax)})
}

func moneyOrNull(a money.Amount) Null[Money] {
	if a.Currency == "" {
		return Null[Money]{}
	}
	return some(moneyOf(a))
}

// as stamps a change by a colleague, through a program.
func (s server) as(ctx context.Context, user string) (o2c.Stamp, o2c.Person, error) {
	who, known, err := s.Cycle.Person(ctx, user, s.Now())
	if err == nil && !known {
		err = fault.Bad("/as_user", "the policy has no colleague "+user, "send the Slack user id of one that it has")
	}
	stamp := s.once(ctx)
	stamp.Actor = "slack:" + user
	return stamp, who, err
}

// changed answers with the claim after a change; one that was made before is told
// as it stands.
func (s server) changed(ctx context.Context, number string, change func(invoiceID string) error) (*reply[Claim], error) {
	d, err := s.legal(ctx, invoice.Invoices, number)
	if err != nil {
		return nil, err
	}
	if err := change(d.ID); err != nil && !s.before(ctx, err, o2c.Key{Kind: "recovery", ID: d.ID}) {
		return nil, err
	}
	if d, err = s.legal(ctx, invoice.Invoices, number); err != nil {
		return nil, err
	}
	v, err := s.Cycle.ClaimOn(ctx, d, laterOf(s.today(), d.DueOn))
	if err != nil {
		return nil, err
	}
	return &reply[Claim]{claimView(v)}, nil
}

func (s server) claimChanges() {
	type letter struct {
		Number string `path:"number"`
		Body   struct {
			Kind      string `json:"kind,omitempty" enum:"fourteen_day,formal,last" doc:"Sends it now"`
			ArrivedOn string `json:"arrived_on,omitempty" format:"date" doc:"Confirms the receipt of the newest letter instead"`
		}
	}
	type forgiving struct {
		Number string `path:"number"`
		Body   struct {
			Part   string `json:"part" enum:"interest,costs"`
			Reason string `json:"reason" minLength:"3" maxLength:"500"`
			AsUser string `json:"as_user" minLength:"1" example:"U04APPROVE"`
		}
	}
	type step struct {
		Number string `path:"number"`
		Body   LegalStep
	}
	type raising struct {
		Number string `path:"number"`
	}
	route(s, post("raise-claim", "/v1/invoices/{number}/claim/raise", "Let payments go to costs, then interest, then principal from today on"), func(ctx context.Context, in *raising) (*reply[Claim], error) {
		return s.changed(ctx, in.Number, func(id string) error { return s.Cycle.RaiseClaim(ctx, s.once(ctx), id) })
	})
	route(s, post("send-legal-letter", "/v1/invoices/{number}/claim/letters", "Send a letter with legal effect, or confirm its receipt"), func(ctx context.Context, in *letter) (*reply[Claim], error) {
		return s.changed(ctx, in.Number, func(id string) error {
			if in.Body.ArrivedOn == "" {
				return s.Cycle.SendNotice(ctx, s.once(ctx), id, in.Body.Kind)
			}
			on, err := day("/arrived_on", in.Body.ArrivedOn)
			if err != nil {
				return err
			}
			return s.Cycle.NoticeArrived(ctx, s.once(ctx), id, "", on, false)
		})
	})
	route(s, post("forgive-claim", "/v1/invoices/{number}/claim/forgive", "Give the interest or the costs of a claim up"), func(ctx context.Context, in *forgiving) (*reply[Claim], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		if !who.Decides() {
			return nil, fault.New(fault.Forbidden, "Only approvers forgive", "this colleague is "+string(who.Role), "ask an approver")
		}
		return s.changed(ctx, in.Number, func(id string) error { return s.Cycle.Forgive(ctx, stamp, id, in.Body.Part, in.Body.Reason) })
	})
	route(s, post("record-legal-step", "/v1/invoices/{number}/claim/steps", "Write down what an agency or a court did"), func(ctx context.Context, in *step) (*reply[Claim], error) {
		t, result, err := stepOf(in.Body)
		if err != nil {
			return nil, err
		}
		return s.changed(ctx, in.Number, func(id string) error { return s.Cycle.RecordStep(ctx, s.once(ctx), id, t, result) })
	})
}

func stepOf(in LegalStep) (recovery.Step, *recovery.Result, error) {
	t := recovery.Step{Kind: in.Kind, Status: in.Status, Note: in.Note, Costs: amountOrZero(in.Costs), Awarded: amountOrZero(in.Awarded)}
	if in.On != "" {
		var err error
		if t.On, err = day("/on", in.On); err != nil {
			return t, nil, err
		}
	}
	for _, p := range in.Documents {
		t.Documents = append(t.Documents, recovery.Paper{Name: p.Name, Ref: p.Ref, Hash: p.SHA256})
	}
	if in.Kind != recovery.StepResult || in.Collected == nil {
		return t, nil, nil
	}
	return t, &recovery.Result{On: t.On, Collected: in.Collected.amount(), Fee: t.Costs, Note: in.Status}, nil
}

func amountOrZero(m *Money) money.Amount {
	if m == nil {
		return money.Amount{}
	}
	return m.amount()
}
