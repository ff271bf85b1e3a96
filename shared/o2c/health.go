package o2c

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Pulse is one thing that Duly lives by: when it went well last, and what to do when it does not.
type Pulse struct {
	Name  string    `json:"name"`
	OK    bool      `json:"ok"`
	Last  time.Time `json:"last,omitzero"` // when it went well last; zero: never, or nobody can tell
	Found string    `json:"found"`
	Fix   string    `json:"fix,omitempty"` // when it is not as it should be
}

// How long silence is normal: some rounds of the schedule that breaks it.
const (
	pollQuietMax   = 3 * time.Hour  // of the hourly tick that reads Stripe and looks at the shops
	verifyQuietMax = 36 * time.Hour // of the nightly one
	effectWaitMax  = 15 * time.Minute
	effectsShown   = 200
)

// Health is the pulse of everything that the table can tell of, for whoever runs
// Duly. It decides nothing.
func (c *Cycle) Health(ctx context.Context, at time.Time) ([]Pulse, error) {
	var all []Pulse
	for _, look := range []func(context.Context, time.Time) ([]Pulse, error){c.effectPulse, c.pollPulse, c.shopPulse, c.bankPulses, c.booksPulse, c.parkedPulse, c.letterPulse} {
		some, err := look(ctx, at)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// services are what effects reach, by rank.
var services = map[Rank]struct{ name, fix string }{
	RankIssue:   {"invoices", "see the exceptions channel: a draft lacks what the law wants on it"},
	RankPay:     {"Stripe, asked", "check the key: duly go-live; what waits goes on by itself"},
	RankShop:    {"shops, told", "check the shop's key: duly go-live; what waits goes on by itself"},
	RankMail:    {"mail", "check the sender's domain and SES's sandbox: duly go-live; what waits goes on by itself"},
	RankChat:    {"Slack", "check the bot token: duly go-live; install the app again when it was revoked; what waits goes on by itself"},
	RankPublish: {"subscribers", "look at the subscriber; it is switched off after five days"},
}

func (c *Cycle) effectPulse(ctx context.Context, at time.Time) ([]Pulse, error) {
	waiting, err := queued[Effect](ctx, c, EffectQueue, effectsShown)
	if err != nil {
		return nil, err
	}
	byRank := map[Rank][]*Effect{}
	for _, e := range waiting {
		if e.Attempts > 0 || at.Sub(e.CreatedAt) > effectWaitMax && !e.NextAt.After(at) {
			byRank[e.Rank] = append(byRank[e.Rank], e)
		}
	}
	var all []Pulse
	for _, rank := range []Rank{RankIssue, RankPay, RankShop, RankMail, RankChat, RankPublish} {
		some, s := byRank[rank], services[rank]
		p := Pulse{Name: s.name, OK: len(some) == 0, Found: "nothing waits"}
		if len(some) > 0 {
			oldest := slices.MinFunc(some, func(a, b *Effect) int { return a.CreatedAt.Compare(b.CreatedAt) })
			p.Found = fmt.Sprintf("%d wait, the oldest since %s", len(some), c.hour(oldest.CreatedAt))
			if oldest.Problem != "" {
				p.Found += ": " + oldest.Problem
			}
			p.Fix = s.fix
		}
		all = append(all, p)
	}
	return all, nil
}

func (c *Cycle) hour(at time.Time) string {
	return at.In(c.Policy.Zone).Format("2 Jan 2006 15:04")
}

// pollPulse is the hourly look at the payment gateway, which fills what no
// webhook brought.
func (c *Cycle) pollPulse(ctx context.Context, at time.Time) ([]Pulse, error) {
	p := Pulse{Name: "Stripe, read", Found: "never read", Fix: "check the key: duly go-live; then wait for the full hour"}
	known, err := find[poll](ctx, NewTx(c.Store), "stripe") // pay.Name
	if err != nil {
		return nil, err
	}
	if known != nil {
		p.Last = known.data.Until
		p.OK = at.Sub(p.Last) <= pollQuietMax
		p.Found = "everything until " + c.hour(p.Last)
	}
	return []Pulse{p.mended()}, nil
}

// mended drops what to do where nothing is to be done.
func (p Pulse) mended() Pulse {
	if p.OK {
		p.Fix = ""
	}
	return p
}

func (c *Cycle) shopPulse(ctx context.Context, _ time.Time) ([]Pulse, error) {
	w, err := find[watch](ctx, NewTx(c.Store), (&watch{}).ID())
	if err != nil {
		return nil, err
	}
	var all []Pulse
	for _, s := range c.Policy.Shops {
		p := Pulse{Name: "shop " + s.Endpoint, OK: true, Found: "no order has come yet", Fix: "place a test order; duly connect " + s.Platform + " says what is wrong"}
		if w != nil && w.Shops[s.Endpoint] != nil {
			st := w.Shops[s.Endpoint]
			if p.Last = st.Heard; !p.Last.IsZero() {
				p.Found = "the newest order came on " + c.hour(p.Last)
			}
			if st.Lapse != "" {
				p.OK, p.Found = false, "its webhooks fail to come since "+c.hour(st.Since)+"; the shop is read meanwhile"
			}
		}
		all = append(all, p.mended())
	}
	return all, nil
}

func (c *Cycle) bankPulses(ctx context.Context, at time.Time) ([]Pulse, error) {
	p, err := c.BankPulse(ctx, at)
	return []Pulse{p}, err
}

// BankPulse is when the bank was heard of last; letters wait when that is long ago.
func (c *Cycle) BankPulse(ctx context.Context, at time.Time) (Pulse, error) {
	p := Pulse{Name: "bank", OK: true, Found: "no statement has come in yet", Fix: "put the bank's file into the intake bucket below bank/, or run: duly bank FILE"}
	tx := NewTx(c.Store)
	ours, err := c.seller(ctx, tx, at)
	if err != nil {
		return p, err
	}
	a, err := find[bankAccount](ctx, tx, ours.IBAN)
	if err != nil {
		return p, err
	}
	if a != nil {
		p.Last = a.data.ImportedAt
		p.Found = fmt.Sprintf("the statement to %s came in on %s", a.data.To, c.hour(p.Last))
	}
	if c.Policy.Freshness > 0 && at.Sub(p.Last) > c.Policy.Freshness {
		p.OK = false
		p.Found += "; letters wait for a newer one"
	}
	return p.mended(), nil
}

func (c *Cycle) booksPulse(ctx context.Context, at time.Time) ([]Pulse, error) {
	p := Pulse{Name: "books", Found: "not verified yet", Fix: "run: duly verify — stop and keep a copy when it finds something"}
	v, err := find[Verified](ctx, NewTx(c.Store), booksID)
	if err != nil {
		return nil, err
	}
	if v != nil {
		p.Last = v.data.At
		p.OK = v.data.Broken == 0 && at.Sub(p.Last) <= verifyQuietMax
		p.Found = fmt.Sprintf("verified on %s, %d broken", c.hour(p.Last), v.data.Broken)
	}
	return []Pulse{p.mended()}, nil
}

func (c *Cycle) parkedPulse(ctx context.Context, _ time.Time) ([]Pulse, error) {
	parked, err := ListOf[Parked](ctx, c, effectsShown, "")
	if err != nil {
		return nil, err
	}
	p := Pulse{Name: "parked messages", OK: len(parked.Items) == 0, Found: "none"}
	if n := len(parked.Items); n > 0 {
		p.Found, p.Fix = fmt.Sprintf("%d authentic messages were not understood", n), "look at each at GET /v1/parked, then POST /v1/parked/{id}/replay"
	}
	return []Pulse{p}, nil
}

func (c *Cycle) letterPulse(ctx context.Context, _ time.Time) ([]Pulse, error) {
	safe, err := c.SafeMode(ctx)
	if err != nil {
		return nil, err
	}
	p := Pulse{Name: "letters", OK: true, Found: "go out by themselves on working days"}
	if safe.On {
		p.Found = "wait for a press since " + c.hour(safe.Since) + " (safe mode)"
	}
	return []Pulse{p}, nil
}
