package order

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NewsData is what a News is made of.
type NewsData struct {
	ID         string             `json:"id"` // the order's
	Endpoint   string             `json:"endpoint"`
	ExternalID string             `json:"external_id"`
	Test       bool               `json:"test,omitempty"`      // the order is a test: whatever is said of it asks for nothing
	Cancelled  bool               `json:"cancelled,omitempty"` // a tombstone: the order is cancelled, whenever it comes
	Paid       *Payment           `json:"paid,omitempty"`
	Parcels    []IncomingShipment `json:"parcels,omitempty"`
	Refunds    []IncomingRefund   `json:"refunds,omitempty"`
	AskAt      time.Time          `json:"ask_at,omitzero"` // when a person is asked about what waits then
	Asked      bool               `json:"asked,omitempty"` // nobody is asked twice about the same
}

// News is what a shop told of an order before it could be acted upon: a parcel
// ahead of its order or of a decision, a cancellation or payment ahead of the
// order, a refund ahead of its payment. Messages come in any order and hours
// late; what waits here is acted upon when the order allows it, so that every
// order of arrival ends in the same state.
type News struct{ data NewsData }

// Patience is how long news may wait before a person is asked: longer than any
// shop takes between the messages of one order, shorter than a working day.
const Patience = time.Hour

// NewsFor is no news of an order as yet.
func NewsFor(id, endpoint, externalID string) *News {
	return &News{data: NewsData{ID: id, Endpoint: endpoint, ExternalID: externalID}}
}

// Data is a copy; its slices are not for writing.
func (n *News) Data() NewsData { return n.data }

// Hear takes what a message tells beyond the order itself, the earliest first:
// whichever comes first, the same parcel is shipped first. What has no id of its
// own gets one from seen, the message's key. Refunds without an id are how much
// was given back so far: the largest counts.
func (n *News) Hear(m Message, seen string) {
	before := n.count()
	defer func() {
		if n.count() > before { // something else waits now
			n.data.AskAt, n.data.Asked = time.Time{}, false
		}
	}()
	n.data.Test = n.data.Test || m.Order.Test
	n.data.Cancelled = n.data.Cancelled || m.Verb == Cancel
	if p := m.Order.PaidAtShop; p != nil && !m.Whole() {
		n.data.Paid = p
	}
	for i, p := range m.Order.Parcels {
		if p.ExternalID == "" {
			p.ExternalID = fmt.Sprintf("%s/%d", seen, i)
		}
		if i := slices.IndexFunc(n.data.Parcels, func(known IncomingShipment) bool { return known.ExternalID == p.ExternalID }); i >= 0 {
			n.data.Parcels[i] = n.data.Parcels[i].told(p)
		} else {
			n.data.Parcels = append(n.data.Parcels, p)
		}
	}
	for _, r := range m.Order.Refunds {
		i := slices.IndexFunc(n.data.Refunds, func(known IncomingRefund) bool { return known.ExternalID == r.ExternalID })
		switch {
		case i < 0:
			n.data.Refunds = append(n.data.Refunds, r)
		case r.Amount.Currency == n.data.Refunds[i].Amount.Currency && r.Amount.Cmp(n.data.Refunds[i].Amount) > 0:
			n.data.Refunds[i] = r
		}
	}
	slices.SortStableFunc(n.data.Parcels, func(a, b IncomingShipment) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ExternalID, b.ExternalID))
	})
	slices.SortStableFunc(n.data.Refunds, func(a, b IncomingRefund) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ExternalID, b.ExternalID))
	})
}

// told adds to a parcel that waits what is said of it again: how it travels, and
// that it arrived.
func (p IncomingShipment) told(again IncomingShipment) IncomingShipment {
	p.Carrier, p.Tracking, p.Link = cmp.Or(again.Carrier, p.Carrier), cmp.Or(again.Tracking, p.Tracking), cmp.Or(again.Link, p.Link)
	if p.Delivered == nil {
		p.Delivered = again.Delivered
	}
	return p
}

func (n *News) count() int {
	waits := len(n.data.Parcels) + len(n.data.Refunds)
	if n.data.Cancelled {
		waits++
	}
	if n.data.Paid != nil {
		waits++
	}
	return waits
}

// Waits reports whether anything is still to be acted upon.
func (n *News) Waits() bool { return n.count() > 0 }

// Parcels are those that wait, the earliest first.
func (n *News) Parcels() []IncomingShipment { return slices.Clone(n.data.Parcels) }

// Refunds are those that wait.
func (n *News) Refunds() []IncomingRefund { return slices.Clone(n.data.Refunds) }

// Sent, GivenBack, Settled and Ended take away what was acted upon.
func (n *News) Sent(externalID string) {
	n.data.Parcels = slices.DeleteFunc(slices.Clone(n.data.Parcels), func(p IncomingShipment) bool { return p.ExternalID == externalID })
}

// GivenBack takes a refund away.
func (n *News) GivenBack(externalID string) {
	n.data.Refunds = slices.DeleteFunc(slices.Clone(n.data.Refunds), func(r IncomingRefund) bool { return r.ExternalID == externalID })
}

// Settled takes the payment away.
func (n *News) Settled() { n.data.Paid = nil }

// Ended takes the cancellation away.
func (n *News) Ended() { n.data.Cancelled = false }

// Wait sets when a person is asked, if something waits and nobody was asked.
func (n *News) Wait(at time.Time) {
	if n.Waits() && !n.data.Test && n.data.AskAt.IsZero() {
		n.data.AskAt = at.Add(Patience)
	}
}

// Ask reports whether a person is to be asked now, and remembers that one was:
// what waits then is asked about once.
func (n *News) Ask(at time.Time) bool {
	_, due := n.Due()
	if due.IsZero() || at.Before(due) {
		return false
	}
	n.data.Asked = true
	return true
}

// String says what waits, for people.
func (n *News) String() string {
	said := []string{}
	if n.data.Cancelled {
		said = append(said, "a cancellation")
	}
	if n.data.Paid != nil {
		said = append(said, "a payment")
	}
	if k := len(n.data.Parcels); k > 0 {
		said = append(said, fmt.Sprintf("parcels: %d", k))
	}
	if k := len(n.data.Refunds); k > 0 {
		said = append(said, fmt.Sprintf("refunds: %d", k))
	}
	return strings.Join(said, ", ")
}

// Kind and ID make the news a document; it has its order's id.
func (n *News) Kind() string { return "news" }
func (n *News) ID() string   { return n.data.ID }

// NewsQueue is where news waits for a person to be asked.
const NewsQueue = "news"

// Due is when a person is asked about what waits.
func (n *News) Due() (string, time.Time) {
	if !n.Waits() || n.data.Test || n.data.Asked {
		return NewsQueue, time.Time{}
	}
	return NewsQueue, n.data.AskAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (n *News) MarshalJSON() ([]byte, error) { return json.Marshal(n.data) }
func (n *News) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &n.data) }
