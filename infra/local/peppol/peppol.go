// Package peppol owns an access point of the Peppol network on this machine: it
// takes e-invoices, says that they arrived, and lets their readers reject them.
// It speaks no vendor's API: which access point a company uses is its own
// choice, and o2c.EPost is what an adapter for it has to be.
package peppol

import (
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"sync"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
)

// AccessPoint is the network as the product sees it.
type AccessPoint struct {
	now func() time.Time

	mu   sync.Mutex
	sent []Document
	news []o2c.MailNews
}

// Document is an e-invoice as it arrived.
type Document struct {
	ID     string    `json:"id"`
	Tag    string    `json:"tag"`
	To     string    `json:"to"` // "0106:12345678"
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	State  string    `json:"state"` // delivered or rejected
	UBL    []byte    `json:"-"`
}

var _ o2c.EPost = (*AccessPoint)(nil)

// New makes an access point.
func New(now func() time.Time) *AccessPoint { return &AccessPoint{now: now} }

// Submit takes a document; the same tag again is the same submission. What is no
// XML is refused at once, as an access point does.
func (a *AccessPoint) Submit(_ context.Context, d o2c.EDocument) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, known := range a.sent {
		if known.Tag == d.Tag {
			return known.ID, nil
		}
	}
	if err := xml.Unmarshal(d.UBL, new(struct{ XMLName xml.Name })); err != nil {
		return "", o2c.Permanent("The access point refused the document", "it is not readable", "tell us", err).Keyed("damaged")
	}
	id := fmt.Sprintf("ap-%04d", len(a.sent)+1)
	a.sent = append(a.sent, Document{ID: id, Tag: d.Tag, To: d.Scheme + ":" + d.To, Number: d.Number, At: a.now(), State: delivery.Delivered, UBL: d.UBL})
	a.news = append(a.news, o2c.MailNews{Effect: d.Tag, Recipient: d.Scheme + ":" + d.To, News: delivery.News{Verb: "deliver", Proof: "AS4 receipt " + id}})
	return id, nil
}

// Collect hands out the news; what was taken does not come again.
func (a *AccessPoint) Collect(_ context.Context, take func(o2c.MailNews) error) error {
	for {
		a.mu.Lock()
		if len(a.news) == 0 {
			a.mu.Unlock()
			return nil
		}
		next := a.news[0]
		a.mu.Unlock()
		if err := take(next); err != nil {
			return err
		}
		a.mu.Lock()
		a.news = a.news[1:]
		a.mu.Unlock()
	}
}

// Documents lists what was taken, oldest first.
func (a *AccessPoint) Documents() []Document {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sent)
}

// Reject lets the reader of a document reject it, with a rule or status code and
// its own words (an Invoice Response of Peppol BIS 63).
func (a *AccessPoint) Reject(id, code, reason string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.sent, func(d Document) bool { return d.ID == id })
	if i < 0 {
		return fmt.Errorf("document %q unknown — %d were taken — list them", id, len(a.sent))
	}
	a.sent[i].State = delivery.Rejected
	a.news = append(a.news, o2c.MailNews{Effect: a.sent[i].Tag, Recipient: a.sent[i].To, News: delivery.News{Verb: "reject", Code: code, Reason: reason}})
	return nil
}
