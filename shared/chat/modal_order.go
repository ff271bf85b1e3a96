package chat

import (
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// The fields of the form of an order that the shared ones do not have.
const (
	fieldEmail   = "email"
	fieldHow     = "how"
	fieldPO      = "po_number"
	fieldRemarks = "remarks"
)

// hows is how an order came that nobody typed into a shop.
var hows = []string{"phone", "counter"}

// NewOrder is the form of an order by telephone or at the counter.
func (v Voice) NewOrder() Modal {
	lines := slack.NewPlainTextInputBlockElement(plain("12 x FLOUR-25", placeholderMax), FieldLines).WithMultiline(true).WithMaxLength(quoteTextMax)
	var options []*slack.OptionBlockObject
	for _, how := range hows {
		options = append(options, slack.NewOptionBlockObject(how, plain(v.Say("how."+how), buttonMax), nil))
	}
	picked := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, fieldHow, options...)
	picked.InitialOption = options[0]
	return v.form(ActOrderNew, "modal.order_new", "button.order", Meta{},
		v.input(FieldCustomer, false, slack.NewPlainTextInputBlockElement(nil, FieldCustomer).WithMaxLength(placeholderMax), "hint.order_customer"),
		v.line(fieldEmail, true, "hint.order_email"),
		v.input(FieldLines, false, lines, "hint.lines", "example", o2c.TypedExample),
		v.input(fieldHow, false, picked),
		v.line(fieldPO, true),
		v.sentences(fieldRemarks, true))
}

// ReadOrder reads the form; the customer is found by whoever can look, or is new when a mail address is given.
func (v Voice) ReadOrder(f Fields, currency string) (order.Incoming, Errors) {
	in := order.Incoming{Currency: currency, PONumber: clean(f[fieldPO]), Note: strings.TrimSpace(v.Say("how."+f[fieldHow]) + ". " + clean(f[fieldRemarks]))}
	in.Buyer = order.Buyer{Name: clean(f[FieldCustomer]), Email: clean(f[fieldEmail])}
	var err error
	if in.Lines, err = o2c.OrderLines(f[FieldLines], currency); err != nil {
		return in, Errors{FieldLines: v.lineError(err)}
	}
	return in, nil
}

// lineError says what is wrong with a typed line; a price that could be two is asked back as in a field of its own.
func (v Voice) lineError(err error) string {
	var m *money.Misread
	if !errors.As(err, &m) || !m.Ambiguous() {
		return v.Beside(err)
	}
	return v.Say("amount.ambiguous", "large", figure(m.Large), "small", figure(m.Small), "write", m.Write)
}

// OrderErrors puts what the cycle says is wrong beside its field: the customer's, or the line's.
func (v Voice) OrderErrors(err error) Errors {
	told := fault.Of(err)
	if err == nil || told.Code != fault.Invalid {
		return nil
	}
	field := FieldLines
	if strings.HasPrefix(told.Pointer, "/customer") {
		field = FieldCustomer
	}
	return Errors{field: v.Beside(err)}
}

// NewBuyer is for a name that no customer has: it may be a new one's.
func (v Voice) NewBuyer(name string) Errors {
	return Errors{FieldCustomer: v.Say("error.new_buyer", "name", named(name))}
}

// OrderTaken says what became of an order that a colleague entered.
func (v Voice) OrderTaken(o order.Data) string {
	key := "order_taken"
	if len(o.Holds) > 0 {
		key = "order_taken.waits"
	}
	return v.Say(key, "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total, "status", v.known("order.", o.Status), "holds", v.codes("hold.", o.Holds))
}
