package portal

import (
	"net/http"
	"net/url"

	"duly/shared/o2c/fault"
	"duly/shared/page"
)

func (d Deps) statement(r *http.Request) ([]byte, error) {
	v, err := d.Cycle.StatementPage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return d.Pages.Statement(v, visit(r)), nil
}

// statementCSV gives the statement for a spreadsheet.
func (d Deps) statementCSV(w http.ResponseWriter, r *http.Request) {
	v, err := d.Cycle.StatementPage(r.Context(), d.Now(), r.PathValue("token"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for name, value := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="statement-` + v.Today.String() + `.csv"`, "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
	} {
		w.Header().Set(name, value)
	}
	_, _ = w.Write(d.Pages.StatementCSV(v, visit(r))) // a reader that has gone needs none
}

// payStatement leads to one payment page for the overdue balance of a currency.
func (d Deps) payStatement(w http.ResponseWriter, r *http.Request) {
	if d.Cycle.Pay == nil {
		d.fail(w, r, fault.Missing("page", ""))
		return
	}
	to := "/s/" + url.PathEscape(r.PathValue("token"))
	checkout, err := d.Cycle.PayStatement(r.Context(), d.Now(), r.PathValue("token"), r.PostFormValue("currency"), d.consent(r, language(r), d.Cycle.Policy.Seller.Name))
	switch {
	case err == nil:
		redirect(w, r, checkout)
	case fault.Is(err, fault.NotFound):
		d.fail(w, r, err)
	case fault.Is(err, fault.Refused):
		backTo(w, r, to, page.SaidRefused)
	default:
		d.Log.Error("payment page failed", "cause", err)
		backTo(w, r, to, page.SaidLater)
	}
}
