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
	"duly/shared/o2c/quote"
)

// QuotePageView is what the customer's page of a quote shows.
type QuotePageView struct {
	Quote    quote.Data
	Today    calendar.Date
	Over     bool                // its day has passed, whether or not the status says so yet
	Contract *quote.ContractData // once accepted
	OrderURL string              // "" until the order's link was given
}

// QuotePage reads the page behind a quote's token. It changes nothing.
func (c *Cycle) QuotePage(ctx context.Context, at time.Time, token string) (QuotePageView, error) {
	key, err := c.OpenLink(ctx, LinkQuote, token)
	if err != nil {
		return QuotePageView{}, err
	}
	tx := NewTx(c.Store)
	q, err := get[quote.Quote](ctx, tx, key.ID)
	if err != nil {
		return QuotePageView{}, err
	}
	v := QuotePageView{Quote: q.Data(), Today: c.today(at), Over: q.Over(at)}
	if v.Quote.ContractID == "" {
		return v, nil
	}
	k, err := find[quote.Contract](ctx, tx, v.Quote.ContractID)
	if err == nil && k != nil {
		agreed := k.Data()
		v.Contract = &agreed
	}
	if err != nil {
		return v, err
	}
	v.OrderURL, err = c.orderURL(ctx, v.Quote.OrderID, v.Quote.Buyer.Email)
	return v, err
}

// orderURL is the customer's address of an order, once it was granted.
func (c *Cycle) orderURL(ctx context.Context, orderID, email string) (string, error) {
	token, err := c.Links.Token(orderScope(orderID, email))
	if err != nil {
		return "", err
	}
	keys, err := c.Store.Resolve(ctx, tokenAlias(LinkOrder, token))
	if err != nil || keys[0].IsZero() {
		return "", err
	}
	return c.Policy.URL(LinkOrder, token), nil
}

// QuoteAnswer is what a customer says to a quote on its page.
type QuoteAnswer struct {
	Token    string
	IP       string // where it came from
	Name     string // of who accepts
	Agree    bool   // the tick
	Document string // SHA-256 of the document that the page showed; "": none was named
	Reason   string // of a no
}

// The most that a name or a reason on the page may be, in characters.
const (
	answerNameMax   = 200
	answerReasonMax = 1000
)

// AcceptQuote is the customer's yes: the evidence is kept, and the quote becomes
// a contract and an order through the intake of every channel, in one commit.
// Twice, also at once, it is one order.
func (c *Cycle) AcceptQuote(ctx context.Context, at time.Time, a QuoteAnswer) (quote.Data, error) {
	name := strings.TrimSpace(a.Name)
	var after quote.Data
	err := c.answerQuote(ctx, at, a.Token, func(ctx context.Context, tx *Tx, q *quote.Quote) error {
		d := q.Data()
		if d.Status == quote.Accepted { // pressed twice
			after = d
			return nil
		}
		switch {
		case q.Over(at):
			return fault.New(fault.Refused, "The quote has expired", "it was valid until {date}", "ask us for a new one").Keyed("quote.expired").With("date", d.ValidUntil)
		case d.Status != quote.Sent:
			return fault.New(fault.Refused, "The quote is {status}", "it cannot be accepted now", "look at the page again").Keyed("quote.closed").With("status", d.Status)
		case d.Document.Hash == "":
			return fault.New(fault.Unavailable, "The quote is being prepared", "its document is not kept yet", "try again in a minute")
		case a.Document != "" && a.Document != d.Document.Hash:
			return fault.New(fault.Stale, "The quote was revised in the meantime", "the page showed an earlier version", "look at the page again")
		case name == "" || len([]rune(name)) > answerNameMax:
			return fault.Bad("/name", "nobody is named who accepts", "write your name").Keyed("quote.name")
		case !a.Agree:
			return fault.Bad("/agree", "the box is not ticked", "tick that you agree").Keyed("quote.agree")
		}
		evidence := quote.Acceptance{Name: name, Agreed: true, At: at, IP: a.IP, Contact: d.Buyer.Email}
		if err := q.Accept(evidence, OrderID(channelQuote, d.ID), Name("k", d.ID)); err != nil {
			return refused(err)
		}
		after = q.Data()
		return c.agree(ctx, tx, q)
	})
	return after, err
}

// answerQuote loads what a token opens, for an answer by who was given it.
func (c *Cycle) answerQuote(ctx context.Context, at time.Time, token string, answer func(context.Context, *Tx, *quote.Quote) error) error {
	key, err := c.OpenLink(ctx, LinkQuote, token)
	if err != nil {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "portal"})
		q, err := get[quote.Quote](ctx, tx, key.ID)
		if err != nil {
			return err
		}
		tx.By(Stamp{At: at, Actor: actorPortal + q.Data().Buyer.Email})
		return answer(ctx, tx, q)
	})
}

// agree stages what an accepted quote becomes.
func (c *Cycle) agree(ctx context.Context, tx *Tx, q *quote.Quote) error {
	d := q.Data()
	on := c.today(tx.At())
	k := quote.Agree(d, on, c.warnContractAt(d, on))
	if err := errors.Join(
		tx.Save(q, Fact{Type: "quote.accepted", Data: d}),
		tx.Save(k, Fact{Type: "contract.agreed", Data: k.Data()}),
	); err != nil {
		return err
	}
	o, err := c.newOrder(ctx, tx, Arrival{
		At: tx.At(), Endpoint: channelQuote, Platform: channelQuote, Actor: actorPortal + d.Buyer.Email,
		Message: order.Message{Verb: order.Create, Topic: "quote.accepted", Order: c.ordered(d, tx.At())},
	}, false)
	if err != nil {
		return err
	}
	if err := c.honour(ctx, tx, d, o); err != nil {
		return err
	}
	c.registerContract(tx, k)
	return errors.Join(tx.ask(doContract, KeyOf(k), nil), c.showCard(tx, "quote", KeyOf(q)))
}

// ordered is the quote as its order comes in: the same lines at the same prices,
// under the terms that were agreed.
func (c *Cycle) ordered(d quote.Data, at time.Time) order.Incoming {
	return order.Incoming{
		ExternalID: d.ID, Number: d.Number, Currency: d.Currency, PricesIncludeTax: d.PricesIncludeTax, Lines: offeredLines(d), Total: &d.Total, PlacedAt: at, UpdatedAt: at, Note: d.Note,
		Buyer:  order.Buyer{CustomerID: d.CustomerID, Company: d.Buyer.Name, Email: d.Buyer.Email},
		Agreed: &order.Agreed{QuoteID: d.ID, ContractID: d.ContractID, TermsDays: d.TermsDays, TermsVersion: d.Terms.Version, TermsHash: d.Terms.Hash},
	}
}

// honour lets a colleague's approval of the quote hold for its order, as far as
// nothing has come up that the colleague did not see: no other reason, and no
// higher exposure.
func (c *Cycle) honour(ctx context.Context, tx *Tx, d quote.Data, o *order.Order) error {
	if !o.Held(order.CreditHold) {
		return nil
	}
	asked, err := find[credit.Request](ctx, tx, d.ID)
	if err != nil || asked == nil {
		return err
	}
	req, err := get[credit.Request](ctx, tx, o.ID())
	if err != nil {
		return err
	}
	then := asked.Data()
	if ends := then.Conditions.Expires; !ends.IsZero() && !tx.At().Before(ends) {
		return nil
	}
	if then.Status != credit.Approved || !then.Decision.Covers(req.Data().Decision) {
		return nil
	}
	q, err := c.question(ctx, tx, o.ID())
	if err != nil {
		return err
	}
	a := CreditAnswer{OrderID: o.ID(), Verdict: credit.Approve, Conditions: then.Conditions, Reason: "approved with quote " + d.Number}
	return c.answer(ctx, tx, q, a, credit.Approval{By: then.DecidedBy, Name: then.DecidedAs, For: then.DecidedFor, At: tx.At(), Conditions: a.Conditions, Reason: a.Reason}, &credit.Undo{})
}

// DeclineQuote is the customer's no, with its reason. Twice it is one.
func (c *Cycle) DeclineQuote(ctx context.Context, at time.Time, a QuoteAnswer) error {
	reason := strings.TrimSpace(a.Reason)
	if len([]rune(reason)) > answerReasonMax {
		return fault.Bad("/reason", "the reason is too long", "shorten it").Keyed("quote.reason")
	}
	return c.answerQuote(ctx, at, a.Token, func(_ context.Context, tx *Tx, q *quote.Quote) error {
		if q.Status() == quote.Declined {
			return nil
		}
		if q.Over(at) {
			return fault.New(fault.Refused, "The quote has expired", "it was valid until {date}", "nothing needs to be done").Keyed("quote.expired").With("date", q.Data().ValidUntil)
		}
		if err := q.Decline(quote.Refusal{Reason: reason, At: at, IP: a.IP}); err != nil {
			return refused(err)
		}
		return errors.Join(tx.Save(q, Fact{Type: "quote.declined", Data: q.Data().Refusal}), c.showCard(tx, "quote", KeyOf(q)))
	})
}
