package pay

import (
	"slices"
	"testing"

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
