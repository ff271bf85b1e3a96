package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// cardRow is one row of the card table: the channel it belongs in and how its
// view is read.
type cardRow struct {
	channel string
	loud    bool   // it is posted in quiet hours too
	asks    []Role // whose work it is to answer it, so that it stands on their Homes while it asks
	under   string // the row of the day's card in whose thread it is posted; "": it stands for itself
	view    func(ctx context.Context, o *Outbox, e Effect, args cardArgs) (Card, error)
	look    func(ctx context.Context, o *Outbox, e Effect, args cardArgs) (Card, error) // the view where nothing may be written; nil: view writes nothing
}

// urgent reports whether somebody must hear of it by another way when Slack is
// away: what stopped, and deadlines of banks, but no figures.
func (r cardRow) urgent() bool { return r.loud && r.channel != "digest" }

// cards is the card table.
func cards() map[string]cardRow {
	return map[string]cardRow{
		"credit":     {channel: "credit", view: creditCard},
		"overdue":    {channel: "collections", asks: []Role{Approver}, view: overdueCard},
		"letters":    {channel: "collections", asks: []Role{Collector}, view: lettersCard},
		"awaiting":   {channel: "collections", asks: []Role{Collector}, view: awaitingCard},
		"check":      {channel: "collections", asks: []Role{Collector}, view: checkCard},
		"invoice":    {channel: "digest", under: "issued", view: invoiceCard},
		"issued":     {channel: "digest", view: issuedCard},
		"draft":      {channel: "exceptions", asks: []Role{Collector}, view: draftCard},
		"deadline":   {channel: "exceptions", view: deadlineCard},
		"payee":      {channel: "exceptions", asks: []Role{Approver}, view: payeeCard},
		"delivery":   {channel: "exceptions", asks: []Role{Collector}, view: deliveryCard},
		"cash":       {channel: "collections", asks: []Role{Approver, Bookkeeper}, view: cashCard},
		"bankline":   {channel: "collections", asks: []Role{Collector, Bookkeeper}, view: bankLineCard},
		"dispute":    {channel: "collections", asks: []Role{Collector}, view: disputeCard},
		"chargeback": {channel: "collections", loud: true, asks: []Role{Approver}, view: chargebackCard},
		"plan":       {channel: "collections", asks: []Role{Approver}, view: planCard},
		"reorder":    {channel: "exceptions", asks: []Role{Sales}, view: reorderCard},
		"stock":      {channel: "exceptions", asks: []Role{Sales}, view: stockCard},
		"ship":       {channel: "shipping", asks: []Role{Sales}, view: shipCard, look: shipLook},
		"parked":     {channel: "exceptions", loud: true, asks: []Role{Admin}, view: parkedCard},
		"likeness":   {channel: "exceptions", asks: []Role{Sales}, view: likenessCard},
		"lapse":      {channel: "exceptions", loud: true, asks: []Role{Admin}, view: shopCard},
		"payout":     {channel: "digest", asks: []Role{Collector, Bookkeeper}, view: payoutCard},
		"question":   {channel: "digest", view: questionCard},
		"notice":     {channel: "exceptions", loud: true, view: noticeCard},
		"digest":     {channel: "digest", loud: true, view: digestCard},
		"weekly":     {channel: "digest", loud: true, view: weeklyCard},

		"claim":    {channel: "collections", asks: []Role{Approver}, view: claimCard},
		"quote":    {channel: "sales", view: quoteCard},
		"contract": {channel: "sales", view: contractCard},
	}
}

func invoiceCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	url, err := o.Cycle.InvoiceURL(inv.Data())
	if err != nil {
		return nil, err
	}
	collect, err := o.Cycle.chargeView(ctx, NewTx(o.Cycle.Store), inv.Data())
	return InvoiceCard{Invoice: inv.Data(), PayURL: url, Collect: collect}, err
}

// IssuedCard is a day's one line in the channel: the invoices and credit notes
// that were issued stand in its thread, each with its buttons and its way to paid.
type IssuedCard struct{ On calendar.Date }

func (IssuedCard) card() {}

func issuedCard(_ context.Context, _ *Outbox, e Effect, _ cardArgs) (Card, error) {
	day, err := calendar.Parse(e.Subject.ID)
	return IssuedCard{On: day}, err
}

func draftCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	return DraftCard{Invoice: inv.Data(), Order: inv.Data().OrderNo}, nil
}

func cashCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	r, err := get[cash.Receipt](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := CashCard{Receipt: r.Data(), Settled: r.Unapplied().IsZero() || r.Data().Kept}
	if card.Receipt.CustomerID != "" { // a debit names nobody, and its invoice's customer is known
		if card.Receipt.Payer, err = payerName(ctx, NewTx(o.Cycle.Store), card.Receipt); err != nil {
			return nil, err
		}
	}
	refunds, err := o.Cycle.RefundsOf(ctx, r.ID())
	if err != nil {
		return nil, err
	}
	if n := len(refunds); n > 0 {
		card.Refund, card.AskedBy = &refunds[n-1], o.Cycle.Policy.NameOf(refunds[n-1].AskedBy)
	}
	if !card.Settled {
		card.Candidates, err = o.Cycle.Candidates(ctx, r.Data())
	}
	return card, err
}

// shelvesShown is how many lines of a short order a card shows.
const shelvesShown = 10

func stockCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	ord, err := get[order.Order](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := StockCard{Order: ord.Data(), Shelves: map[string]Shelf{}, Waiting: map[string]int{}, WaitsBy: o.Cycle.Policy.NameOf(ord.Data().WaitsBy)}
	var skus []string
	for _, l := range ord.Data().Lines {
		if l.Backordered() > 0 {
			card.Lines = append(card.Lines, l)
			skus = append(skus, l.SKU)
		}
	}
	shelves, err := o.Cycle.Shelves(ctx, skus...)
	if err != nil {
		return nil, err
	}
	for i, sku := range skus[:min(len(skus), shelvesShown)] {
		line, err := o.Cycle.Store.Links(ctx, stockKey(sku), linkWaiting)
		if err != nil {
			return nil, err
		}
		card.Shelves[sku], card.Waiting[sku] = shelves[i], len(line)
	}
	return card, nil
}

// shipCard grants the way to the packing slip; shipLook is the card without it.
func shipCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	card, err := o.shipView(ctx, e.Subject.ID)
	if err == nil {
		card.SlipURL, err = o.slipURL(ctx, card.Order.ID)
	}
	return card, err
}

func shipLook(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	return o.shipView(ctx, e.Subject.ID)
}

func (o *Outbox) shipView(ctx context.Context, id string) (card ShipCard, err error) {
	ord, err := get[order.Order](ctx, NewTx(o.Cycle.Store), id)
	if err != nil {
		return card, err
	}
	card.Order = ord.Data()
	card.Shipments, err = o.Cycle.ShipmentsOf(ctx, card.Order)
	return card, err
}

func parkedCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	p, err := get[Parked](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	return ParkedCard{Parked: p.Data()}, nil
}

func payoutCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	p, err := get[cash.Payout](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := p.Data()
	card := PayoutCard{Payout: d}
	if d.Owner != "" {
		card.Owner = o.Cycle.Policy.NameOf(d.Owner)
	}
	if d.ExplainedBy != "" {
		card.Found = o.Cycle.Policy.NameOf(d.ExplainedBy)
	}
	return card, nil
}

func noticeCard(_ context.Context, _ *Outbox, e Effect, args cardArgs) (Card, error) {
	return NoticeCard{Title: args.Title, Text: args.Text, Notice: args.Notice, At: e.CreatedAt}, nil
}

// InvoiceURL is the customer's address of an invoice, derived anew.
func (c *Cycle) InvoiceURL(d invoice.Data) (string, error) {
	token, err := c.Links.Token(invoiceScope(d))
	return c.Policy.URL(LinkInvoice, token), err
}

// invoiceScope is what the customer's link to an invoice opens.
func invoiceScope(d invoice.Data) Scope {
	return Scope{Page: LinkInvoice, Subject: Key{Kind: "invoice", ID: d.ID}, Contact: d.Buyer.Email, Key: d.LinkKey}
}

// candidatesMax is how many open items a cash card proposes.
const candidatesMax = 3
