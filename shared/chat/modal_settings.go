package chat

import (
	"strconv"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// The fields of the settings.
const (
	FieldWeekly    = "weekly_charts"
	FieldLoudFrom  = "loud_from"
	FieldLoudUntil = "loud_until"
)

// The choices of a setting that is on or off.
const (
	asFile  = "file" // as duly.yaml has it
	turnOn  = "on"
	turnOff = "off"
)

// Settings is the form that sets what the room says by itself; what stays empty is as duly.yaml has it. Below each stands
// what holds now, and where that comes from.
func (v Voice) Settings(now []o2c.Setting, set o2c.Overrides) Modal {
	chosen := asFile
	if set.Weekly != nil {
		chosen = map[bool]string{true: turnOn, false: turnOff}[*set.Weekly]
	}
	list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldWeekly)
	for _, value := range []string{asFile, turnOn, turnOff} {
		option := slack.NewOptionBlockObject(value, plain(v.Say("setting."+value), optionTextMax), nil)
		if list.Options = append(list.Options, option); value == chosen {
			list.InitialOption = option
		}
	}
	hour := func(field string, set *int) slack.Block {
		input := slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(2)
		if set != nil {
			input = input.WithInitialValue(strconv.Itoa(*set))
		}
		return v.input(field, true, input, "hint."+field)
	}
	return v.form(ActSettings, "modal.settings", "button.save", Meta{},
		section(v.mark("modal.settings.what")),
		v.input(FieldWeekly, false, list), hour(FieldLoudFrom, set.LoudFrom), hour(FieldLoudUntil, set.LoudUntil),
		notes(listed(v, now, listMax, func(s o2c.Setting) markup {
			return v.mark("modal.settings.now", "key", s.Key, "value", s.Value, "origin", s.Origin)
		})))
}

// Chosen reads the form.
func (v Voice) Chosen(f Fields) (o2c.Overrides, Errors) {
	var o o2c.Overrides
	wrong := Errors{}
	if on := f[FieldWeekly] == turnOn; on || f[FieldWeekly] == turnOff {
		o.Weekly = &on
	}
	hour := func(field string) *int {
		if f[field] == "" {
			return nil
		}
		n, err := strconv.Atoi(f[field])
		if err != nil || n < 0 || n > 24 {
			wrong[field] = v.Say("error.hour")
			return nil
		}
		return &n
	}
	o.LoudFrom, o.LoudUntil = hour(FieldLoudFrom), hour(FieldLoudUntil)
	switch {
	case len(wrong) > 0:
	case (o.LoudFrom == nil) != (o.LoudUntil == nil), o.LoudFrom != nil && *o.LoudFrom > *o.LoudUntil:
		wrong[FieldLoudUntil] = v.Say("error.hours")
	}
	return o, wrong
}
