// Package invoice owns the legal documents: invoices and credit notes, what
// they must show, their numbers without gaps, and what of them is open. It does
// not own the bookings or the money that pays them.
package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// The statuses of an invoice. Overdue is derived, never stored.
const (
	Draft      = "draft"
	Issued     = "issued"
	PartPaid   = "part_paid"
	Paid       = "paid"
	Credited   = "credited"
	WrittenOff = "written_off"
	Void       = "void" // a draft that nobody needs any more, or an import that was undone; it is no number of ours
)

// Life is the transition table of an invoice, with the way back for failed
// debits and undone applications.
var Life = life.Table{
	{From: Draft, Verb: "issue", To: Issued},
	{From: Draft, Verb: "void", To: Void},
	{From: Draft, Verb: "bring_forward", To: Issued}, // by another package, before we came
	{From: Draft, Verb: "bring_forward_part", To: PartPaid},
	{From: Issued, Verb: "withdraw", To: Void}, // brought forward by mistake
	{From: PartPaid, Verb: "withdraw", To: Void},
	{From: Issued, Verb: "pay_part", To: PartPaid},
	{From: Issued, Verb: "pay", To: Paid},
	{From: Issued, Verb: "credit", To: Credited},
	{From: Issued, Verb: "credit_part", To: Issued},
	{From: Issued, Verb: "credit_rest", To: Paid}, // a deposit paid the other part
	{From: Issued, Verb: "write_off", To: WrittenOff},
	{From: PartPaid, Verb: "pay_part", To: PartPaid},
	{From: PartPaid, Verb: "pay", To: Paid},
	{From: PartPaid, Verb: "credit", To: Credited},
	{From: PartPaid, Verb: "credit_part", To: PartPaid},
	{From: PartPaid, Verb: "credit_rest", To: Paid}, // partly paid, the rest credited
	{From: PartPaid, Verb: "write_off", To: WrittenOff},
	{From: PartPaid, Verb: "reopen", To: Issued},
	{From: PartPaid, Verb: "reopen_part", To: PartPaid},
	{From: Paid, Verb: "credit", To: Credited}, // what was paid is the customer's again
	{From: Paid, Verb: "credit_part", To: Paid},
	{From: Paid, Verb: "reopen", To: Issued},
	{From: Paid, Verb: "reopen_part", To: PartPaid},
	{From: Credited, Verb: "reopen", To: Issued},
	{From: Credited, Verb: "reopen_part", To: PartPaid},
	{From: Issued, Verb: "settle_rest", To: WrittenOff}, // paid but for what was given up before
	{From: PartPaid, Verb: "settle_rest", To: WrittenOff},
	{From: WrittenOff, Verb: "reopen", To: Issued}, // the paid part was taken back
	{From: WrittenOff, Verb: "reopen_part", To: PartPaid},
	{From: WrittenOff, Verb: "reinstate", To: Issued}, // money comes for what was given up
	{From: WrittenOff, Verb: "reinstate_part", To: PartPaid},
	{From: Issued, Verb: "reinstate", To: Issued},
	{From: PartPaid, Verb: "reinstate_part", To: PartPaid},
}

// What a legal document is.
const (
	Invoices    = "invoice"
	CreditNotes = "credit_note"
)

// Buyer is the customer as the document shows it, frozen at issue.
type Buyer struct {
	Name      string        `json:"name"` // BT-44
	Kind      party.Kind    `json:"kind"`
	Address   party.Address `json:"address"`          // BG-8
	VATID     string        `json:"vat_id,omitempty"` // BT-48
	KVK       string        `json:"kvk,omitempty"`
	Reference string        `json:"reference,omitempty"` // BT-10
	Email     string        `json:"email,omitempty"`
	Language  string        `json:"language"`
}

// Data is what a document is made of.
type Data struct {
	ID            string        `json:"id"`
	Type          string        `json:"type"`   // invoice or credit_note
	Number        string        `json:"number"` // BT-1; "" while a draft
	Series        string        `json:"series,omitempty"`
	Status        string        `json:"status"`
	OrderID       string        `json:"order_id,omitempty"`
	OrderNo       string        `json:"order_number,omitempty"` // BT-14, the shop's reference
	PONumber      string        `json:"po_number,omitempty"`    // BT-13, the buyer's own
	BuyerPO       string        `json:"buyer_po,omitempty"`     // told after issue: it stands on copies alone
	ShipmentID    string        `json:"shipment_id,omitempty"`
	Refers        string        `json:"refers,omitempty"` // BT-25: the invoice that a credit note corrects
	CustomerID    string        `json:"customer_id"`
	Seller        party.Seller  `json:"seller"` // frozen at issue
	Buyer         Buyer         `json:"buyer"`
	Currency      string        `json:"currency"`                 // BT-5
	BooksCurrency string        `json:"books_currency,omitempty"` // BT-6, in which its tax is owed
	Rate          *money.Rate   `json:"rate,omitempty"`           // into the books' currency, of the date of issue; nil: it is in that currency
	Lines         []Line        `json:"lines"`
	Taxes         []statute.Tax `json:"taxes"`    // BG-23
	Net           money.Amount  `json:"net"`      // BT-109
	Tax           money.Amount  `json:"tax"`      // BT-110
	Rounding      money.Amount  `json:"rounding"` // BT-114
	Total         money.Amount  `json:"total"`    // BT-115 at issue
	Prepaid       money.Amount  `json:"prepaid"`  // BT-113: paid before issue, frozen with it
	Open          money.Amount  `json:"open"`
	ShipTo        party.Address `json:"ship_to,omitzero"`     // BG-15; none: the buyer's own address
	TaxedIn       string        `json:"taxed_in,omitempty"`   // the country whose VAT is charged under the One Stop Shop; "": the seller's
	VIES          VIES          `json:"vies,omitzero"`        // what the Commission's service said of the buyer's VAT id
	Simplified    bool          `json:"simplified,omitempty"` // without the customer, as the law allows for small amounts (article 226b)
	SuppliedOn    calendar.Date `json:"supplied_on,omitzero"` // BT-72; a deposit has none (article 226(7))
	IssuedOn      calendar.Date `json:"issued_on,omitzero"`   // BT-2
	TermsDays     int           `json:"terms"`                //
	DueOn         calendar.Date `json:"due_on,omitzero"`      // BT-9
	Reference     string        `json:"reference,omitempty"`  // BT-83, ISO 11649
	Missing       []string      `json:"missing,omitempty"`    // particulars without which it cannot be issued
	Hash          string        `json:"hash,omitempty"`       // of the legal content, from issue on
	LinkKey       string        `json:"link_key,omitempty"`   // id of the key that the customer's link was granted under
	Dunning       Dunning       `json:"dunning"`
	DunAt         time.Time     `json:"dun_at,omitzero"` // when the next step is looked at
	CreatedAt     time.Time     `json:"created_at"`
	PaidOn        calendar.Date `json:"paid_on,omitzero"`
	Discount      *Discount     `json:"discount,omitempty"` // for paying early
	DiscountTaken money.Amount  `json:"discount_taken,omitzero"`
	Notes         []Note        `json:"notes,omitempty"`      // credit notes on it, in their order
	Ahead         bool          `json:"ahead,omitempty"`      // all of the order, made before anything left
	Advance       *Advance      `json:"advance,omitempty"`    // a deposit invoice, or a credit note on one
	Preceding     []Preceding   `json:"preceding,omitempty"`  // deposits that are taken off
	Netted        []Netted      `json:"netted,omitempty"`     // what later invoices took off this deposit
	WrittenOff    money.Amount  `json:"written_off,omitzero"` // given up; it is open no more, and owed all the same

	TermsKind   calendar.TermKind `json:"terms_kind,omitempty"`  // how the days to pay are counted
	Instalments []Instalment      `json:"instalments,omitempty"` // several due dates in place of one; none: all is due on DueOn
	RollsIn     string            `json:"rolls_in,omitempty"`    // country on whose days off nothing falls due; "": on any day

	Forward *Forward `json:"brought_forward,omitempty"` // from the package that issued it

	CollectsTo   calendar.Date `json:"collects_to,omitzero"`   // last day of the period of a collective invoice
	Closed       bool          `json:"closed,omitempty"`       // the collection takes nothing more in
	Supplies     []Supply      `json:"supplies,omitempty"`     // that a collective invoice bills
	SuppliedFrom calendar.Date `json:"supplied_from,omitzero"` // BT-73, of a collective invoice; SuppliedOn is the last day then (BT-74)
	LookAt       time.Time     `json:"look_at,omitzero"`       // when a draft is looked at
}

// Invoice is a legal document; its content never changes once it is issued.
type Invoice struct{ data Data }

// NewDraft makes a draft of what may be invoiced. The rounding is the
// remainder to a total that prevails (BT-114).
func NewDraft(d Data, taxable []statute.Taxable) *Invoice {
	d.Status = Draft
	if d.Type == "" {
		d.Type = Invoices
	}
	d.Taxes = statute.Breakdown(taxable)
	d.Net, d.Tax = statute.Totals(d.Taxes)
	d.Total = d.Net.Plus(d.Tax).Plus(d.Rounding)
	d.Open, d.Prepaid = d.Total.Zero(), d.Total.Zero()
	d.Dunning.Sent = []Sent{}
	return &Invoice{data: d}
}

// Data is a copy; its slices are not for writing.
func (i *Invoice) Data() Data { return i.data }

// Status, Number and Open are read often.
func (i *Invoice) Status() string     { return i.data.Status }
func (i *Invoice) Number() string     { return i.data.Number }
func (i *Invoice) Open() money.Amount { return i.data.Open }
func (i *Invoice) IsCreditNote() bool { return i.data.Type == CreditNotes }
func (i *Invoice) Collectable() bool  { return i.data.Open.IsPositive() && !i.IsCreditNote() }

// Overdue reports whether money is open after the due date.
func (i *Invoice) Overdue(today calendar.Date) bool {
	return i.Collectable() && today.After(i.data.NextDue())
}

// Kind, ID and ListKey make the invoice a document. Drafts are listed by their
// creation, so that a page of invoices never changes order.
func (i *Invoice) Kind() string    { return "invoice" }
func (i *Invoice) ID() string      { return i.data.ID }
func (i *Invoice) ListKey() string { return i.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// Queue is where invoices wait for their next reminder.
const Queue = "dunning"

// Due is when the next reminder is looked at; nothing open waits for none.
func (i *Invoice) Due() (string, time.Time) {
	if i.data.Status == Draft {
		return DraftQueue, i.data.LookAt
	}
	queue := Queue
	if s := i.data.Dunning.NextStep; s == DepositReminder || s == DepositEnd {
		queue = DepositQueue
	}
	if !i.Collectable() {
		return queue, time.Time{}
	}
	return queue, i.data.DunAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (i *Invoice) MarshalJSON() ([]byte, error) { return json.Marshal(i.data) }
func (i *Invoice) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &i.data) }

// Prepare puts the seller on the draft and lists what it still lacks to be issued
// on a day; a number may be drawn for it only when that is nothing.
func (i *Invoice) Prepare(seller party.Seller, on calendar.Date) (missing []string) {
	i.data.Seller = seller
	if !i.IsCreditNote() { // a note is what its invoice was
		i.simplify(on)
	}
	i.data.Missing = i.Lint(on)
	return i.data.Missing
}

// LinkedUnder records the key of the customer's link, so that a rotation of
// keys leaves it as it is.
func (i *Invoice) LinkedUnder(key string) { i.data.LinkKey = key }

// Prepay records what was paid before the invoice is issued (BT-113).
func (i *Invoice) Prepay(amount money.Amount) { i.data.Prepaid = amount }

// Issue gives the prepared draft its number and dates and freezes it.
func (i *Invoice) Issue(series, number string, on calendar.Date) error {
	next, err := Life.Next(i.data.Status, "issue")
	if err != nil {
		return fmt.Errorf("invoice %s: %w", i.data.ID, err)
	}
	if lacks := i.Lint(on); len(lacks) > 0 {
		return fault.Breaks("invoice.lacks", "invoice {id} lacks {missing}", "id", i.data.ID, "missing", strings.Join(lacks, ", "))
	}
	i.data.Status, i.data.Series, i.data.Number, i.data.IssuedOn = next, series, number, on
	i.data.DueOn = i.data.fallsDue(on)
	i.data.divide(on)
	i.data.Reference, i.data.LookAt = Reference(number), time.Time{}
	i.data.Open = i.data.Total
	if i.data.Discount != nil {
		i.data.Discount.Until = on.AddDays(i.data.Discount.Days)
	}
	i.data.Hash = i.contentHash()
	if i.data.Total.IsZero() { // nothing to pay is paid
		i.data.Status, i.data.PaidOn = Paid, on
	}
	return nil
}

// fallsDue is the due date of an invoice of a day: by its term, and never sooner
// than that because of a day off.
func (d Data) fallsDue(on calendar.Date) calendar.Date {
	from := on
	if d.TermsKind != calendar.Net && !d.CollectsTo.IsZero() && d.CollectsTo.Before(on) {
		from = d.CollectsTo // "end of month" means the month that the invoice is about
	}
	due := calendar.Term{Kind: d.TermsKind, Days: d.TermsDays}.Due(from)
	if !due.After(on) {
		due = calendar.Term{Kind: d.TermsKind, Days: d.TermsDays}.Due(on)
	}
	if d.RollsIn != "" {
		due = calendar.Of(d.RollsIn).Next(due)
	}
	return due
}

// Void drops a draft that nobody needs any more.
func (i *Invoice) Void() error {
	next, err := Life.Next(i.data.Status, "void")
	if err == nil {
		i.data.Status, i.data.LookAt = next, time.Time{}
	}
	return err
}

// contentHash covers what the law calls the invoice and nothing that moves.
func (i *Invoice) contentHash() string {
	d := i.data
	d.Status, d.Open, d.Hash, d.Missing, d.Dunning, d.LinkKey = "", money.Amount{}, "", nil, Dunning{}, ""
	d.BuyerPO, d.LookAt = "", time.Time{}
	if d.Forward != nil {
		f := *d.Forward
		f.Held = false
		d.Forward = &f
	}
	d.DunAt, d.PaidOn, d.Notes, d.Netted, d.WrittenOff = time.Time{}, calendar.Date{}, nil, nil, money.Amount{}
	d.DiscountTaken = money.Amount{}
	b, err := json.Marshal(d)
	if err != nil {
		panic("invoice: " + err.Error()) // plain data always marshals
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Intact reports whether the legal content is what was issued.
func (i *Invoice) Intact() bool { return i.data.Hash == i.contentHash() }

// Settle takes an amount off what is open, by the verb "pay" or, with what a
// credit note left to the customer, "credit", and moves the invoice along. More than is open is refused: the rest belongs to the payer.
func (i *Invoice) Settle(verb string, amount money.Amount, on calendar.Date) error {
	if amount.Cmp(i.data.Open) > 0 || !amount.IsPositive() {
		return fault.Breaks("invoice.settle", "invoice {number}: {amount} cannot settle {open}", "number", i.data.Number, "amount", amount, "open", i.data.Open)
	}
	rest := i.data.Open.Minus(amount)
	switch {
	case rest.IsPositive():
		verb = "pay_part"
	case i.data.Lost().IsPositive():
		verb = "settle_rest"
	case verb == "credit" && !i.data.Exhausted():
		verb = "pay"
	}
	next, err := Life.Next(i.data.Status, verb)
	if err != nil {
		return fmt.Errorf("invoice %s: %w", i.data.Number, err)
	}
	i.data.Status, i.data.Open = next, rest
	if next == Paid {
		i.data.PaidOn = on
	}
	return nil
}

// Reopen puts an amount back that had settled the invoice.
func (i *Invoice) Reopen(amount money.Amount) error {
	open, most := i.data.Open.Plus(amount), i.data.most()
	if open.Cmp(most) > 0 {
		return fault.Breaks("invoice.reopen", "invoice {number}: {amount} cannot come back on top of {open}; only {most} of it can be open", "number", i.data.Number, "amount", amount, "open", i.data.Open, "most", most)
	}
	verb := "reopen_part"
	if open == most {
		verb = "reopen"
	}
	next, err := Life.Next(i.data.Status, verb)
	if err != nil {
		return fmt.Errorf("invoice %s: %w", i.data.Number, err)
	}
	i.data.Status, i.data.Open, i.data.PaidOn = next, open, calendar.Date{}
	return nil
}

// Plan sets the next reminder and the instant to look at it.
func (i *Invoice) Plan(step string, on calendar.Date, at time.Time) {
	i.data.Dunning.NextStep, i.data.Dunning.NextOn, i.data.DunAt = step, on, at
}

// Promised counts a promise that the customer gave.
func (i *Invoice) Promised() { i.data.Dunning.Promises++ }

// Pause says why no reminder goes out, "" that they go on.
func (i *Invoice) Pause(by string) { i.data.Dunning.PausedBy = by }

// Remind records a step that was taken for a part, see Course.Part.
func (i *Invoice) Remind(step string, on, part calendar.Date) {
	i.data.Dunning.Sent = append(i.data.Dunning.Sent, Sent{Step: step, On: on, Part: part})
}

// Check records that a colleague has looked at the invoice and found it right.
func (i *Invoice) Check() { i.data.Dunning.Checked = true }

// Skip records a step that a colleague left out.
func (i *Invoice) Skip(step string, on, part calendar.Date) {
	i.data.Dunning.Sent = append(i.data.Dunning.Sent, Sent{Step: step, On: on, Skipped: true, Part: part})
}
