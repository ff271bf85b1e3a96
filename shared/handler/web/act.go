package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// deed is what a form asks for: the row of the team's action table that allows it, what it says when it is done, and the
// use case. about names the customer whose owner may, too.
type deed struct {
	action  string
	anybody bool // it concerns nobody but the colleague
	done    string
	about   func(d desk, r *http.Request) (customerID string, err error)
	do      func(d desk, ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error
}

// deeds are the forms by their patterns.
var deeds = map[string]deed{
	"POST /credit/{id}/approve":                {action: chat.ActCreditApprove, done: "approved", do: decide(credit.Approve)},
	"POST /credit/{id}/decline":                {action: chat.ActCreditReject, done: "declined", do: decide(credit.Decline)},
	"POST /customers/{id}/call":                {action: chat.ActOverdueCall, done: "call", about: ofCustomer, do: desk.call},
	"POST /invoices/{number}/promise":          {action: chat.ActOverduePromise, done: "promise", about: ofInvoice, do: desk.promise},
	"POST /invoices/{number}/dispute":          {action: chat.ActOverdueDispute, done: "dispute", about: ofInvoice, do: desk.dispute},
	"POST /invoices/{number}/retry":            {action: chat.ActInvoiceRetry, done: "retry", do: desk.retry},
	"POST /deliveries/parked/{id}/replay":      {done: "replay", do: desk.replayParked},
	"POST /deliveries/events/{id}/replay":      {done: "replay", do: desk.replayEvent},
	"POST /settings":                           {done: "settings", do: desk.override},
	"POST /views":                              {anybody: true, done: "view", do: desk.keepView},
	"POST /views/remove":                       {anybody: true, done: "view_gone", do: desk.dropView},
	"POST /deliveries/subscribers/{id}/resume": {done: "resume", do: desk.resume},
}

func (d desk) keepView(ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error {
	return d.Cycle.SaveView(ctx, s, who.ID, o2c.SavedView{Name: r.PostFormValue("name"), Path: r.PostFormValue("path")})
}

func (d desk) dropView(ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error {
	return d.Cycle.DropView(ctx, s, who.ID, r.PostFormValue("name"))
}

// known is a word of deeds for a page to say; anything else an address may hold is not said.
func known(done string) string {
	for _, one := range deeds {
		if one.done == done {
			return done
		}
	}
	return ""
}

// acts wires the forms.
func (d desk) acts() {
	for pattern, one := range deeds {
		d.mux.HandleFunc(pattern, d.signed(func(w http.ResponseWriter, r *http.Request, g guest) { d.act(w, r, g, one) }))
	}
}

// act does what a form asks for and leads back to its page, or says why not.
func (d desk) act(w http.ResponseWriter, r *http.Request, g guest, one deed) {
	err := d.allowed(r, g.who, one)
	if err == nil {
		s := o2c.Stamp{At: d.Now(), Actor: "slack:" + g.who.ID, Cause: o2c.Name("web", g.who.ID, r.URL.Path, r.PostFormValue("once"))}
		if once := r.PostFormValue("once"); once != "" {
			s.Once = s.Cause
		}
		err = one.do(d, r.Context(), r, s, g.who)
	}
	back, parsed := url.Parse(ours(r.PostFormValue("back")))
	if parsed != nil {
		back = &url.URL{Path: "/"}
	}
	if err == nil || errors.Is(err, o2c.ErrSeen) { // sent twice, it counts once
		q := back.Query()
		q.Set("done", one.done)
		back.RawQuery = q.Encode()
		redirect(w, r, back.String())
		return
	}
	d.refuse(w, r, g, back, err)
}

// refuse shows the page that the form stood on, as it is now, with why nothing was done.
func (d desk) refuse(w http.ResponseWriter, r *http.Request, g guest, back *url.URL, err error) {
	status := fault.Of(err).Code.Meaning().Status
	if status >= http.StatusInternalServerError {
		d.Log.ErrorContext(r.Context(), "form failed", "form", r.Pattern, "cause", err)
	}
	again := r.Clone(context.WithValue(r.Context(), refusalKey{}, refusal{status, d.problem(g.visit.Lang, err)}))
	again.Method, again.URL, again.Body = http.MethodGet, back, http.NoBody
	d.mux.ServeHTTP(w, again)
}

// refusal is why a form did nothing, on its way to the page that it stood on.
type refusal struct {
	status int
	said   string
}

type refusalKey struct{}

// problem is why, in the colleague's language where we have the words.
func (d desk) problem(lang string, err error) string {
	var key told
	if errors.As(err, &key) {
		return text.In(lang).Say(string(key))
	}
	if fault.Of(err).Pointer != "" {
		return d.voice(lang).Beside(err)
	}
	return d.voice(lang).Refusal(err)
}

// told is a key of what pages have words for.
type told string

func (t told) Error() string { return string(t) }

var (
	errAmount = fault.Bad("/amount", "it is no amount", "write it like 1240.00").Because(told("web.problem.amount"))
	errDate   = fault.Bad("/date", "it is no date", "choose a day").Because(told("web.problem.date"))
	errHour   = fault.Bad("/from", "it is no hour", "write a whole number").Because(told("web.problem.hour"))
	errRole   = fault.New(fault.Forbidden, "Your role does not allow it", "", "ask somebody who may").Because(told("web.problem.role"))
)

// allowed asks the team's action table; a deed without a row of it is an admin's.
func (d desk) allowed(r *http.Request, who o2c.Person, one deed) error {
	if one.anybody {
		return nil
	}
	if one.action == "" {
		if replays(who) {
			return nil
		}
		return errRole
	}
	owner := ""
	if one.about != nil {
		id, err := one.about(d, r)
		if err != nil {
			return err
		}
		c, err := o2c.Read[party.Customer](r.Context(), d.Cycle, id)
		if err != nil {
			return err
		}
		owner = c.Data().Owner
	}
	if may(who, one.action, owner) {
		return nil
	}
	return errRole
}

func ofCustomer(_ desk, r *http.Request) (string, error) { return r.PathValue("id"), nil }

func ofInvoice(d desk, r *http.Request) (string, error) {
	inv, err := o2c.Read[invoice.Invoice](r.Context(), d.Cycle, r.PathValue("number"))
	if err != nil {
		return "", err
	}
	return inv.Data().CustomerID, nil
}

// decide answers a question on credit as it was shown.
func decide(verdict credit.Verdict) func(desk, context.Context, *http.Request, o2c.Stamp, o2c.Person) error {
	return func(d desk, ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error {
		version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
		if err != nil {
			return fault.Bad("/version", "the form does not say which question it answers", "load the page again").Keyed("form.version")
		}
		s.Once = "" // the question itself is answered once, and says by whom
		_, err = d.Cycle.DecideCredit(ctx, s, o2c.CreditAnswer{
			OrderID: r.PathValue("id"), By: who, Verdict: verdict, Version: version, Reason: strings.TrimSpace(r.PostFormValue("reason")),
		})
		return err
	}
}

func (d desk) call(ctx context.Context, r *http.Request, s o2c.Stamp, who o2c.Person) error {
	again, err := day(r.PostFormValue("again"))
	if err != nil {
		return errDate
	}
	return d.Cycle.LogCall(ctx, s, who, o2c.CallInput{
		CustomerID: r.PathValue("id"), Outcome: r.PostFormValue("outcome"), Note: clipped(r.PostFormValue("note")), Again: again,
	})
}

// noteMax bounds what a form may say, in characters.
const noteMax = 1000

func clipped(said string) string {
	all := []rune(strings.TrimSpace(strings.ToValidUTF8(said, "")))
	return string(all[:min(len(all), noteMax)])
}

// part reads an amount of an invoice's currency; none is all that is open.
func (d desk) part(ctx context.Context, r *http.Request) (*money.Amount, error) {
	said := strings.TrimSpace(r.PostFormValue("amount"))
	if said == "" {
		return nil, nil
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	amount, misread := chat.ParseAmount(said, inv.Data().Currency)
	if misread != nil {
		return nil, errAmount
	}
	return &amount, nil
}

func (d desk) promise(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	on, err := calendar.Parse(r.PostFormValue("date"))
	if err != nil {
		return errDate
	}
	amount, err := d.part(ctx, r)
	if err != nil {
		return err
	}
	_, err = d.Cycle.RecordPromise(ctx, s, o2c.PromiseInput{InvoiceID: r.PathValue("number"), Amount: amount, Date: on, By: s.Actor})
	return err
}

func (d desk) dispute(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	amount, err := d.part(ctx, r)
	if err != nil {
		return err
	}
	_, err = d.Cycle.OpenDispute(ctx, s, o2c.DisputeInput{
		InvoiceID: r.PathValue("number"), Amount: amount, Reason: r.PostFormValue("reason"), Text: clipped(r.PostFormValue("text")), By: s.Actor,
	})
	return err
}

func (d desk) retry(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	return d.Cycle.RetryDraft(ctx, s, r.PathValue("number"))
}

func (d desk) replayParked(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	p, err := o2c.Read[o2c.Parked](ctx, d.Cycle, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := d.Replay(ctx, p.Data()); err != nil {
		return err
	}
	return d.Cycle.Unpark(ctx, s, p.ID())
}

func (d desk) replayEvent(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	_, err := d.Cycle.ReplayEvent(ctx, s, r.PathValue("id"))
	return err
}

func (d desk) resume(ctx context.Context, r *http.Request, s o2c.Stamp, _ o2c.Person) error {
	s.Once = "" // it commits in parts
	return d.Cycle.Resume(ctx, s, r.PathValue("id"))
}
