package o2c

import (
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/order"
)

// ShopAPI is a shop's own interface, as far as its platform has one.
type ShopAPI interface {
	// Changed reads a page of the orders that changed since an instant, the
	// oldest change first; page is "" for the first one.
	Changed(ctx context.Context, since time.Time, page string) (ShopPage, error)
	// Repair switches the webhooks to an address of ours on again, and makes
	// those anew that the platform took away: known are the topics it had.
	Repair(ctx context.Context, address string, known []string) (Repaired, error)
}

// ShopPage is a page of orders, told as the shop's webhooks tell them.
type ShopPage struct {
	Orders []PulledOrder
	Next   string    // cursor; "" at the end
	Newest time.Time // the last change on the page
}

// PulledOrder is an order with all that its webhooks would have said.
type PulledOrder struct {
	ExternalID string
	Number     string
	Messages   []PulledMessage
}

// PulledMessage is the body that the shop would have posted.
type PulledMessage struct {
	Topic string
	Body  []byte
}

// Repaired is what became of a shop's webhooks.
type Repaired struct {
	Topics     []string // that are on now
	SwitchedOn []string // of them, those that were not
}

// ErrNoShopAPI says that a platform has no interface to read orders from, or
// that nobody entered its key.
var ErrNoShopAPI = errors.New("the shop cannot be asked")

// Guard is what the guard needs of the outside.
type Guard struct {
	API  func(context.Context, Shop) (ShopAPI, error)
	Take func(ctx context.Context, at time.Time, endpoint string, m PulledMessage) error
	More func() bool // whether there is time for another page
}

// GuardReport is what one tick did.
type GuardReport struct {
	Pages   int `json:"pages"`
	Fetched int `json:"fetched"` // orders that their shops had failed to post
}

// The guard's times.
const (
	guardGrace   = 15 * time.Minute    // in which a webhook may overtake another
	guardOverlap = 10 * time.Minute    // by which the list of orders may lag
	guardBack    = time.Hour           // read before the last sign of life
	guardFar     = 60 * 24 * time.Hour // what shops give without further rights
)

// GuardShops looks for what the shops failed to post: a gap in their order
// numbers, or no word for too long. Such a shop is read through its own
// interface, and the team is told once. What a tick cannot finish, the next one
// goes on with.
func (c *Cycle) GuardShops(ctx context.Context, at time.Time, g Guard) (GuardReport, error) {
	var report GuardReport
	if !slices.ContainsFunc(c.Policy.Shops, Shop.Watched) {
		return report, nil
	}
	if err := c.lookAtOrders(ctx, at); err != nil {
		return report, err
	}
	var failed failures
	for _, s := range c.Policy.Shops {
		if s.Watched() && g.More() {
			failed.note(c.guardShop(ctx, at, g, s, &report))
		}
	}
	return report, failed.err()
}

// onWatch changes the guard's state.
func (c *Cycle) onWatch(ctx context.Context, at time.Time, change func(context.Context, *Tx, *watch) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:reconcile"})
		w, err := find[watch](ctx, tx, (&watch{}).ID())
		if err != nil {
			return err
		}
		if w == nil {
			w = &watch{Looked: at.Add(-guardFar)}
		}
		if err := change(ctx, tx, w); err != nil {
			return err
		}
		return tx.Save(w)
	})
}

// lookAtOrders takes in what was received since the last look, and closes the
// lapses of shops that were heard.
func (c *Cycle) lookAtOrders(ctx context.Context, at time.Time) error {
	known, err := find[watch](ctx, NewTx(c.Store), (&watch{}).ID())
	if err != nil {
		return err
	}
	from := at.Add(-guardFar)
	if known != nil {
		from = known.Looked.Add(-guardOverlap)
	}
	var came []order.Data
	q := Query{Kind: "order", From: from.UTC().Format(time.RFC3339Nano), Limit: 200}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, s := range page.Items {
			o, err := restore[order.Order](s)
			if err != nil {
				return err
			}
			d := o.Data()
			came = append(came, order.Data{Number: d.Number, Source: d.Source, ReceivedAt: d.ReceivedAt})
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	slices.SortFunc(came, func(a, b order.Data) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return c.onWatch(ctx, at, func(ctx context.Context, tx *Tx, w *watch) error {
		w.Looked = at
		for _, d := range came {
			s, ok := c.Policy.Shop(d.Source.Endpoint)
			if !ok || !s.Watched() {
				continue
			}
			st := w.shop(s.Endpoint, at)
			if s.Consecutive {
				st.note(d.Number, d.ReceivedAt)
			}
			if st.posted(d.ReceivedAt) && d.ReceivedAt.After(st.Heard) {
				st.Heard = d.ReceivedAt
			}
		}
		for _, s := range c.Policy.Shops {
			if st := w.shop(s.Endpoint, at); st.Lapse != "" && st.Pull == nil && st.Heard.After(st.Since) {
				if err := c.recovered(ctx, tx, st); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// silent reports whether the shop has been silent for too long. Hours count on
// working days alone.
func (c *Cycle) silent(s Shop, st *shopWatch, at time.Time) bool {
	if s.SilentHours == 0 {
		return false
	}
	from := st.Began
	for _, t := range []time.Time{st.Heard, st.Quiet} {
		if t.After(from) {
			from = t
		}
	}
	var hours time.Duration
	for from.Before(at) {
		day := calendar.On(from, c.Policy.Zone)
		next := day.AddDays(1).At(0, 0, c.Policy.Zone)
		if c.Policy.Days.Works(day) {
			hours += min(next.Sub(from), at.Sub(from))
		}
		from = next
	}
	return hours >= time.Duration(s.SilentHours)*time.Hour
}

// wantsPull is the reading that a shop needs now; nil when all is well.
func (c *Cycle) wantsPull(s Shop, st *shopWatch, at time.Time) *pull {
	if st.Pull != nil {
		return st.Pull
	}
	heard := st.Began
	if !st.Heard.IsZero() {
		heard = st.Heard
	}
	p := &pull{BeganAt: at, Cause: LapseSilence, Since: heard}
	if missing := st.gap(at.Add(-guardGrace)); len(missing) > 0 {
		p.Cause, p.Missing = LapseGap, missing
		if st.High.At.Before(p.Since) {
			p.Since = st.High.At
		}
	} else if st.Lapse == "" && !c.silent(s, st, at) {
		return nil
	} else if st.Read.After(p.Since) {
		p.Since = st.Read
	}
	if p.Since = p.Since.Add(-guardBack); p.Since.Before(at.Add(-guardFar)) {
		p.Since = at.Add(-guardFar)
	}
	return p
}

// guardShop reads one shop, if it must be read.
func (c *Cycle) guardShop(ctx context.Context, at time.Time, g Guard, s Shop, report *GuardReport) error {
	var p *pull
	err := c.onWatch(ctx, at, func(_ context.Context, _ *Tx, w *watch) error {
		st := w.shop(s.Endpoint, at)
		if p = c.wantsPull(s, st, at); p != nil {
			st.Pull = p
			st.pulled(at)
		}
		return nil
	})
	if err != nil || p == nil {
		return err
	}
	api, err := g.API(ctx, s)
	if err != nil {
		return c.unreadable(ctx, at, s, err)
	}
	next, since := "", p.Since
	for g.More() {
		page, err := api.Changed(ctx, since, next)
		if err != nil {
			return c.unreadable(ctx, at, s, err)
		}
		if p, err = c.takePage(ctx, at, g, s, page); err != nil {
			return err
		}
		report.Pages++
		if next = page.Next; next == "" {
			report.Fetched += p.Count
			return c.endPull(ctx, at, s, api)
		}
	}
	return c.onWatch(ctx, at, func(ctx context.Context, tx *Tx, w *watch) error { // out of time: the next tick goes on
		return c.tellLapse(ctx, tx, s, w.shop(s.Endpoint, at), found{})
	})
}

// takePage acts on the orders of a page through the door of the shop's webhooks,
// and writes down how far the reading came.
func (c *Cycle) takePage(ctx context.Context, at time.Time, g Guard, s Shop, page ShopPage) (*pull, error) {
	missed, err := c.absent(ctx, s, page.Orders)
	if err != nil {
		return nil, err
	}
	for _, o := range page.Orders {
		for _, m := range o.Messages {
			if err := g.Take(ctx, at, s.Endpoint, m); err != nil {
				return nil, err
			}
		}
	}
	still, err := c.absent(ctx, s, missed)
	if err != nil {
		return nil, err
	}
	var p *pull
	err = c.onWatch(ctx, at, func(_ context.Context, _ *Tx, w *watch) error {
		st := w.shop(s.Endpoint, at)
		if p = st.Pull; p == nil {
			p = &pull{Since: page.Newest, BeganAt: at, Cause: LapseSilence} // a rival tick has finished it
		}
		for _, o := range page.Orders {
			if n := digits(o.Number); slices.Contains(p.Missing, n) && !slices.Contains(p.Accounted, n) {
				p.Accounted = append(p.Accounted, n)
			}
		}
		for _, o := range missed {
			if slices.ContainsFunc(still, func(x PulledOrder) bool { return x.ExternalID == o.ExternalID }) {
				continue
			}
			if p.Count++; len(p.Fetched) < listedMax {
				p.Fetched = append(p.Fetched, o.Number)
			}
		}
		if page.Newest.After(p.Since) {
			p.Since = page.Newest
		}
		if page.Newest.After(st.Read) {
			st.Read = page.Newest
		}
		return nil
	})
	return p, err
}

// absent are the orders of which we know nothing.
func (c *Cycle) absent(ctx context.Context, s Shop, orders []PulledOrder) ([]PulledOrder, error) {
	if len(orders) == 0 {
		return nil, nil
	}
	keys := make([]Key, len(orders))
	for i, o := range orders {
		keys[i] = Key{Kind: "order", ID: OrderID(s.Endpoint, o.ExternalID)}
	}
	found, err := c.Store.Load(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var missed []PulledOrder
	for i, f := range found {
		if f.Body == nil {
			missed = append(missed, orders[i])
		}
	}
	return missed, nil
}
