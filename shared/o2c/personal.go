package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// Personal is what a colleague wants for themself alone.
type Personal struct {
	Language   string `json:"language,omitempty"`    // of what only they see; "": the team's
	QuietFrom  int    `json:"quiet_from,omitempty"`  // hours of the day between which no message comes to them by itself; equal: none
	QuietUntil int    `json:"quiet_until,omitempty"` // may be the next morning's
	Zone       string `json:"zone,omitempty"`        // IANA name of where they are, by whose clock these hours go; "": where the room sits
	Digest     bool   `json:"digest,omitempty"`      // the morning message comes to them too
	DigestAt   int    `json:"digest_at,omitempty"`   // hour, on working days

	Views []SavedView `json:"views,omitempty"` // kept from the team's pages, the oldest first
}

// habits are a colleague's own settings; they have the colleague's id.
type habits struct{ data personalData }

type personalData struct {
	User string `json:"user"`
	Personal
	At   time.Time     `json:"at"`
	Told calendar.Date `json:"told,omitzero"` // the day whose digest came
	Next time.Time     `json:"next,omitzero"` // when the next one is due
}

// Kind and ID make the settings a document, and Due has their digest sent.
func (p *habits) Kind() string             { return "personal" }
func (p *habits) ID() string               { return p.data.User }
func (p *habits) Due() (string, time.Time) { return queuePersonal, p.data.Next }

// queuePersonal has whose digest is due.
const queuePersonal = "personal"

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *habits) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *habits) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// PersonalOf reads a colleague's own settings.
func (c *Cycle) PersonalOf(ctx context.Context, user string) (Personal, error) {
	p, err := habitsOf(ctx, NewTx(c.Store), user)
	if err != nil {
		return Personal{}, err
	}
	return p.data.Personal, nil
}

// languageOf is the language of what only one colleague sees.
func (c *Cycle) languageOf(ctx context.Context, user string) (string, error) {
	p, err := c.PersonalOf(ctx, user)
	if p.Language == "" {
		p.Language = c.Policy.Language
	}
	return p.Language, err
}

// SetPersonal sets a colleague's own settings, audited; their saved views stay.
func (c *Cycle) SetPersonal(ctx context.Context, s Stamp, user string, want Personal) error {
	switch {
	case want.Language != "" && !slices.Contains([]string{"en", "nl", "de", "fr"}, want.Language):
		return fault.Bad("/language", "there are no words in {language}", "choose en, nl, de or fr").Keyed("language.unknown").With("language", want.Language)
	case want.Zone != "" && !isZone(want.Zone):
		return fault.Bad("/zone", "there is no time zone {zone}", "name one such as Europe/Amsterdam").Keyed("zone.unknown").With("zone", want.Zone)
	case want.QuietFrom < 0 || want.QuietFrom > 24 || want.QuietUntil < 0 || want.QuietUntil > 24:
		return fault.Bad("/quiet_until", "the hours are none of a day", "write hours from 0 to 24").Keyed("hours.quiet")
	case want.Digest && (want.DigestAt < 0 || want.DigestAt > 23):
		return fault.Bad("/digest_at", "it is no hour of a day", "write an hour from 0 to 23").Keyed("hours.digest")
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := habitsOf(ctx, tx, user)
		if err != nil {
			return err
		}
		before := p.data.Personal
		want.Views = before.Views
		p.data.Personal, p.data.At = want, tx.At()
		p.data.Next = c.nextDigest(want, tx.At())
		return tx.Save(p, Fact{Type: "settings.personal_changed", Data: map[string]any{"before": before, "after": want}})
	})
}

// habitsOf is what a colleague set for itself; new ones of who never did.
func habitsOf(ctx context.Context, tx *Tx, user string) (*habits, error) {
	p, err := find[habits](ctx, tx, user)
	if err == nil && p == nil {
		p = &habits{data: personalData{User: user}}
	}
	return p, err
}

// nextDigest is when a colleague's own digest is due next, on a working day; never, for who wants none.
func (c *Cycle) nextDigest(p Personal, after time.Time) time.Time {
	if !p.Digest {
		return time.Time{}
	}
	zone := c.ZoneOf(p)
	today := calendar.On(after, zone)
	at := atHour(c.Policy.Days.Next(today), p.DigestAt, zone)
	if !at.After(after) {
		at = atHour(c.Policy.Days.Next(today.AddDays(1)), p.DigestAt, zone)
	}
	return at
}

// ZoneOf is by whose clock a colleague's hours go: their own where they said so, else the room's, else the house's.
func (c *Cycle) ZoneOf(p Personal) *time.Location {
	if own, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
		return own
	}
	return cmp.Or(c.Policy.Room.Zone, c.Policy.Zone)
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil
}

// atHour is an hour of a day, by the clock on the wall.
func atHour(day calendar.Date, hour int, zone *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, hour, 0, 0, 0, zone)
}

// QuietUntil is when a colleague may be written to by ourselves again; the instant itself, outside of their quiet hours.
func (c *Cycle) QuietUntil(p Personal, at time.Time) time.Time {
	if p.QuietFrom == p.QuietUntil {
		return at
	}
	zone := c.ZoneOf(p)
	for back := -1; back <= 0; back++ {
		day := calendar.On(at, zone).AddDays(back)
		from, until := atHour(day, p.QuietFrom, zone), atHour(day, p.QuietUntil, zone)
		if p.QuietUntil < p.QuietFrom {
			until = atHour(day.AddDays(1), p.QuietUntil, zone)
		}
		if !at.Before(from) && at.Before(until) {
			return until
		}
	}
	return at
}
