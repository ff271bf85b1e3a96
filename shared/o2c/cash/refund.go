package cash

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// Stripe is the gateway at which we give money back ourselves, to the card or
// account that it came from.
const Stripe = "stripe"

// The statuses of a refund, by transfer or at a gateway.
const (
	RefundAsked    = "asked"    // to another account than the money came from: a second person looks at it
	RefundApproved = "approved" // booked, and waits for the next payment file or the gateway's answer
	RefundFiled    = "filed"    // in a payment file
	RefundSent     = "sent"     // the gateway has it
	RefundPaid     = "paid"     // the bank's statement shows it, or the gateway says so
	RefundFailed   = "failed"   // it came back, or the gateway would not make it
	RefundRefused  = "refused"  // the second person said no
)

// RefundLife is the transition table of a refund.
var RefundLife = life.Table{
	{From: RefundAsked, Verb: "approve", To: RefundApproved},
	{From: RefundAsked, Verb: "refuse", To: RefundRefused},
	{From: RefundApproved, Verb: "file", To: RefundFiled},
	{From: RefundApproved, Verb: "pay", To: RefundPaid}, // somebody typed it at the bank
	{From: RefundFiled, Verb: "pay", To: RefundPaid},
	{From: RefundFiled, Verb: "fail", To: RefundFailed},
	{From: RefundApproved, Verb: "send", To: RefundSent},
	{From: RefundApproved, Verb: "drop", To: RefundFailed}, // the gateway refuses it
	{From: RefundSent, Verb: "pay", To: RefundPaid},
	{From: RefundSent, Verb: "fail", To: RefundFailed},
	{From: RefundPaid, Verb: "fail", To: RefundFailed},
}

// RefundData is what a refund is made of.
type RefundData struct {
	ID         string        `json:"id"`
	ReceiptID  string        `json:"receipt_id"`
	CustomerID string        `json:"customer_id,omitempty"`
	Amount     money.Amount  `json:"amount"`
	Name       string        `json:"name"`
	IBAN       string        `json:"iban,omitempty"`        // of a transfer
	Gateway    string        `json:"gateway,omitempty"`     // that makes it; "": a transfer
	GatewayRef string        `json:"gateway_ref,omitempty"` // the gateway's id of it
	Spent      int           `json:"spent,omitempty"`       // idempotency keys under which the gateway keeps a failure
	Elsewhere  bool          `json:"elsewhere"`             // another account than the money came from
	Reason     string        `json:"reason"`
	EndToEnd   string        `json:"end_to_end,omitempty"` // by which the bank's line is known again
	Status     string        `json:"status"`
	AskedBy    string        `json:"asked_by"`
	AskedAt    time.Time     `json:"asked_at"`
	DecidedBy  string        `json:"decided_by,omitempty"`
	File       string        `json:"file,omitempty"`
	PaidOn     calendar.Date `json:"paid_on,omitzero"`
}

// Refund is money that goes back: by transfer, or at the gateway that it came
// through.
type Refund struct{ data RefundData }

// NewGatewayRefund asks for a refund at the gateway: it goes to where the money
// came from, so that no account is named.
func NewGatewayRefund(d RefundData) (*Refund, error) {
	if !d.Amount.IsPositive() {
		return nil, fault.Breaks("refund.amount", "a refund of {amount}", "amount", d.Amount)
	}
	d.Status = RefundAsked
	return &Refund{data: d}, nil
}

// NewRefund asks for a refund by transfer. The account is proven by its check digits, since
// nobody can take a transfer back.
func NewRefund(d RefundData) (*Refund, error) {
	d.IBAN = Squash(d.IBAN)
	switch {
	case !d.Amount.IsPositive():
		return nil, fault.Breaks("refund.amount", "a refund of {amount}", "amount", d.Amount)
	case d.Amount.Currency != "EUR":
		return nil, fault.Breaks("refund.sepa", "SEPA transfers are in EUR, and the refund is in {currency}", "currency", d.Amount.Currency)
	case !ValidIBAN(d.IBAN):
		return nil, fault.Breaks("refund.iban", `"{iban}" is no IBAN: its check digits do not fit`, "iban", d.IBAN)
	case strings.TrimSpace(d.Name) == "":
		return nil, fault.Breaks("refund.holder", "nobody is named as the holder of {iban}", "iban", d.IBAN)
	}
	d.Status = RefundAsked
	d.EndToEnd = "DULY-" + Squash(d.ID)
	return &Refund{data: d}, nil
}

// RefundByHand records a refund that somebody made at the bank and its statement shows.
func RefundByHand(d RefundData) *Refund {
	d.Status = RefundPaid
	return &Refund{data: d}
}

// Data is a copy.
func (r *Refund) Data() RefundData { return r.data }

// Move takes the refund one step along; by is whoever decides, or "".
func (r *Refund) Move(verb, by string) error {
	next, err := RefundLife.Next(r.data.Status, verb)
	if err != nil {
		return fmt.Errorf("refund %s: %w", r.data.ID, err)
	}
	r.data.Status = next
	if by != "" {
		r.data.DecidedBy = by
	}
	return nil
}

// PutIn records the payment file that has it.
func (r *Refund) PutIn(file string) { r.data.File = file }

// PaidOut records the day on which the bank paid it.
func (r *Refund) PaidOut(on calendar.Date) { r.data.PaidOn = on }

// Named records the id that the gateway gave it.
func (r *Refund) Named(gatewayRef string) { r.data.GatewayRef = gatewayRef }

// Spend has the next attempt ask the gateway under another key.
func (r *Refund) Spend() { r.data.Spent++ }

// Kind, ID and ListKey make the refund a document.
func (r *Refund) Kind() string    { return "refund" }
func (r *Refund) ID() string      { return r.data.ID }
func (r *Refund) ListKey() string { return r.data.AskedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Refund) MarshalJSON() ([]byte, error) { return json.Marshal(r.data) }
func (r *Refund) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }

// PaymentFileData is a file of transfers for the bank.
type PaymentFileData struct {
	ID        string        `json:"id"`
	CreatedAt time.Time     `json:"created_at"`
	On        calendar.Date `json:"on"`   // the day on which the bank shall pay
	Name      string        `json:"name"` // ours
	IBAN      string        `json:"iban"`
	BIC       string        `json:"bic,omitempty"`
	Refunds   []RefundData  `json:"refunds"`
	Total     money.Amount  `json:"total"`
}

// PaymentFile is a file of transfers; it is kept as it was made, so that it is
// the same whenever it is fetched.
type PaymentFile struct{ data PaymentFileData }

// NewPaymentFile puts refunds into a file.
func NewPaymentFile(d PaymentFileData) *PaymentFile {
	d.Total = money.Of(0, "EUR")
	for _, r := range d.Refunds {
		d.Total = d.Total.Plus(r.Amount)
	}
	return &PaymentFile{data: d}
}

// Data is a copy.
func (f *PaymentFile) Data() PaymentFileData { return f.data }

// Kind, ID and ListKey make the file a document.
func (f *PaymentFile) Kind() string    { return "paymentfile" }
func (f *PaymentFile) ID() string      { return f.data.ID }
func (f *PaymentFile) ListKey() string { return f.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (f *PaymentFile) MarshalJSON() ([]byte, error) { return json.Marshal(f.data) }
func (f *PaymentFile) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.data) }

// ValidIBAN proves an account number by its check digits (ISO 13616, ISO 7064
// mod 97-10).
func ValidIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 {
		return false
	}
	var digits strings.Builder
	for _, r := range iban[4:] + iban[:4] {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			fmt.Fprint(&digits, r-'A'+10)
		default:
			return false
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}
