package demo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"duly/infra/local"
	"duly/infra/local/bank"
	"duly/infra/local/shop"
	"duly/infra/local/stripe"
	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

type storyView struct {
	Steps    []storyStep
	Finished bool
	Books    []bookLine
	Proof    string
}

// storyStep is one step of the guided tour.
type storyStep struct {
	N                        int
	Title, Text, Verb, Proof string
	State                    string // done, here, todo
	Look                     *look
	do                       func(ctx context.Context) error
}

type look struct{ Text, URL string }

type bookLine struct{ Name, Amount string }

// tour is the guided order.
type tour struct {
	known  local.ShopOrder
	payout string // id, when it has landed
}

// tourEndpoint is the shop that the tour orders from.
const tourEndpoint = "demo-shopify"

// seen is what the product knows of the guided order.
type seen struct {
	order   order.Data
	credit  *credit.RequestData
	invoice *invoice.Data
	link    string
	placed  bool
}

func (s *site) storyPage(r *http.Request) (any, error) {
	now, err := s.look(r)
	if err != nil {
		return nil, err
	}
	v := storyView{Steps: s.steps(now), Finished: true}
	for i := range v.Steps {
		v.Finished = v.Finished && v.Steps[i].State == "done"
	}
	balances, err := s.runtime.Cycle.TrialBalance(r.Context(), today(s))
	if err != nil {
		return nil, err
	}
	sum := s.euros(0)
	for _, b := range balances {
		sum = sum.Plus(b.Balance)
		if !b.Balance.IsZero() {
			v.Books = append(v.Books, bookLine{Name: b.Name, Amount: pretty(b.Balance)})
		}
	}
	v.Proof = "All accounts together: " + pretty(sum) + "."
	if len(v.Books) == 0 {
		v.Proof = "Nothing was booked yet."
	}
	return v, nil
}

// look reads how far the guided order has come.
func (s *site) look(r *http.Request) (seen, error) {
	s.mu.Lock()
	known := s.tour.known
	s.mu.Unlock()
	if known.Endpoint == "" {
		return seen{}, nil
	}
	d, err := s.orderOf(r, known)
	if fault.Is(err, fault.NotFound) {
		return seen{}, nil
	}
	if err != nil {
		return seen{}, err
	}
	now := seen{order: d, placed: true}
	view, err := s.runtime.Cycle.OrderWithCredit(r.Context(), d.ID)
	if err != nil {
		return now, err
	}
	now.credit = view.Credit
	if len(d.Invoices) > 0 {
		inv, err := o2c.Read[invoice.Invoice](r.Context(), s.runtime.Cycle, d.Invoices[0])
		if err != nil {
			return now, err
		}
		if data := inv.Data(); data.Number != "" {
			now.invoice = &data
			if now.link, err = s.runtime.Cycle.InvoiceURL(data); err != nil {
				return now, err
			}
		}
	}
	return now, nil
}

// steps are the tour, each with what it left behind or what it would do.
func (s *site) steps(now seen) []storyStep {
	approved := now.credit != nil && now.credit.Status == credit.Approved
	shipped := now.order.Status == order.Shipped || now.order.Status == order.Closed
	paid := now.invoice != nil && now.invoice.Status == invoice.Paid
	s.mu.Lock()
	landed := s.tour.payout != ""
	s.mu.Unlock()
	steps := []storyStep{
		{Title: "A shop posts an order", Verb: "Let Acme order", Text: "Acme BV orders four espresso machines at a Shopify shop. The webhook is signed as Shopify signs; Duly verifies the raw bytes, decides on credit, holds the stock and answers, in one commit.", Look: &look{"The request and its signature", "/demo/pages/deliveries"}, do: s.tourOrder},
		{Title: "Credit asks a person", Verb: "Approve as Mira", Text: "The amount is above what the policy approves by itself, so a card waits in Slack with the figures and the reasons. Of two people who press at once, exactly one decides.", Look: &look{"The card in Slack", s.slackDoor()}, do: s.tourApprove},
		{Title: "The parcel leaves", Verb: "Ship it", Text: "The shop reports the shipment. Stock, shipment and a draft invoice are one commit; the number is spent only at issue, without a gap.", Look: &look{"The order's trace", "/demo/pages/flow"}, do: s.tourShip},
		{Title: "The invoice is in the customer's mailbox", Text: "Issued, booked, rendered once as a PDF, kept in the archive, and mailed with one link that never dies while money is open.", Look: &look{"The mail, with the PDF", "/demo/pages/mail"}},
		{Title: "The customer pays", Verb: "Pay by iDEAL | Wero", Text: "The button on the customer's page makes a Stripe session for what is open. Stripe's event becomes receipt, application and booking.", Look: &look{"The customer's page", cmp.Or(now.link, "/demo/pages/mail")}, do: func(ctx context.Context) error { return s.tourPay(ctx, now.link) }},
		{Title: "Stripe pays out, the bank confirms", Verb: "Pay out and land it", Text: "Charges less fees are the payout, the payout is the bank line, to the cent; the clearing account is empty again.", Look: &look{"The bank", "/demo/pages/bank"}, do: s.tourPayout},
		{Title: "The figures follow", Text: "Receivables, ageing and DSO are kept from the events; each working morning the digest posts them. The books are on the right.", Look: &look{"#duly", s.slackURL(s.firstApprover(), s.runtime.Policy.Channel("digest"))}},
	}
	done := []bool{now.placed, approved, shipped, now.invoice != nil, paid, paid && landed, paid && landed}
	here := false
	for i := range steps {
		steps[i].N = i + 1
		switch {
		case done[i]:
			steps[i].State = "done"
		case !here:
			steps[i].State, here = "here", true
		default:
			steps[i].State = "todo"
		}
	}
	s.proofs(steps, now)
	return steps
}

// proofs say what each step left behind.
func (s *site) proofs(steps []storyStep, now seen) {
	if now.placed {
		steps[0].Proof = fmt.Sprintf("Order %s, %s, status %s.", now.order.Number, pretty(now.order.Total), words(now.order.Status))
	}
	if now.credit != nil {
		if len(now.credit.Decision.Reasons) > 0 {
			steps[1].Text += " Here: " + now.credit.Decision.Reasons[0].Text + "."
		}
		steps[1].Proof = capital(now.credit.Status) + " by " + s.runtime.Policy.NameOf(now.credit.DecidedBy) + "."
	}
	if len(now.order.Shipments) > 0 {
		steps[2].Proof = fmt.Sprintf("%d parcel left.", len(now.order.Shipments))
	}
	if now.invoice != nil {
		steps[3].Proof = fmt.Sprintf("Invoice %s, %s, due %s, to %s.", now.invoice.Number, pretty(now.invoice.Total), now.invoice.DueOn, now.invoice.Buyer.Email)
		steps[4].Proof = "Open now: " + pretty(now.invoice.Open) + "."
	}
}

// storyStep does the step that the tour has come to.
func (s *site) storyStep(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/story"
	if r.PostFormValue("step") == "again" {
		s.mu.Lock()
		s.tour = tour{}
		s.mu.Unlock()
		return back, "", nil
	}
	now, err := s.look(r)
	if err != nil {
		return back, "", err
	}
	for _, step := range s.steps(now) {
		if step.State == "here" && fmt.Sprint(step.N) == r.PostFormValue("step") && step.do != nil {
			return back, "", step.do(r.Context())
		}
	}
	return back, "That step is done already.", nil
}

func (s *site) tourOrder(ctx context.Context) error {
	acme, ok := s.cast.Buyer("acme")
	line, there := s.cast.Line("ESPRESSO-2", 4)
	if !ok || !there {
		return fault.Missing("cast of the tour", "acme")
	}
	sent, placed, err := s.runtime.Shops.Place(ctx, tourEndpoint, shop.Order{Customer: acme.Customer(), Currency: s.runtime.Policy.Currency, Lines: []shop.Line{line}, Gateway: "manual"})
	if err != nil {
		return err
	}
	s.remember(sent)
	s.mu.Lock()
	s.tour = tour{known: placed}
	s.mu.Unlock()
	if !sent.OK() {
		return fmt.Errorf("the order was answered with %d: %s", sent.Status, sent.Reply)
	}
	return nil
}

func (s *site) tourApprove(ctx context.Context) error {
	s.mu.Lock()
	number := s.tour.known.Order.Number
	s.mu.Unlock()
	_, err := s.runtime.PressCard(ctx, s.firstApprover(), s.runtime.Policy.Channel("credit"), chat.ActCreditApprove, number)
	return err
}

func (s *site) tourShip(ctx context.Context) error {
	s.mu.Lock()
	known := s.tour.known
	s.mu.Unlock()
	sent, err := s.runtime.Shops.Ship(ctx, known.Endpoint, known.Order.Number, shop.Fulfilment{Carrier: "PostNL", Tracking: "3SDEMO" + known.Order.Number})
	s.remember(sent)
	return err
}

func (s *site) tourPay(ctx context.Context, link string) error {
	if link == "" {
		return fault.Missing("link of the invoice", "tour")
	}
	_, err := s.runtime.PayOnline(ctx, link, stripe.PayRequest{Method: stripe.IDEAL})
	return err
}

func (s *site) tourPayout(ctx context.Context) error {
	p, err := s.runtime.Stripe.Payout(ctx, "")
	if err != nil {
		return err
	}
	if _, _, err := s.runtime.Book([]bank.Entry{{Amount: p.Amount, Reference: p.Reference, Name: strings.ToUpper("Stripe Payments Europe"), IBAN: local.StripeIBAN}}); err != nil {
		return err
	}
	s.mu.Lock()
	s.tour.payout = p.ID
	s.mu.Unlock()
	return nil
}
