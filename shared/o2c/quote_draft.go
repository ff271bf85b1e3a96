package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/statute"
)

// QuoteInput is an offer as a channel tells it: the API, the form in Slack or
// the command line.
type QuoteInput struct {
	ID               string      // made by the channel, so that the same request twice is one quote
	Revises          string      // id of a quote in whose place it is put; "": a new one
	Renews           string      // id of the contract that it would follow
	Endpoint         string      // under which a new customer is known
	Buyer            order.Buyer // a customer of ours by CustomerID, or somebody by particulars
	Currency         string      // "": the books'
	PricesIncludeTax bool
	Lines            []order.IncomingLine
	ValidUntil       calendar.Date // zero: as the policy says
	TermsDays        *int          // nil: the customer's
	Subject          string
	Note             string
	Period           *quote.Period
}

// QuoteView is a quote with what was decided about it and what became of it.
type QuoteView struct {
	Quote    quote.Data
	Credit   *credit.RequestData // nil: it was never sent
	Contract *quote.ContractData // nil: it was not accepted
}

// spaceQuote is the space of quote numbers.
const spaceQuote = "quote-number"

// The most that one sentence of a quote may be, in characters.
const quoteTextMax = 1000

// DraftQuote makes a quote, or the next version of one. Its lines are priced and
// checked as an order's are, because they become one.
func (c *Cycle) DraftQuote(ctx context.Context, s Stamp, in QuoteInput) (quote.Data, error) {
	in.Currency = cmp.Or(in.Currency, c.Policy.Currency)
	if err := c.checkQuote(s, in); err != nil {
		return quote.Data{}, err
	}
	var made quote.Data
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[quote.Quote](ctx, tx, cmp.Or(in.Revises, in.ID))
		if err != nil {
			return err
		}
		switch {
		case known != nil && in.Revises == "": // the same request again
			made = known.Data()
			return nil
		case known == nil && in.Revises != "":
			return fault.Bad("/revises", "there is no quote {number}", "leave it out for a new quote").Keyed("quote.unknown").With("number", in.Revises)
		}
		d, err := c.offer(ctx, tx, in, s.Actor)
		if err != nil {
			return err
		}
		if known != nil {
			made, err = c.revise(ctx, tx, known, d)
		} else {
			made, err = c.newQuote(ctx, tx, d)
		}
		return err
	})
	return made, err
}

// checkQuote refuses what cannot be offered, naming the field.
func (c *Cycle) checkQuote(s Stamp, in QuoteInput) error {
	offered := order.Incoming{ExternalID: cmp.Or(in.ID, in.Revises), Currency: in.Currency, Lines: in.Lines}
	if pointer, err := offered.Check(); err != nil {
		return fault.By(pointer, err, "mend the field and send it again")
	}
	for i, l := range in.Lines {
		if l.Name == "" && l.SKU == "" {
			return fault.Bad(fmt.Sprintf("/lines/%d/name", i), "the line says not what is offered", "name it").Keyed("quote.line")
		}
	}
	switch until := in.ValidUntil; {
	case !until.IsZero() && until.Before(c.today(s.At)):
		return fault.Bad("/valid_until", "{date} has passed", "choose a day from today on").Keyed("quote.until").With("date", until)
	case len([]rune(in.Subject)) > quoteTextMax:
		return fault.Bad("/subject", "it has more than {n} characters", "shorten it").Keyed("quote.long").With("n", quoteTextMax)
	case len([]rune(in.Note)) > quoteTextMax:
		return fault.Bad("/note", "it has more than {n} characters", "shorten it").Keyed("quote.long").With("n", quoteTextMax)
	case in.TermsDays != nil && (*in.TermsDays < 0 || *in.TermsDays > 120):
		return fault.Bad("/terms", "terms of {n} days", "write a whole number from 0 to 120").Keyed("quote.terms").With("n", *in.TermsDays)
	}
	return nil
}

// offer is the draft's content: its customer, its prices and its validity.
func (c *Cycle) offer(ctx context.Context, tx *Tx, in QuoteInput, owner string) (quote.Data, error) {
	cust, err := c.customerFor(ctx, tx, in.Endpoint, in.ID, in.Buyer, Alias{})
	if id := in.Buyer.CustomerID; id != "" && fault.Is(err, fault.NotFound) {
		return quote.Data{}, fault.Bad("/customer_id", "there is no customer {id}", "create it first, or send the customer with the quote").Keyed("customer.unknown").With("id", id)
	}
	if err != nil {
		return quote.Data{}, err
	}
	ours, err := c.seller(ctx, tx, tx.At())
	if err != nil {
		return quote.Data{}, err
	}
	d := quote.Data{
		ID: in.ID, CustomerID: cust.ID(), Seller: ours, Buyer: offeredTo(cust), Subject: in.Subject, Note: in.Note, Currency: in.Currency,
		PricesIncludeTax: in.PricesIncludeTax, ValidUntil: in.ValidUntil, TermsDays: c.terms(cust.Data()), Period: in.Period, Renews: in.Renews, Owner: owner, CreatedAt: tx.At(),
	}
	if d.Rate, err = c.exchangeRate(ctx, tx, in.Currency, c.today(tx.At())); err != nil { // credit is given in the books' currency
		return d, err
	}
	if d.ValidUntil.IsZero() {
		d.ValidUntil = c.today(tx.At()).AddDays(c.Policy.Quotes.ValidDays)
	}
	agreed, _, err := c.agreedTerms(ctx, tx, cust)
	if err != nil {
		return d, err
	}
	if days := cmp.Or(in.TermsDays, agreed); days != nil {
		d.TermsDays = *days
	}
	lines, err := c.recognise(ctx, tx, in.Lines)
	if err != nil {
		return d, err
	}
	filled, err := c.fill(ctx, tx, order.Incoming{ExternalID: d.ID, Currency: d.Currency, PricesIncludeTax: d.PricesIncludeTax, Lines: lines, Buyer: in.Buyer}, cust.Data())
	if err == nil {
		err = price(&d, filled)
	}
	return d, err
}

// price prices the lines by the rule of orders, so that the order is to the
// cent what was offered.
func price(d *quote.Data, in order.Incoming) error {
	in = in.Spread()
	o, err := order.Take(in, order.Intake{})
	if err != nil {
		return fault.By("/lines", err, "mend the lines and send them again")
	}
	d.Taxes, d.Total = o.Data().Taxes, o.Data().Total
	d.Net, d.Tax = statute.Totals(d.Taxes)
	for i, l := range o.Data().Lines {
		asked := in.Lines[i]
		d.Lines = append(d.Lines, quote.Line{
			N: l.N, SKU: l.SKU, Name: cmp.Or(l.Name, l.SKU), Quantity: l.Quantity, Price: asked.UnitPrice, Discount: asked.Discount,
			UnitPrice: l.UnitPrice, Net: l.Net, TaxRate: l.TaxRate, Category: l.Category, Service: l.Service, Overall: l.Overall, Charge: asked.Charge, ChargeFor: asked.ChargeFor,
		})
	}
	return nil
}

// offeredTo is the customer as a quote shows it.
func offeredTo(cust *party.Customer) quote.Buyer {
	d := cust.Data()
	return quote.Buyer{Name: d.Name, Kind: d.Kind, Address: d.Address, VATID: d.VATID, KVK: d.KVK, Email: cust.Email(), Language: d.Language}
}

// newQuote gives a draft its number. A draft is never thrown away, so that the
// series has no gap.
func (c *Cycle) newQuote(ctx context.Context, tx *Tx, d quote.Data) (quote.Data, error) {
	today := c.today(tx.At())
	series := c.Policy.Numbers.Series(invoice.Quotes, today)
	kept, err := find[invoice.Series](ctx, tx, series.ID())
	if err != nil {
		return d, err
	}
	if kept != nil {
		series = kept
	}
	d.Number, d.DraftedOn = series.Draw(today)
	q, err := quote.New(d)
	if err != nil {
		return d, fault.By("/", err, "mend the quote and send it again")
	}
	tx.Name(Alias{Space: spaceQuote, Value: d.Number}, KeyOf(q))
	if err := errors.Join(tx.Save(q, Fact{Type: "quote.drafted", Data: q.Data()}), tx.Save(series)); err != nil {
		return d, err
	}
	return q.Data(), c.followContract(ctx, tx, q)
}

// revise puts another offer in a quote's place; a question about its credit is
// answered by that.
func (c *Cycle) revise(ctx context.Context, tx *Tx, q *quote.Quote, d quote.Data) (quote.Data, error) {
	if err := q.Revise(d); err != nil {
		return d, refused(err)
	}
	if err := tx.Save(q, Fact{Type: "quote.revised", Data: q.Data()}); err != nil {
		return d, err
	}
	return q.Data(), errors.Join(c.voidQuestion(ctx, tx, q.ID()), c.refreshCard(tx, "quote", KeyOf(q)))
}

// voidQuestion ends an open question about a quote's credit.
func (c *Cycle) voidQuestion(ctx context.Context, tx *Tx, id string) error {
	req, err := find[credit.Request](ctx, tx, id)
	if err != nil || req == nil || req.Data().Status != credit.Pending {
		return err
	}
	if err := req.Void(tx.At()); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(req, Fact{Type: "credit.void", Data: req.Data()}), c.refreshCard(tx, "credit", KeyOf(req)))
}

// QuoteWithCredit reads a quote, its credit request and its contract.
func (c *Cycle) QuoteWithCredit(ctx context.Context, id string) (QuoteView, error) {
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, Key{Kind: "quote", ID: id}, Key{Kind: "credit", ID: id}); err != nil {
		return QuoteView{}, err
	}
	q, err := get[quote.Quote](ctx, tx, id)
	if err != nil {
		return QuoteView{}, err
	}
	return c.quoteView(ctx, tx, q)
}

func (c *Cycle) quoteView(ctx context.Context, tx *Tx, q *quote.Quote) (QuoteView, error) {
	v := QuoteView{Quote: q.Data()}
	req, err := find[credit.Request](ctx, tx, q.ID())
	if err != nil {
		return v, err
	}
	if req != nil {
		asked := req.Data()
		v.Credit = &asked
	}
	if v.Quote.ContractID == "" {
		return v, nil
	}
	k, err := find[quote.Contract](ctx, tx, v.Quote.ContractID)
	if err == nil && k != nil {
		agreed := k.Data()
		v.Contract = &agreed
	}
	return v, err
}

// QuoteByNumber finds a quote by the number that people say.
func (c *Cycle) QuoteByNumber(ctx context.Context, number string) (QuoteView, error) {
	keys, err := c.Store.Resolve(ctx, Alias{Space: spaceQuote, Value: number})
	if err != nil {
		return QuoteView{}, err
	}
	if keys[0].IsZero() {
		return QuoteView{}, fault.Missing("quote", number)
	}
	return c.QuoteWithCredit(ctx, keys[0].ID)
}

// textsFor names the general terms that hold for a customer's order today.
func (c *Cycle) textsFor(d party.Data) order.TextRef {
	t := c.Policy.TermsIn(d.Language)
	if t.Version == "" {
		return order.TextRef{}
	}
	return order.TextRef{Version: t.Version, Hash: t.Hash()}
}
