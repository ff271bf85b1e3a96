package chat

import (
	"strconv"
	"unicode/utf8"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// reasonMin is the least that counts as a reason for exceeding a limit (M1).
const reasonMin = 10

// ApproveWith is the form that approves an order under conditions.
func (v Voice) ApproveWith(about Meta, o order.Data, r credit.RequestData) Modal {
	return v.form(ActCreditApproveWith, "modal.approve_with", "button.approve", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", r.Amount)),
		v.line(FieldTerms, true, "hint.terms"),
		v.sentences(FieldReason, !overLimit(r)))
}

// Approval reads the form. A reason is asked for where the order exceeds the customer's limit by the figures of now, not
// by those that the form was opened with.
func (v Voice) Approval(f Fields, r credit.RequestData) (credit.Conditions, Errors) {
	errs := Errors{}
	c := credit.Conditions{TermsDays: v.whole(f, FieldTerms, termsMax, errs)}
	if overLimit(r) && utf8.RuneCountInString(f[FieldReason]) < reasonMin {
		errs[FieldReason] = v.Say("error.reason", "n", reasonMin)
	}
	return c, errs
}

// termsMax is the longest term in days between companies (directive 2011/7/EU, article 3(5)).
const termsMax = 60

// whole reads a whole number from 1 to most, or nothing.
func (v Voice) whole(f Fields, field string, most int, errs Errors) int {
	if f[field] == "" {
		return 0
	}
	n, err := strconv.Atoi(f[field])
	if err != nil || n < 1 || n > most {
		errs[field] = v.Say("error.whole", "most", most)
		return 0
	}
	return n
}

// overLimit reports whether the order, as the policy saw it, exceeds the customer's limit.
func overLimit(r credit.RequestData) bool {
	in := r.Decision.Input
	return in.Limit != nil && in.Exposure().Cmp(*in.Limit) > 0
}

// Reject is the form that declines an order.
func (v Voice) Reject(about Meta, o order.Data, amount money.Amount) Modal {
	return v.form(ActCreditReject, "modal.reject", "button.reject_now", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", amount)),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.reject.what")))
}
