package o2c

import (
	"context"
	"encoding/json"
	"errors"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// Reports is an agency that says what a company's credit is worth. Agencies are
// asked over HTTP by register number and country, such as Creditsafe Connect
// (POST /v1/authenticate, GET /v1/companies?countries=NL&regNo=…, then GET
// /v1/companies/{connectId}; https://doc.creditsafe.com).
type Reports interface {
	// Report asks about a customer; Known is false when the agency knows nothing
	// of it. The amounts are in the currency asked for.
	Report(ctx context.Context, about party.Data, currency string) (credit.ReportData, error)
}

// doReport asks the agency.
const doReport = "credit.report"

// CreditReport reads the newest report on a customer; nil when there is none.
func (c *Cycle) CreditReport(ctx context.Context, customerID string) (*credit.ReportData, error) {
	tx := NewTx(c.Store)
	if _, err := get[party.Customer](ctx, tx, customerID); err != nil {
		return nil, err
	}
	return reportOn(ctx, tx, customerID)
}

func reportKey(customerID string) Key {
	return Key{Kind: (&credit.Report{}).Kind(), ID: customerID}
}

func reportOn(ctx context.Context, tx *Tx, customerID string) (*credit.ReportData, error) {
	r, err := find[credit.Report](ctx, tx, customerID)
	if err != nil || r == nil {
		return nil, err
	}
	d := r.Data()
	return &d, nil
}

// AskForReport asks the agency about a customer anew, as a person wants it.
func (c *Cycle) AskForReport(ctx context.Context, s Stamp, customerID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		cust, err := get[party.Customer](ctx, tx, customerID)
		if err != nil {
			return err
		}
		if cust.Data().Kind == party.Consumer {
			return fault.New(fault.Refused, "There are no credit reports on consumers", "{name} is one", "set the customer's kind if it is a business").Keyed("report.consumer").With("name", cust.Data().Name)
		}
		if err := tx.Save(cust, Fact{Type: "customer.report_asked", Data: map[string]string{"by": s.Actor}}); err != nil {
			return err
		}
		return tx.ask(doReport, KeyOf(cust), nil)
	})
}

// wantReport asks the agency when the policy wants a report that is not there;
// the order's card is drawn again once it is.
func (c *Cycle) wantReport(tx *Tx, in credit.Input, cust *party.Customer, orderID string) error {
	if !c.Policy.Credit.Wants(in) || cust.Data().Kind == party.Consumer {
		return nil
	}
	args, err := json.Marshal(map[string]string{"order": orderID})
	if err != nil {
		return err
	}
	name := Name("e", doReport, cust.ID(), c.today(tx.At()).String()) // once a day, however many orders want it: agencies charge
	return tx.Do(Effect{Name: name, Does: doReport, Rank: RankShop, Subject: KeyOf(cust), Args: args})
}

// performReport asks the agency and keeps what it says.
func performReport(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	if o.Reports == nil {
		return nil, Permanent("No credit report was asked for", "no agency is set up", "set one up, or take credit.report out of duly.yaml", nil).Keyed("report.none")
	}
	cust, err := get[party.Customer](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	said, err := o.Reports.Report(ctx, cust.Data(), o.Cycle.Policy.Currency)
	if err != nil {
		return nil, err
	}
	said.CustomerID, said.AskedAt, said.On = cust.ID(), o.Now().UTC(), o.Cycle.today(o.Now())
	return func(ctx context.Context, tx *Tx) error {
		r, err := find[credit.Report](ctx, tx, cust.ID())
		if err != nil {
			return err
		}
		if r == nil {
			r = credit.NewReport(said)
		}
		r.Renew(said)
		if err := tx.Save(r, Fact{Type: "credit.reported", Data: said}); err != nil {
			return err
		}
		return o.Cycle.refreshAsked(ctx, tx, e)
	}, nil
}

// refreshAsked draws the card of the order again that asked for a report.
func (c *Cycle) refreshAsked(ctx context.Context, tx *Tx, e Effect) error {
	var args struct {
		Order string `json:"order"`
	}
	if err := json.Unmarshal(e.Args, &args); err != nil || args.Order == "" {
		return err
	}
	req, err := find[credit.Request](ctx, tx, args.Order)
	if err != nil || req == nil {
		return err
	}
	return errors.Join(c.refreshCard(tx, "credit", KeyOf(req)), tx.ask(doReply, KeyOf(req), replyArgs{Purpose: "credit", Case: &CaseLine{What: LineReport}}))
}
