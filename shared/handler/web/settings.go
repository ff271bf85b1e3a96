package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c"
	"duly/shared/page"
	"duly/shared/text"
)

func (d desk) settings(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r); err != nil {
		return nil, err
	}
	team, err := d.Cycle.Team(r.Context(), d.Now())
	if err != nil {
		return nil, err
	}
	words := text.In(at.Lang)
	all := d.rules(words, team)
	set, overrides, err := d.Cycle.Settings(r.Context())
	if err != nil {
		return nil, err
	}
	for _, s := range set {
		value := map[string]string{"true": words.Say("web.yes"), "false": words.Say("web.no")}[s.Value]
		all = append(all, page.Setting{Group: "room", Name: words.Say("web.setting." + s.Key), Value: cmp.Or(value, s.Value), Origin: originOf(words, s)})
	}
	return d.pages.Settings(all, overrides, at.Who.Administers(), at), nil
}

// override sets what duly.yaml says otherwise, audited; what is left empty is the file's.
func (d desk) override(ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error {
	var o o2c.Overrides
	if weekly, err := strconv.ParseBool(r.PostFormValue("weekly")); err == nil {
		o.Weekly = &weekly
	}
	for field, to := range map[string]**int{"from": &o.LoudFrom, "until": &o.LoudUntil} {
		said := strings.TrimSpace(r.PostFormValue(field))
		if said == "" {
			continue
		}
		hour, err := strconv.Atoi(said)
		if err != nil {
			return errHour
		}
		*to = &hour
	}
	return d.Cycle.Override(ctx, s, who, o)
}

// rules are the rules of the house that the team asks after. Roles that were given in Slack prevail over duly.yaml.
func (d desk) rules(words text.Words, team []o2c.Person) []page.Setting {
	p := d.Cycle.Policy
	var all []page.Setting
	add := func(group, name, value, key string) {
		all = append(all, page.Setting{Group: group, Name: name, Value: value, Origin: originOf(words, o2c.Setting{Origin: p.Origin(key)})})
	}
	add("house", words.Say("web.rule.company"), p.Seller.Name, "company.name")
	add("house", words.Say("web.rule.currency"), p.Currency, "books.currency")
	add("house", words.Say("web.rule.language"), strings.ToUpper(p.Language), "books.language")
	add("house", words.Say("web.rule.zone"), p.Zone.String(), "books.timezone")
	add("money", words.Say("web.rule.terms"), words.Count("web.days", p.TermsDays), "terms.default_days")
	if p.Approval.TwoAbove != nil {
		add("money", words.Say("web.rule.two_above"), words.Money(p.Approval.TwoAbove.Minor, p.Approval.TwoAbove.Currency), "approval.two_above")
	}
	if p.Approval.Solo {
		add("money", words.Say("web.rule.solo"), words.Say("web.yes"), "approval.solo")
	}
	for _, s := range p.Ladder.Steps {
		add("letters", stepName(words, s.Code), words.Say("web.rule.day", "N", s.Day), "dunning.ladder")
	}
	for _, who := range team {
		origin := o2c.Setting{Origin: p.Origin("people")}
		if before, ok := p.Person(who.ID); !ok || before.Role != who.Role && who.For == "" {
			origin.Origin = "Slack"
		}
		all = append(all, page.Setting{Group: "people", Name: who.Name, Value: roleName(words, who), Origin: originOf(words, origin)})
	}
	for _, purpose := range slices.Sorted(maps.Keys(p.Channels)) {
		add("channels", purpose, p.Channels[purpose], "channels."+purpose)
	}
	for _, s := range p.Shops {
		add("shops", s.Endpoint, s.Platform, "shops")
	}
	return all
}

// originOf says where a value comes from.
func originOf(words text.Words, s o2c.Setting) string {
	switch {
	case s.By != "":
		return words.Say("web.origin.slack", "Name", s.By, "Date", words.Date(text.Day(s.On)))
	case s.Origin == o2c.OriginEnvironment:
		return words.Say("web.origin.environment")
	}
	return s.Origin
}

func stepName(words text.Words, step string) string {
	if said := words.Say("web.step." + step); said != "web.step."+step {
		return said
	}
	return step
}

func roleName(words text.Words, who o2c.Person) string {
	said := words.Say("web.role." + string(who.Role))
	if who.For != "" {
		said += " (" + who.For + ")"
	}
	if who.Limit != nil {
		said = fmt.Sprintf("%s · %s", said, words.Money(who.Limit.Minor, who.Limit.Currency))
	}
	return said
}
