package pay

import (
	"cmp"
	"encoding/json"
	"slices"

	"duly/shared/o2c"
)

// checkoutSession is a payment page.
type checkoutSession struct {
	ID              string            `json:"id"`
	Mode            string            `json:"mode"`
	PaymentStatus   string            `json:"payment_status"`
	Intent          ref               `json:"payment_intent"`
	ClientReference string            `json:"client_reference_id"`
	Metadata        map[string]string `json:"metadata"`
	Amount          json.Number       `json:"amount_total"`
	Currency        string            `json:"currency"`
	Types           []string          `json:"payment_method_types"`
	Customer        struct {
		Name  string `json:"name"`
		Email string `json:"email"`
	} `json:"customer_details"`
}

func (s checkoutSession) invoice() string { return cmp.Or(s.Metadata[metaInvoice], s.ClientReference) }

// only is the method of a page or payment that offered no other.
func only(types []string) string {
	if len(types) != 1 {
		return ""
	}
	return types[0]
}

// sessionCompleted: the customer is done with the page. Paid means money, unpaid
// that it is under way; a page that set up a mandate or asked for nothing has no
// payment.
func sessionCompleted(e envelope) (o2c.PaymentEvent, error) {
	s := object[checkoutSession](e)
	if s.PaymentStatus == "no_payment_required" || (s.Intent == "" && s.Mode != "payment" && s.Mode != "") {
		return nil, nil
	}
	if s.PaymentStatus == "paid" {
		return s.moneyIn(e)
	}
	amount, err := e.sum(s.Amount, s.Currency)
	switch {
	case err != nil:
		return nil, err
	case s.Intent == "" || s.PaymentStatus != "unpaid":
		return nil, unreadable("the page " + s.ID + " names no payment")
	}
	return o2c.MoneyPending{Gateway: Name, Ref: string(s.Intent), InvoiceID: s.invoice(), Amount: amount, Method: only(s.Types), At: e.at()}, nil
}

// sessionSettled: money that was under way has come. A transfer can bring
// another amount than the page asked for, and only the payment itself tells
// which: its own message does.
func sessionSettled(e envelope) (o2c.PaymentEvent, error) {
	s := object[checkoutSession](e)
	if slices.Contains(s.Types, typeTransfer) {
		return nil, nil
	}
	return s.moneyIn(e)
}

func (s checkoutSession) moneyIn(e envelope) (o2c.PaymentEvent, error) {
	amount, err := e.sum(s.Amount, s.Currency)
	switch {
	case err != nil:
		return nil, err
	case s.Intent == "":
		return nil, unreadable("the page " + s.ID + " names no payment")
	}
	return o2c.MoneyIn{
		Gateway: Name, Ref: string(s.Intent), InvoiceID: s.invoice(), Amount: amount, Method: only(s.Types),
		Payer: cmp.Or(s.Customer.Name, s.Customer.Email), At: e.at(),
	}, nil
}

func sessionFailed(e envelope) (o2c.PaymentEvent, error) {
	s := object[checkoutSession](e)
	if s.Intent == "" {
		return nil, unreadable("the page " + s.ID + " names no payment")
	}
	return o2c.MoneyFailed{Gateway: Name, Ref: string(s.Intent), InvoiceID: s.invoice(), Reason: "the customer's bank did not carry it out", At: e.at()}, nil
}

func sessionExpired(e envelope) (o2c.PaymentEvent, error) {
	s := object[checkoutSession](e)
	if s.ID == "" {
		return nil, unreadable("it names no page")
	}
	return o2c.PageExpired{Gateway: Name, SessionID: s.ID, InvoiceID: s.invoice()}, nil
}

// paymentIntent is a payment.
type paymentIntent struct {
	ID           string            `json:"id"`
	Amount       json.Number       `json:"amount"`
	Received     json.Number       `json:"amount_received"`
	Currency     string            `json:"currency"`
	Metadata     map[string]string `json:"metadata"`
	Types        []string          `json:"payment_method_types"`
	Cancellation string            `json:"cancellation_reason"`
	LastError    paymentError      `json:"last_payment_error"`
	Status       string            `json:"status"`
}

// decline is why it failed. One that waits for its customer is a decline too,
// as nobody is there.
func (p paymentIntent) decline() o2c.Decline {
	if p.LastError.Code == "" && p.Status == "requires_action" {
		return decline("authentication_required", "", "")
	}
	return decline(p.LastError.DeclineCode, p.LastError.Code, p.LastError.advice())
}

// intentSucceeded: the amount that was received counts, not the one that was
// asked for.
func intentSucceeded(e envelope) (o2c.PaymentEvent, error) {
	p := object[paymentIntent](e)
	amount, err := e.sum(p.Received, p.Currency)
	switch {
	case err != nil:
		return nil, err
	case p.ID == "":
		return nil, unreadable("it names no payment")
	}
	return o2c.MoneyIn{Gateway: Name, Ref: p.ID, InvoiceID: p.Metadata[metaInvoice], Amount: amount, Method: only(p.Types), Try: p.Metadata[metaTry], At: e.at()}, nil
}

// intentProcessing: the bank is carrying it out. A payment that names no invoice
// of ours is pending for nobody.
func intentProcessing(e envelope) (o2c.PaymentEvent, error) {
	p := object[paymentIntent](e)
	amount, err := e.sum(p.Amount, p.Currency)
	switch {
	case err != nil:
		return nil, err
	case p.ID == "":
		return nil, unreadable("it names no payment")
	case p.Metadata[metaInvoice] == "":
		return nil, nil
	}
	return o2c.MoneyPending{Gateway: Name, Ref: p.ID, InvoiceID: p.Metadata[metaInvoice], Amount: amount, Method: only(p.Types), Try: p.Metadata[metaTry], At: e.at()}, nil
}

func intentFailed(e envelope) (o2c.PaymentEvent, error) {
	p := object[paymentIntent](e)
	if p.ID == "" {
		return nil, unreadable("it names no payment")
	}
	why := cmp.Or(p.LastError.Message, p.Cancellation, "no reason was given")
	return o2c.MoneyFailed{Gateway: Name, Ref: p.ID, InvoiceID: p.Metadata[metaInvoice], Reason: why, Try: p.Metadata[metaTry], Decline: p.decline(), At: e.at()}, nil
}
