package web

import (
	"net/http"
	"slices"
	"strings"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/page"
)

// show is a page of a colleague's.
type show func(d desk, r *http.Request, at page.TeamVisit) ([]byte, error)

// shows are the pages.
func (d desk) shows() {
	for pattern, render := range map[string]show{
		"GET /{$}":               desk.today,
		"GET /customers":         desk.customers,
		"GET /customers/{id}":    desk.customer,
		"GET /invoices":          desk.invoices,
		"GET /invoices/{number}": desk.invoice,
		"GET /cash":              desk.cash,
		"GET /cash/payouts/{id}": desk.payout,
		"GET /cash/files/{id}":   desk.bankFileResult,
		"GET /deliveries":        desk.deliveries,
		"GET /settings":          desk.settings,
	} {
		d.mux.HandleFunc(pattern, d.signed(func(w http.ResponseWriter, r *http.Request, g guest) {
			html, err := render(d, r, g.visit)
			if err != nil {
				d.fail(w, r, g, err)
				return
			}
			status := http.StatusOK
			if why, refused := r.Context().Value(refusalKey{}).(refusal); refused {
				status = why.status
			}
			d.answer(w, status, html)
		}))
	}
	d.mux.HandleFunc("GET /invoices/{number}/pdf", d.signed(d.pdf))
	d.mux.HandleFunc("GET /csv/{chart}", d.signed(d.csv))
	d.mux.HandleFunc("/", d.signed(func(w http.ResponseWriter, r *http.Request, g guest) { d.fail(w, r, g, fault.Missing("page", "")) }))
}

// asked refuses a page's parameters that it does not know, so that a mistyped filter does not show everything.
func asked(r *http.Request, may ...string) error {
	for name, values := range r.URL.Query() {
		if name != "done" && !slices.Contains(may, name) || len(values) > 1 || len(values[0]) > 2000 {
			return fault.Bad("/"+name, "the page has no such filter", "take the filter from the page's form").Keyed("filter.unknown")
		}
	}
	return nil
}

func (d desk) today(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r); err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamToday(r.Context(), d.Now())
	if err != nil {
		return nil, err
	}
	voice := d.voice(at.Lang)
	return d.pages.Today(v, voice.Besides(v.Asked), func(c o2c.CreditWait) string { return voice.Why(c.Request.Decision.Reasons) }, at), nil
}

func (d desk) customers(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r, "q", "after"); err != nil {
		return nil, err
	}
	q := r.URL.Query()
	v, err := d.Cycle.TeamCustomers(r.Context(), d.Now(), strings.TrimSpace(q.Get("q")), q.Get("after"))
	if err != nil {
		return nil, err
	}
	return d.pages.Customers(v, at), nil
}

func (d desk) customer(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r, "after"); err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamCustomer(r.Context(), d.Now(), r.PathValue("id"), r.URL.Query().Get("after"))
	if err != nil {
		return nil, err
	}
	return d.pages.Customer(v, at), nil
}

// invoicePage is how many invoices a page has, and less than twice as many.
const invoicePage = 50

func (d desk) invoices(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r, "number", "status", "customer", "from", "to", "after"); err != nil {
		return nil, err
	}
	q := r.URL.Query()
	if number := strings.TrimSpace(q.Get("number")); number != "" {
		v, err := d.Cycle.TeamInvoice(r.Context(), d.Now(), number)
		if err == nil {
			at.Path, at.Query = "/invoices/"+number, nil
			return d.pages.Invoice(d.told(v, at.Lang), at), nil
		}
		if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		return d.pages.Invoices(o2c.InvoiceList{}, at, d.now()), nil
	}
	f := o2c.InvoiceFilter{Customer: q.Get("customer"), Status: q.Get("status"), Limit: invoicePage, After: q.Get("after")}
	var err error
	if f.From, err = day(q.Get("from")); err == nil {
		f.To, err = day(q.Get("to"))
	}
	if err != nil {
		return nil, fault.By("/from", err, "choose a date")
	}
	v, err := d.Cycle.TeamInvoices(r.Context(), d.Now(), f)
	if err != nil {
		return nil, err
	}
	return d.pages.Invoices(v, at, d.now()), nil
}

func day(said string) (calendar.Date, error) {
	if said == "" {
		return calendar.Date{}, nil
	}
	return calendar.Parse(said)
}

// now is today without its figures.
func (d desk) now() o2c.TodayView {
	return o2c.TodayView{Today: calendar.On(d.Now(), d.Cycle.Policy.Zone)}
}

// told says in the reader's language why a letter of an invoice never left.
func (d desk) told(v o2c.TeamInvoice, lang string) o2c.TeamInvoice {
	voice := d.voice(lang)
	for i, sent := range v.Deliveries {
		if sent.Failure.Code != "" {
			v.Deliveries[i].Reason = voice.Cause(sent.Failure, sent.Reason)
		}
	}
	return v
}

func (d desk) invoice(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r); err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamInvoice(r.Context(), d.Now(), r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	return d.pages.Invoice(d.told(v, at.Lang), at), nil
}

// list is which of a page's lists was asked for; the first when none was.
func list(r *http.Request, all ...string) (string, error) {
	if err := asked(r, "show", "after"); err != nil {
		return "", err
	}
	show := r.URL.Query().Get("show")
	if show == "" {
		return all[0], nil
	}
	if !slices.Contains(all, show) {
		return "", fault.Bad("/show", "the page has no list {name}", "choose one on the page").Keyed("list.unknown").With("name", show)
	}
	return show, nil
}

func (d desk) cash(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if r.URL.Query().Get("show") == o2c.CashLines {
		return d.bankLines(r, at)
	}
	show, err := list(r, o2c.CashUnapplied, o2c.CashPayouts, o2c.CashBank)
	if err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamCash(r.Context(), show, r.URL.Query().Get("after"))
	if err != nil {
		return nil, err
	}
	return d.pages.Cash(v, show, trigger.FileMax>>20, at), nil
}

func (d desk) payout(r *http.Request, at page.TeamVisit) ([]byte, error) {
	p, err := o2c.Read[cash.Payout](r.Context(), d.Cycle, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	parts, err := d.Cycle.PayoutParts(r.Context(), p.Data())
	if err != nil {
		return nil, err
	}
	return d.pages.Payout(p.Data(), parts, d.moneyWords(at.Lang), at), nil
}

func (d desk) deliveries(r *http.Request, at page.TeamVisit) ([]byte, error) {
	show, err := list(r, o2c.DeliveriesParked, o2c.DeliveriesIn, o2c.DeliveriesOut)
	if err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamDeliveries(r.Context(), show, r.URL.Query().Get("after"))
	if err != nil {
		return nil, err
	}
	voice := d.voice(at.Lang)
	for i, p := range v.Parked {
		v.Parked[i].Problem = voice.Cause(p.Reason, p.Problem)
	}
	for i, s := range v.Subscribers {
		v.Subscribers[i].Problem = voice.Cause(s.Reason, s.Problem)
	}
	return d.pages.Deliveries(v, show, replays(at.Who), at), nil
}

// replays reports whether a colleague may have a message handled again: who answers for the channel does (ux.md M13).
func replays(who o2c.Person) bool { return who.Role == o2c.Admin }

// pdf gives a document as its customer got it.
func (d desk) pdf(w http.ResponseWriter, r *http.Request, g guest) {
	inv, err := d.Cycle.InvoiceByNumber(r.Context(), r.PathValue("number"))
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	content, err := d.Files.Get(r.Context(), o2c.PaperName(inv))
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+inv.Number+`.pdf"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(content) // a reader that has gone needs no paper
}
