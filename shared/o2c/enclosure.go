package o2c

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// EnclosurePrefix begins the id of every enclosure: its file arrives where imports do, called as the enclosure.
const EnclosurePrefix = "enc_"

// EnclosureBytesMax is what a function can answer with: Lambda's 6 MB, less base64.
const EnclosureBytesMax = 4 << 20

// The statuses of an enclosure.
const (
	EnclosureWaiting = "waiting" // for its file
	EnclosureKept    = "kept"
	EnclosureRefused = "refused" // what came is no such file
)

// labelAccounts is what a customer's own annual accounts are called.
const labelAccounts = "annual-accounts"

// enclosable says what may be put beside a document of a kind.
var enclosable = map[string][]string{
	"customer": {labelAccounts, "other"},
	"recovery": {"summons", "payment-order", "judgment", "bankruptcy", "other"},
}

// EnclosureData is a file that somebody put beside a document: a customer's annual accounts, which whoever decides on
// credit may read, or a court's paper on a claim.
type EnclosureData struct {
	ID          string    `json:"id"`
	Of          Key       `json:"of"`
	Label       string    `json:"label"`          // what it is, see enclosable
	Year        int       `json:"year,omitempty"` // financial year, of annual accounts
	Name        string    `json:"name"`           // of the file, as its sender calls it
	Status      string    `json:"status"`
	Problem     string    `json:"problem,omitempty"`      // why it was refused
	ContentType string    `json:"content_type,omitempty"` // by its content
	Bytes       int       `json:"bytes,omitempty"`
	SHA256      string    `json:"sha256,omitempty"` // hex
	By          string    `json:"by"`
	CreatedAt   time.Time `json:"created_at"`
}

// File is the enclosure's name in the archive.
func (d EnclosureData) File() string { return "enclosures/" + d.ID }

// Arrives is where its file is put, in the intake.
func (d EnclosureData) Arrives() string { return UploadPrefix + d.ID }

// Enclosure is a file beside a document.
type Enclosure struct{ data EnclosureData }

// Data is a copy.
func (a *Enclosure) Data() EnclosureData { return a.data }

// Kind, ID and ListKey make the enclosure a document, listed by what it stands beside.
func (a *Enclosure) Kind() string { return "enclosure" }
func (a *Enclosure) ID() string   { return a.data.ID }
func (a *Enclosure) ListKey() string {
	return beside(a.data.Of) + a.data.CreatedAt.UTC().Format(time.RFC3339Nano)
}

func beside(of Key) string { return of.Kind + "/" + of.ID + "/" }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *Enclosure) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *Enclosure) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// Enclose makes an enclosure that waits for its file. The same id again is the same enclosure.
func (c *Cycle) Enclose(ctx context.Context, s Stamp, d EnclosureData) (EnclosureData, error) {
	if labels := enclosable[d.Of.Kind]; !slices.Contains(labels, d.Label) {
		return d, fault.Bad("/label", "nothing is called "+d.Label, "write one of "+strings.Join(labels, ", "))
	}
	d.Status, d.By, d.CreatedAt = EnclosureWaiting, s.Actor, s.At
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[Enclosure](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if known != nil {
			d = known.data
			return nil
		}
		return tx.Save(&Enclosure{data: d}, Fact{Type: "enclosure.asked", Data: d})
	})
	return d, err
}

// Enclosed lists what stands beside a document, the newest first.
func (c *Cycle) Enclosed(ctx context.Context, of Key) ([]EnclosureData, error) {
	page, err := c.Store.List(ctx, Query{Kind: (&Enclosure{}).Kind(), From: beside(of), To: beside(of) + "~", Limit: enclosuresMax})
	if err != nil {
		return nil, err
	}
	all := make([]EnclosureData, len(page.Items))
	for i, s := range page.Items {
		var a Enclosure
		if err := json.Unmarshal(s.Body, &a); err != nil {
			return nil, fmt.Errorf("restore enclosure %s: %w", s.Key.ID, err)
		}
		all[i] = a.data
	}
	return all, nil
}

// accountsOf are the years whose annual accounts a customer gave us, the newest first.
func (c *Cycle) accountsOf(ctx context.Context, customerID string) ([]int, error) {
	all, err := c.Enclosed(ctx, Key{Kind: "customer", ID: customerID})
	var years []int
	for _, d := range all {
		if d.Status == EnclosureKept && d.Label == labelAccounts && d.Year > 0 {
			years = append(years, d.Year)
		}
	}
	slices.Sort(years)
	slices.Reverse(years)
	return slices.Compact(years), err
}

// enclosuresMax is how many a document shows.
const enclosuresMax = 100

// KeepEnclosure files what arrived for an enclosure. A second file for the same one changes nothing.
func (c *Cycle) KeepEnclosure(ctx context.Context, at time.Time, id string, content []byte, files Files) (EnclosureData, error) {
	a, err := Read[Enclosure](ctx, c, id)
	if err != nil || a.data.Status != EnclosureWaiting {
		return EnclosureData{}, err
	}
	d := a.data
	d.ContentType = contentTypeOf(content)
	switch {
	case len(content) == 0:
		d.Status, d.Problem = EnclosureRefused, "it is empty"
	case len(content) > EnclosureBytesMax:
		d.Status, d.Problem = EnclosureRefused, fmt.Sprintf("it is larger than %d MB", EnclosureBytesMax>>20)
	case d.ContentType == "":
		d.Status, d.Problem = EnclosureRefused, "it is neither PDF, PNG, JPEG, XBRL (XML) nor a spreadsheet (XLSX, ODS)"
	default:
		sum := sha256.Sum256(content)
		d.Status, d.Bytes, d.SHA256 = EnclosureKept, len(content), hex.EncodeToString(sum[:])
		if err := files.Put(ctx, d.File(), d.ContentType, content, c.enclosureUntil(d, at)); err != nil {
			return d, err
		}
	}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:upload"})
		now, err := get[Enclosure](ctx, tx, id)
		if err != nil || now.data.Status != EnclosureWaiting {
			return err
		}
		return tx.Save(&Enclosure{data: d}, Fact{Type: "enclosure." + d.Status, Data: d})
	})
	return d, err
}

// enclosureUntil is until when nobody may delete it: a paper of a claim as long as the claim's books, a customer's own
// figures not at all, because no law asks for them (art. 5(1)(e) GDPR).
func (c *Cycle) enclosureUntil(d EnclosureData, at time.Time) calendar.Date {
	if d.Of.Kind == "customer" {
		return c.today(at)
	}
	return calendar.Date{}
}

// contentTypeOf reads what a file is from its first bytes; "" is nothing that we keep.
func contentTypeOf(b []byte) string {
	for _, known := range []struct{ magic, is string }{
		{"%PDF-", "application/pdf"}, {"\x89PNG\r\n\x1a\n", "image/png"}, {"\xff\xd8\xff", "image/jpeg"},
		{"PK\x03\x04", "application/zip"}, {"<?xml", "application/xml"}, {"\xef\xbb\xbf<?xml", "application/xml"},
	} {
		if bytes.HasPrefix(b, []byte(known.magic)) {
			return known.is
		}
	}
	return ""
}
