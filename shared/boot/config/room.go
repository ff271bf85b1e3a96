package config

import (
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
)

// room is the section of the same name: how much the team's room says by itself.
type room struct {
	Weekly       bool   `yaml:"weekly_charts"`
	Retro        bool   `yaml:"monthly_retro"`
	AskCustomers bool   `yaml:"ask_customers"`
	AskTeam      bool   `yaml:"ask_team"`
	Refreshers   bool   `yaml:"refreshers"`
	LoudFrom     whole  `yaml:"loud_from"`
	LoudUntil    whole  `yaml:"loud_until"`
	Timezone     string `yaml:"timezone"`
}

func (r room) policy(c *checker, days calendar.Business) o2c.RoomRules {
	rules := o2c.RoomRules{Weekly: r.Weekly, Retro: r.Retro, AskCustomers: r.AskCustomers, AskTeam: r.AskTeam, Refreshers: r.Refreshers}
	if r.Timezone != "" {
		zone, err := time.LoadLocation(r.Timezone)
		c.must(err == nil, "room.timezone", r.Timezone, "an IANA zone, e.g. America/New_York")
		rules.Zone = zone
	}
	if r.LoudFrom.text+r.LoudUntil.text == "" {
		return rules
	}
	c.within("room.loud_from", r.LoudFrom, 0, 23)
	c.within("room.loud_until", r.LoudUntil, 0, 24)
	c.must(r.LoudFrom.n <= r.LoudUntil.n, "room.loud_until", r.LoudUntil.text, "an hour after room.loud_from, e.g. 18")
	rules.Hours = calendar.Office{Days: days, From: r.LoudFrom.n, To: r.LoudUntil.n}
	return rules
}
