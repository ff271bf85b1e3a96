package pay

import (
	"cmp"

	"duly/shared/o2c"
)

// paymentError is why a payment failed
// (docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error).
type paymentError struct {
	Code          string `json:"code"`
	DeclineCode   string `json:"decline_code"`
	Advice        string `json:"advice_code"`
	NetworkAdvice string `json:"network_advice_code"`
	Message       string `json:"message"`
}

// advice is what the bank or its network advises: Stripe's word, else the
// network's own code.
func (p paymentError) advice() string { return cmp.Or(p.Advice, p.NetworkAdvice) }

// methodGone is our word for a method that Stripe has forgotten.
const methodGone = "method_gone"

// The keys of reasons as a customer may know them. Stripe asks not to tell that a
// card is reported lost or stolen: it is declined, and no more.
const (
	whyFunds     = "funds"        // not enough money
	whyLimit     = "limit"        // of the card
	whyBank      = "bank"         // it declined, without saying why
	whyExpired   = "expired"      // the card has
	whyDetails   = "details"      // its number or account is wrong
	whyConfirm   = "confirm"      // the bank wants the customer to confirm
	whyClosed    = "closed"       // the account is
	whyWithdrawn = "withdrawn"    // the customer or its bank does not allow the debit
	whyGone      = "removed"      // the method is not kept any more
	whyTrouble   = "trouble"      // a technical one
	whyUnfit     = "not_accepted" // this kind of payment, by this card
)

// declines is what follows from each reason: Stripe's decline codes
// (docs.stripe.com/declines/codes), of which the hard ones are those that
// Stripe's own retries leave alone
// (docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes),
// its failure codes of debits (docs.stripe.com/payments/sepa-debit#failed-payments),
// and the banks' reasons of the SEPA rulebook (European Payments Council,
// EPC173-14, reason codes for R-transactions).
func declines() map[string]o2c.Decline {
	table := map[string]o2c.Decline{}
	row := func(then, why string, spoils bool, codes ...string) {
		for _, code := range codes {
			table[code] = o2c.Decline{Code: code, Then: then, Why: why, Spoils: spoils}
		}
	}
	// Never again, and the method is of no use.
	row(o2c.DeclineNever, whyBank, true, "lost_card", "stolen_card", "pickup_card", "restricted_card", "fraudulent", "merchant_blacklist", "highest_risk_level", "security_violation", "do_not_try_again")
	row(o2c.DeclineNever, whyWithdrawn, true, "revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order",
		"debit_not_authorized", "MD01", "MD02", "MD06", "MS02", "SL01", "AG01", "FOCR")
	row(o2c.DeclineNever, whyDetails, true, "incorrect_number", "invalid_number", "invalid_account", "invalid_account_number", "no_account", "incorrect_account_holder_name", "AC01", "AC13", "BE05", "RC01")
	row(o2c.DeclineNever, whyClosed, true, "account_closed", "bank_account_closed", "bank_account_restricted", "bank_ownership_changed", "AC04", "AC06", "MD07")
	row(o2c.DeclineNever, whyGone, true, methodGone, "payment_method_unactivated", "payment_method_customer_decline", "mandate_invalid", "payment_intent_mandate_invalid")
	row(o2c.DeclineNever, whyUnfit, false, "transaction_not_allowed", "card_not_supported", "currency_not_supported", "not_permitted", "service_not_allowed", "charge_exceeds_source_limit", "AG02")
	// The customer has to do something.
	row(o2c.DeclineAct, whyConfirm, false, "authentication_required", "approve_with_id", "offline_pin_required", "online_or_offline_pin_required", "pin_try_exceeded",
		"payment_intent_authentication_failure", "authentication_not_handled", "invalid_pin", "incorrect_pin")
	row(o2c.DeclineAct, whyExpired, true, "expired_card", "invalid_expiry_month", "invalid_expiry_year", "new_account_information_available")
	row(o2c.DeclineAct, whyDetails, false, "incorrect_cvc", "invalid_cvc", "incorrect_zip", "incorrect_address")
	// It may pass.
	row(o2c.DeclineAgain, whyFunds, false, "insufficient_funds", "AM04")
	row(o2c.DeclineAgain, whyLimit, false, "withdrawal_count_limit_exceeded", "card_velocity_exceeded", "charge_exceeds_weekly_limit", "invalid_amount")
	row(o2c.DeclineAgain, whyBank, false, "generic_decline", "card_declined", "do_not_honor", "call_issuer", "no_action_taken", "refer_to_customer", "MS03", "RR01", "RR02", "RR03", "RR04")
	row(o2c.DeclineAgain, whyTrouble, false, "try_again_later", "processing_error", "reenter_transaction", "issuer_not_available", "duplicate_transaction", "generic_could_not_process",
		"payment_intent_payment_attempt_failed", "testmode_decline", "AG03", "AM05", "CNOR", "DNOR", "DT01", "ED05", "FF01", "FF05", "TM01")
	return table
}

// advised is what an advice changes: what Stripe says of it in words
// (docs.stripe.com/declines/card#retrying-issuer-declines), and Mastercard's
// merchant advice codes, which come as they are.
func advised() map[string]string {
	return map[string]string{
		"do_not_try_again": o2c.DeclineNever, "03": o2c.DeclineNever, "21": o2c.DeclineNever,
		"confirm_card_data": o2c.DeclineAct, "01": o2c.DeclineAct,
	}
}

// decline is what follows from a failure. An advice makes a reason harder, never
// softer; a reason that we do not know is tried again as often as any.
func decline(declineCode, code, advice string) o2c.Decline {
	table := declines()
	d, known := table[declineCode]
	if !known {
		d, known = table[code]
	}
	if !known {
		d = o2c.Decline{Code: cmp.Or(declineCode, code, "unknown"), Then: o2c.DeclineAgain, Why: whyBank}
	}
	if then := advised()[advice]; then != "" && d.Then == o2c.DeclineAgain {
		d.Then, d.Spoils = then, then == o2c.DeclineNever
	}
	return d
}
