package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/page"
)

// correct takes what the customer wants otherwise; a colleague reads it.
func (d Deps) correct(w http.ResponseWriter, r *http.Request) {
	err := d.Cycle.AskCorrection(r.Context(), d.Now(), r.PathValue("token"), r.PostFormValue("text"))
	home := "/o/" + url.PathEscape(r.PathValue("token"))
	switch {
	case err == nil:
		backTo(w, r, home, "")
	case fault.Is(err, fault.Invalid):
		backTo(w, r, home, page.SaidText)
	case fault.Is(err, fault.Refused):
		backTo(w, r, home, page.SaidRefused)
	default:
		d.fail(w, r, err)
	}
}

// Slips renders packing slips.
type Slips interface {
	PackingSlip(v o2c.PackingSlipView) ([]byte, error)
	ClaimPDF(v o2c.ClaimSheetView) ([]byte, error)
}

// packingSlip gives the slip of a parcel: the one that is asked for, or the next
// to be packed. It is rendered anew each time and kept nowhere, as it is no
// legal document.
func (d Deps) packingSlip(w http.ResponseWriter, r *http.Request) {
	key, err := d.Cycle.OpenLink(r.Context(), o2c.LinkOrder, r.PathValue("token"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	nth, _ := strconv.Atoi(r.URL.Query().Get("parcel")) // what is no number is the next parcel
	v, err := d.Cycle.PackingSlip(r.Context(), key.ID, max(0, nth), calendar.On(d.Now(), d.Cycle.Policy.Zone))
	if fault.Is(err, fault.Refused) {
		err = fault.Missing("packing slip", key.ID)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	content, err := d.Slips.PackingSlip(v)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	printed(w, content, "packing-slip.pdf")
}

// printed gives a document that was rendered for this reader and is kept
// nowhere.
func printed(w http.ResponseWriter, content []byte, name string) {
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": `inline; filename="` + name + `"`, "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
	} {
		h.Set(name, value)
	}
	_, _ = w.Write(content) // a reader that has gone needs none
}
