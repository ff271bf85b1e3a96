package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/export"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// ExportInput asks for the books of a period in the form of another package.
type ExportInput struct {
	Profile string `json:"profile" enum:"datev,e-boekhouden,exact,journal,quickbooks,quickbooks-journal,twinfield,xaf,xero,xero-journal" example:"journal"`
	From    string `json:"from,omitempty" format:"date" doc:"First day; left out: the day after the last export"`
	To      string `json:"to,omitempty" format:"date" doc:"Last day, included; left out: yesterday"`
}

// Export is an export of the books. Asked for again it has the same bytes.
type Export struct {
	ID      string `json:"id"`
	Profile string `json:"profile"`
	From    string `json:"from" format:"date"`
	To      string `json:"to" format:"date"`
	Name    string `json:"name" doc:"Of the file"`
	Rows    int    `json:"rows"`
	SHA256  string `json:"sha256"`
	Marked  bool   `json:"marked" doc:"Its days have ended, and count as exported"`
	Sent    bool   `json:"sent" doc:"To the accountant, by itself"`
	URL     string `json:"url" doc:"Of the file"`
}

func (s server) exports() {
	type ask struct{ Body ExportInput }
	type place struct {
		Profile string `path:"profile"`
		From    string `path:"from"`
		To      string `path:"to"`
	}
	route(s, get("list-exports", "/v1/exports", "List exports of the books that were made"), func(ctx context.Context, in *Paging) (*reply[page[Export]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[o2c.Exported], error) {
			return o2c.ListOf[o2c.Exported](ctx, s.Cycle, limit, after)
		}, all)
		return &reply[page[Export]]{page[Export]{each(kept, func(e *o2c.Exported) Export { return exportView(e.Data(), true) }), next}}, err
	})
	route(s, made("make-export", "/v1/exports", "Export the books of a period for another package; without days what is new since the last time"), func(ctx context.Context, in *ask) (*reply[Export], error) {
		d, _, err := s.export(ctx, in.Body.Profile, in.Body.From, in.Body.To)
		if err != nil {
			return nil, err
		}
		marks := d.To.Before(s.today())
		return &reply[Export]{exportView(d, marks)}, nil
	})
	op := answering(get("export-file", "/v1/exports/{profile}/{from}/{to}/file", "Read the file of an export"), "application/octet-stream", &huma.Schema{Type: huma.TypeString, Format: "binary"})
	op.DefaultStatus = http.StatusOK
	route(s, op, func(ctx context.Context, in *place) (*file, error) {
		_, out, err := s.export(ctx, in.Profile, in.From, in.To)
		return &file{ContentType: out.ContentType, Body: out.Content}, err
	})
}

func (s server) export(ctx context.Context, profile, from, to string) (d o2c.ExportData, out o2c.ExportFile, err error) {
	r := o2c.ExportRequest{Profile: profile}
	if r.From, err = dayOr("from", from, calendar.Date{}); err != nil {
		return d, out, err
	}
	if r.To, err = dayOr("to", to, calendar.Date{}); err != nil {
		return d, out, err
	}
	if d, out, err = s.Cycle.MakeExport(ctx, s.stamp(ctx), export.Exporter{}, r); err != nil {
		return d, out, err
	}
	if len(out.Content) > exportMax {
		return d, out, fault.Bad("/to", "the file is too large for one answer", "export a shorter period")
	}
	return d, out, nil
}

// exportMax is how large an answer may be behind API Gateway, which carries it in
// base64 and takes six megabytes.
const exportMax = 4_000_000

func exportView(d o2c.ExportData, marked bool) Export {
	return Export{
		ID: d.ID, Profile: d.Profile, From: d.From.String(), To: d.To.String(), Name: d.Name, Rows: d.Rows, SHA256: d.SHA256, Marked: marked, Sent: d.Sent,
		URL: "/v1/exports/" + d.Profile + "/" + d.From.String() + "/" + d.To.String() + "/file",
	}
}
