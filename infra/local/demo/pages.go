package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	slackpage "duly/infra/local/slack/page"
	"duly/shared/o2c/fault"
)

//go:embed templates/*.html style.css
var assets embed.FS

// tab is one page of the demo.
type tab struct {
	key, name, title, lead string
	show                   func(*http.Request) (any, error)
}

// tabs are the pages in the order of the bar.
func (s *site) tabs() []tab {
	return []tab{
		{key: "story", name: "Story", title: "One order, from webhook to bank line", lead: "Press ▶ and look at what each step leaves behind.", show: s.storyPage},
		{key: "shop", name: "Shop", title: "Shop", lead: "Sends what Shopify, WooCommerce and Standard-Webhooks shops really send.", show: s.shopPage},
		{key: "slack", name: "Slack", title: "Slack", show: s.slackPage},
		{key: "stripe", name: "Stripe", title: "Stripe", lead: "Collects for us; its events arrive signed.", show: s.stripePage},
		{key: "mail", name: "Mail", title: "Mail", lead: "Everything that customers were sent.", show: s.mailPage},
		{key: "bank", name: "Bank", title: "Bank", lead: "The company's account; each banking day at seven its statement is delivered.", show: s.bankPage},
		{key: "flow", name: "Flow", title: "Flow", lead: "Each order as it went.", show: s.flowPage},
		{key: "team", name: "Team pages", title: "The team’s pages", lead: "What the team sees in a browser, each with their own role.", show: s.teamPage},
		{key: "deliveries", name: "Deliveries", title: "Deliveries", lead: "Every message that came in, and what became of it.", show: s.deliveriesPage},
		{key: "clock", name: "Clock", title: "Clock", show: s.clockPage},
	}
}

// frame is what every page shows around its content.
type frame struct {
	Title, Lead, Here string
	Tabs              []tabLink
	Now               time.Time
	Services          []serviceState
	Said              string
	Bad               bool
	Page              any
}

type tabLink struct {
	Name, URL string
	Here      bool
	Count     int
}

// serviceState says of one service which part of it is played.
type serviceState struct {
	Key, Name, State string
	Out              bool
}

// pages routes the pages and their forms, all of which work without a script.
func (s *site) pages(mux *http.ServeMux) error {
	for _, t := range s.tabs() {
		parsed, err := template.New(t.key).Funcs(s.functions()).ParseFS(assets, "templates/base.html", "templates/"+t.key+".html")
		if err != nil {
			return fmt.Errorf("page %s: %w", t.key, err)
		}
		mux.HandleFunc("GET /demo/pages/"+t.key, func(w http.ResponseWriter, r *http.Request) { s.show(w, r, t, parsed) })
	}
	for pattern, do := range map[string]func(*http.Request) (back, said string, err error){
		"POST /demo/pages/story":             s.storyStep,
		"POST /demo/pages/shop":              s.shopOrder,
		"POST /demo/pages/shop/change":       s.shopChange,
		"POST /demo/pages/slack/{verb}":      s.slackAct,
		"POST /demo/pages/slack/{verb}/{id}": s.slackAct,
		"POST /demo/pages/stripe":            s.stripeDo,
		"POST /demo/pages/mail":              s.mailDo,
		"POST /demo/pages/bank":              s.bankTransfer,
		"POST /demo/pages/bank/upload":       s.bankUpload,
		"POST /demo/pages/deliveries":        s.deliveriesReplay,
		"POST /demo/pages/clock":             s.clockAdvance,
		"POST /demo/pages/clock/fail":        s.clockFail,
	} {
		mux.HandleFunc(pattern, s.form(do))
	}
	mux.HandleFunc("POST /demo/pages/team", s.teamSignIn)
	mux.Handle("GET /demo/{$}", http.RedirectHandler("/demo/pages/story", http.StatusSeeOther))
	mux.Handle("GET /demo/style.css", sheet(mustRead("style.css")))
	mux.Handle("GET /demo/slack.css", sheet([]byte(slackpage.CSS())))
	return nil
}

func mustRead(name string) []byte {
	raw, err := assets.ReadFile(name)
	if err != nil {
		panic(err) // it was embedded at build time
	}
	return raw
}

func sheet(css []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(css) // the reader may be gone
	})
}

// policy of the pages: no script at all; a mail is shown in a sandboxed frame.
const policy = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *site) show(w http.ResponseWriter, r *http.Request, t tab, parsed *template.Template) {
	f := frame{Title: t.title, Lead: t.lead, Here: t.key, Now: s.local(s.runtime.Clock.Now()), Services: s.services(), Said: r.URL.Query().Get("said"), Bad: r.URL.Query().Has("bad")}
	for _, other := range s.tabs() {
		link := tabLink{Name: other.name, URL: "/demo/pages/" + other.key, Here: other.key == t.key}
		if other.key == "slack" {
			link.URL = s.slackDoor()
		}
		f.Tabs = append(f.Tabs, link)
	}
	status := http.StatusOK
	var err error
	if f.Page, err = t.show(r); err != nil {
		http.Error(w, fault.Of(err).Error(), fault.Of(err).Code.Meaning().Status)
		return
	}
	var out bytes.Buffer
	if err := parsed.ExecuteTemplate(&out, "document", f); err != nil {
		http.Error(w, "The page could not be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the reader may be gone
}

// form does what a form asks and leads back to a page that says what happened.
func (s *site) form(do func(*http.Request) (back, said string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
		back, said, err := do(r)
		s.settleAfter(r.Context())
		if keep := s.runtime.Keep(); err == nil {
			err = keep
		}
		u, parseErr := url.Parse(back)
		if parseErr != nil || back == "" {
			u = &url.URL{Path: "/demo/pages/story"}
		}
		q := u.Query()
		if err != nil {
			said = err.Error()
			q.Set("bad", "1")
		}
		if said != "" {
			q.Set("said", said)
		}
		u.RawQuery = q.Encode()
		http.Redirect(w, r, u.String(), http.StatusSeeOther)
	}
}

// services says for each outside service what it is here.
func (s *site) services() []serviceState {
	states := []serviceState{{Key: "slack", Name: "Slack", State: "own workspace page"}, {Key: "stripe", Name: "Stripe", State: "own server, test mode"}, {Key: "mail", Name: "Mail", State: "own mailboxes"}, {Key: "store", Name: "Table", State: "embedded, on disk"}}
	for i := range states {
		if real := s.runtime.Real().Outside(states[i].Key); real != "" {
			states[i].State = real
		}
		if how, until := s.runtime.Outage(states[i].Key); how != "" {
			states[i].Out, states[i].State = true, "out of order ("+how+") until "+s.local(until).Format("2 Jan 15:04")
		}
	}
	return states
}

func (s *site) local(t time.Time) time.Time { return t.In(s.runtime.Policy.Zone) }

// functions are what templates may call.
func (s *site) functions() template.FuncMap {
	return template.FuncMap{
		"day":    func(t time.Time) string { return t.Format("Mon 2 Jan 2006") },
		"hour":   func(t time.Time) string { return t.Format("15:04") },
		"moment": s.moment,
	}
}

// moment is short for today's and this year's instants.
func (s *site) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	at, now := s.local(t), s.local(s.runtime.Clock.Now())
	switch {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format("15:04:05")
	case at.Year() == now.Year():
		return at.Format("2 Jan 15:04")
	}
	return at.Format("2 Jan 2006 15:04")
}

// tag is a word with a colour; the colour is never all that says it.
type tag struct{ Text, Tone string }

// tones of the statuses.
var tones = map[string]string{
	"received": "wait", "pending": "wait", "draft": "wait", "open": "wait", "processing": "wait", "part_paid": "wait", "part_shipped": "info", "confirmed": "info", "issued": "info",
	"paid": "good", "closed": "good", "shipped": "good", "delivered": "good", "complete": "good", "succeeded": "good",
	"declined": "bad", "bounced": "bad", "complained": "bad", "suppressed": "bad", "failed": "bad",
}

func tagOf(status string) tag { return tag{Text: words(status), Tone: tones[status]} }

// words spells a status for people.
func words(status string) string {
	out := []rune(status)
	for i, c := range out {
		if c == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}
