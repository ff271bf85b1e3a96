package api

import (
	"bytes"
	"context"
	"encoding/csv"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// SalesListing is a quarter's recapitulative statement (ICP).
type SalesListing struct {
	Quarter    string        `json:"quarter" example:"2026-Q1"`
	From       string        `json:"from" format:"date"`
	To         string        `json:"to" format:"date"`
	Rows       []ListedBuyer `json:"rows" nullable:"false" doc:"By VAT id; goods before services"`
	Total      Money         `json:"total"`
	Ledger     Money         `json:"ledger" doc:"What the books have of the same documents"`
	Difference Money         `json:"difference" doc:"Nothing, or something is wrong"`
}

// ListedBuyer is what one VAT id was supplied without tax.
type ListedBuyer struct {
	VATID     string   `json:"vat_id" example:"BE0411905847"`
	Name      string   `json:"name"`
	Nature    string   `json:"nature" enum:"goods,services"`
	Amount    Money    `json:"amount" doc:"Net, in the currency of the books; credit notes taken off"`
	Documents []string `json:"documents" nullable:"false" doc:"Numbers"`
	Checked   bool     `json:"checked" doc:"VIES knew the VAT id each time"`
}

// OneStopShop is a quarter's Union return.
type OneStopShop struct {
	Quarter     string              `json:"quarter" example:"2026-Q1"`
	From        string              `json:"from" format:"date"`
	To          string              `json:"to" format:"date"`
	Rows        []OneStopRow        `json:"rows" nullable:"false"`
	Corrections []OneStopCorrection `json:"corrections" nullable:"false" doc:"Of earlier quarters, by credit notes"`
	Total       Money               `json:"total" doc:"To be paid"`
	Ledger      Money               `json:"ledger" doc:"What the books have on the account of it"`
	Difference  Money               `json:"difference" doc:"Nothing, or something is wrong"`
}

// OneStopRow is what one country is owed at one rate.
type OneStopRow struct {
	Country string `json:"country" example:"DE"`
	Rate    string `json:"rate" doc:"Percent" example:"19"`
	Base    Money  `json:"base"`
	Tax     Money  `json:"tax"`
}

// OneStopCorrection is what a country gets more, or less, for an earlier quarter.
type OneStopCorrection struct {
	Country string `json:"country"`
	Quarter string `json:"quarter"`
	Tax     Money  `json:"tax"`
}

func (s server) taxReturns() {
	type quarterly struct {
		Quarter string `query:"quarter" doc:"The last one that is over when left out" example:"2026-Q1"`
	}
	route(s, get("sales-listing", "/v1/tax/sales-listing", "Read what was supplied without tax to whom in other member states (ICP)"), func(ctx context.Context, in *quarterly) (*reply[SalesListing], error) {
		list, err := s.salesListing(ctx, in.Quarter)
		return &reply[SalesListing]{salesListing(list)}, err
	})
	route(s, csvOf(get("sales-listing-csv", "/v1/tax/sales-listing/csv", "Read the sales listing as a file")), func(ctx context.Context, in *quarterly) (*file, error) {
		list, err := s.salesListing(ctx, in.Quarter)
		if err != nil {
			return nil, err
		}
		rows := [][]string{{"vat_id", "name", "nature", "amount", "currency", "checked"}}
		for _, r := range list.Rows {
			checked := "no"
			if r.Checked {
				checked = "yes"
			}
			rows = append(rows, []string{r.VATID, r.Name, r.Nature, major(r.Amount), r.Amount.Currency, checked})
		}
		return table(rows)
	})
	route(s, get("one-stop-shop", "/v1/tax/one-stop-shop", "Read the Union return of the One Stop Shop"), func(ctx context.Context, in *quarterly) (*reply[OneStopShop], error) {
		r, err := s.oneStop(ctx, in.Quarter)
		return &reply[OneStopShop]{oneStopShop(r)}, err
	})
	route(s, csvOf(get("one-stop-shop-csv", "/v1/tax/one-stop-shop/csv", "Read the return of the One Stop Shop as a file")), func(ctx context.Context, in *quarterly) (*file, error) {
		r, err := s.oneStop(ctx, in.Quarter)
		if err != nil {
			return nil, err
		}
		rows := [][]string{{"kind", "country", "quarter", "rate", "base", "tax", "currency"}}
		for _, row := range r.Rows {
			rows = append(rows, []string{"supply", row.Country, r.Quarter.String(), row.Rate.String(), major(row.Base), major(row.Tax), row.Tax.Currency})
		}
		for _, c := range r.Corrections {
			rows = append(rows, []string{"correction", c.Country, c.Quarter.String(), "", "", major(c.Tax), c.Tax.Currency})
		}
		return table(rows)
	})
}

// declared reads the quarter that is declared; none is the last one that is over.
func (s server) declared(said string) (calendar.Quarter, error) {
	if said == "" {
		return calendar.QuarterOf(calendar.QuarterOf(s.today()).First().AddDays(-1)), nil
	}
	q, err := calendar.ParseQuarter(said)
	if err != nil {
		return q, fault.Bad("/quarter", err.Error(), "write it as 2026-Q1")
	}
	return q, nil
}

func (s server) salesListing(ctx context.Context, said string) (o2c.SalesListing, error) {
	q, err := s.declared(said)
	if err != nil {
		return o2c.SalesListing{}, err
	}
	return s.Cycle.SalesListing(ctx, q)
}

func (s server) oneStop(ctx context.Context, said string) (o2c.OneStopReturn, error) {
	q, err := s.declared(said)
	if err != nil {
		return o2c.OneStopReturn{}, err
	}
	return s.Cycle.OneStopReturn(ctx, q)
}

func salesListing(l o2c.SalesListing) SalesListing {
	return SalesListing{
		Quarter: l.Quarter.String(), From: l.Quarter.First().String(), To: l.Quarter.Last().String(),
		Total: moneyOf(l.Total), Ledger: moneyOf(l.Ledger), Difference: moneyOf(l.Total.Minus(l.Ledger)),
		Rows: each(l.Rows, func(r o2c.ListedCustomer) ListedBuyer {
			return ListedBuyer{VATID: r.VATID, Name: r.Name, Nature: r.Nature, Amount: moneyOf(r.Amount), Documents: r.Documents, Checked: r.Checked}
		}),
	}
}

func oneStopShop(r o2c.OneStopReturn) OneStopShop {
	return OneStopShop{
		Quarter: r.Quarter.String(), From: r.Quarter.First().String(), To: r.Quarter.Last().String(),
		Total: moneyOf(r.Total), Ledger: moneyOf(r.Ledger), Difference: moneyOf(r.Total.Minus(r.Ledger)),
		Rows: each(r.Rows, func(row o2c.OneStopRow) OneStopRow {
			return OneStopRow{Country: row.Country, Rate: row.Rate.String(), Base: moneyOf(row.Base), Tax: moneyOf(row.Tax)}
		}),
		Corrections: each(r.Corrections, func(c o2c.OneStopCorrection) OneStopCorrection {
			return OneStopCorrection{Country: c.Country, Quarter: c.Quarter.String(), Tax: moneyOf(c.Tax)}
		}),
	}
}

// csvOf describes an answer that is a table.
func csvOf(op huma.Operation) huma.Operation {
	return answering(op, "text/csv", &huma.Schema{Type: huma.TypeString})
}

// major spells an amount in major units, as tables have it.
func major(a money.Amount) string { return a.Decimal().StringFixed(money.Digits(a.Currency)) }

func table(rows [][]string) (*file, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	err := w.WriteAll(rows)
	return &file{ContentType: "text/csv; charset=utf-8", Body: out.Bytes()}, err
}
