package portal

import (
	"net/http"
	"net/url"
	"strconv"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/page"
)

// reply does what a form asks for about the invoice behind the link, and leads
// back to its page. said is what was wrong, by the field of the fault; done is
// what the page says when it does not show by itself what happened.
func (d Deps) reply(w http.ResponseWriter, r *http.Request, done string, said map[string]string, do func(invoice.Data, o2c.Stamp) error) {
	doc, err := d.document(r)
	if err == nil {
		err = do(doc, o2c.Stamp{At: d.Now(), Actor: "portal:" + doc.Buyer.Email})
	}
	switch f := fault.Of(err); {
	case err == nil && done != "":
		q := url.Values{"done": {done}}
		if lang := r.URL.Query().Get("lang"); lang != "" {
			q.Set("lang", lang)
		}
		redirect(w, r, home(r)+"?"+q.Encode())
	case err == nil:
		back(w, r, "")
	case f.Code == fault.Invalid && said[f.Pointer] != "":
		back(w, r, said[f.Pointer])
	case f.Code == fault.Invalid:
		back(w, r, said[""])
	case f.Code == fault.Refused:
		back(w, r, page.SaidRefused)
	default:
		d.fail(w, r, err)
	}
}

// dispute takes what the customer says is wrong: "amount" in minor units by
// programs, "other" as people write it; neither is all that is open.
func (d Deps) dispute(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, "", map[string]string{"": page.SaidDisputed, "/text": page.SaidWrong}, func(doc invoice.Data, s o2c.Stamp) error {
		part, err := d.part(r, doc)
		if err == nil {
			_, err = d.Cycle.OpenDispute(r.Context(), s, o2c.DisputeInput{InvoiceID: doc.ID, Amount: part, Reason: r.PostFormValue("reason"), Text: r.PostFormValue("text"), By: s.Actor})
		}
		return err
	})
}

// instalments takes the wish for a payment plan; a colleague decides.
func (d Deps) instalments(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, "", map[string]string{"": page.SaidParts}, func(doc invoice.Data, s o2c.Stamp) error {
		parts, err := strconv.Atoi(r.PostFormValue("parts"))
		if err != nil || parts < 2 || parts > o2c.PartsAsked {
			return fault.Bad("/parts", "the number of instalments is not from 2 to 6", "choose another")
		}
		_, err = d.Cycle.AskPlan(r.Context(), s, o2c.PlanInput{InvoiceID: doc.ID, Parts: parts, Text: r.PostFormValue("text"), By: s.Actor})
		return err
	})
}

// poNumber takes the customer's own order number for a copy.
func (d Deps) poNumber(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, "", map[string]string{"": page.SaidPO}, func(doc invoice.Data, s o2c.Stamp) error {
		return d.Cycle.GivePONumber(r.Context(), s, doc.ID, r.PostFormValue("po_number"))
	})
}

// forward sends the invoice to a colleague of the customer.
func (d Deps) forward(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, page.DoneForwarded, map[string]string{"": page.SaidEmail}, func(doc invoice.Data, s o2c.Stamp) error {
		return d.Cycle.ForwardInvoice(r.Context(), s, doc.ID, r.PostFormValue("email"))
	})
}

// opinion takes how the customer found it.
func (d Deps) opinion(w http.ResponseWriter, r *http.Request) {
	d.reply(w, r, "", map[string]string{"": page.SaidScore}, func(doc invoice.Data, s o2c.Stamp) error {
		score, err := strconv.Atoi(r.PostFormValue("score"))
		if err != nil {
			score = 0 // nothing was chosen
		}
		return d.Cycle.GiveOpinion(r.Context(), s, doc.ID, score, r.PostFormValue("text"))
	})
}
