// Package archive owns the bundle of a year: every legal document with its
// e-invoice, mails, deliveries and audit trail in one file that proves itself.
// It does not own how long documents are kept (o2c does) nor where (files does).
package archive

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// ManifestName is the file in a bundle that names all others.
const ManifestName = "manifest.json"

// Manifest is what a bundle holds.
type Manifest struct {
	Company string   `json:"company"`
	VATID   string   `json:"vat_id"`
	Year    int      `json:"year"`
	Series  []Series `json:"series"`
	Files   []File   `json:"files"` // by name
}

// Series is the numbers of one kind of document in the year, without a gap.
type Series struct {
	ID    string `json:"id"`
	First string `json:"first"`
	Last  string `json:"last"`
	Count int    `json:"count"`
}

// File is one file of a bundle.
type File struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

// Record is a legal document as the books have it, beside its papers.
type Record struct {
	Document   invoice.Data    `json:"document"`
	Events     []o2c.Event     `json:"events"` // its audit trail, each chained to the one before
	Deliveries []delivery.Data `json:"deliveries"`
}

// Files are the kept documents.
type Files interface {
	Get(ctx context.Context, name string) ([]byte, error)
}

// Write writes the bundle of a year and gives the hash of its manifest, which
// stands for all of it. The same year gives the same bytes.
func Write(ctx context.Context, out io.Writer, c *o2c.Cycle, files Files, year int) (hash string, err error) {
	docs, err := issued(ctx, c, year)
	if err != nil {
		return "", err
	}
	b := bundle{zip: zip.NewWriter(out), m: Manifest{Company: c.Policy.Seller.Name, VATID: c.Policy.Seller.VATID, Year: year, Series: seriesOf(docs), Files: []File{}}}
	for _, d := range docs {
		if err := b.document(ctx, c, files, d); err != nil {
			return "", fmt.Errorf("put %s into the bundle: %w", d.Number, err)
		}
	}
	raw, err := json.MarshalIndent(b.m, "", "  ")
	if err != nil {
		return "", err
	}
	if err := b.put(ManifestName, raw); err != nil {
		return "", err
	}
	return sum(raw), b.zip.Close()
}

// issued lists a year's legal documents by series and number.
func issued(ctx context.Context, c *o2c.Cycle, year int) ([]invoice.Data, error) {
	var docs []invoice.Data
	for after := ""; ; {
		page, err := o2c.ListOf[invoice.Invoice](ctx, c, 100, after)
		if err != nil {
			return nil, err
		}
		for _, inv := range page.Items {
			if d := inv.Data(); d.Number != "" && !d.BroughtForward() && d.IssuedOn.Year == year {
				docs = append(docs, d)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	slices.SortFunc(docs, func(a, b invoice.Data) int {
		return cmp.Or(cmp.Compare(a.Series, b.Series), cmp.Compare(len(a.Number), len(b.Number)), cmp.Compare(a.Number, b.Number))
	})
	return docs, nil
}

func seriesOf(docs []invoice.Data) []Series {
	all := []Series{}
	for _, d := range docs {
		if n := len(all); n == 0 || all[n-1].ID != d.Series {
			all = append(all, Series{ID: d.Series, First: d.Number})
		}
		last := &all[len(all)-1]
		last.Last, last.Count = d.Number, last.Count+1
	}
	return all
}

// bundle is one on its way.
type bundle struct {
	zip *zip.Writer
	m   Manifest
}

// document adds all that belongs to one legal document.
func (b *bundle) document(ctx context.Context, c *o2c.Cycle, files Files, d invoice.Data) error {
	deliveries, err := c.DeliveriesOf(ctx, d.ID)
	if err != nil {
		return err
	}
	events, err := c.Store.Events(ctx, o2c.Key{Kind: "invoice", ID: d.ID})
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(Record{Document: d, Events: events, Deliveries: deliveries}, "", "  ")
	if err != nil {
		return err
	}
	if err := b.add(d.Number+"/record.json", raw); err != nil {
		return err
	}
	names := map[string]string{d.Number + "/" + d.Number + ".pdf": o2c.PaperName(d), d.Number + "/" + d.Number + ".xml": o2c.EInvoiceName(d)}
	for _, sent := range deliveries {
		if sent.Channel == delivery.Mail && sent.Record != "" {
			names[d.Number+"/mail-"+sent.ID+".json"] = sent.Record
		}
	}
	for _, name := range sorted(names) {
		content, err := files.Get(ctx, names[name])
		if fault.Is(err, fault.NotFound) {
			continue // it has no e-invoice, or nobody was sent it
		}
		if err != nil {
			return err
		}
		if err := b.add(name, content); err != nil {
			return err
		}
	}
	return nil
}

func sorted(names map[string]string) []string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// add puts a file in and names it in the manifest.
func (b *bundle) add(name string, content []byte) error {
	b.m.Files = append(b.m.Files, File{Name: name, Size: len(content), SHA256: sum(content)})
	return b.put(name, content)
}

func (b *bundle) put(name string, content []byte) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(b.m.Year, 12, 31, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}
