package portal

import (
	"net"
	"net/http"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/quote"
	"duly/shared/page"
)

func (d Deps) quote(r *http.Request) ([]byte, error) {
	v, err := d.Cycle.QuotePage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return d.Pages.Quote(v, visit(r)), nil
}

// accept takes the customer's yes with its evidence.
func (d Deps) accept(w http.ResponseWriter, r *http.Request) {
	_, err := d.Cycle.AcceptQuote(r.Context(), d.Now(), o2c.QuoteAnswer{
		Token: r.PathValue("token"), IP: origin(r), Name: r.PostFormValue("name"), Agree: r.PostFormValue("agree") == "1", Document: r.PostFormValue("document"),
	})
	d.answered(w, r, err)
}

// decline takes the customer's no.
func (d Deps) decline(w http.ResponseWriter, r *http.Request) {
	d.answered(w, r, d.Cycle.DeclineQuote(r.Context(), d.Now(), o2c.QuoteAnswer{
		Token: r.PathValue("token"), IP: origin(r), Reason: r.PostFormValue("reason"),
	}))
}

// answered leads back to the quote's page, which says what happened.
func (d Deps) answered(w http.ResponseWriter, r *http.Request, err error) {
	to := quoteHome(r)
	switch f := fault.Of(err); {
	case err == nil:
		backTo(w, r, to, "")
	case f.Code == fault.Invalid && f.Pointer == "/agree":
		backTo(w, r, to, page.SaidAgree)
	case f.Code == fault.Invalid:
		backTo(w, r, to, page.SaidName)
	case f.Code == fault.Stale:
		backTo(w, r, to, page.SaidChanged)
	case f.Code == fault.Refused:
		backTo(w, r, to, page.SaidRefused)
	case f.Code == fault.Unavailable:
		d.Log.Error("quote not answered", "cause", err)
		backTo(w, r, to, page.SaidSoon)
	default:
		d.fail(w, r, err)
	}
}

// origin is the address that a request came from: evidence of an acceptance.
func origin(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// quotePDF and contractPDF give the documents as they are kept.
func (d Deps) quotePDF(w http.ResponseWriter, r *http.Request) {
	d.quotePaper(w, r, func(v o2c.QuotePageView) quote.Paper {
		if v.Quote.Status == quote.Draft { // the next version is not sent yet
			return quote.Paper{}
		}
		return v.Quote.Document
	})
}

func (d Deps) contractPDF(w http.ResponseWriter, r *http.Request) {
	d.quotePaper(w, r, func(v o2c.QuotePageView) quote.Paper {
		if v.Contract == nil {
			return quote.Paper{}
		}
		return v.Contract.Document
	})
}

func (d Deps) quotePaper(w http.ResponseWriter, r *http.Request, pick func(o2c.QuotePageView) quote.Paper) {
	v, err := d.Cycle.QuotePage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.file(w, r, quoteHome(r), pick(v).Name, v.Quote.Number+".pdf", "application/pdf")
}
