package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/quote"
	"duly/shared/o2c/statute"
)

// The kinds of effects for quotes and contracts.
const (
	doQuote     = "quote.file"
	doContract  = "contract.file"
	doQuoteMail = "mail.quote"
)

// The letters about quotes and contracts.
const (
	LetterQuote         = "quote"          // here is our offer
	LetterQuoteReminder = "quote_reminder" // it ends soon
	LetterQuoteAccepted = "quote_accepted" // here is the contract
	LetterContractEnds  = "contract_ends"  // the contract ends, shall we go on
)

// quoteScope is what the customer's link to a quote opens: the same through all
// its versions.
func quoteScope(d quote.Data) Scope {
	return Scope{Page: LinkQuote, Subject: Key{Kind: "quote", ID: d.ID}, Contact: d.Buyer.Email, Key: d.LinkKey}
}

// QuoteURL is the customer's address of a quote, derived anew.
func (c *Cycle) QuoteURL(d quote.Data) (string, error) {
	token, err := c.Links.Token(quoteScope(d))
	return c.Policy.URL(LinkQuote, token), err
}

// performQuote renders a sent quote once and keeps it; what was kept is what can
// be accepted. Its mail follows.
func performQuote(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	tx := NewTx(o.Cycle.Store)
	q, err := get[quote.Quote](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := q.Data()
	if d.Status != quote.Sent || d.Document.Hash != "" {
		return nil, nil // revised meanwhile, or done
	}
	texts, err := get[quote.TermsText](ctx, tx, quote.TermsID(d.Terms.Version, d.Terms.Language))
	if err != nil {
		return nil, err
	}
	if d.LinkKey == "" {
		d.LinkKey = o.Cycle.Links.Newest()
	}
	url, err := o.Cycle.QuoteURL(d)
	if err != nil {
		return nil, err
	}
	pdf, err := o.Papers.QuotePDF(d, texts.Data(), url)
	if err != nil {
		return nil, fmt.Errorf("render quote %s: %w", d.Number, err)
	}
	kept, err := o.keep(ctx, "quotes", d.IssuedOn.Year, fmt.Sprintf("%s-v%d", d.Number, d.Version), pdf)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		now, err := get[quote.Quote](ctx, tx, d.ID)
		if err != nil || now.Status() != quote.Sent || now.Data().Version != d.Version {
			return err
		}
		now.Filed(kept, d.LinkKey)
		if err := tx.Save(now, Fact{Type: "quote.filed", Data: kept}); err != nil {
			return err
		}
		if err := o.Cycle.grant(tx, quoteScope(now.Data())); err != nil {
			return err
		}
		return tx.ask(doQuoteMail, KeyOf(now), quoteMailArgs{Template: LetterQuote})
	}, nil
}

// keep puts a paper into the archive under a name that says its content, so that
// it never meets another.
func (o *Outbox) keep(ctx context.Context, folder string, year int, name string, pdf []byte) (quote.Paper, error) {
	sum := sha256.Sum256(pdf)
	hash := hex.EncodeToString(sum[:])
	p := quote.Paper{Name: fmt.Sprintf("%s/%04d/%s-%s.pdf", folder, year, name, hash[:12]), Hash: hash}
	return p, o.Files.Put(ctx, p.Name, "application/pdf", pdf, calendar.Date{})
}

// quoteMailArgs name a letter about a quote or a contract.
type quoteMailArgs struct {
	Template string `json:"template"`
	Note     string `json:"note,omitempty"`
}

// performQuoteMail sends a letter about a quote. A reminder of what was answered
// meanwhile is not sent.
func performQuoteMail(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args quoteMailArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The letter cannot be written", err)
	}
	tx := NewTx(o.Cycle.Store)
	q, err := get[quote.Quote](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := q.Data()
	answered := d.Status != quote.Sent || q.Over(o.Now())
	if args.Template != LetterQuoteAccepted && args.Template != LetterContractEnds && answered {
		return nil, nil
	}
	view, err := o.aboutQuote(d)
	if err != nil {
		return nil, err
	}
	view.Note = args.Note
	paper, name := d.Document, d.Number
	if args.Template == LetterQuoteAccepted || args.Template == LetterContractEnds {
		k, err := get[quote.Contract](ctx, tx, d.ContractID)
		if err != nil {
			return nil, err
		}
		paper, name = k.Data().Document, "contract-"+d.Number
		if args.Template == LetterContractEnds {
			view.DueOn = k.Data().EndOn
		}
	}
	return nil, o.mailPaper(ctx, e, args.Template, d, view, Attachment{Name: name + ".pdf", ContentType: "application/pdf"}, paper.Name)
}

// mailPaper sends a letter with a kept document.
func (o *Outbox) mailPaper(ctx context.Context, e Effect, template string, d quote.Data, view LetterView, a Attachment, kept string) error {
	var err error
	a.Content, err = o.Files.Get(ctx, kept)
	if err != nil {
		return err
	}
	subject, text, html, err := o.Papers.Letter(template, d.Buyer.Language, view)
	if err != nil {
		return fmt.Errorf("write the letter of quote %s: %w", d.Number, err)
	}
	return o.write(ctx, Letter{Tag: e.Name, To: d.Buyer.Email, Subject: subject, Text: text, HTML: html, Attachments: []Attachment{a}})
}

func (o *Outbox) aboutQuote(d quote.Data) (LetterView, error) {
	url, err := o.Cycle.QuoteURL(d)
	view := LetterView{
		Seller: d.Seller, Customer: d.Buyer.Name, Language: d.Buyer.Language, Today: o.Cycle.today(o.Now()),
		Number: d.Number, OrderNumber: d.Number, Amount: d.Total, DueOn: d.ValidUntil, QuoteURL: url, Total: d.Total,
	}
	view.Greet(d.Buyer.Kind, d.Buyer.Email, d.Buyer.Email) // it goes nowhere else
	_, view.Tax = statute.Totals(d.Taxes)
	for _, l := range d.Lines {
		view.list(LetterLine{Name: l.Name, SKU: l.SKU, Quantity: l.Quantity, Net: l.Net, Overall: l.Overall})
	}
	return view, err
}

// performContract renders the contract of an accepted quote once, keeps it, and
// asks for its mail.
func performContract(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	tx := NewTx(o.Cycle.Store)
	k, err := get[quote.Contract](ctx, tx, e.Subject.ID)
	if err != nil || k.Data().Document.Hash != "" {
		return nil, err
	}
	d := k.Data()
	q, err := get[quote.Quote](ctx, tx, d.QuoteID)
	if err != nil {
		return nil, err
	}
	texts, err := get[quote.TermsText](ctx, tx, quote.TermsID(d.Terms.Version, d.Terms.Language))
	if err != nil {
		return nil, err
	}
	pdf, err := o.Papers.ContractPDF(d, q.Data(), texts.Data(), o.Cycle.Policy.Zone)
	if err != nil {
		return nil, fmt.Errorf("render contract %s: %w", d.Number, err)
	}
	kept, err := o.keep(ctx, "contracts", d.AcceptedOn.Year, d.Number, pdf)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		now, err := get[quote.Contract](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		now.Filed(kept)
		if err := tx.Save(now, Fact{Type: "contract.filed", Data: kept}); err != nil {
			return err
		}
		return tx.ask(doQuoteMail, Key{Kind: "quote", ID: d.QuoteID}, quoteMailArgs{Template: LetterQuoteAccepted})
	}, nil
}
