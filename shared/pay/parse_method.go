package pay

import (
	"cmp"

	"duly/shared/o2c"
)

// shownCard is what may be shown of a card; its number never comes.
type shownCard struct {
	Brand    string `json:"brand"`
	Last4    string `json:"last4"`
	ExpMonth int    `json:"exp_month"`
	ExpYear  int    `json:"exp_year"`
}

// keptMethod is a payment method (docs.stripe.com/api/payment_methods/object).
type keptMethod struct {
	ID    string    `json:"id"`
	Type  string    `json:"type"`
	Owner ref       `json:"customer"`
	Card  shownCard `json:"card"`
	SEPA  struct {
		Last4 string `json:"last4"`
	} `json:"sepa_debit"`
}

func (m keptMethod) shown() o2c.KeptMethod {
	return o2c.KeptMethod{ID: m.ID, Kind: m.Type, Brand: m.Card.Brand, Last4: cmp.Or(m.Card.Last4, m.SEPA.Last4), ExpMonth: m.Card.ExpMonth, ExpYear: m.Card.ExpYear}
}

// paidCharge is a charge as far as it tells what it was paid with
// (docs.stripe.com/api/charges/object).
type paidCharge struct {
	ID       string            `json:"id"`
	Owner    ref               `json:"customer"`
	Method   ref               `json:"payment_method"`
	Metadata map[string]string `json:"metadata"`
	Details  struct {
		Type string    `json:"type"`
		Card shownCard `json:"card"`
		SEPA struct {
			Last4   string `json:"last4"`
			Mandate ref    `json:"mandate"`
		} `json:"sepa_debit"`
		IDEAL struct {
			Generated ref    `json:"generated_sepa_debit"`
			Mandate   ref    `json:"generated_sepa_debit_mandate"`
			Last4     string `json:"iban_last4"`
		} `json:"ideal"`
	} `json:"payment_method_details"`
}

// chargeSucceeded tells what a payment was made with, when the customer let us
// keep it; the money itself is told by the payment's own messages.
func chargeSucceeded(e envelope) (o2c.PaymentEvent, error) {
	c := object[paidCharge](e)
	if c.Metadata[metaKeep] == "" || c.Owner == "" {
		return nil, nil
	}
	kept := o2c.KeptMethod{ID: string(c.Method), Kind: c.Details.Type}
	switch c.Details.Type {
	case card.Type:
		d := c.Details.Card
		kept.Brand, kept.Last4, kept.ExpMonth, kept.ExpYear = d.Brand, d.Last4, d.ExpMonth, d.ExpYear
	case sepaDebit.Type:
		kept.Last4, kept.Mandate = c.Details.SEPA.Last4, string(c.Details.SEPA.Mandate)
	case ideal.Type:
		kept.ID, kept.Kind = string(c.Details.IDEAL.Generated), sepaDebit.Type
		kept.Last4, kept.Mandate = c.Details.IDEAL.Last4, string(c.Details.IDEAL.Mandate)
	default:
		return nil, nil // of a kind that cannot be collected from
	}
	if kept.ID == "" {
		return nil, nil // the bank gave no mandate
	}
	return o2c.MethodKept{Gateway: Name, CustomerID: c.Metadata[metaKeeper], Consent: c.Metadata[metaKeep], Owner: string(c.Owner), Method: kept, At: e.at()}, nil
}

// setupSucceeded: a method was given without a payment. The message names it
// alone (docs.stripe.com/api/setup_intents/object).
func setupSucceeded(e envelope) (o2c.PaymentEvent, error) {
	s := object[struct {
		Owner    ref               `json:"customer"`
		Method   ref               `json:"payment_method"`
		Mandate  ref               `json:"mandate"`
		Metadata map[string]string `json:"metadata"`
	}](e)
	if s.Metadata[metaKeep] == "" || s.Owner == "" || s.Method == "" {
		return nil, nil
	}
	return o2c.MethodKept{
		Gateway: Name, CustomerID: s.Metadata[metaKeeper], Consent: s.Metadata[metaKeep], Owner: string(s.Owner),
		Method: o2c.KeptMethod{ID: string(s.Method), Mandate: string(s.Mandate)}, At: e.at(),
	}, nil
}

// methodChanged: the card network replaced a card, or somebody changed or
// removed a method at Stripe.
func methodChanged(e envelope) (o2c.PaymentEvent, error) {
	m := object[keptMethod](e)
	if m.ID == "" {
		return nil, unreadable("it names no payment method")
	}
	return o2c.MethodTold{Gateway: Name, Method: m.shown(), Gone: e.Type == "payment_method.detached", At: e.at()}, nil
}
