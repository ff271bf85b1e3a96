package chat

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// quoteTextMax bounds what is typed into the lines of a quote; Slack's own limit of a field is 3000.
const quoteTextMax = 3000

// NewQuote is the form of a quote: whom it is for, what it offers, until when.
func (v Voice) NewQuote(until calendar.Date, currency string) Modal {
	optional := func(field string, e slack.BlockElement, hint ...any) slack.Block {
		return v.input(field, true, e, hint...)
	}
	lines := slack.NewPlainTextInputBlockElement(plain("12 x FLOUR-25", placeholderMax), FieldLines).WithMultiline(true).WithMaxLength(quoteTextMax)
	return v.form(ActQuoteNew, "modal.quote", "button.send", Meta{},
		v.line(FieldCustomer, false, "hint.customer"),
		v.input(FieldLines, false, lines, "hint.lines", "example", o2c.TypedExample),
		v.day(FieldUntil, until),
		v.line(FieldSubject, true),
		optional(FieldCurrency, slack.NewPlainTextInputBlockElement(nil, FieldCurrency).WithMaxLength(3), "hint.currency", "code", currency),
		v.line(FieldTerms, true, "hint.quote_terms"),
		optional(FieldStart, slack.NewDatePickerBlockElement(FieldStart), "hint.start"),
		optional(FieldEnd, slack.NewDatePickerBlockElement(FieldEnd)),
		v.line(FieldNotice, true))
}

// ReadQuote reads the form; the customer is found by whoever can look. A currency
// that is not said is that of the books.
func (v Voice) ReadQuote(f Fields, books string) (o2c.QuoteInput, Errors) {
	errs := Errors{}
	currency := cmp.Or(strings.ToUpper(clean(f[FieldCurrency])), books)
	if !money.Valid(currency) {
		return o2c.QuoteInput{}, Errors{FieldCurrency: v.Say("error.currency", "code", currency)}
	}
	in := o2c.QuoteInput{Subject: clean(f[FieldSubject]), Currency: currency, ValidUntil: v.date(f, FieldUntil, errs)}
	var err error
	if in.Lines, err = o2c.TypedLines(f[FieldLines], currency); err != nil {
		errs[FieldLines] = v.lineError(err)
	}
	if f[FieldTerms] != "" {
		days, err := strconv.Atoi(f[FieldTerms])
		if err != nil || days < 0 {
			errs[FieldTerms] = v.Say("error.whole", "most", credit.TermsMax)
		}
		in.TermsDays = &days
	}
	if f[FieldStart] == "" && f[FieldEnd] == "" {
		return in, errs
	}
	p := quote.Period{StartOn: v.date(f, FieldStart, errs), EndOn: v.date(f, FieldEnd, errs), NoticeDays: v.whole(f, FieldNotice, noticeMax, errs)}
	in.Period = &p
	return in, errs
}

// noticeMax is the longest notice in days that the form takes.
const noticeMax = 366

// QuoteErrors puts what the cycle says is wrong beside its field.
func (v Voice) QuoteErrors(err error) Errors {
	told := fault.Of(err)
	if told.Code != fault.Invalid && told.Code != fault.Incomplete {
		return nil
	}
	field := FieldCustomer
	for prefix, at := range map[string]string{"/lines": FieldLines, "/valid_until": FieldUntil, "/terms": FieldTerms, "/currency": FieldCurrency, "/subject": FieldSubject, "/": FieldEnd} {
		if told.Pointer == prefix || strings.HasPrefix(told.Pointer, prefix+"/") && prefix != "/" {
			field = at
		}
	}
	return Errors{field: v.Beside(err)}
}

// NoCustomer is for a name that no customer has, or several.
func (v Voice) NoCustomer(said string, all []party.Data) Errors {
	if len(all) == 0 {
		return Errors{FieldCustomer: v.Say("error.customer", "name", named(said))}
	}
	names := make([]string, 0, len(all))
	for _, c := range all[:min(len(all), candidatesMax)] {
		names = append(names, named(c.Name)+" ("+c.ID+")")
	}
	return Errors{FieldCustomer: v.Say("error.customers", "names", strings.Join(names, ", "))}
}

// RenewQuote is the form that offers the same again to another day.
func (v Voice) RenewQuote(about Meta, d quote.Data, until calendar.Date) Modal {
	return v.form(ActQuoteRenew, "modal.renew", "button.send", about,
		section(v.mark("modal.order", "order", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total)),
		v.day(FieldUntil, until))
}

// RenewContract is the form that offers what a contract is about for a next period.
func (v Voice) RenewContract(about Meta, d quote.ContractData, next quote.Period, until calendar.Date) Modal {
	return v.form(ActContractRenew, "modal.renew", "button.send", about,
		section(v.mark("modal.order", "order", d.Number, "customer", named(d.CustomerName), "amount", d.Total)),
		v.day(FieldStart, next.StartOn), v.day(FieldEnd, next.EndOn), v.day(FieldUntil, until))
}

// Renewal reads the form.
func (v Voice) Renewal(f Fields) (start, end, until calendar.Date, errs Errors) {
	errs = Errors{}
	if _, period := f[FieldStart]; period {
		start, end = v.date(f, FieldStart, errs), v.date(f, FieldEnd, errs)
	}
	return start, end, v.date(f, FieldUntil, errs), errs
}

// QuoteSent is what the sender is told: that it went out, or what it waits for and why.
func (v Voice) QuoteSent(c o2c.QuoteCard) string {
	return v.Say(v.quoteState(c), v.aboutQuote(c)...) + " " + bareText(string(v.quoteVerdict(c)))
}

// QuoteAnswer answers with a quote and how it stands.
func (v Voice) QuoteAnswer(c o2c.QuoteCard) Message {
	m := v.quote(c)
	var shown []slack.Block
	for _, b := range m.Blocks {
		if _, buttons := b.(*slack.ActionBlock); !buttons { // a command's answer has no place to come back to
			shown = append(shown, b)
		}
	}
	m.Blocks = append(shown, section(listed(v, c.Quote.Lines, listMax, func(l quote.Line) markup {
		return v.mark("goods", "quantity", l.Quantity, "name", named(l.Name))
	})))
	return m
}
