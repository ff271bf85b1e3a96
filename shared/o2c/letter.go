package o2c

import (
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// The letters; each is one template of Papers.Letter.
const (
	LetterConfirmation = "confirmation"      // the order is confirmed
	LetterShipped      = "shipped"           // these goods have left
	LetterDeclined     = "declined"          // the order is not taken on account
	LetterWaiting      = "credit_waiting"    // to the team: Slack keeps a question from it
	LetterAlert        = "room_alert"        // to the admins: Slack keeps from the room what cannot wait
	LetterInvoice      = "invoice"           // here is the invoice
	LetterCreditNote   = "credit_note"       // here is the credit note
	LetterNudge        = "reminder_nudge"    // a word before the due date
	LetterFriendly     = "reminder_friendly" // assumes an oversight
	LetterFirm         = "reminder_firm"     // states facts, asks for a date
	LetterPersonal     = "reminder_personal" // a named person asks for a call
	LetterFormal       = "reminder_formal"   // the formal notice
	LetterLast         = "reminder_last"     // the last word before others are asked
	LetterPaid         = "paid_thanks"       // the money has arrived

	LetterDeposit         = "deposit"          // please pay this, then we ship
	LetterDepositReminder = "deposit_reminder" // it has not come yet
	LetterDepositLapsed   = "deposit_lapsed"   // it did not come: the order is cancelled
)

// LetterView is what a letter may say. A field that a letter does not need is
// left empty, and a link that is empty is left out of the letter.
type LetterView struct {
	Seller      party.Seller
	Customer    string // whom the letter addresses
	Greeted     string // the person whom it greets by name; "": nobody, as a business may open its mail together
	Language    string // of the customer
	Today       calendar.Date
	Number      string // of the invoice, credit note or quote
	OrderNumber string
	PONumber    string         // the customer's own, on a copy
	Corrects    string         // the invoice that a credit note corrects
	Amount      money.Amount   // what the letter is about: open, credited, received or ordered
	Totals      []money.Amount // what a reminder asks for in all, by currency
	Netted      []money.Amount // what was taken off: money of the customer that had no home
	PayBy       calendar.Date  // the last day that a reminder gives; zero: it names none
	Signer      string         // the colleague who signs; "" when the house does
	DueOn       calendar.Date  // of a quote: the last day of its validity; of a contract: its end
	DaysLate    int            // whole days since DueOn
	Paid        bool           // the money came before the letter: nothing is left to pay
	Deposit     money.Amount   // what the order waits for, or waited for; zero: nothing

	PayURL       string // the one button
	StatementURL string
	OrderURL     string
	QuoteURL     string
	TrackURL     string // of the carrier
	PromiseURL   string // "I will pay on…"
	DisputeURL   string // "Something is wrong"
	OpinionURL   string // the one question after payment; "": nobody asks

	Carrier   string // who brings the goods, and under which number
	Tracking  string
	DeliverOn calendar.Date // expected; zero: not known
	TermsDays int           // to pay, from the invoice on
	Prepaid   bool          // the order was paid when it was placed

	Lines []LetterLine // of the order, the invoice or the parcel
	Rest  []LetterLine // of a parcel's order: still to come
	Tax   money.Amount // on the lines of an order or invoice,
	Total money.Amount // and with it; zero: the lines are not summed up
	Parts int          // how many instalments a plan has, or the terms of an order or invoice
	Items []LetterItem // open invoices or instalments, oldest first; more than one makes a table

	Instalments []LetterInstalmentLine // of a payment plan, in order
	Terms       []LetterInstalmentLine // of the invoice's own terms, when they give several due dates

	CollectOn calendar.Date // the invoice is collected then; zero: it is not
	Method    KeptMethod    // from which
	Why       string        // key of why that failed
	Again     calendar.Date // of the next try; zero: there is none

	Reference string // ISO 11649, for a transfer
	IBAN      string
	Note      string       // a person's own sentence to the customer
	Reason    fault.Reason // of a failure that Note tells as the log does

	Claims        []LetterClaim // by law, as of today; of a letter with legal effect
	Costs         money.Amount  // that a consumer owes when the days have passed, all in all
	TaxOnCosts    money.Amount  // of them; zero: none
	VerifiedUntil calendar.Date // last day with a verified rate
	Extrapolated  bool

	Head string // hash that the dossier's chain ends in; to an agency
}

// Invoices is how many invoices the letter is about; several instalments of one,
// which follow each other, are one.
func (v *LetterView) Invoices() (n int) {
	for i, item := range v.Items {
		if item.Of == 0 || i == 0 || v.Items[i-1].Number != item.Number {
			n++
		}
	}
	return n
}

// Greet has the letter greet its customer by name where that is a private person
// whose name is known, and who reads it in a mailbox of its own. A shop's order
// without a name bears the mail address instead, or nobody's name.
func (v *LetterView) Greet(kind party.Kind, own, to string) {
	v.Greeted = ""
	if kind == party.Consumer && strings.EqualFold(own, to) && v.Customer != order.Nobody && !strings.Contains(v.Customer, "@") {
		v.Greeted = v.Customer
	}
}

// LetterLine is one line of an order or invoice.
type LetterLine struct {
	Name     string
	SKU      string
	Quantity int64
	Net      money.Amount
	Overall  bool   // a discount (below zero) or surcharge of the whole, all its rates together
	Less     string // the number of the deposit invoice that the line takes off
	LessOn   calendar.Date
}

// list adds a line; the rows that a discount of the whole has for each rate are one.
func (v *LetterView) list(l LetterLine) {
	if n := len(v.Lines) - 1; l.Overall && n >= 0 && v.Lines[n].Overall && v.Lines[n].Name == l.Name {
		v.Lines[n].Net = v.Lines[n].Net.Plus(l.Net)
		return
	}
	v.Lines = append(v.Lines, l)
}

// LetterInstalmentLine is one instalment of a payment plan.
type LetterInstalmentLine struct {
	On     calendar.Date
	Amount money.Amount
}

// LetterItem is one open invoice, or one open instalment of it.
type LetterItem struct {
	Number   string
	DueOn    calendar.Date
	Open     money.Amount
	DaysLate int // not positive: not due yet
	URL      string
	Turn, Of int // which instalment it is, of how many; 0: there are none
}
