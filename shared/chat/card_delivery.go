package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
)

// delivery is M12: what did not reach its recipient, why, and what a colleague can do about it.
func (v Voice) delivery(c o2c.DeliveryCard) Message {
	d := c.Delivery
	about := []any{
		"what", v.known("letter.", d.What), "numbers", v.some(d.Numbers, len(d.Numbers)), "customer", named(d.Customer), "to", named(d.To), "next", named(d.Next),
		"by", named(c.By), "time", d.ChangedAt,
	}
	switch {
	case d.Status == delivery.Replaced:
		key := "delivery.replaced"
		if strings.HasPrefix(d.By, "system:") {
			key = "delivery.diverted"
		} else if len(d.Invoices) == 0 {
			key = "delivery.mended"
		}
		return message(v.Say(key, about...), section(v.mark(key, about...)))
	case !d.Open():
		key := "delivery.over." + d.Channel
		return message(v.Say(key, about...), section(v.mark(key, about...)))
	}
	state := d.Channel + "_" + d.Status
	return message(capital(v.Say("delivery.text."+state, about...)),
		header(v.Say("delivery.title."+state, about...)),
		fields(v.mark("delivery.what", about...), v.mark("delivery.to."+d.Channel, about...)),
		some(v.because(d)),
		notes(v.mark("delivery.meaning."+state, about...)),
		v.deliveryButtons(c))
}

// capital begins a sentence whose first word is a value.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// because is the refusing side's own words and code.
func (v Voice) because(d delivery.Data) markup {
	if d.Failure.Code != "" { // it never left, and that is ours to say
		return v.mark("delivery.reason", "reason", noted(v.Cause(d.Failure, d.Reason)))
	}
	if d.Reason == "" && d.Code == "" {
		return ""
	}
	return v.mark("delivery.reason", "reason", noted(strings.TrimSpace(d.Code+" "+d.Reason)))
}

func (v Voice) deliveryButtons(c o2c.DeliveryCard) slack.Block {
	d, value := c.Delivery, Ref{ID: c.Delivery.ID}.String()
	fix := button(ActDeliveryFix, v.Say("button.fix_address"), value)
	again := button(ActDeliveryResend, v.Say("button.resend"), value)
	pdf := button(ActDeliveryPDF, v.Say("button.send_pdf"), value)
	switch d.Channel {
	case delivery.Post:
		return actions(opens(v, c.PDF), primary(button(ActDeliveryPosted, v.Say("button.posted"), value)), fix)
	case delivery.Peppol:
		return actions(primary(pdf), again, fix)
	}
	if d.Status == delivery.Complained { // who complained gets nothing there until the address is another
		return actions(primary(fix))
	}
	return actions(primary(fix), again)
}

// FixAddress is the form that gives a customer another address, to which what came back goes at once.
func (v Voice) FixAddress(about Meta, d delivery.Data) Modal {
	address := slack.NewEmailTextInputBlockElement(nil, FieldEmail)
	if strings.Contains(d.To, "@") {
		address.InitialValue = d.To
	}
	return v.form(ActDeliveryFix, "modal.fix_address", "button.fix_address_now", about,
		section(v.mark("modal.fix_address.of", "customer", named(d.Customer), "to", named(d.To))), some(v.because(d)),
		v.input(FieldEmail, false, address), notes(v.mark("modal.fix_address.what")))
}
