package chat

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// reasonMin is the least that counts as a reason for exceeding a limit (M1).
const reasonMin = 10

// The modes of an approval: what is asked for in return.
const (
	modePlain   = "plain"
	modeDeposit = "deposit"
	modePart    = "part"
	modePrepay  = "prepay"
	modeRaise   = "raise"
)

// ApproveWith is the form that approves an order under conditions. It names the condition that the figures speak for, and
// chooses none: what is asked of a customer is a person's choice.
func (v Voice) ApproveWith(about Meta, o order.Data, r credit.RequestData) Modal {
	modes := []string{modePlain, modeDeposit, modePart, modePrepay, modeRaise}
	amount := slack.NewPlainTextInputBlockElement(nil, FieldValue).WithMaxLength(placeholderMax)
	return v.form(ActCreditApproveWith, "modal.approve_with", "button.approve", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", r.Amount)),
		notes(v.suggestion(r.Decision)),
		v.selection(FieldMode, "mode.", modes, modePlain),
		v.input(FieldValue, true, amount, "hint.value", "currency", r.Amount.Currency),
		v.line(FieldTerms, true, "hint.terms"),
		v.input(FieldExpires, true, slack.NewDatePickerBlockElement(FieldExpires), "hint.expires"),
		v.sentences(FieldReason, !overLimit(r)))
}

// selection is a list of which one is chosen, none to begin with where chosen is "".
func (v Voice) selection(field, words string, values []string, chosen string) *slack.InputBlock {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, field)
	for _, value := range values {
		o := slack.NewOptionBlockObject(value, plain(v.known(words, value), optionTextMax), nil)
		if e.Options = append(e.Options, o); value == chosen {
			e.InitialOption = o
		}
	}
	return v.input(field, chosen == "", e)
}

// Approval reads the form. A reason is asked for where the order exceeds the customer's limit by the figures of now, not
// by those that the form was opened with. limit is the customer's of now; today is the first day to expire on.
func (v Voice) Approval(f Fields, r credit.RequestData, limit *money.Amount, today calendar.Date) (credit.Conditions, Errors) {
	errs := Errors{}
	c := credit.Conditions{TermsDays: v.whole(f, FieldTerms, credit.TermsMax, errs), Expires: v.expiry(f, today, errs)}
	v.inReturn(f, r, limit, &c, errs)
	if overLimit(r) && utf8.RuneCountInString(f[FieldReason]) < reasonMin {
		errs[FieldReason] = v.Say("error.reason", "n", reasonMin)
	}
	return c, errs
}

// inReturn reads the mode and the figure that goes with it.
func (v Voice) inReturn(f Fields, r credit.RequestData, limit *money.Amount, c *credit.Conditions, errs Errors) {
	mode := f[FieldMode]
	figure := mode == modeDeposit || mode == modePart || mode == modeRaise
	switch {
	case figure && f[FieldValue] == "":
		errs[FieldValue] = v.Say("error.value_needed", "mode", v.known("mode.", mode))
		return
	case !figure && f[FieldValue] != "":
		errs[FieldValue] = v.Say("error.value_unwanted", "mode", v.known("mode.", orMode(mode)))
		return
	}
	switch mode {
	case modePrepay:
		c.PrepayAll = true
	case modeDeposit:
		c.DepositPercent = v.percent(f, errs)
	case modePart:
		if c.PartAmount = v.sum(f, r.Amount.Currency, errs); errs[FieldValue] == "" && c.PartAmount.Cmp(r.Amount) >= 0 {
			errs[FieldValue] = v.Say("error.part", "amount", r.Amount)
		}
	case modeRaise:
		switch c.RaiseLimitTo = v.sum(f, r.Amount.Currency, errs); {
		case errs[FieldValue] != "":
		case limit == nil:
			errs[FieldValue] = v.Say("error.raise_none")
		case c.RaiseLimitTo.Cmp(*limit) <= 0:
			errs[FieldValue] = v.Say("error.raise", "amount", *limit)
		}
	}
}

func orMode(mode string) string {
	if mode == "" {
		return modePlain
	}
	return mode
}

// percent reads "30", "30 %" or "12,5".
func (v Voice) percent(f Fields, errs Errors) decimal.Decimal {
	said := strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(f[FieldValue]), "%")), ",", ".")
	p, err := decimal.NewFromString(said)
	if err != nil || !p.IsPositive() || p.GreaterThanOrEqual(decimal.NewFromInt(100)) || !p.Equal(p.Truncate(2)) || len(said) > 6 {
		errs[FieldValue] = v.Say("error.percent")
		return decimal.Decimal{}
	}
	return p
}

func (v Voice) sum(f Fields, currency string, errs Errors) money.Amount {
	amount, misread := ParseAmount(f[FieldValue], currency)
	if misread != nil {
		errs[FieldValue] = v.Say(misread.Key, misread.Pairs...)
	}
	return amount
}

// expiry is the end of the last day, none when the field is empty.
func (v Voice) expiry(f Fields, today calendar.Date, errs Errors) time.Time {
	if f[FieldExpires] == "" {
		return time.Time{}
	}
	day, err := calendar.Parse(f[FieldExpires])
	if err != nil || day.Before(today) {
		errs[FieldExpires] = v.Say("error.expires")
		return time.Time{}
	}
	return day.AddDays(1).Start(v.zone)
}

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

// whys are the reasons that a refusal is given for most often.
func whys() []string { return []string{"over_limit", "overdue", "unknown", "terms", "other"} }

// Mailed is what a customer will be told: the language, when, and the letter; no letter when no mail reaches them.
type Mailed struct {
	Language string
	At       time.Time
	Text     string
}

// Reject is the form that declines an order. It shows what the customer will read.
func (v Voice) Reject(about Meta, o order.Data, amount money.Amount, m Mailed) Modal {
	customer := named(o.CustomerName)
	told := []slack.Block{section(v.mark("modal.reject.no_mail", "customer", customer))}
	if m.Text != "" {
		told = []slack.Block{
			section(v.mark("modal.reject.mail", "customer", customer, "language", strings.ToUpper(m.Language), "time", v.clock(m.At))),
			section(cited(m.Text))}
	}
	keep := slack.NewOptionBlockObject("yes", plain(v.Say("release.yes"), optionTextMax), nil)
	tick := slack.NewCheckboxGroupsBlockElement(FieldRelease, keep)
	tick.InitialOptions = []*slack.OptionBlockObject{keep}
	all := []slack.Block{
		section(v.mark("modal.order", "order", orderNumber(o), "customer", customer, "amount", amount)),
		v.selection(FieldWhy, "why.", whys(), ""),
		v.sentences(FieldReason, true),
		v.input(FieldRelease, true, tick),
	}
	return v.form(ActCreditReject, "modal.reject", "button.reject_now", about, append(append(all, told...), notes(v.mark("modal.reject.what")))...)
}

// letterShown bounds how much of a letter a form shows.
const letterShown = 900

// cited is foreign text as a block quote, line by line.
func cited(text string) markup {
	var lines []markup
	for _, l := range strings.Split(clip(text, letterShown), "\n") {
		lines = append(lines, markup("&gt; "+escape(clean(l))))
	}
	return join("\n", lines...)
}

// Refused reads the form: why, in the team's words, and whether the stock stays held.
func (v Voice) Refused(f Fields) (reason string, keepStock bool, errs Errors) {
	errs = Errors{}
	if f[FieldWhy] == "" && f[FieldReason] == "" || f[FieldWhy] == "other" && f[FieldReason] == "" {
		errs[FieldReason] = v.Say("error.why")
	}
	var parts []string
	if why := f[FieldWhy]; why != "" && why != "other" {
		parts = append(parts, v.known("why.", why))
	}
	if said := f[FieldReason]; said != "" {
		parts = append(parts, said)
	}
	ticked, shown := f[FieldRelease]
	return strings.Join(parts, ": "), shown && ticked == "", errs
}

// Customer is a sheet about a customer: since when, who looks after it, and what is open.
func (v Voice) Customer(d party.Data, owner string, at o2c.Exposure, open []invoice.Data) Modal {
	var since, owned markup
	if !d.CreatedAt.IsZero() {
		since = v.mark("credit.since", "date", calendar.On(d.CreatedAt, v.zone))
	}
	if owner != "" {
		owned = " · " + v.mark("owner", "name", named(owner))
	}
	limit := v.mark("credit.limit.none")
	if at.Limit != nil {
		limit = v.mark("credit.limit", "amount", *at.Limit)
	}
	items := section(v.mark("customer.no_open"))
	if len(open) > 0 {
		items = section(listed(v, open, listMax, func(i invoice.Data) markup {
			return join(" · ", v.mark("overdue.line", "number", i.Number, "amount", i.Open), v.mark("overdue.due", "date", i.DueOn))
		}))
	}
	return v.sheet("modal.customer_sheet",
		section(v.mark("customer.facts", "customer", named(d.Name), "since", since, "owner", owned)),
		fields(limit, v.mark("invoice.open", "amount", at.Open), v.mark("credit.confirmed", "amount", at.Confirmed)),
		items)
}
