package chat

import (
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Modal is a form, or a word that only its reader sees. It has its own files; this one has what they share.
type Modal struct{ view slack.ModalViewRequest }

// MarshalJSON is the view as Slack reads it.
func (m Modal) MarshalJSON() ([]byte, error) { return json.Marshal(m.view) }

// The fields of the forms: the ids of their input blocks, and of the element in each.
const (
	FieldMode      = "mode"
	FieldValue     = "value"
	FieldExpires   = "expires"
	FieldWhy       = "why"
	FieldRelease   = "release"
	FieldTerms     = "terms"
	FieldReason    = "reason"
	FieldInvoice   = "invoice"
	FieldCredited  = "credit_note"
	FieldAmount    = "amount"
	FieldDate      = "date"
	FieldUntil     = "until"
	FieldCarrier   = "carrier"
	FieldTracking  = "tracking"
	FieldStart     = "start"
	FieldEnd       = "end"
	FieldShipment  = "shipment"
	FieldDelivered = "delivered"
	FieldName      = "name"
	FieldGoods     = "goods"
	FieldLine      = "line." // and the line's number: a quantity of it

	FieldCustomer = "customer"
	FieldLines    = "lines"
	FieldSubject  = "subject"
	FieldCurrency = "currency"
	FieldNotice   = "notice"
	FieldMissing  = "missing"
	FieldUnits    = "units"
	FieldSKU      = "sku"
	FieldNote     = "note"
	FieldOutcome  = "outcome"
	FieldAgain    = "again"
	FieldWrong    = "why_wrong"
	FieldWords    = "words"
	FieldEmail    = "email"
	FieldAccount  = "account"
	FieldParts    = "parts"
	FieldIBAN     = "iban"
	FieldHolder   = "holder"
	FieldAlways   = "always"

	FieldAgency  = "agency"
	FieldPart    = "part"
	FieldKind    = "kind"
	FieldStatus  = "status"
	FieldCosts   = "costs"
	FieldAwarded = "awarded"
)

// FieldOf is the field that a fault's JSON pointer speaks of; "" when no form has it.
func FieldOf(pointer string) string {
	last := pointer[strings.LastIndexByte(pointer, '/')+1:]
	switch last {
	case "deposit_percent", "part_amount", "raise_limit_to":
		return FieldValue
	case "conditions":
		return FieldMode
	case FieldExpires, FieldTerms, FieldReason, FieldInvoice, FieldAmount, FieldDate, FieldUntil, FieldCarrier, FieldTracking, FieldStart, FieldEnd,
		FieldMissing, FieldUnits, FieldSKU, FieldNote, FieldEmail, FieldParts, FieldOutcome, FieldAgain,
		FieldAccount, FieldIBAN,
		FieldAgency, FieldPart, FieldKind, FieldCosts, FieldAwarded:
		return last
	}
	return ""
}

// form is a modal that can be submitted; its callback id is the action that opens it.
func (v Voice) form(action, title, submit string, about Meta, all ...slack.Block) Modal {
	remembered, err := json.Marshal(about)
	if err != nil {
		panic("chat: " + err.Error()) // strings and an integer always marshal
	}
	m := v.sheet(title, all...)
	m.view.CallbackID, m.view.PrivateMetadata = action, string(remembered)
	m.view.Submit = plain(v.Say(submit), modalTitleMax)
	m.view.Close = plain(v.Say("button.cancel"), modalTitleMax)
	return m
}

// sheet is a modal to read.
func (v Voice) sheet(title string, all ...slack.Block) Modal {
	return Modal{view: slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(v.Say(title), modalTitleMax), Close: plain(v.Say("button.close"), modalTitleMax),
		Blocks: slack.Blocks{BlockSet: blocks(all...)},
	}}
}

// line is a field of one line; a field that may stay empty says so in its label, by Slack itself.
func (v Voice) line(field string, optional bool, hint ...any) *slack.InputBlock {
	return v.input(field, optional, slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(placeholderMax), hint...)
}

// sentences is a field for a sentence or two.
func (v Voice) sentences(field string, optional bool) *slack.InputBlock {
	return v.input(field, optional, slack.NewPlainTextInputBlockElement(nil, field).WithMultiline(true).WithMaxLength(reasonMax))
}

// reasonMax bounds what a person may give as a reason.
const reasonMax = 500

// day is a date picker that begins with a proposal.
func (v Voice) day(field string, proposed calendar.Date, hint ...any) *slack.InputBlock {
	picker := slack.NewDatePickerBlockElement(field)
	picker.InitialDate = proposed.String()
	return v.input(field, false, picker, hint...)
}

// input labels an element: "field.<id>", and below it "hint.<key>" when a key and values are given.
func (v Voice) input(field string, optional bool, element slack.BlockElement, hint ...any) *slack.InputBlock {
	var below *slack.TextBlockObject
	if len(hint) > 0 {
		below = plain(v.Say(hint[0].(string), hint[1:]...), inputLabelMax)
	}
	return slack.NewInputBlock(field, plain(v.Say("field."+field), inputLabelMax), below, element).WithOptional(optional)
}

// optionalAmount reads a field that may be empty: then there is no amount.
func (v Voice) optionalAmount(f Fields, code string, errs Errors) *money.Amount {
	if f[FieldAmount] == "" {
		return nil
	}
	amount, misread := ParseAmount(f[FieldAmount], code)
	if misread != nil {
		errs[FieldAmount] = v.Say(misread.Key, misread.Pairs...)
		return nil
	}
	return &amount
}

// date reads a date picker.
func (v Voice) date(f Fields, field string, errs Errors) calendar.Date {
	d, err := calendar.Parse(f[field])
	if err != nil {
		errs[field] = v.Say("error.date")
	}
	return d
}

// Word is a modal with one sentence, for whom a form has nothing more to ask.
func (v Voice) Word(sentence string) Modal {
	return v.sheet("modal.word", section(markup(escape(clean(sentence)))))
}
