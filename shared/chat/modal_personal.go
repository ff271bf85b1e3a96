package chat

import (
	"strconv"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/text"
)

// The fields of a colleague's own settings.
const (
	FieldLanguage   = "my_language"
	FieldZone       = "my_zone"
	FieldQuietFrom  = "quiet_from"
	FieldQuietUntil = "quiet_until"
	FieldDigest     = "my_digest"
	FieldDigestAt   = "my_digest_at"
)

// asTeam is the choice of the team's language.
const asTeam = "team"

// asRoom is the choice of the room's clock.
const asRoom = "room"

// Personal is the form of a colleague's own settings; room is by whose clock the room's morning comes, and profile
// where Slack says that the colleague is ("" when it says nothing).
func (v Voice) Personal(now o2c.Personal, room, profile string) Modal {
	choice := func(field, prefix, chosen string, values ...string) slack.Block {
		list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, field)
		for _, value := range values {
			option := slack.NewOptionBlockObject(value, plain(v.Say(prefix+value), optionTextMax), nil)
			if list.Options = append(list.Options, option); value == chosen {
				list.InitialOption = option
			}
		}
		return v.input(field, false, list)
	}
	hour := func(field string, set bool, n int, hint ...any) slack.Block {
		input := slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(2)
		if set {
			input = input.WithInitialValue(strconv.Itoa(n))
		}
		return v.input(field, true, input, hint...)
	}
	language, wanted, quiet := asTeam, turnOff, now.QuietFrom != now.QuietUntil
	if now.Language != "" {
		language = now.Language
	}
	if now.Digest {
		wanted = turnOn
	}
	return v.form(ActPersonal, "modal.personal", "button.save", Meta{},
		section(v.mark("modal.personal.what")),
		choice(FieldLanguage, "language.", language, append([]string{asTeam}, text.Languages()...)...),
		v.zones(now.Zone, room, profile),
		hour(FieldQuietFrom, quiet, now.QuietFrom, "hint.quiet_from"), hour(FieldQuietUntil, quiet, now.QuietUntil),
		choice(FieldDigest, "setting.", wanted, turnOn, turnOff), hour(FieldDigestAt, now.Digest, now.DigestAt, "hint.my_digest_at"))
}

// zones offers the room's clock, that of the place where Slack says that the colleague is, and what was chosen before.
func (v Voice) zones(chosen, room, profile string) slack.Block {
	list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldZone)
	add := func(value, said string) {
		option := slack.NewOptionBlockObject(value, plain(said, optionTextMax), nil)
		if list.Options = append(list.Options, option); value == chosen || value == asRoom && chosen == "" {
			list.InitialOption = option
		}
	}
	add(asRoom, v.Say("zone.room", "zone", room))
	if profile != "" && (profile != room || profile == chosen) {
		add(profile, v.Say("zone.profile", "zone", profile))
	}
	if chosen != "" && chosen != profile {
		add(chosen, chosen)
	}
	return v.input(FieldZone, false, list, "hint.my_zone")
}

// digestHour is when the morning message comes to who names no hour.
const digestHour = 8

// Wanted reads the form.
func (v Voice) Wanted(f Fields) (o2c.Personal, Errors) {
	want, wrong := o2c.Personal{Language: f[FieldLanguage], Zone: f[FieldZone], Digest: f[FieldDigest] == turnOn, DigestAt: digestHour}, Errors{}
	if want.Language == asTeam {
		want.Language = ""
	}
	if want.Zone == asRoom {
		want.Zone = ""
	}
	for field, into := range map[string]*int{FieldQuietFrom: &want.QuietFrom, FieldQuietUntil: &want.QuietUntil, FieldDigestAt: &want.DigestAt} {
		if f[field] == "" {
			continue
		}
		n, err := strconv.Atoi(f[field])
		if err != nil || n < 0 || n > 24 || field == FieldDigestAt && n > 23 {
			wrong[field] = v.Say("error.hour")
			continue
		}
		*into = n
	}
	if (f[FieldQuietFrom] == "") != (f[FieldQuietUntil] == "") {
		wrong[FieldQuietUntil] = v.Say("error.hours")
	}
	return want, wrong
}
