package pay

import (
	"slices"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"duly/shared/o2c"
	"duly/shared/text"
)

// TestCap_58_WhatFollowsFromEachReason: hard ones are never tried again, and what
// is reported lost or stolen is not told to whoever holds the card
// (docs.stripe.com/declines/codes).
func TestCap_58_WhatFollowsFromEachReason(t *testing.T) {
	for _, c := range []struct{ decline, code, advice, then, why string }{
		{"stolen_card", "card_declined", "", o2c.DeclineNever, whyBank}, {"lost_card", "card_declined", "", o2c.DeclineNever, whyBank},
		{"insufficient_funds", "card_declined", "", o2c.DeclineAgain, whyFunds}, {"insufficient_funds", "card_declined", "try_again_later", o2c.DeclineAgain, whyFunds},
		{"insufficient_funds", "card_declined", "do_not_try_again", o2c.DeclineNever, whyFunds}, {"generic_decline", "card_declined", "03", o2c.DeclineNever, whyBank},
		{"generic_decline", "card_declined", "confirm_card_data", o2c.DeclineAct, whyBank}, {"stolen_card", "card_declined", "try_again_later", o2c.DeclineNever, whyBank},
		{"authentication_required", "authentication_required", "", o2c.DeclineAct, whyConfirm}, {"", "expired_card", "", o2c.DeclineAct, whyExpired},
		{"do_not_try_again", "card_declined", "", o2c.DeclineNever, whyBank},
		{"", "processing_error", "", o2c.DeclineAgain, whyTrouble}, {"never_heard_of", "card_declined", "", o2c.DeclineAgain, whyBank}, {"", "", "", o2c.DeclineAgain, whyBank},
		{"", "AM04", "", o2c.DeclineAgain, whyFunds}, {"", "MD01", "", o2c.DeclineNever, whyWithdrawn}, {"", "AC04", "", o2c.DeclineNever, whyClosed}, {"", "debit_not_authorized", "", o2c.DeclineNever, whyWithdrawn},
	} {
		if got := decline(c.decline, c.code, c.advice); got.Then != c.then || got.Why != c.why || got.Code == "" {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	for code, d := range declines() {
		if d.Code != code || !slices.Contains([]string{o2c.DeclineNever, o2c.DeclineAct, o2c.DeclineAgain}, d.Then) || d.Spoils && d.Then == o2c.DeclineAgain {
			t.Errorf("%+v", d)
		}
		for _, lang := range text.Languages() {
			if said := text.In(lang).Say("charge.why." + d.Why); said == "" || said == "charge.why."+d.Why {
				t.Errorf("%s has no words in %s", d.Why, lang)
			}
		}
	}
}

// sdkDeclines are the decline codes that Stripe's own library names.
var sdkDeclines = []stripe.DeclineCode{
	stripe.DeclineCodeAuthenticationRequired, stripe.DeclineCodeApproveWithID, stripe.DeclineCodeCallIssuer, stripe.DeclineCodeCardNotSupported,
	stripe.DeclineCodeCardVelocityExceeded, stripe.DeclineCodeCurrencyNotSupported, stripe.DeclineCodeDoNotHonor, stripe.DeclineCodeDoNotTryAgain,
	stripe.DeclineCodeDuplicateTransaction, stripe.DeclineCodeExpiredCard, stripe.DeclineCodeFraudulent, stripe.DeclineCodeGenericDecline,
	stripe.DeclineCodeIncorrectNumber, stripe.DeclineCodeIncorrectCVC, stripe.DeclineCodeIncorrectPIN, stripe.DeclineCodeIncorrectZip,
	stripe.DeclineCodeInsufficientFunds, stripe.DeclineCodeInvalidAccount, stripe.DeclineCodeInvalidAmount, stripe.DeclineCodeInvalidCVC,
	stripe.DeclineCodeInvalidExpiryMonth, stripe.DeclineCodeInvalidExpiryYear, stripe.DeclineCodeInvalidNumber, stripe.DeclineCodeInvalidPIN,
	stripe.DeclineCodeIssuerNotAvailable, stripe.DeclineCodeLostCard, stripe.DeclineCodeMerchantBlacklist,
	stripe.DeclineCodeNewAccountInformationAvailable, stripe.DeclineCodeNoActionTaken, stripe.DeclineCodeNotPermitted,
	stripe.DeclineCodeOfflinePINRequired, stripe.DeclineCodeOnlineOrOfflinePINRequired, stripe.DeclineCodePickupCard, stripe.DeclineCodePINTryExceeded,
	stripe.DeclineCodeProcessingError, stripe.DeclineCodeReenterTransaction, stripe.DeclineCodeRestrictedCard,
	stripe.DeclineCodeRevocationOfAllAuthorizations, stripe.DeclineCodeRevocationOfAuthorization, stripe.DeclineCodeSecurityViolation,
	stripe.DeclineCodeServiceNotAllowed, stripe.DeclineCodeStolenCard, stripe.DeclineCodeStopPaymentOrder, stripe.DeclineCodeTestModeDecline,
	stripe.DeclineCodeTransactionNotAllowed, stripe.DeclineCodeTryAgainLater, stripe.DeclineCodeWithdrawalCountLimitExceeded,
}

// TestNoCodeOfStripeIsUnknown: an unknown one would be tried again, whatever it forbids.
func TestNoCodeOfStripeIsUnknown(t *testing.T) {
	table := declines()
	for _, code := range sdkDeclines {
		if _, known := table[string(code)]; !known {
			t.Errorf("%s is no reason of ours", code)
		}
	}
}
