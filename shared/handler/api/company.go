package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
)

// BankDetails is where customers pay us.
type BankDetails struct {
	IBAN   string           `json:"iban" doc:"In force: what invoices and reminders name"`
	BIC    string           `json:"bic"`
	Since  time.Time        `json:"since"`
	Change Null[BankChange] `json:"change" doc:"The newest change; null when there was none"`
}

// BankChange is another account on its way.
type BankChange struct {
	IBAN       string     `json:"iban"`
	BIC        string     `json:"bic"`
	Status     string     `json:"status" enum:"asked,cooling,done,stopped"`
	AskedBy    string     `json:"asked_by" doc:"A colleague, or duly.yaml: then two people must approve"`
	AskedAt    time.Time  `json:"asked_at"`
	ApprovedBy []string   `json:"approved_by" nullable:"false"`
	InForceAt  *time.Time `json:"in_force_at" doc:"When it takes effect, unless it is stopped"`
	StoppedBy  *string    `json:"stopped_by"`
}

// BankInput asks for another account.
type BankInput struct {
	IBAN   string `json:"iban" minLength:"15" maxLength:"42" example:"NL02ABNA0123456789"`
	BIC    string `json:"bic,omitempty" maxLength:"11" example:"ABNANL2A"`
	AsUser string `json:"as_user" minLength:"1" example:"U06BOOKS"`
}

// BankDecision answers it.
type BankDecision struct {
	Decision string `json:"decision" enum:"approve,stop" doc:"approve: by another person than who asked; stop: by any colleague, while it is on its way"`
	AsUser   string `json:"as_user" minLength:"1" example:"U04APPROVE"`
}

func (s server) company() {
	ours := o2c.Key{Kind: "payee", ID: cash.PayeeID}
	type asked struct{}
	type asking struct{ Body BankInput }
	type deciding struct{ Body BankDecision }
	route(s, get("get-bank-details", "/v1/company/bank-details", "Read where customers pay us"), func(ctx context.Context, _ *asked) (*reply[BankDetails], error) {
		return s.bankDetails(ctx)
	})
	route(s, post("change-bank-details", "/v1/company/bank-details", "Ask for another account: two people, a time to cool off, word to the owner"), func(ctx context.Context, in *asking) (*reply[BankDetails], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		if err := s.Cycle.AskAccount(ctx, stamp, cash.Account{IBAN: in.Body.IBAN, BIC: in.Body.BIC}, who); err != nil && !s.before(ctx, err, ours) {
			return nil, err
		}
		return s.bankDetails(ctx)
	})
	route(s, post("decide-bank-details", "/v1/company/bank-details/decision", "Approve or stop the change of the account"), func(ctx context.Context, in *deciding) (*reply[BankDetails], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		act := s.Cycle.StopAccount
		if in.Body.Decision == "approve" {
			act = s.Cycle.ApproveAccount
		}
		if err := act(ctx, stamp, who); err != nil && !s.before(ctx, err, ours) {
			return nil, err
		}
		return s.bankDetails(ctx)
	})
}

func (s server) bankDetails(ctx context.Context) (*reply[BankDetails], error) {
	d, err := s.Cycle.Payee(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	v := BankDetails{IBAN: d.InForce.IBAN, BIC: d.InForce.BIC, Since: d.Since.UTC()}
	if c := d.Change; c != nil {
		v.Change = some(BankChange{
			IBAN: c.To.IBAN, BIC: c.To.BIC, Status: c.Status, AskedBy: c.AskedBy, AskedAt: c.AskedAt.UTC(), ApprovedBy: append([]string{}, c.ApprovedBy...),
			InForceAt: instantOrNull(c.InForceAt), StoppedBy: textOrNull(c.StoppedBy),
		})
	}
	return &reply[BankDetails]{Body: v}, nil
}

func instantOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
