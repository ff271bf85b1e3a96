package portal

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/page"
)

// pay leads to the payment page of the open amount, or of the part that the
// form names: "amount" in minor units by programs, "other" as people write it.
func (d Deps) pay(w http.ResponseWriter, r *http.Request) {
	if d.Cycle.Pay == nil { // no provider: the page offers no payment either
		d.fail(w, r, fault.Missing("page", ""))
		return
	}
	amount, err := d.asked(r)
	var keep *o2c.ConsentText
	if err == nil && r.PostFormValue("keep") != "" {
		var doc invoice.Data
		if doc, err = d.document(r); err == nil {
			keep = d.consent(r, doc.Buyer.Language, doc.Seller.Name)
		}
	}
	if err == nil {
		var checkout string
		if checkout, err = d.Cycle.StartPayment(r.Context(), d.Now(), r.PathValue("token"), amount, keep); err == nil {
			redirect(w, r, checkout)
			return
		}
	}
	switch {
	case fault.Is(err, fault.NotFound):
		d.fail(w, r, err)
	case fault.Is(err, fault.Invalid):
		back(w, r, page.SaidAmount)
	case fault.Is(err, fault.Refused):
		back(w, r, page.SaidRefused)
	default:
		d.Log.Error("payment page failed", "cause", err)
		back(w, r, page.SaidLater)
	}
}

// asked is the part that the form names; nil is all that is open.
func (d Deps) asked(r *http.Request) (*money.Amount, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fault.Bad("/amount", "the form cannot be read", "send it as a form").Because(err)
	}
	minor, other := r.PostForm.Get("amount"), strings.TrimSpace(r.PostForm.Get("other"))
	if minor == "" && !r.PostForm.Has("other") {
		return nil, nil
	}
	doc, err := d.document(r)
	if err != nil {
		return nil, err
	}
	if minor == "" && other == "" {
		return typed(other, doc.Currency)
	}
	return d.part(r, doc)
}

// part reads an amount that a form may name; nil is all of it.
func (d Deps) part(r *http.Request, doc invoice.Data) (*money.Amount, error) {
	minor, other := strings.TrimSpace(r.PostFormValue("amount")), strings.TrimSpace(r.PostFormValue("other"))
	switch {
	case minor == "" && other == "":
		return nil, nil
	case minor == "":
		return typed(other, doc.Currency)
	}
	n, err := strconv.ParseInt(minor, 10, 64)
	if err != nil {
		return nil, fault.Bad("/amount", minor+" is no whole number of minor units", "write cents, such as 124000")
	}
	part := money.Of(n, doc.Currency)
	return &part, nil
}

// plain is an amount that can be read in one way alone: without separators of
// thousands, and with at most two decimals. "1.240" could mean two amounts and
// is asked again.
var plain = lazy.Pattern(`^[0-9]{1,10}([.,][0-9]{1,2})?$`)

func typed(s, currency string) (*money.Amount, error) {
	if !plain().MatchString(s) {
		return nil, fault.Bad("/other", fmt.Sprintf("%q can be read in two ways or in none", s), "write it like 1240,00")
	}
	part, err := money.Parse(strings.Replace(s, ",", ".", 1), currency)
	if err != nil {
		return nil, fault.Bad("/other", err.Error(), "write it like 1240,00")
	}
	return &part, nil
}

// promise takes the customer's word to pay on a day. Who has promised already
// is shown that promise.
func (d Deps) promise(w http.ResponseWriter, r *http.Request) {
	v, err := d.Cycle.InvoicePage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if v.Promise != nil {
		back(w, r, "")
		return
	}
	on, err := calendar.Parse(r.PostFormValue("date"))
	if err != nil {
		back(w, r, page.SaidDate)
		return
	}
	by := "portal:" + v.Invoice.Buyer.Email
	_, err = d.Cycle.RecordPromise(r.Context(), o2c.Stamp{At: d.Now(), Actor: by}, o2c.PromiseInput{InvoiceID: v.Invoice.ID, Date: on, By: by})
	switch {
	case err == nil:
		back(w, r, "")
	case fault.Is(err, fault.Invalid):
		back(w, r, page.SaidDate)
	case fault.Is(err, fault.Refused):
		back(w, r, page.SaidRefused)
	default:
		d.fail(w, r, err)
	}
}

// back leads to the page again, which shows how it stands now and, at the top,
// what was wrong.
func back(w http.ResponseWriter, r *http.Request, said string) { backTo(w, r, home(r), said) }

func backTo(w http.ResponseWriter, r *http.Request, to, said string) {
	q := url.Values{}
	if lang := r.URL.Query().Get("lang"); lang != "" {
		q.Set("lang", lang)
	}
	if said != "" {
		q.Set("said", said)
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	if said != "" {
		to += "#problem" // moves the focus there without a script
	}
	redirect(w, r, to)
}

// redirect answers 303: whatever was posted, the next request is a GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}
