package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// Exported is an export that was made; the same request makes the same bytes.
type Exported struct{ data ExportData }

// Data is a copy.
func (e *Exported) Data() ExportData { return e.data }

// Kind, ID and ListKey make the export a document.
func (e *Exported) Kind() string    { return "export" }
func (e *Exported) ID() string      { return e.data.ID }
func (e *Exported) ListKey() string { return e.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (e *Exported) MarshalJSON() ([]byte, error) { return json.Marshal(e.data) }
func (e *Exported) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &e.data) }

// through is how far a package has the books.
type through struct {
	data struct {
		Profile string        `json:"profile"`
		Through calendar.Date `json:"through"`
	}
}

// Kind and ID make it a document.
func (t *through) Kind() string { return "exported" }
func (t *through) ID() string   { return t.data.Profile }

// MarshalJSON and UnmarshalJSON are the store's door.
func (t *through) MarshalJSON() ([]byte, error) { return json.Marshal(t.data) }
func (t *through) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &t.data) }

// ExportRequest asks for the books of a period; without days it is what is new
// since the last export of the profile, until yesterday.
type ExportRequest struct {
	Profile string
	From    calendar.Date
	To      calendar.Date
	Sent    bool // to the accountant
}

// MakeExport writes the books of a period for another package and marks them as
// exported. A day that has not ended is exported, but not marked: more may be
// booked on it. Made again it is the same, or says that it is not.
func (c *Cycle) MakeExport(ctx context.Context, s Stamp, x Exporter, r ExportRequest) (ExportData, ExportFile, error) {
	r, err := c.period(ctx, s.At, r)
	if err != nil {
		return ExportData{}, ExportFile{}, err
	}
	books, err := c.BooksOf(ctx, r.From, r.To)
	if err != nil {
		return ExportData{}, ExportFile{}, err
	}
	file, err := x.Export(r.Profile, books)
	if err != nil {
		return ExportData{}, file, err
	}
	sum := sha256.Sum256(file.Content)
	d := ExportData{
		ID: ExportID(r.Profile, r.From, r.To), Profile: r.Profile, From: r.From, To: r.To, Name: file.Name, Rows: file.Rows, SHA256: hex.EncodeToString(sum[:]), At: s.At, By: s.Actor, Sent: r.Sent,
	}
	if !c.ended(s.At, r.To) {
		return d, file, nil
	}
	return d, file, c.markExported(ctx, s, d)
}

// ExportID names the export of a period.
func ExportID(profile string, from, to calendar.Date) string {
	return Name("ex", profile, from.String(), to.String())
}

// period fills in the days that were left out.
func (c *Cycle) period(ctx context.Context, at time.Time, r ExportRequest) (ExportRequest, error) {
	if r.To.IsZero() {
		r.To = c.today(at).AddDays(-1)
	}
	if r.From.IsZero() {
		t, err := find[through](ctx, NewTx(c.Store), r.Profile)
		if err != nil {
			return r, err
		}
		switch {
		case t != nil:
			r.From = t.data.Through.AddDays(1)
		default:
			all, err := c.Entries(ctx, calendar.Date{}, r.To)
			if err != nil {
				return r, err
			}
			r.From = r.To
			if len(all) > 0 {
				r.From = all[len(all)-1].BookedOn // newest first
			}
		}
	}
	if r.To.Before(r.From) {
		return r, fault.Bad("/from", "nothing is new: the books until {date} are exported", "name the days to export them again").Keyed("export.nothing_new").With("date", r.From.AddDays(-1))
	}
	return r, nil
}

func (c *Cycle) markExported(ctx context.Context, s Stamp, d ExportData) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[Exported](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if known != nil && known.data.SHA256 == d.SHA256 && (known.data.Sent || !d.Sent) {
			return nil
		}
		t, err := find[through](ctx, tx, d.Profile)
		if err != nil {
			return err
		}
		if t == nil {
			t = &through{}
			t.data.Profile = d.Profile
		}
		if t.data.Through.Before(d.To) {
			t.data.Through = d.To
		}
		fact := "export.made"
		if known != nil && known.data.SHA256 != d.SHA256 {
			fact = "export.changed" // the codes of accounts, or a profile: the bookings of a day that ended do not
		}
		return errors.Join(tx.Save(&Exported{data: d}, Fact{Type: fact, Data: d}), tx.Save(t))
	})
}

// ExportMonth asks for the accountant's export of the month that ended, once.
func (c *Cycle) ExportMonth(ctx context.Context, at time.Time) error {
	if c.Policy.Accounting.Accountant == "" {
		return nil
	}
	today := c.today(at)
	last := calendar.Date{Year: today.Year, Month: today.Month, Day: 1}.AddDays(-1)
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		e := Effect{Name: Name("e", doExport, c.Policy.Accounting.Package, last.String()), Does: doExport, Rank: RankMail, Subject: Key{Kind: "day", ID: last.String()}}
		if known, err := find[Effect](ctx, tx, e.Name); err != nil || known != nil {
			return err
		}
		return tx.Do(e)
	})
}

// performExport mails the accountant what is new since the last export. A month
// in which nothing was booked sends nothing.
func performExport(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	last, err := calendar.Parse(e.Subject.ID)
	if err != nil {
		return nil, Permanent("The export cannot be made", "its day is damaged", "tell us", err).Keyed("damaged")
	}
	if o.Exports == nil {
		return nil, Permanent("The export cannot be made", "nothing here writes exports", "tell us", nil).Keyed("export.none")
	}
	to := o.Cycle.Policy.Accounting
	s := Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name}
	r, err := o.Cycle.period(ctx, s.At, ExportRequest{Profile: to.Package, To: last, Sent: true})
	if fault.Is(err, fault.Invalid) { // a person was faster
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	books, err := o.Cycle.BooksOf(ctx, r.From, r.To)
	if err != nil {
		return nil, err
	}
	if len(books.Entries) == 0 {
		return nil, nil
	}
	file, err := o.Exports.Export(r.Profile, books)
	if err != nil {
		return nil, err
	}
	subject, text := o.Exports.Cover(o.Cycle.Policy.Language, o.Cycle.Policy.Seller.Name, file, r.From, r.To)
	if _, err = o.Mail.Send(ctx, Letter{Tag: e.Name, To: to.Accountant, Subject: subject, Text: text, Attachments: []Attachment{{Name: file.Name, ContentType: file.ContentType, Content: file.Content}}}); err != nil {
		return nil, fmt.Errorf("mail the export: %w", err)
	}
	_, _, err = o.Cycle.MakeExport(ctx, s, o.Exports, r)
	return nil, err
}
