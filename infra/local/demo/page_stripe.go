package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"duly/infra/local"
	"duly/infra/local/bank"
	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

type stripeView struct {
	Sessions []sessionLine
	Payouts  []payoutLine
	Events   []eventLine
}

type sessionLine struct {
	ID, Short, Invoice, URL, Amount string
	CreatedAt                       time.Time
	State                           tag
	Open, Paid                      bool
}

type payoutLine struct {
	ID, Reference, Amount string
	Landed                bool
	minor                 int64
}

type eventLine struct {
	stripe.Event
	State tag
}

// eventsShown is how many events the page lists.
const eventsShown = 60

func (s *site) stripePage(r *http.Request) (any, error) {
	var v stripeView
	for _, c := range s.runtime.Stripe.Sessions() {
		v.Sessions = append(v.Sessions, s.sessionLine(c))
	}
	var err error
	if v.Payouts, err = s.payouts(r); err != nil {
		return nil, err
	}
	for i, e := range s.runtime.Stripe.Events() {
		if i == eventsShown {
			break
		}
		line := eventLine{Event: e, State: tag{"not subscribed", ""}}
		switch {
		case e.Delivered:
			line.State = tag{"200", "good"}
		case e.Attempts > 0:
			line.State = tag{fmt.Sprintf("%d after %d tries, next %s", e.Status, e.Attempts, s.moment(e.NextAt)), "bad"}
		case !e.NextAt.IsZero():
			line.State = tag{"on its way", "wait"}
		}
		v.Events = append(v.Events, line)
	}
	return v, nil
}

func (s *site) sessionLine(c stripe.Session) sessionLine {
	line := sessionLine{
		ID: c.ID, Short: c.ID[:min(18, len(c.ID))] + "…", Invoice: c.ClientReferenceID, URL: c.URL, CreatedAt: c.CreatedAt,
		Amount: pretty(money.Of(c.Amount, strings.ToUpper(c.Currency))),
		State:  tagOf(c.Status), Open: c.Status == "open", Paid: c.PaymentStatus == "paid",
	}
	if number := c.Metadata["number"]; number != "" {
		line.Invoice = number
	}
	switch {
	case line.Paid:
		line.State = tag{"paid", "good"}
	case c.Status == "complete" && c.IntentStatus != "processing":
		line.State = tag{"failed", "bad"}
	case c.Status == "complete":
		line.State = tag{"processing", "wait"}
	case c.Status == "expired":
		line.State = tag{"expired", ""}
	}
	return line
}

// payouts asks the loopback Stripe as any client does.
func (s *site) payouts(r *http.Request) ([]payoutLine, error) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://stripe.loopback/v1/payouts?limit=30", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.runtime.Secrets.StripeKey)
	answer, err := loopback.Transport{"stripe.loopback": s.runtime.Stripe}.RoundTrip(req)
	if err != nil {
		return nil, nil //nolint:nilerr // out of order: the page shows what it can
	}
	defer answer.Body.Close()
	var list struct {
		Data []struct {
			ID       string `json:"id"`
			Amount   int64  `json:"amount"`
			Currency string `json:"currency"`
		} `json:"data"`
	}
	if answer.StatusCode != http.StatusOK {
		return nil, nil
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return nil, err
	}
	var out []payoutLine
	for _, p := range list.Data {
		line := payoutLine{ID: p.ID, Reference: "STRIPE " + p.ID, Amount: pretty(money.Of(p.Amount, strings.ToUpper(p.Currency))), minor: p.Amount}
		for _, e := range s.runtime.Bank.Entries() {
			line.Landed = line.Landed || strings.Contains(e.Reference+e.Text, p.ID)
		}
		out = append(out, line)
	}
	return out, nil
}

// stripeDo plays the customer, the cardholder and the merchant's dashboard.
func (s *site) stripeDo(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/stripe"
	session, do, ctx := r.PostFormValue("session"), r.PostFormValue("do"), r.Context()
	switch do {
	case stripe.IDEAL, stripe.Card, stripe.SEPADebit:
		_, err = s.runtime.Stripe.Pay(ctx, session, stripe.PayRequest{Method: do})
		return back, "The customer paid.", err
	case "fail":
		_, err = s.runtime.Stripe.Pay(ctx, session, stripe.PayRequest{Method: stripe.Card, Outcome: "fail"})
		return back, "The card was declined.", err
	case "refund":
		_, err = s.runtime.Stripe.Refund(ctx, s.intent(session), 0)
		return back, "The payment was refunded in Stripe's dashboard.", err
	case "chargeback":
		_, err = s.runtime.Stripe.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: s.intent(session), Outcome: "lost", ClosesAfter: "20d"})
		return back, "The cardholder disputed the payment; it will be lost in 20 days.", err
	case "redeliver":
		status, err := s.runtime.Stripe.Redeliver(ctx, r.PostFormValue("event"))
		return back, fmt.Sprintf("Sent again; the answer was %d.", status), err
	case "payout":
		p, err := s.runtime.Stripe.Payout(ctx, "")
		return back, pretty(s.euros(p.Amount)) + " is on its way to the bank.", err
	case "land":
		return back, "The payout is on the bank's statement.", s.land(r)
	}
	return back, "", fmt.Errorf("nothing is done by %q", do)
}

func (s *site) intent(session string) string {
	for _, c := range s.runtime.Stripe.Sessions() {
		if c.ID == session {
			return c.PaymentIntent
		}
	}
	return ""
}

// land books a payout's line at the bank and delivers the statement.
func (s *site) land(r *http.Request) error {
	all, err := s.payouts(r)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID == r.PostFormValue("payout") && !p.Landed {
			_, _, err := s.runtime.Book([]bank.Entry{{Amount: p.minor, Reference: p.Reference, Name: "STRIPE PAYMENTS EUROPE", IBAN: local.StripeIBAN}})
			return err
		}
	}
	return fault.Missing("payout under way", r.PostFormValue("payout"))
}
