package portal

import (
	"cmp"
	"net/http"
	"net/url"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/page"
)

// consent is what a form's tick says; nil without one. Its text is the one that
// the page shows in the reader's language.
func (d Deps) consent(r *http.Request, language, seller string) *o2c.ConsentText {
	if r.PostFormValue("keep") != "yes" {
		return nil
	}
	said := page.Consent(cmp.Or(r.URL.Query().Get("lang"), language), seller, d.Cycle.Policy.Collecting.NoticeDays)
	return &said
}

// stopCollecting ends collecting, from the page of an invoice.
func (d Deps) stopCollecting(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, page.DoneStopped, map[string]string{}, func(doc invoice.Data, s o2c.Stamp) error {
		return d.Cycle.StopCollecting(r.Context(), s, doc.CustomerID)
	})
}

// stopStatement does it from the page of a statement.
func (d Deps) stopStatement(w http.ResponseWriter, r *http.Request) {
	to := "/s/" + url.PathEscape(r.PathValue("token"))
	key, err := d.Cycle.OpenLink(r.Context(), o2c.LinkStatement, r.PathValue("token"))
	if err == nil {
		err = d.Cycle.StopCollecting(r.Context(), o2c.Stamp{At: d.Now(), Actor: "portal:statement"}, key.ID)
	}
	switch {
	case err == nil:
		redirect(w, r, to+"?"+url.Values{"done": {page.DoneStopped}, "lang": {language(r)}}.Encode())
	case fault.Is(err, fault.Refused):
		backTo(w, r, to, page.SaidRefused)
	default:
		d.fail(w, r, err)
	}
}

// renew leads to the page on which another card or account is given.
func (d Deps) renew(w http.ResponseWriter, r *http.Request) {
	if d.Cycle.Pay == nil {
		d.fail(w, r, fault.Missing("page", ""))
		return
	}
	doc, err := d.document(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	to := ""
	if said := d.consent(r, doc.Buyer.Language, doc.Seller.Name); said != nil {
		to, err = d.Cycle.RenewMethod(r.Context(), d.Now(), r.PathValue("token"), *said)
	}
	switch {
	case err == nil && to != "":
		redirect(w, r, to)
	case err == nil || fault.Is(err, fault.Refused):
		back(w, r, page.SaidRefused)
	default:
		d.Log.Error("the page for a payment method failed", "cause", err)
		back(w, r, page.SaidLater)
	}
}
