package o2c

import (
	"context"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/statute"
)

// SendQuote makes a draft our binding offer. The credit policy decides on it as
// on an order: within it the quote goes out at once, over it the draft waits
// for the same approval on the same card. Pressed twice it goes out once.
func (c *Cycle) SendQuote(ctx context.Context, s Stamp, id string) (QuoteView, error) {
	var after QuoteView
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		q, err := get[quote.Quote](ctx, tx, id)
		if err != nil {
			return err
		}
		if q.Status() == quote.Draft && !q.Held(quote.CreditHold) {
			if err := c.sendQuote(ctx, tx, q); err != nil {
				return err
			}
		} else if q.Status() != quote.Draft && q.Status() != quote.Sent {
			return fault.New(fault.Refused, "The quote is {status}", "what was answered or ran out is not sent again", "make another quote").Keyed("quote.not_again").With("status", q.Status())
		}
		after, err = c.quoteView(ctx, tx, q)
		return err
	})
	return after, err
}

func (c *Cycle) sendQuote(ctx context.Context, tx *Tx, q *quote.Quote) error {
	cust, err := get[party.Customer](ctx, tx, q.Data().CustomerID)
	if err != nil {
		return err
	}
	ours, err := c.seller(ctx, tx, tx.At())
	if err != nil {
		return err
	}
	q.Particulars(ours, offeredTo(cust))
	if err := c.sendable(ctx, tx, q, cust); err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	in, err := c.creditInput(ctx, tx, cust.Data(), asOrder(q.Data()), x)
	if err != nil {
		return err
	}
	d := c.Policy.Credit.Decide(in)
	if _, err := find[credit.Request](ctx, tx, q.ID()); err != nil { // an earlier version may have been asked about
		return err
	}
	req := credit.Ask(q.ID(), cust.ID(), d, tx.At(), time.Time{}).About(q.Kind())
	if d.Verdict == credit.Refer {
		q.Hold(quote.CreditHold)
		c.await(tx, req, requester(tx))
	}
	if err := errors.Join(tx.Save(q), tx.Save(req, Fact{Type: "credit." + fact(d.Verdict), Data: d})); err != nil {
		return err
	}
	switch d.Verdict {
	case credit.Approve:
		return c.dispatch(ctx, tx, q)
	case credit.Refer:
		return errors.Join(c.showCard(tx, "credit", KeyOf(req)), c.showCard(tx, "quote", KeyOf(q)))
	}
	return c.showCard(tx, "quote", KeyOf(q)) // it stays a draft; the card and the answer say why
}

// sendable asks for the particulars of a quote, and for terms that the law and
// the customer's own agreement allow.
func (c *Cycle) sendable(ctx context.Context, tx *Tx, q *quote.Quote, cust *party.Customer) error {
	d := q.Data()
	if missing := q.Lint(); len(missing) > 0 {
		return fault.New(fault.Incomplete, "The quote cannot be sent", "it lacks {missing}", "complete the customer, then send it again").Keyed("quote.lacks").With("missing", strings.Join(missing, ", "))
	}
	if d.ValidUntil.Before(c.today(tx.At())) {
		return fault.Bad("/valid_until", "{date} has passed", "revise the quote with a later day").Keyed("quote.until_passed").With("date", d.ValidUntil)
	}
	who := statute.Parties{Buyer: cust.Data().Kind, BuyerLarge: cust.Data().Large, SellerLarge: c.Policy.SellerLarge}
	if err := statute.CheckTerm(d.TermsDays, who); err != nil {
		return fault.By("/terms", err, "revise the quote, or leave terms out")
	}
	agreed, source, err := c.agreedTerms(ctx, tx, cust)
	if err != nil {
		return err
	}
	if d.Renews != "" { // what follows a contract may agree on other terms
		agreed = nil
	}
	if agreed != nil && *agreed != d.TermsDays {
		return fault.Bad("/terms", "{n} days to pay, and {source} says {agreed}", "leave terms out, or agree anew with the customer first").Keyed("quote.terms_agreed").With("n", d.TermsDays, "source", source, "agreed", *agreed)
	}
	return c.keepTerms(ctx, tx, c.Policy.TermsIn(d.Buyer.Language))
}

// agreedTerms are the days to pay that the customer has agreed with us, by its
// running contract or its own particulars; nil: none.
func (c *Cycle) agreedTerms(ctx context.Context, tx *Tx, cust *party.Customer) (*int, string, error) {
	running, err := c.runningContract(ctx, tx, cust.ID())
	if err != nil {
		return nil, "", err
	}
	if running != nil {
		days := running.Data().TermsDays
		return &days, "contract " + running.Data().Number, nil
	}
	return cust.Data().TermsDays, "the customer's agreement", nil
}

// keepTerms keeps the texts as they are sent. The same version with other words
// is refused: what customers have agreed to must stay what it was.
func (c *Cycle) keepTerms(ctx context.Context, tx *Tx, texts quote.TermsData) error {
	kept, err := find[quote.TermsText](ctx, tx, quote.TermsID(texts.Version, texts.Language))
	if err != nil {
		return err
	}
	if kept == nil {
		t := quote.Keep(texts, tx.At())
		return tx.Save(t, Fact{Type: "terms.kept", Data: texts.Ref()})
	}
	if kept.Data().Hash() != texts.Hash() {
		return fault.New(fault.Refused, "The terms {version} were changed", "customers have them with other words already", "give the changed texts a version of their own in duly.yaml").Keyed("terms.changed").With("version", texts.Version)
	}
	return nil
}

// dispatch freezes the quote and asks the outbox for its document and mail.
func (c *Cycle) dispatch(_ context.Context, tx *Tx, q *quote.Quote) error {
	today := c.today(tx.At())
	texts := c.Policy.TermsIn(q.Data().Buyer.Language)
	if err := q.Send(tx.At(), today, texts.Ref(), c.remindQuoteAt(q.Data().ValidUntil, today), c.Policy.Zone); err != nil {
		return refused(err)
	}
	return errors.Join(
		tx.Save(q, Fact{Type: "quote.sent", Data: q.Data()}),
		tx.ask(doQuote, KeyOf(q), nil),
		c.showCard(tx, "quote", KeyOf(q)),
	)
}

// remindQuoteAt is when the customer is reminded of a quote that is valid until
// a day: so many days before, on a working morning. A quote that is sent later
// than that has no reminder.
func (c *Cycle) remindQuoteAt(until, today calendar.Date) time.Time {
	days := c.Policy.Quotes.RemindDays
	on := until.AddDays(-days)
	if next := c.Policy.Days.Next(on); !next.After(until) {
		on = next
	}
	if days == 0 || !on.After(today) {
		return time.Time{}
	}
	return on.At(letterHour, 0, c.Policy.Zone)
}

// followQuote does what a decision on a quote's credit asks for: it goes out, or
// stays a draft that may be revised.
func (c *Cycle) followQuote(ctx context.Context, tx *Tx, asked question, _ *credit.Undo) error {
	r := asked.req.Data()
	q, err := get[quote.Quote](ctx, tx, r.OrderID)
	if err != nil {
		return err
	}
	q.Release(quote.CreditHold)
	if r.Status != credit.Approved {
		return errors.Join(tx.Save(q), c.showCard(tx, "quote", KeyOf(q)))
	}
	if r.Conditions.TermsDays > 0 {
		q.Payable(r.Conditions.TermsDays)
	}
	if up := r.Conditions.Upfront(q.Data().Total); up.IsPositive() {
		q.InAdvance(up)
	}
	if to := r.Conditions.RaiseLimitTo; !to.IsZero() { // what else is asked for holds for the order
		if err := c.giveLimit(ctx, tx, asked.cust, &to, q.ID()); err != nil {
			return err
		}
	}
	if q.Data().ValidUntil.Before(c.today(tx.At())) {
		return fault.New(fault.Refused, "The quote cannot be sent any more", "it was valid until {date}", "ask its maker for a new one, or reject it").Keyed("quote.too_late").With("date", q.Data().ValidUntil)
	}
	return c.dispatch(ctx, tx, q)
}

// inQuestion is what a question about credit is about, seen as an order: the
// order itself, or a quote that would become one.
func (c *Cycle) inQuestion(ctx context.Context, tx *Tx, id string) (order.Data, error) {
	o, err := find[order.Order](ctx, tx, id)
	if err != nil || o != nil {
		return dataOf(o), err
	}
	q, err := find[quote.Quote](ctx, tx, id)
	if err == nil && q == nil {
		return order.Data{}, fault.Missing("order", id)
	}
	if err != nil {
		return order.Data{}, err
	}
	return asOrder(q.Data()), nil
}

func dataOf(o *order.Order) order.Data {
	if o == nil {
		return order.Data{}
	}
	return o.Data()
}

// asOrder is the quote as the order that it would become.
func asOrder(d quote.Data) order.Data {
	o := order.Data{
		ID: d.ID, ExternalID: d.ID, Number: d.Number, Source: order.Source{Endpoint: channelQuote, Platform: channelQuote}, Status: order.Received, Holds: d.Holds,
		CustomerID: d.CustomerID, CustomerName: d.Buyer.Name, Currency: d.Currency, Rate: d.Rate, Taxes: d.Taxes, Total: d.Total, TermsDays: d.TermsDays,
	}
	for _, l := range d.Lines {
		o.Lines = append(o.Lines, order.Line{N: l.N, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net, TaxRate: l.TaxRate, Category: l.Category, Service: l.Service, Overall: l.Overall})
	}
	return o
}

// channelQuote is the channel of orders that accepted quotes make.
const channelQuote = "quote"
