package chat

import "duly/shared/o2c/cash"

// What a gap may be booked as: each is the role of an account, but for the last, which books nothing.
var gapAccounts = []string{"fees", "rounding", "suspense", GapStays}

// GapStays leaves a payout's gap on the clearing account, where a later payout closes it.
const GapStays = "stays"

// ExplainPayout is the form in which a person says what a payout's gap is.
func (v Voice) ExplainPayout(about Meta, d cash.PayoutData) Modal {
	return v.form(ActPayoutExplain, "modal.explain_payout", "button.record", about,
		section(v.mark("payout.gap", "payout", named(d.Reference), "difference", d.Gap)),
		v.selection(FieldAccount, "gap.", gapAccounts, GapStays),
		v.sentences(FieldReason, false))
}

// PayoutSettled tells whoever presses late.
func (v Voice) PayoutSettled() string { return v.Say("payout.settled") }
