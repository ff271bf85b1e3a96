package testkit

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/quote"
)

// Desk stands where the vendors stand and writes down what reaches it: the
// independent observer that counts effects outside the table (failures.md,
// simulation, lesson a). It answers as the vendors do, and fails when told to.
type Desk struct {
	mu        sync.Mutex
	Letters   []o2c.Letter
	Views     []View // what each letter was written from
	Cards     []Shown
	Threads   []o2c.Card
	Whispers  []string
	Published []o2c.Published
	Told      []Told
	Pages     map[string]o2c.CheckoutPage // by idempotency key
	Expired   []string
	Payouts   map[string]o2c.PayoutFacts
	Refunds   []o2c.RefundRequest
	Charges   []o2c.ChargeRequest
	Detached  []string
	Papers    map[string][]byte
	Fail      func(what string) error // asked before every call, when set
}

// Shown is a card as it stands.
type Shown struct {
	Place   o2c.Place
	Card    o2c.Card
	Updates int
}

// View is what a letter was written from.
type View struct {
	Template string
	Language string
	o2c.LetterView
}

// NewDesk is an empty desk.
func NewDesk() *Desk {
	return &Desk{Pages: map[string]o2c.CheckoutPage{}, Payouts: map[string]o2c.PayoutFacts{}, Papers: map[string][]byte{}}
}

func (d *Desk) enter(what string) (func(), error) {
	d.mu.Lock()
	if d.Fail != nil {
		if err := d.Fail(what); err != nil {
			d.mu.Unlock()
			return nil, err
		}
	}
	return d.mu.Unlock, nil
}

// Send takes a letter.
func (d *Desk) Send(_ context.Context, l o2c.Letter) (string, error) {
	leave, err := d.enter("mail")
	if err != nil {
		return "", err
	}
	defer leave()
	d.Letters = append(d.Letters, l)
	return fmt.Sprintf("m-%d", len(d.Letters)), nil
}

// Post shows a card.
func (d *Desk) Post(_ context.Context, channel string, c o2c.Card) (o2c.Place, error) {
	leave, err := d.enter("chat")
	if err != nil {
		return o2c.Place{}, err
	}
	defer leave()
	at := o2c.Place{Channel: channel, TS: fmt.Sprintf("1767600000.%06d", len(d.Cards)+1)}
	d.Cards = append(d.Cards, Shown{Place: at, Card: c})
	return at, nil
}

// Direct is the talk with one colleague; the desk hears it all.
func (d *Desk) Direct(o2c.Direct) o2c.Chat { return d }

// Update draws a card anew.
func (d *Desk) Update(_ context.Context, at o2c.Place, c o2c.Card) error {
	leave, err := d.enter("chat")
	if err != nil {
		return err
	}
	defer leave()
	for i := range d.Cards {
		if d.Cards[i].Place == at {
			d.Cards[i].Card = c
			d.Cards[i].Updates++
			return nil
		}
	}
	return fault.Missing("message", at.TS)
}

// Thread takes a card in another one's thread.
func (d *Desk) Thread(_ context.Context, over o2c.Place, c o2c.Card) (o2c.Place, error) {
	leave, err := d.enter("chat")
	if err != nil {
		return o2c.Place{}, err
	}
	defer leave()
	at := o2c.Place{Channel: over.Channel, TS: fmt.Sprintf("1767600001.%06d", len(d.Cards)+1), Thread: over.TS}
	if _, stands := c.(o2c.InvoiceCard); stands {
		d.Cards = append(d.Cards, Shown{Place: at, Card: c})
		return at, nil
	}
	d.Threads = append(d.Threads, c)
	return at, nil
}

// Whisper takes a sentence for one person.
func (d *Desk) Whisper(_ context.Context, _, user, text string, _ ...o2c.Offer) error {
	leave, err := d.enter("chat")
	if err != nil {
		return err
	}
	defer leave()
	d.Whispers = append(d.Whispers, user+": "+text)
	return nil
}

// Publish takes events.
func (d *Desk) Publish(_ context.Context, events []o2c.Published) error {
	leave, err := d.enter("bus")
	if err != nil {
		return err
	}
	defer leave()
	d.Published = append(d.Published, events...)
	return nil
}

// Tell takes an event for a subscriber.
func (d *Desk) Tell(_ context.Context, to o2c.Subscriber, e o2c.Published) error {
	leave, err := d.enter("hook:" + to.Name)
	if err != nil {
		return err
	}
	defer leave()
	d.Told = append(d.Told, Told{To: to.Name, Event: e})
	return nil
}

// Told is an event that a subscriber got.
type Told struct {
	To    string
	Event o2c.Published
}

// Put keeps a file; other content under the same name is refused.
func (d *Desk) Put(_ context.Context, name, _ string, content []byte, _ calendar.Date) error {
	leave, err := d.enter("files")
	if err != nil {
		return err
	}
	defer leave()
	if old, ok := d.Papers[name]; ok && !bytes.Equal(old, content) {
		return fault.New(fault.Refused, name+" is kept already", "with other content", "")
	}
	d.Papers[name] = content
	return nil
}

// Get gives a file back.
func (d *Desk) Get(_ context.Context, name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b, ok := d.Papers[name]; ok {
		return b, nil
	}
	return nil, fault.Missing("file", name)
}

// InvoicePDF renders nothing worth reading, but the same for the same.
func (d *Desk) InvoicePDF(in invoice.Data, link string) ([]byte, error) {
	return []byte(in.Number + " " + in.Total.String() + " " + link), nil
}

// QuotePDF and ContractPDF likewise.
func (d *Desk) QuotePDF(q quote.Data, terms quote.TermsData, link string) ([]byte, error) {
	return fmt.Appendf(nil, "%s v%d %s %s %s", q.Number, q.Version, q.Total, terms.Hash(), link), nil
}

// ContractPDF renders the contract's hash.
func (d *Desk) ContractPDF(k quote.ContractData, _ quote.Data, terms quote.TermsData, _ *time.Location) ([]byte, error) {
	return fmt.Appendf(nil, "contract %s %s %s", k.Number, k.Hash, terms.Hash()), nil
}

// InvoiceUBL and InvoiceCII say as little.
func (d *Desk) InvoiceUBL(in invoice.Data) ([]byte, error) {
	return []byte("<Invoice>" + in.Number + " " + in.Total.String() + "</Invoice>"), nil
}

func (d *Desk) InvoiceCII(in invoice.Data) ([]byte, error) { return d.InvoiceUBL(in) }

// ClaimPDF says the totals.
func (d *Desk) ClaimPDF(v o2c.ClaimSheetView) ([]byte, error) {
	return fmt.Appendf(nil, "claim %s %s %s %d rows", v.View.Invoice.Number, v.View.Claim.AsOf, v.View.Claim.Total, len(v.View.Claim.Sheet)), nil
}

// PackingSlip renders the bare facts.
func (d *Desk) PackingSlip(v o2c.PackingSlipView) ([]byte, error) {
	return []byte(fmt.Sprintf("packing slip %s/%d %v", v.Number, v.Parcel, v.Lines)), nil
}

// Letter writes the bare facts.
func (d *Desk) Letter(template, language string, view o2c.LetterView) (subject, text, html string, err error) {
	d.mu.Lock()
	d.Views = append(d.Views, View{template, language, view})
	d.mu.Unlock()
	subject = template + " " + language + " " + view.Number + view.OrderNumber
	return subject, strings.TrimSpace(strings.Join([]string{subject, view.Amount.String(), view.PayURL + view.QuoteURL, view.Carrier, view.Tracking, view.TrackURL}, " ")), "", nil
}

// Checkout makes a payment page, the same for the same key.
func (d *Desk) Checkout(_ context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	leave, err := d.enter("pay")
	if err != nil {
		return o2c.CheckoutPage{}, err
	}
	defer leave()
	if p, ok := d.Pages[r.IdempotencyKey]; ok {
		return p, nil
	}
	id := fmt.Sprintf("cs_test_%d", len(d.Pages)+1)
	p := o2c.CheckoutPage{SessionID: id, URL: "https://pay.example/" + id, ExpiresAt: start.Add(24 * 365 * time.Hour)}
	d.Pages[r.IdempotencyKey] = p
	return p, nil
}

// Expire closes a payment page.
func (d *Desk) Expire(_ context.Context, session string) error {
	leave, err := d.enter("pay")
	if err != nil {
		return err
	}
	defer leave()
	d.Expired = append(d.Expired, session)
	return nil
}

// Payout tells what a payout is made of.
func (d *Desk) Payout(_ context.Context, id string) (o2c.PayoutFacts, error) {
	leave, err := d.enter("pay")
	if err != nil {
		return o2c.PayoutFacts{}, err
	}
	defer leave()
	if p, ok := d.Payouts[id]; ok {
		return p, nil
	}
	return o2c.PayoutFacts{}, fault.Missing("payout", id)
}

// Refund makes a refund, the same for the same key.
func (d *Desk) Refund(ctx context.Context, r o2c.RefundRequest) (o2c.RefundMade, error) {
	if known, found, err := d.FindRefund(ctx, r); err != nil || found {
		return known, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Refunds = append(d.Refunds, r)
	return o2c.RefundMade{Ref: fmt.Sprintf("re_test_%d", len(d.Refunds))}, nil
}

// FindRefund looks for it.
func (d *Desk) FindRefund(_ context.Context, r o2c.RefundRequest) (o2c.RefundMade, bool, error) {
	leave, err := d.enter("pay")
	if err != nil {
		return o2c.RefundMade{}, false, err
	}
	defer leave()
	for i, known := range d.Refunds {
		if known.RefundID == r.RefundID {
			return o2c.RefundMade{Ref: fmt.Sprintf("re_test_%d", i+1)}, true, nil
		}
	}
	return o2c.RefundMade{}, false, nil
}

// CardsOf lists the cards of a type, in the order they were posted.
func CardsOf[C o2c.Card](d *Desk) []C {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []C
	for _, s := range d.Cards {
		if c, ok := s.Card.(C); ok {
			out = append(out, c)
		}
	}
	return out
}

// News are the notices of a kind that the team got, below cards too.
func (d *Desk) News(key string) []o2c.Notice {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []o2c.Notice
	for _, s := range d.Cards {
		if c, ok := s.Card.(o2c.NoticeCard); ok && c.Notice.Key == key {
			out = append(out, c.Notice)
		}
	}
	for _, c := range d.Threads {
		if n, ok := c.(o2c.Notice); ok && n.Key == key {
			out = append(out, n)
		}
	}
	return out
}

// EUR is an amount of euros in cents.
func EUR(cents int64) money.Amount { return money.Of(cents, "EUR") }

// Lines are the lines of cases that were written below cards.
func Lines(d *Desk) []o2c.CaseLine {
	var all []o2c.CaseLine
	for _, c := range d.Threads {
		if l, ok := c.(o2c.CaseLine); ok {
			all = append(all, l)
		}
	}
	return all
}
