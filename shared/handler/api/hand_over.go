package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/recovery"
)

// HandOverInput proposes to give a claim to an agency.
type HandOverInput struct {
	Agency string `json:"agency,omitempty" doc:"Name, of duly.yaml; left out: the only one"`
	Note   string `json:"note,omitempty" maxLength:"1000" doc:"To the agency"`
	AsUser string `json:"as_user" minLength:"1" doc:"Slack user id of the colleague who proposes" example:"U03COLLECT"`
}

// HandOverDecision is a colleague's word on a hand-over.
type HandOverDecision struct {
	Decision string `json:"decision" enum:"approve,abort,recall" doc:"Two different approvers approve; recall takes the claim back from the agency"`
	Reason   string `json:"reason,omitempty" maxLength:"500"`
	AsUser   string `json:"as_user" minLength:"1" example:"U04APPROVE"`
}

// WriteOffInput asks to give up what an invoice has open, or decides on it.
type WriteOffInput struct {
	Decision string `json:"decision,omitempty" enum:"ask,approve,refuse" doc:"Left out: ask, or approve what another person asked"`
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Why nobody will pay; who asks must say it" example:"The company was dissolved"`
	AsUser   string `json:"as_user" minLength:"1" example:"U04APPROVE"`
}

func (s server) handOvers() {
	type proposing struct {
		Number string `path:"number"`
		Body   HandOverInput
	}
	type deciding struct {
		Number string `path:"number"`
		Body   HandOverDecision
	}
	type asked struct {
		Number string `path:"number"`
	}
	route(s, post("propose-hand-over", "/v1/invoices/{number}/hand-over", "Propose to give a claim to a collection agency"), func(ctx context.Context, in *proposing) (*reply[Claim], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		if !who.Collects() {
			return nil, fault.New(fault.Forbidden, "Only collectors propose a hand-over", "this colleague is "+string(who.Role), "ask a collector")
		}
		return s.changed(ctx, in.Number, func(id string) error {
			return s.Cycle.ProposeHandOver(ctx, stamp, id, in.Body.Agency, in.Body.Note, who)
		})
	})
	route(s, post("decide-hand-over", "/v1/invoices/{number}/hand-over/decision", "Approve, abort or recall a hand-over"), func(ctx context.Context, in *deciding) (*reply[Claim], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		return s.changed(ctx, in.Number, func(id string) error {
			switch {
			case in.Body.Decision == "approve":
				return s.Cycle.ApproveHandOver(ctx, stamp, id, who)
			case !who.Collects():
				return fault.New(fault.Forbidden, "Only collectors stop a hand-over", "this colleague is "+string(who.Role), "ask a collector")
			case in.Body.Decision == "recall":
				return s.Cycle.RecallHandOver(ctx, stamp, id, in.Body.Reason)
			}
			return s.Cycle.AbortHandOver(ctx, stamp, id, in.Body.Reason)
		})
	})
	route(s, zipOf(get("get-dossier", "/v1/invoices/{number}/dossier", "Read the dossier of the newest hand-over")), func(ctx context.Context, in *asked) (*file, error) {
		v, err := s.claimOn(ctx, claimAsked{Number: in.Number})
		if err != nil {
			return nil, err
		}
		if v.File == nil || v.File.HandOver.Head == "" {
			return nil, fault.Missing("dossier", in.Number)
		}
		content, err := s.Files.Get(ctx, v.File.HandOver.Dossier)
		return &file{ContentType: "application/zip", Body: content}, err
	})
}

func (s server) writeOffs() {
	type asking struct {
		Number string `path:"number"`
		Body   WriteOffInput
	}
	type asked struct {
		Number string `path:"number"`
	}
	op := post("write-off", "/v1/invoices/{number}/write-off", "Give up what an invoice has open: one person asks, another approves")
	route(s, op, func(ctx context.Context, in *asking) (*reply[Claim], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		if !who.Collects() {
			return nil, fault.New(fault.Forbidden, "Only collectors ask for a write-off", "this colleague is "+string(who.Role), "ask a collector")
		}
		waits, err := s.waitsForWriteOff(ctx, in.Number)
		if err != nil {
			return nil, err
		}
		return s.changed(ctx, in.Number, func(id string) error {
			if in.Body.Decision == "ask" || in.Body.Decision == "" && !waits {
				return s.Cycle.AskWriteOff(ctx, stamp, id, in.Body.Reason, who)
			}
			return s.Cycle.DecideWriteOff(ctx, stamp, id, in.Body.Decision != "refuse", who)
		})
	})
	route(s, post("claim-vat-relief", "/v1/invoices/{number}/vat-relief", "Book that the VAT of an unpaid invoice goes into the return"), func(ctx context.Context, in *asked) (*reply[Claim], error) {
		return s.changed(ctx, in.Number, func(id string) error { return s.Cycle.ClaimRelief(ctx, s.once(ctx), id) })
	})
}

// waitsForWriteOff reports whether a write-off of an invoice was asked for and
// not decided.
func (s server) waitsForWriteOff(ctx context.Context, number string) (bool, error) {
	d, err := s.legal(ctx, invoice.Invoices, number)
	if err != nil || !d.Dunning.Filed {
		return false, err
	}
	f, err := o2c.Read[recovery.File](ctx, s.Cycle, d.ID)
	return err == nil && f.Data().WriteOff.Status == recovery.Asked, err
}
