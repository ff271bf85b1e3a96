package web

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"duly/shared/o2c/fault"
	"duly/shared/page"
	"duly/shared/text"
)

// csv gives what a chart shows as a file for a spreadsheet: decimals as the language writes them, and semicolons between
// the columns where commas stand in numbers.
func (d desk) csv(w http.ResponseWriter, r *http.Request, g guest) {
	f, err := d.Cycle.Figures(r.Context())
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	words, today := text.In(g.visit.Lang), d.now().Today
	var lines []page.Line
	switch name := r.PathValue("chart"); name {
	case "ageing":
		lines = d.pages.AgeingLines(f, today, g.visit.Lang)
	case "sold":
		lines = d.pages.SoldLines(f, today, g.visit.Lang)
	default:
		d.fail(w, r, g, fault.Missing("chart", name))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+r.PathValue("chart")+"-"+today.String()+`.csv"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	if words.Decimal("1.5") != "1.5" {
		out.Comma = ';'
	}
	_ = out.Write([]string{"", words.Say("web.amount"), words.Say("web.currency"), words.Say("web.count")}) // a reader that has gone needs no file
	for _, l := range lines {
		_ = out.Write([]string{l.Name, words.Decimal(l.Amount.Decimal().String()), l.Amount.Currency, strconv.Itoa(l.Count)})
	}
	out.Flush()
}
