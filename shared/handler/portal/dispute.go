package portal

import (
	"net/http"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/page"
)

// dispute takes what the customer says is wrong: "amount" in minor units by
// programs, "other" as people write it; neither is all that is open.
func (d Deps) dispute(w http.ResponseWriter, r *http.Request) {
	doc, err := d.document(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	in := o2c.DisputeInput{InvoiceID: doc.ID, Reason: r.PostFormValue("reason"), Text: r.PostFormValue("text"), By: "portal:" + doc.Buyer.Email}
	if in.Amount, err = d.part(r, doc); err == nil {
		_, err = d.Cycle.OpenDispute(r.Context(), o2c.Stamp{At: d.Now(), Actor: in.By}, in)
	}
	switch f := fault.Of(err); {
	case err == nil:
		back(w, r, "")
	case f.Code == fault.Invalid && f.Pointer == "/text":
		back(w, r, page.SaidWrong)
	case f.Code == fault.Invalid:
		back(w, r, page.SaidDisputed)
	case f.Code == fault.Refused:
		back(w, r, page.SaidRefused)
	default:
		d.fail(w, r, err)
	}
}
