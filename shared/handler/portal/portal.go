// Package portal is the function behind the customers' links: it shows the
// quote, invoice, order or statement that a token opens, and takes the customer's
// answer to it. It does not own what may be answered (the cycle does) nor how a
// page looks.
package portal

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/page"
	"duly/shared/text"
)

// Deps is what the function needs.
type Deps struct {
	Cycle *o2c.Cycle
	Pages *page.Pages
	Files o2c.Files
	Slips Slips
	Now   func() time.Time
	Log   *slog.Logger
}

// New makes the function. A GET changes nothing: mail scanners follow every
// link (row 85 of the failure catalogue).
func New(d Deps) trigger.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /i/{token}", d.show(d.invoice))
	mux.HandleFunc("GET /i/{token}/pdf", d.pdf)
	mux.HandleFunc("GET /i/{token}/ubl", d.ubl)
	mux.HandleFunc("GET /i/{token}/claim", d.claim)
	mux.HandleFunc("POST /i/{token}/pay", d.pay)
	mux.HandleFunc("POST /i/{token}/stop-collecting", d.stopCollecting)
	mux.HandleFunc("POST /i/{token}/renew", d.renew)
	mux.HandleFunc("POST /i/{token}/promise", d.promise)
	mux.HandleFunc("POST /i/{token}/dispute", d.dispute)
	mux.HandleFunc("POST /i/{token}/po-number", d.poNumber)
	mux.HandleFunc("POST /i/{token}/instalments", d.instalments)
	mux.HandleFunc("POST /i/{token}/forward", d.forward)
	mux.HandleFunc("POST /i/{token}/opinion", d.opinion)
	mux.HandleFunc("GET /q/{token}", d.show(d.quote))
	mux.HandleFunc("GET /q/{token}/pdf", d.quotePDF)
	mux.HandleFunc("GET /q/{token}/contract", d.contractPDF)
	mux.HandleFunc("POST /q/{token}/accept", d.accept)
	mux.HandleFunc("POST /q/{token}/decline", d.decline)
	mux.HandleFunc("GET /o/{token}", d.show(d.order))
	mux.HandleFunc("GET /o/{token}/packing-slip", d.packingSlip)
	mux.HandleFunc("POST /o/{token}/correct", d.correct)
	mux.HandleFunc("GET /s/{token}", d.show(d.statement))
	mux.HandleFunc("GET /s/{token}/csv", d.statementCSV)
	mux.HandleFunc("POST /s/{token}/pay", d.payStatement)
	mux.HandleFunc("POST /s/{token}/stop-collecting", d.stopStatement)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { d.fail(w, r, fault.Missing("page", "")) })
	return trigger.Handler{HTTP: trigger.Serve(mux)}
}

// show answers with a page.
func (d Deps) show(render func(*http.Request) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		html, err := render(r)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		d.answer(w, http.StatusOK, html)
	}
}

func (d Deps) answer(w http.ResponseWriter, status int, html []byte) {
	for name, value := range d.Pages.Headers() {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	_, _ = w.Write(html) // a reader that has gone needs no page
}

// fail answers with the one page for whatever a link does not open, or with
// the one for what is our own trouble. The log gets the cause, never the token.
func (d Deps) fail(w http.ResponseWriter, r *http.Request, err error) {
	at := page.Visit{Lang: language(r), Path: r.URL.EscapedPath()}
	status, render := http.StatusNotFound, d.Pages.Missing
	if !fault.Is(err, fault.NotFound) {
		status, render = fault.Of(err).Code.Meaning().Status, d.Pages.Sorry
		d.Log.Error("page failed", "page", r.Pattern, "cause", err)
	}
	d.answer(w, status, render(at))
}

// language is what a reader without a document is answered in.
func language(r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); asked != "" {
		return asked
	}
	return text.Accepted(r.Header.Get("Accept-Language"))
}

func visit(r *http.Request) page.Visit {
	q := r.URL.Query()
	return page.Visit{Lang: q.Get("lang"), Said: q.Get("said"), Done: q.Get("done"), Returned: q.Has("returned"), Path: r.URL.EscapedPath()}
}

func (d Deps) invoice(r *http.Request) ([]byte, error) {
	v, err := d.Cycle.InvoicePage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return d.Pages.Invoice(v, visit(r)), nil
}

func (d Deps) order(r *http.Request) ([]byte, error) {
	v, err := d.Cycle.OrderPage(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return d.Pages.Order(v, visit(r)), nil
}

// pdf gives the document as it was first rendered; until then it says so.
func (d Deps) pdf(w http.ResponseWriter, r *http.Request) {
	doc, err := d.document(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	name := o2c.PaperName(doc)
	if doc.BuyerPO != "" { // the copy with the order number that the customer told later
		name = o2c.CopyName(doc)
	}
	d.file(w, r, home(r), name, doc.Number+".pdf", "application/pdf")
}

// file gives a kept document; without one it says that it is not ready, and
// leads back.
func (d Deps) file(w http.ResponseWriter, r *http.Request, back, name, as, contentType string) {
	content, err := d.Files.Get(r.Context(), name)
	if name == "" || fault.Is(err, fault.NotFound) {
		w.Header().Set("Retry-After", "60")
		d.answer(w, http.StatusServiceUnavailable, d.Pages.NotReady(page.Visit{Lang: language(r), Path: back}, back))
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `inline; filename="`+as+`"`)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(content) // as above
}

// ubl gives the e-invoice of a document.
func (d Deps) ubl(w http.ResponseWriter, r *http.Request) {
	doc, err := d.document(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.file(w, r, home(r), o2c.EInvoiceName(doc), doc.Number+".xml", "application/xml")
}

// document is the invoice or credit note that the request's token opens.
func (d Deps) document(r *http.Request) (invoice.Data, error) {
	key, err := d.Cycle.OpenLink(r.Context(), o2c.LinkInvoice, r.PathValue("token"))
	if err != nil {
		return invoice.Data{}, err
	}
	inv, err := o2c.Read[invoice.Invoice](r.Context(), d.Cycle, key.ID)
	if err != nil {
		return invoice.Data{}, err
	}
	return inv.Data(), nil
}

// home is the path of the page that a request's form or document belongs to.
func home(r *http.Request) string { return "/i/" + url.PathEscape(r.PathValue("token")) }

func quoteHome(r *http.Request) string { return "/q/" + url.PathEscape(r.PathValue("token")) }
