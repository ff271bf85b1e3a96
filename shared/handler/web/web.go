// Package web is the function that serves the team's pages in a browser. It owns who is let in, by a link from Slack and a
// session, and which use case a form calls: the same that Slack's buttons call, so that what people see in Slack follows. It
// does not own what may be decided (o2c), who may press what (chat's action table) nor how a page looks (page).
package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"duly/shared/chat"
	"duly/shared/handler/roll"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/page"
	"duly/shared/text"
)

// Deps is what the function needs.
type Deps struct {
	Cycle  *o2c.Cycle
	Files  o2c.Files
	Intake o2c.Files  // where a long bank file waits for its job
	Cards  Permalinks // where the room's cards stand
	Roll   *roll.Roll
	Now    func() time.Time
	Log    *slog.Logger
	Replay func(ctx context.Context, p o2c.ParkedData) error // hands a parked message to its function
}

// desk is the function at work.
type desk struct {
	Deps
	pages *page.Team
	mux   *http.ServeMux
}

// New makes the function. A GET changes nothing; what changes something is posted by our own pages alone (row 87 of the
// failure catalogue).
func New(deps Deps) trigger.Handler {
	d := desk{Deps: deps, mux: http.NewServeMux()}
	if deps.Cycle == nil { // it could not be built; the runtime reports why
		return trigger.Handler{}
	}
	d.pages = page.NewTeam(d.Cycle.Policy)
	d.doors()
	d.shows()
	d.acts()
	d.bankPages()
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.answer(w, http.StatusForbidden, d.pages.Notice("foreign", page.TeamVisit{Lang: d.language(r), Path: "/"}))
	}))
	return trigger.Handler{HTTP: trigger.ServeFiles(guard.Handler(d.mux), func(path string) bool { return path == filesPath })}
}

// voice speaks a visitor's language.
func (d desk) voice(lang string) chat.Voice {
	spoken := *d.Cycle.Policy
	spoken.Language = lang
	return chat.NewVoice(&spoken)
}

// guest is a request, and whose it is.
type guest struct {
	who   o2c.Person
	visit page.TeamVisit
}

// signed lets in who has a session and is a colleague now; everybody else is shown the front door.
func (d desk) signed(next func(http.ResponseWriter, *http.Request, guest)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok, err := d.colleague(r)
		if err != nil {
			d.fail(w, r, guest{visit: page.TeamVisit{Lang: d.language(r), Path: "/"}}, err)
			return
		}
		if !ok {
			status := http.StatusUnauthorized
			if r.URL.Path == "/" && r.Method == http.MethodGet {
				status = http.StatusOK
			}
			d.answer(w, status, d.pages.FrontDoor(page.TeamVisit{Lang: d.language(r), Path: "/"}))
			return
		}
		mine, err := d.Cycle.PersonalOf(r.Context(), who.ID)
		if err != nil {
			d.fail(w, r, guest{visit: page.TeamVisit{Lang: d.language(r), Path: "/"}}, err)
			return
		}
		next(w, r, guest{who: who, visit: d.visit(r, who, mine)})
	}
}

// colleague is who a session belongs to, with the role of now.
func (d desk) colleague(r *http.Request) (o2c.Person, bool, error) {
	cookie, err := r.Cookie(d.cookieName())
	if err != nil {
		return o2c.Person{}, false, nil //nolint:nilerr // no cookie, no session
	}
	user, ok, err := d.Cycle.Session(r.Context(), d.Now(), cookie.Value)
	if err != nil || !ok {
		return o2c.Person{}, false, err
	}
	return d.Roll.Person(r.Context(), user)
}

func (d desk) visit(r *http.Request, who o2c.Person, mine o2c.Personal) page.TeamVisit {
	q := r.URL.Query()
	done := q.Get("done")
	q.Del("done")
	why, _ := r.Context().Value(refusalKey{}).(refusal)
	return page.TeamVisit{
		Lang: d.language(r, mine.Language), Views: mine.Views, Path: r.URL.EscapedPath(), Query: q, Who: who, Done: known(done), Problem: why.said, Once: d.Now().UTC().Format(time.RFC3339Nano),
		May: func(action, owner string) bool { return may(who, action, owner) },
	}
}

// may asks the action table of the team's room; owner looks after the customer at hand.
func may(who o2c.Person, action, owner string) bool {
	row, listed := chat.ActionOf(action)
	return listed && row.May(who.Role, owner != "" && (owner == who.ID || owner == "slack:"+who.ID))
}

// language is what the colleague chose, else the team's.
func (d desk) language(r *http.Request, own ...string) string {
	if c, err := r.Cookie(languageCookie); err == nil {
		for _, lang := range text.Languages() {
			if c.Value == lang {
				return lang
			}
		}
	}
	for _, lang := range own {
		if slices.Contains(text.Languages(), lang) {
			return lang
		}
	}
	return d.Cycle.Policy.Language
}

func (d desk) answer(w http.ResponseWriter, status int, html []byte) {
	for name, value := range d.pages.Headers() {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	_, _ = w.Write(html) // a reader that has gone needs no page
}

// fail answers with a page that says what to do; the log gets the cause.
func (d desk) fail(w http.ResponseWriter, r *http.Request, g guest, err error) {
	status, key := fault.Of(err).Code.Meaning().Status, "sorry"
	switch {
	case fault.Is(err, fault.NotFound):
		key = "missing"
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Unreadable):
		key = "filter"
	case fault.Is(err, fault.Forbidden):
		key = "role"
	}
	if status >= http.StatusInternalServerError {
		d.Log.ErrorContext(r.Context(), "page failed", "page", r.Pattern, "cause", err)
	}
	g.visit.Done = ""
	d.answer(w, status, d.pages.Notice(key, g.visit))
}

// redirect answers 303: whatever was posted, the next request is a GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// ours is an address of our own pages, whatever a form says.
func ours(back string) string {
	if !strings.HasPrefix(back, "/") || !text.MayFollow(back) {
		return "/"
	}
	return back
}
