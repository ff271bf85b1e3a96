package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/fault"
)

// ShopReader is a shop's own interface where the shop's webhooks carry an id and
// no more: what they are about is read there.
type ShopReader interface {
	// Read gives a thing as the shop has it now, told as a webhook that carries it
	// whole: about is "orders/118". Nothing is told of what says nothing to us.
	Read(ctx context.Context, about string) ([]PulledMessage, error)
}

// LookIntoShop reads a thing from a shop's own interface and acts on what it
// says, as on what the shop posts.
type LookIntoShop func(ctx context.Context, at time.Time, s Shop, about string) error

// doLook asks a shop.
const doLook = "shop.look"

// look is a thing of a shop of which it said that it changed. Every notice is a
// version of it and asks anew: a reading that is under way may have seen the
// thing before the change.
type look struct{ data lookData }

type lookData struct {
	ID       string    `json:"id"`
	Endpoint string    `json:"endpoint"`
	About    string    `json:"about"`
	SaidAt   time.Time `json:"said_at"` // when the shop last said so
}

// Kind and ID make the look a document.
func (l *look) Kind() string { return "look" }
func (l *look) ID() string   { return l.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (l *look) MarshalJSON() ([]byte, error) { return json.Marshal(l.data) }
func (l *look) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &l.data) }

// lookLater takes the notice that something changed, once: the shop is asked
// what, by an effect, as the answer may take longer than the shop waits.
func (c *Cycle) lookLater(ctx context.Context, a Arrival) error {
	err := c.once(ctx, a.stamp(), func(ctx context.Context, tx *Tx) error {
		id := Name("lk", a.Endpoint, a.Message.About)
		l, err := find[look](ctx, tx, id)
		if err != nil {
			return err
		}
		if l == nil {
			l = &look{}
		}
		l.data = lookData{ID: id, Endpoint: a.Endpoint, About: a.Message.About, SaidAt: tx.At()}
		if err := tx.Save(l); err != nil {
			return err
		}
		return tx.ask(doLook, KeyOf(l), nil)
	})
	if errors.Is(err, ErrSeen) {
		return nil
	}
	return err
}

// performLook asks the shop. What it says is taken by commits of their own, each
// once: a look that is performed twice changes nothing the second time.
func performLook(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	l, err := Read[look](ctx, o.Cycle, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	from, ok := o.Cycle.Policy.Shop(l.data.Endpoint)
	if !ok {
		return nil, Permanent("The shop is not known any more", "endpoint "+l.data.Endpoint+" is not in duly.yaml", "add it and let the shop send again", nil).Keyed("shop.unknown", l.data.Endpoint)
	}
	if o.Look == nil {
		return nil, fault.New(fault.Config, "The shop cannot be asked", "this function has no way to shops", "deploy it with one").Keyed("shop.config")
	}
	err = o.Look(ctx, o.Now(), from, l.data.About)
	if errors.Is(err, ErrNoShopAPI) {
		err = fault.New(fault.Config, "The shop cannot be asked", "its address or its key is missing", "set url in duly.yaml and enter shop/api/{id}").Keyed("shop.config").With("id", from.Endpoint)
	}
	if fault.Is(err, fault.Config) && e.Attempts == 1 { // it is tried on for a day and a half: nobody would know that long
		return nil, errors.Join(err, o.Cycle.Report(ctx, o.Now(), Notice{Key: "shop_unreadable", ID: from.Endpoint}.Because(err)))
	}
	return nil, err
}
