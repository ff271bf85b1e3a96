package o2c

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// The links by which money finds its open items without looking through them:
// from an amount to the open invoices over it, and from an account or a name to
// the customers who pay under it.
const (
	linkRemitter = "customer"
	linkAmount   = "open"
	askedMax     = 20 // of the items that a look-up gives
)

// amountLinks hang an open invoice under what may be paid for it.
func amountLinks(d invoice.Data) []Link {
	links := []Link{amountLink(d.Total, d.ID)}
	if less := d.FullDiscount(); less.IsPositive() {
		links = append(links, amountLink(d.Total.Minus(less), d.ID))
	}
	return links
}

func amountLink(a money.Amount, invoiceID string) Link {
	return Link{Parent: amountKey(a), Name: linkAmount, To: Key{Kind: "invoice", ID: invoiceID}}
}

func amountKey(a money.Amount) Key {
	return Key{Kind: "amount", ID: strings.ReplaceAll(a.String(), " ", "")}
}

// remitterLinks are the links from the names under which a payer is known to a
// customer.
func remitterLinks(account, name, customerID string) []Link {
	var links []Link
	to := Key{Kind: "customer", ID: customerID}
	if account != "" {
		links = append(links, Link{Parent: accountKey(account), Name: linkRemitter, To: to})
	}
	if plain := cash.PlainName(name); plain != "" {
		links = append(links, Link{Parent: nameKey(plain), Name: linkRemitter, To: to})
	}
	return links
}

func accountKey(account string) Key { return Key{Kind: "remitter", ID: "account:" + account} }
func nameKey(plain string) Key      { return Key{Kind: "remitter", ID: "name:" + plain} }

// hangOpen puts an invoice among the open items, under its customer and its
// amount; unhangOpen takes it away.
func hangOpen(tx *Tx, d invoice.Data) {
	for _, l := range append(amountLinks(d), openLink(d)) {
		tx.Link(l)
	}
}

func unhangOpen(tx *Tx, d invoice.Data) {
	for _, l := range append(amountLinks(d), openLink(d)) {
		tx.Unlink(l)
	}
	tx.Link(settledLink(d))
}

// numberPattern finds our invoice numbers in free text: 2026-0001, 2026 0001, or
// eight digits that are no date.
var numberPattern = lazy.Pattern(`\b(20\d{2})(?:[ \-](\d{4,6})|(\d{4}))\b`)

// referenceStart is where an ISO 11649 reference may begin in free text, and
// referenceRest how it goes on, however spaced.
var (
	referenceStart = lazy.Pattern(`(?i)\bRF ?\d{2}`)
	referenceRest  = lazy.Pattern(`^[ 0-9A-Za-z]{1,28}`)
)

// namesMax bounds what is looked up for one transfer.
const namesMax = 60

// numbersIn are the numbers that free text may name.
func numbersIn(text string) (numbers []string) {
	for _, m := range numberPattern().FindAllStringSubmatch(text, 10) {
		if m[3] != "" {
			if _, err := time.Parse("20060102", m[1]+m[3]); err == nil {
				continue
			}
		}
		numbers = append(numbers, m[1]+"-"+m[2]+m[3])
	}
	return numbers
}

// said are the references and numbers that a transfer may name. A reference
// in free text ends where its check digits say.
func (c *Cycle) said(r cash.ReceiptData) []Alias {
	var names []Alias
	if whole := cash.Squash(r.Reference); invoice.ValidReference(whole) {
		names = append(names, Alias{Space: spaceReference, Value: whole})
	}
	for _, at := range referenceStart().FindAllStringIndex(r.Text, 10) {
		whole := r.Text[at[0]:at[1]] + referenceRest().FindString(r.Text[at[1]:])
		for squashed := cash.Squash(whole); len(squashed) > 4; squashed = squashed[:len(squashed)-1] {
			if len(names) < namesMax && invoice.ValidReference(squashed) {
				names = append(names, Alias{Space: spaceReference, Value: squashed})
			}
		}
	}
	for _, number := range c.numbersIn(r.Text) {
		names = append(names, Alias{Space: spaceInvoice, Value: number})
	}
	return names
}

// search gathers what a transfer may belong to.
type search struct {
	c         *Cycle
	tx        *Tx
	r         cash.ReceiptData
	said      cash.Remittance
	items     []cash.OpenItem
	aliases   []cash.Alias
	customers []string
}

// proposals lists where the money of a receipt may belong, the best first. What
// the transfer names is looked up first; amounts, accounts and names only where
// that does not settle it.
func (c *Cycle) proposals(ctx context.Context, tx *Tx, r cash.ReceiptData) ([]cash.Proposal, *search, error) {
	s := &search{c: c, tx: tx, r: r}
	s.said = cash.Remittance{Amount: r.Unapplied, Payer: r.Payer, Account: r.IBAN, CustomerID: r.CustomerID, Foreign: foreignAccount(r.IBAN)}
	proven, err := s.byName(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !proven && c.alone {
		return nil, nil, errApart
	}
	if !proven {
		if err := errors.Join(s.byPayer(ctx), s.byAmount(ctx)); err != nil {
			return nil, nil, err
		}
	}
	return cash.NewBook(s.items, s.aliases...).Propose(s.said, c.Policy.Cash), s, nil
}

// byName looks up what the transfer names; proven tells that references alone
// did, so that nothing else can prevail over them.
func (s *search) byName(ctx context.Context) (proven bool, err error) {
	names := s.c.said(s.r)
	if len(names) == 0 {
		return false, nil
	}
	keys, err := s.tx.Resolve(ctx, names...)
	if err != nil {
		return false, err
	}
	proven = true
	for i, key := range keys {
		if key.IsZero() {
			continue
		}
		checked := names[i].Space == spaceReference
		inv, err := get[invoice.Invoice](ctx, s.tx, key.ID)
		if err != nil {
			return false, err
		}
		d := inv.Data()
		owed, err := s.c.owed(ctx, s.tx, inv, s.r.ValueOn)
		if err != nil {
			return false, err
		}
		if !owed.IsPositive() {
			s.said.Settled = d.Number
			s.belongs(d.CustomerID)
			continue
		}
		s.said.Named = append(s.said.Named, cash.Named{Value: names[i].Value, Checked: checked})
		s.addOwed(inv, owed)
		proven = proven && checked
	}
	return proven && len(s.items) > 0 && s.said.Settled == "", nil
}

// belongs remembers a customer of whom the transfer speaks.
func (s *search) belongs(customerID string) {
	if s.said.CustomerID == "" {
		s.said.CustomerID = customerID
	}
}

// byPayer looks up who pays under the account and the name, and what they have
// open.
func (s *search) byPayer(ctx context.Context) error {
	if s.said.CustomerID != "" {
		s.customers = append(s.customers, s.said.CustomerID)
	}
	for _, item := range s.items {
		s.customers = append(s.customers, item.CustomerID)
	}
	plain := cash.PlainName(s.r.Payer)
	for _, known := range []struct {
		key   Key
		alias cash.Alias
		ok    bool
	}{
		{accountKey(s.r.IBAN), cash.Alias{Account: s.r.IBAN}, s.r.IBAN != ""},
		{nameKey(plain), cash.Alias{Name: plain}, plain != ""},
	} {
		if !known.ok {
			continue
		}
		links, err := s.tx.Links(ctx, known.key, linkRemitter)
		if err != nil {
			return err
		}
		for _, l := range links[:min(len(links), askedMax)] {
			known.alias.CustomerID = l.To.ID
			s.aliases, s.customers = append(s.aliases, known.alias), append(s.customers, l.To.ID)
		}
	}
	return s.owed(ctx)
}

// owner is whose money it is: the customer of a settled invoice that it names,
// else the only one who pays from the account or, when nobody does, has the name.
func (s *search) owner() string {
	if s.said.CustomerID != "" {
		return s.said.CustomerID
	}
	for _, by := range []func(cash.Alias) bool{
		func(a cash.Alias) bool { return a.Account != "" },
		func(a cash.Alias) bool { return a.Name != "" },
	} {
		only := ""
		for _, a := range s.aliases {
			if by(a) && a.CustomerID != only {
				if only != "" {
					return ""
				}
				only = a.CustomerID
			}
		}
		if only != "" {
			return only
		}
	}
	return ""
}

// owed adds what the customers have open.
func (s *search) owed(ctx context.Context) error {
	seen := map[string]bool{}
	for _, id := range s.customers {
		if seen[id] {
			continue
		}
		seen[id] = true
		open, err := s.c.openInvoices(ctx, s.tx, id)
		if err != nil {
			return err
		}
		for _, inv := range open {
			s.add(inv)
		}
	}
	return nil
}

// byAmount adds the open invoices over the very amount.
func (s *search) byAmount(ctx context.Context) error {
	links, err := s.tx.Links(ctx, amountKey(s.r.Unapplied), linkAmount)
	if err != nil {
		return err
	}
	links = links[:min(len(links), askedMax)]
	keys := make([]Key, len(links))
	for i, l := range links {
		keys[i] = l.To
	}
	if err := s.tx.Fetch(ctx, keys...); err != nil {
		return err
	}
	for _, key := range keys {
		inv, err := find[invoice.Invoice](ctx, s.tx, key.ID)
		if err != nil {
			return err
		}
		if inv != nil {
			s.add(inv)
		}
	}
	return nil
}

// add puts an invoice among the items, once.
func (s *search) add(inv *invoice.Invoice) {
	for _, known := range s.items {
		if known.ID == inv.ID() {
			return
		}
	}
	if inv.Collectable() {
		s.items = append(s.items, s.c.openItem(inv.Data(), s.r.ValueOn))
	}
}

// openItem is an invoice as money sees it on a day of value.
func (c *Cycle) openItem(d invoice.Data, on calendar.Date) cash.OpenItem {
	return cash.OpenItem{
		ID: d.ID, Number: d.Number, Reference: d.Reference, Buyer: d.Buyer.Name, CustomerID: d.CustomerID, Open: d.Open, DueOn: d.DueOn, Offer: d.DiscountOn(on),
	}
}

// foreignAccount reports whether money came from outside SEPA, where banks on
// the way take their charges out of it.
func foreignAccount(account string) bool {
	return len(account) > 2 && !strings.Contains(sepa, account[:2])
}

// sepa are the countries of the single euro payments area (EPC409-09, 2025).
const sepa = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GG GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA"

// Candidates are the places where money most probably belongs, each with a score
// and the sentence why; the best first.
func (c *Cycle) Candidates(ctx context.Context, r cash.ReceiptData) ([]Candidate, error) {
	all, found, err := c.proposals(ctx, NewTx(c.Store), r)
	if sent, abroad := inOriginal(r); err == nil && abroad && len(all) == 0 {
		all, _, err = c.proposals(ctx, NewTx(c.Store), sent)
	}
	if err != nil {
		return nil, err
	}
	var out []Candidate
	for _, p := range all[:min(len(all), candidatesMax)] {
		k := Candidate{Customer: p.Parts[0].Item.Buyer, Score: p.Score, Why: p.Why, Open: p.Parts[0].Item.Open.Zero()}
		var ids, numbers []string
		for _, part := range p.Parts {
			ids, numbers, k.Open = append(ids, part.Item.ID), append(numbers, part.Item.Number), k.Open.Plus(part.Item.Open)
		}
		k.InvoiceID, k.Number = strings.Join(ids, ","), strings.Join(numbers, ", ")
		out = append(out, k)
	}
	out = append(out, found.abroad()...)
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), candidatesMax)], nil
}

// abroad are the invoices in another currency that the transfer names: a person
// says whether it pays them.
func (s *search) abroad() (out []Candidate) {
	for _, item := range s.items {
		if item.Open.Currency == s.r.Unapplied.Currency || len(out) == candidatesMax || len(s.said.Named) == 0 {
			continue
		}
		out = append(out, Candidate{
			InvoiceID: item.ID, Number: item.Number, Customer: item.Buyer, Open: item.Open, Score: abroadScore,
			Why: "the transfer names it or its customer, in another currency: the published rate of the day of value counts",
		})
	}
	return out
}

// abroadScore is that of an invoice in another currency than the money.
const abroadScore = 50
