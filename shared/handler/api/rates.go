package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c"
	"duly/shared/o2c/exchange"
	"duly/shared/o2c/fault"
	"duly/shared/rates"
)

// RateSheet are the exchange rates of one day.
type RateSheet struct {
	On     string            `json:"on" format:"date"`
	Base   string            `json:"base" example:"EUR"`
	Source string            `json:"source"`
	Per    map[string]string `json:"per" doc:"One unit of the base in each currency"`
}

// ImportedRates is what a file of rates did.
type ImportedRates struct {
	Source string `json:"source"`
	Days   int    `json:"days" doc:"In the file"`
	New    int    `json:"new" doc:"Of them not known before"`
	Newest string `json:"newest" format:"date"`
}

func (s server) rates() {
	type upload struct{ RawBody []byte }
	op := made("import-rates", "/v1/rates", "Import the European Central Bank's reference rates; 200 when nothing in the file is new")
	op.RequestBody = &huma.RequestBody{Required: true, Description: "eurofxref-daily.xml, eurofxref-hist-90d.xml, eurofxref.csv or eurofxref-hist.csv, unzipped"}
	same := &huma.MediaType{Schema: s.schema(reflect.TypeFor[ImportedRates]())}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "Nothing in it is new", Content: map[string]*huma.MediaType{"application/json": same}},
		"201": {Description: "Created", Content: map[string]*huma.MediaType{"application/json": same}},
	}
	route(s, op, func(ctx context.Context, in *upload) (*outcome[ImportedRates], error) {
		sheets, err := rates.Read(in.RawBody)
		if err != nil {
			return nil, fault.New(fault.Unreadable, "The rates cannot be read", err.Error(), "send a file of the European Central Bank as it is")
		}
		added, err := s.Cycle.ImportRates(ctx, s.stamp(ctx), sheets)
		if err != nil {
			return nil, err
		}
		out := &outcome[ImportedRates]{Status: http.StatusOK, Body: ImportedRates{Source: rates.Source, Days: len(sheets), New: added, Newest: sheets[0].Data().On.String()}}
		if added > 0 {
			out.Status = http.StatusCreated
		}
		return out, nil
	})
	route(s, get("list-rates", "/v1/rates", "List the imported exchange rates"), func(ctx context.Context, in *Paging) (*reply[page[RateSheet]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[exchange.Sheet], error) {
			return o2c.ListOf[exchange.Sheet](ctx, s.Cycle, limit, after)
		}, all)
		return &reply[page[RateSheet]]{page[RateSheet]{each(kept, rateSheet), next}}, err
	})
}

func rateSheet(sheet *exchange.Sheet) RateSheet {
	d := sheet.Data()
	v := RateSheet{On: d.On.String(), Base: d.Base, Source: d.Source, Per: make(map[string]string, len(d.Per))}
	for currency, per := range d.Per {
		v.Per[currency] = per.String()
	}
	return v
}
