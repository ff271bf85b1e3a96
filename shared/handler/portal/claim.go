package portal

import (
	"net/http"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// claim prints what the law gives on an overdue invoice, as of today: whoever is
// asked for interest and costs can check every step of it.
func (d Deps) claim(w http.ResponseWriter, r *http.Request) {
	doc, err := d.document(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	today := calendar.On(d.Now(), d.Cycle.Policy.Zone)
	if !today.After(doc.DueOn) {
		d.fail(w, r, fault.Missing("claim", doc.Number))
		return
	}
	v, err := d.Cycle.ClaimOn(r.Context(), doc, today)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	lang := doc.Buyer.Language
	if asked := r.URL.Query().Get("lang"); asked != "" {
		lang = asked
	}
	content, err := d.Slips.ClaimPDF(o2c.ClaimSheetView{View: v, Seller: d.Cycle.Policy.Seller, Language: lang})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	printed(w, content, "claim-"+doc.Number+".pdf")
}
