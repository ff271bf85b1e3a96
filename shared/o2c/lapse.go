package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// The causes of a lapse.
const (
	LapseGap     = "gap"
	LapseSilence = "silence"
)

// LapseData is a time in which a shop's webhooks failed to come.
type LapseData struct {
	ID         string       `json:"id"`
	Endpoint   string       `json:"endpoint"`
	Platform   string       `json:"platform"`
	Cause      string       `json:"cause"`
	Heard      time.Time    `json:"heard,omitzero"`        // when the shop posted last
	Missing    []int64      `json:"missing,omitempty"`     // numbers that were skipped
	Lost       []int64      `json:"lost,omitempty"`        // of them, those that the shop does not know either
	Fetched    []string     `json:"fetched,omitempty"`     // numbers of the orders that were read from the shop
	Count      int          `json:"count"`                 // of them
	SwitchedOn []string     `json:"switched_on,omitempty"` // webhooks that were off
	Problem    string       `json:"problem,omitempty"`     // why the shop cannot be read, as the log says it
	Reason     fault.Reason `json:"reason,omitzero"`       // and for the team, in its language
	Read       bool         `json:"read"`                  // all of it was
	OpenedAt   time.Time    `json:"opened_at"`
	ClosedAt   time.Time    `json:"closed_at,omitzero"`
}

// lapse is a document with one card, edited until the shop is heard again.
type lapse struct{ data LapseData }

// Kind, ID and ListKey make the lapse a document.
func (l *lapse) Kind() string    { return "lapse" }
func (l *lapse) ID() string      { return l.data.ID }
func (l *lapse) ListKey() string { return l.data.OpenedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (l *lapse) MarshalJSON() ([]byte, error) { return json.Marshal(l.data) }
func (l *lapse) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &l.data) }

// unreadable tells the team that a shop cannot be read. One that asks us to
// come back later is asked by the next tick; one that cannot be asked at all is
// told of once.
func (c *Cycle) unreadable(ctx context.Context, at time.Time, s Shop, cause error) error {
	if errors.Is(cause, ErrNoShopAPI) {
		return c.closePull(ctx, at, s, Repaired{}, cause)
	}
	var later *Later
	if errors.As(cause, &later) {
		cause = nil
	}
	return c.onWatch(ctx, at, func(ctx context.Context, tx *Tx, w *watch) error {
		return c.tellLapse(ctx, tx, s, w.shop(s.Endpoint, at), found{cause: cause})
	})
}

// endPull ends a reading: webhooks that were off go on again.
func (c *Cycle) endPull(ctx context.Context, at time.Time, s Shop, api ShopAPI) error {
	known, err := find[watch](ctx, NewTx(c.Store), (&watch{}).ID())
	if err != nil || known == nil {
		return err
	}
	repaired, cause := api.Repair(ctx, c.Policy.BaseURL+"/webhooks/"+s.Endpoint, known.shop(s.Endpoint, at).Topics)
	return c.closePull(ctx, at, s, repaired, cause)
}

// closePull tells the team what a reading found, unless the shop had nothing
// for us.
func (c *Cycle) closePull(ctx context.Context, at time.Time, s Shop, r Repaired, cause error) error {
	return c.onWatch(ctx, at, func(ctx context.Context, tx *Tx, w *watch) error {
		st := w.shop(s.Endpoint, at)
		if len(r.Topics) > 0 {
			st.Topics = r.Topics
		}
		p := st.Pull
		if p == nil {
			return nil // a rival tick has ended it
		}
		if err := c.tellLapse(ctx, tx, s, st, found{repaired: r, cause: cause, lost: st.lost(), done: true}); err != nil {
			return err
		}
		st.settle(p.Missing)
		if st.Pull = nil; st.Lapse == "" {
			st.Quiet = at
		} else if p.Cause == LapseGap { // the number above the gap came, so webhooks do come
			st.Lapse, st.Since = "", time.Time{}
		}
		return nil
	})
}

// found is what a reading has found so far.
type found struct {
	repaired Repaired
	cause    error   // why it went no further
	lost     []int64 // numbers of the gap that the shop does not know either
	done     bool
}

// tellLapse opens a lapse, or brings it up to date, when there is something to
// tell.
func (c *Cycle) tellLapse(ctx context.Context, tx *Tx, s Shop, st *shopWatch, f found) error {
	p := st.Pull
	if p == nil || (st.Lapse == "" && f.cause == nil && p.Count+len(f.repaired.SwitchedOn)+len(f.lost) == 0) {
		return nil
	}
	l := &lapse{}
	if st.Lapse == "" {
		st.Lapse, st.Since = Name("la", s.Endpoint, p.BeganAt.UTC().Format(time.RFC3339Nano)), tx.At()
		l.data = LapseData{ID: st.Lapse, Endpoint: s.Endpoint, Platform: s.Platform, Cause: p.Cause, Heard: st.Heard, Missing: p.Missing[:min(len(p.Missing), listedMax)], OpenedAt: tx.At()}
	} else if err := tx.Get(ctx, st.Lapse, l); err != nil {
		return err
	}
	before := l.data
	l.data.add(p, f)
	if f.done && p.Cause == LapseGap && l.data.Cause == LapseGap {
		l.data.ClosedAt = tx.At()
	}
	if tx.Version(l) > 0 && sameLapse(before, l.data) {
		return nil
	}
	p.Count, p.Fetched = 0, nil // told
	if err := tx.Save(l, Fact{Type: "shop.lapsed", Data: l.data}); err != nil {
		return err
	}
	return c.showCard(tx, "lapse", KeyOf(l))
}

// recovered closes the lapse of a shop that posts again.
func (c *Cycle) recovered(ctx context.Context, tx *Tx, st *shopWatch) error {
	l, err := get[lapse](ctx, tx, st.Lapse)
	if err != nil {
		return err
	}
	l.data.ClosedAt = st.Heard
	st.Lapse, st.Since = "", time.Time{}
	if err := tx.Save(l, Fact{Type: "shop.recovered", Data: l.data}); err != nil {
		return err
	}
	return c.refreshCard(tx, "lapse", KeyOf(l))
}

// add takes into the lapse what a reading found.
func (d *LapseData) add(p *pull, f found) {
	d.Count += p.Count
	d.Fetched = append(slices.Clone(d.Fetched), p.Fetched...)
	d.Fetched = d.Fetched[:min(len(d.Fetched), listedMax)]
	for _, topic := range f.repaired.SwitchedOn {
		if !slices.Contains(d.SwitchedOn, topic) {
			d.SwitchedOn = append(slices.Clone(d.SwitchedOn), topic)
		}
	}
	d.Read = d.Read || (f.done && f.cause == nil)
	d.Lost = append(slices.Clone(d.Lost), f.lost[:min(len(f.lost), listedMax)]...)
	d.Problem, d.Reason = "", fault.Reason{}
	switch {
	case errors.Is(f.cause, ErrNoShopAPI):
		d.Problem, d.Lost = LapseDumb, nil
	case f.cause != nil:
		d.Problem, d.Reason = fault.Of(f.cause).Error(), fault.ReasonOf(f.cause)
	}
}

// LapseDumb is the problem of a platform that cannot be asked.
const LapseDumb = "none"

func sameLapse(a, b LapseData) bool {
	was, _ := json.Marshal(a) // strings, numbers and times
	is, _ := json.Marshal(b)
	return string(was) == string(is)
}

// ShopCard reports a lapse of a shop's webhooks (M13).
type ShopCard struct{ Lapse LapseData }

func (ShopCard) card() {}

func shopCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	l, err := get[lapse](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	return ShopCard{Lapse: l.data}, nil
}
