package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/quote"
)

// Payments is the payment provider.
type Payments interface {
	// Checkout makes a payment page for an open amount. The same idempotency
	// key gives the same page; see ErrKeySpent.
	Checkout(ctx context.Context, r CheckoutRequest) (CheckoutPage, error)
	// Expire ends a payment page, so that it can no longer be paid.
	Expire(ctx context.Context, sessionID string) error
	// Payout reads what a payout is made of.
	Payout(ctx context.Context, id string) (PayoutFacts, error)
	// Refund gives money of a payment back. The same idempotency key gives the
	// same refund; see ErrKeySpent.
	Refund(ctx context.Context, r RefundRequest) (RefundMade, error)
	// FindRefund looks for a refund that was asked for before.
	FindRefund(ctx context.Context, r RefundRequest) (made RefundMade, found bool, err error)

	Wallet
}

// RefundMade is a refund as the provider has it.
type RefundMade struct {
	Ref  string // the provider's id of it
	Done bool   // it is on its way to the customer's bank for good
}

// RefundRequest asks a payment provider for a refund.
type RefundRequest struct {
	IdempotencyKey string
	Payment        string // the provider's id of the payment
	RefundID       string // ours, which the refund carries
	Amount         money.Amount
}

// ErrKeySpent is in the error of a request that the provider answered with a
// failure of its own: it keeps that answer under the request's idempotency key
// (Stripe for 24 hours, docs.stripe.com/api/idempotent_requests), so that only
// another key is worth another attempt. What the request made, if anything,
// nobody knows of: a payment page without an address harms nobody, a refund is
// looked for before it is asked for again.
var ErrKeySpent = errors.New("the provider keeps its failure under this key")

// CheckoutRequest asks for a payment page.
type CheckoutRequest struct {
	IdempotencyKey string
	InvoiceID      string
	Number         string
	Amount         money.Amount
	Email          string
	Language       string
	ReturnURL      string // where the customer comes back to: our page, which shows our state

	Keep    string // the consent with which the method is kept; "": it is not
	KeepFor string // our id of the customer
	Owner   string // the provider's, when it knows it already
}

// CheckoutPage is where the customer pays.
type CheckoutPage struct {
	SessionID string
	URL       string
	ExpiresAt time.Time
}

// PayoutFacts is what a gateway says of a payout.
type PayoutFacts struct {
	ID        string
	Charges   money.Amount // sum of what was charged
	Fees      money.Amount
	Refunds   money.Amount // positive
	Net       money.Amount
	Reference string
	ArrivesAt time.Time
	MadeAt    time.Time // when the gateway made it

	Destination string          // the gateway's name of the account that it goes to; "": it does not say
	Disputes    money.Amount    // chargebacks, negative when the money was withdrawn
	Adjustments money.Amount    // whatever else, with its sign
	KeptBack    money.Amount    // stays at the gateway: a payout by hand takes a part of the balance
	Parts       []cash.Movement // none when the gateway does not tell
}

// Of is the payout made of the parts, with their sums.
func (f PayoutFacts) Of(parts []cash.Movement) PayoutFacts {
	d := cash.Sums(f.Net.Currency, parts)
	f.Charges, f.Fees, f.Refunds, f.Disputes, f.Adjustments, f.Parts = d.Charges, d.Fees, d.Refunds, d.Disputes, d.Adjustments, parts
	return f
}

// Mail sends letters.
type Mail interface {
	// Send hands a letter to the mail service; the tag names the effect, so that
	// a lost answer can be found again.
	Send(ctx context.Context, l Letter) (messageID string, err error)
}

// Letter is one e-mail.
type Letter struct {
	Tag         string // the effect's id
	To          string
	ReplyTo     string
	Subject     string
	Text        string
	HTML        string
	Attachments []Attachment
}

// Attachment is a file in a letter.
type Attachment struct {
	Name        string
	ContentType string
	Content     []byte
}

// EPost is an access point of the Peppol network.
type EPost interface {
	// Submit hands a document over; the same tag again is the same submission.
	Submit(ctx context.Context, d EDocument) (id string, err error)
	// Collect reads what became of documents since the last time and hands each
	// piece of news to take; what take has taken does not come again.
	Collect(ctx context.Context, take func(MailNews) error) error
}

// EDocument is an e-invoice on its way to its reader.
type EDocument struct {
	Tag    string // the effect's id
	Scheme string // of the reader's address, ISO 6523 ("0106") or the EAS list ("9930")
	To     string // the address in that scheme
	Number string
	Credit bool // a credit note
	UBL    []byte
}

// Files keeps rendered documents for as long as the law wants them.
type Files interface {
	// Put keeps content under a name that is never given twice; the same content
	// again changes nothing, other content is refused. Until the day is over
	// nobody can delete it; no day: as long as the archive keeps everything.
	Put(ctx context.Context, name, contentType string, content []byte, until calendar.Date) error
	// Get reads it back; fault.NotFound when nothing is kept there.
	Get(ctx context.Context, name string) ([]byte, error)
}

// Papers renders documents and letters, the same bytes for the same input.
type Papers interface {
	InvoicePDF(d invoice.Data, link string) ([]byte, error)
	PackingSlip(v PackingSlipView) ([]byte, error)
	QuotePDF(d quote.Data, terms quote.TermsData, link string) ([]byte, error)
	ContractPDF(d quote.ContractData, q quote.Data, terms quote.TermsData, zone *time.Location) ([]byte, error)
	// InvoiceUBL is the document as Peppol BIS Billing 3.0, InvoiceCII as the
	// UN/CEFACT invoice of Factur-X; fault.Incomplete when a rule of EN 16931 is
	// broken.
	InvoiceUBL(d invoice.Data) ([]byte, error)
	InvoiceCII(d invoice.Data) ([]byte, error)
	// ClaimPDF prints a claim's computation, step by step.
	ClaimPDF(v ClaimSheetView) ([]byte, error)
	// Letter writes a letter; one that the law would not accept is refused.
	Letter(template, language string, view LetterView) (subject, text, html string, err error)
}

// Bus publishes events to others.
type Bus interface {
	Publish(ctx context.Context, events []Published) error
}

// Published is an event as others see it: a CloudEvent.
type Published struct {
	ID      string
	Type    string // "duly.invoice.issued.v1"
	Subject string
	Time    time.Time
	Data    []byte // JSON
}

// Hooks tells subscribers of events.
type Hooks interface {
	// Tell sends one event, signed. Refused means that the subscriber wants no
	// more; any other failure is worth another attempt.
	Tell(ctx context.Context, to Subscriber, e Published) error
}

// Chat is the team's room. Cards are the o2c views of card.go; the adapter
// renders them.
type Chat interface {
	Post(ctx context.Context, channel string, c Card) (Place, error)
	Update(ctx context.Context, at Place, c Card) error
	// Thread puts a card into another one's thread, and says where it stands there.
	Thread(ctx context.Context, at Place, c Card) (Place, error)
	Whisper(ctx context.Context, channel, user, text string, offers ...Offer) error
}

// Offer is a button below a sentence for one person.
type Offer struct {
	Action string `json:"action"`
	Value  string `json:"value"`
}

// Place is where a card stands.
type Place struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Thread  string `json:"thread,omitempty"` // the message in whose thread it stands
}

// Permanent is a failure that trying again cannot mend, such as an address that
// does not exist; anything else is tried again.
// Each names the sentence that says it in the team's language (Keyed), which a
// test demands.
func Permanent(what, why, do string, cause error) *fault.Error {
	return fault.New(fault.Refused, what, why, do).Because(cause)
}

// damaged is an effect whose arguments cannot be read.
func damaged(what string, cause error) error {
	return Permanent(what, "its arguments are damaged", "tell us", cause).Keyed("damaged")
}
