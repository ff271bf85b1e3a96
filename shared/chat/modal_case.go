package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
)

// pauseMax is how many days a collector may keep letters to a customer back.
const pauseMax = 30

// Call is the form that records a call.
func (v Voice) Call(about Meta, customer, phone string) Modal {
	var outcomes []*slack.OptionBlockObject
	for _, code := range o2c.CallOutcomes() {
		outcomes = append(outcomes, slack.NewOptionBlockObject(code, plain(v.known("outcome.", code), optionTextMax), nil))
	}
	choice := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldOutcome, outcomes...)
	choice.InitialOption = outcomes[0]
	who := v.mark("modal.customer", "customer", named(customer))
	if phone != "" {
		who = join(" · ", who, v.mark("phone", "number", named(phone)))
	}
	return v.form(ActOverdueCall, "modal.call", "button.record", about,
		section(who),
		v.input(FieldOutcome, false, choice),
		v.sentences(FieldNote, true),
		v.input(FieldAgain, true, slack.NewDatePickerBlockElement(FieldAgain)),
		notes(v.mark("modal.call.what")))
}

// Called reads the form.
func (v Voice) Called(f Fields) (o2c.CallInput, Errors) {
	errs := Errors{}
	in := o2c.CallInput{Outcome: f[FieldOutcome], Note: strings.TrimSpace(clean(f[FieldNote]))}
	if f[FieldAgain] != "" {
		in.Again = v.date(f, FieldAgain, errs)
	}
	return in, errs
}

// Pause is the form that keeps letters to a customer back for longer than a rest.
func (v Voice) Pause(about Meta, customer string, proposed calendar.Date) Modal {
	return v.form(ActOverduePause, "modal.pause", "button.pause_now", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.day(FieldUntil, proposed, "hint.pause", "n", pauseMax),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.pause.what")))
}

// Paused reads the form.
func (v Voice) Paused(f Fields, today calendar.Date) (calendar.Date, Errors) {
	return v.restUntil(f, today, pauseMax)
}

// Stop is the form that proposes to stop supply.
func (v Voice) Stop(about Meta, customer string) Modal {
	return v.form(ActOverdueStop, "modal.stop", "button.stop_now", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.stop.what")))
}
