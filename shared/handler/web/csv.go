package web

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"duly/shared/o2c/fault"
	"duly/shared/text"
)

// csv gives what a chart shows as a file for a spreadsheet: decimals as the language writes them, and semicolons between
// the columns where commas stand in numbers.
func (d desk) csv(w http.ResponseWriter, r *http.Request, g guest) {
	v, err := d.Cycle.TeamToday(r.Context(), d.Now())
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	words, today := text.In(g.visit.Lang), v.Today
	lines, ok := d.pages.Lines(r.PathValue("chart"), v, g.visit.Lang)
	if !ok {
		d.fail(w, r, g, fault.Missing("chart", r.PathValue("chart")))
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
