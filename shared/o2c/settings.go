package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// Overrides are what an admin set in Slack of what duly.yaml says; nil: the file's word stands.
type Overrides struct {
	Weekly    *bool `json:"room.weekly_charts,omitempty"`
	LoudFrom  *int  `json:"room.loud_from,omitempty"` // hours of the day, set together
	LoudUntil *int  `json:"room.loud_until,omitempty"`
}

// settings are the overrides with who gave them; there is one document, and its trail is the record of the changes.
type settings struct{ data settingsData }

type settingsData struct {
	Overrides
	By string    `json:"by"`
	At time.Time `json:"at"`
}

const settingsID = "house"

// Kind and ID make the settings a document.
func (s *settings) Kind() string { return "settings" }
func (s *settings) ID() string   { return settingsID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *settings) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *settings) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }

// Override sets what an admin wants otherwise than duly.yaml has it, audited; what is left out is the file's again.
func (c *Cycle) Override(ctx context.Context, st Stamp, by Person, o Overrides) error {
	if !by.Administers() {
		return fault.New(fault.Forbidden, "The settings were not changed", "only admins change them, and you are {role}", "ask an admin").Keyed("settings.role").With("role", string(by.Role))
	}
	if (o.LoudFrom == nil) != (o.LoudUntil == nil) || o.LoudFrom != nil && (*o.LoudFrom < 0 || *o.LoudUntil > 24 || *o.LoudFrom > *o.LoudUntil) {
		return fault.Bad("/loud_until", "the hours are none of a day", "write hours from 0 to 24, the later one last").Keyed("hours.loud")
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(st)
		s, err := find[settings](ctx, tx, settingsID)
		if err != nil {
			return err
		}
		if s == nil {
			s = &settings{}
		}
		before := s.data.Overrides
		s.data = settingsData{Overrides: o, By: st.Actor, At: tx.At()}
		return tx.Save(s, Fact{Type: "settings.changed", Data: map[string]any{"before": before, "after": o}})
	})
}

// Room is how much the room says by itself, with what an admin set in Slack before what duly.yaml says.
func (c *Cycle) Room(ctx context.Context) (RoomRules, error) {
	rules := c.Policy.Room
	s, err := find[settings](ctx, NewTx(c.Store), settingsID)
	if err != nil || s == nil {
		return rules, err
	}
	if w := s.data.Weekly; w != nil && !c.pinned("room.weekly_charts") {
		rules.Weekly = *w
	}
	if from, until := s.data.LoudFrom, s.data.LoudUntil; from != nil && until != nil && !c.pinned("room.loud_from") && !c.pinned("room.loud_until") {
		rules.Hours = calendar.Office{Days: c.Policy.Days, From: *from, To: *until}
	}
	return rules, nil
}

// Where a value of the policy comes from.
const (
	OriginFile        = "duly.yaml"
	OriginEnvironment = "environment"
)

// Origin is where the policy has a key's value from: a list's own key stands for all of its entries.
func (p *Policy) Origin(key string) string {
	for _, one := range p.Pinned {
		if one == key || strings.HasPrefix(one, key+".") || strings.HasPrefix(one, key+"[") {
			return OriginEnvironment
		}
	}
	return OriginFile
}

// pinned reports whether the environment sets a key.
func (c *Cycle) pinned(key string) bool { return slices.Contains(c.Policy.Pinned, key) }

// Setting is one value as it holds now, and where it comes from.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"` // "duly.yaml", "environment", or who set it in Slack and when

	By string        `json:"-"` // who set it in Slack, by name; "": nobody did
	On calendar.Date `json:"-"`
}

// Settings lists what can be set in Slack, as it holds now.
func (c *Cycle) Settings(ctx context.Context) ([]Setting, Overrides, error) {
	rules, err := c.Room(ctx)
	if err != nil {
		return nil, Overrides{}, err
	}
	s, err := find[settings](ctx, NewTx(c.Store), settingsID)
	if err != nil {
		return nil, Overrides{}, err
	}
	set := settingsData{}
	if s != nil {
		set = s.data
	}
	said := func(key, value string, overridden bool) Setting {
		now := Setting{Key: key, Value: value, Origin: c.Policy.Origin(key)}
		if overridden && now.Origin == OriginFile {
			now.By, now.On = c.Policy.NameOf(set.By), c.today(set.At)
			now.Origin = fmt.Sprintf("Slack, %s on %s", now.By, now.On)
		}
		return now
	}
	return []Setting{
		said("room.weekly_charts", strconv.FormatBool(rules.Weekly), set.Weekly != nil),
		said("room.loud_from", strconv.Itoa(rules.Hours.From), set.LoudFrom != nil),
		said("room.loud_until", strconv.Itoa(rules.Hours.To), set.LoudUntil != nil),
	}, set.Overrides, nil
}
