package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/page"
	"duly/shared/text"
)

// languageCookie keeps the language that a browser chose.
const languageCookie = "duly-language"

// languageKept is how long, in seconds.
const languageKept = 365 * 24 * 3600

// secure reports whether browsers reach us by https. The demo's loopback address is not; everything else is.
func (d desk) secure() bool { return strings.HasPrefix(d.Cycle.Policy.BaseURL, "https://") }

// cookieName binds the session's cookie to our own host and to https (RFC 6265bis, section 4.1.3.2).
func (d desk) cookieName() string {
	if d.secure() {
		return "__Host-duly"
	}
	return "duly-session"
}

// doors are the ways in and out.
func (d desk) doors() {
	d.mux.HandleFunc("GET /sign-in/{token}", func(w http.ResponseWriter, r *http.Request) {
		d.answer(w, http.StatusOK, d.pages.SignIn(url.PathEscape(r.PathValue("token")), page.TeamVisit{Lang: d.language(r), Path: "/"}))
	})
	d.mux.HandleFunc("POST /sign-in/{token}", d.signIn)
	d.mux.HandleFunc("POST /sign-out", d.signOut)
	d.mux.HandleFunc("POST /language", func(w http.ResponseWriter, r *http.Request) {
		if lang := r.PostFormValue("lang"); slices.Contains(text.Languages(), lang) {
			d.keep(w, languageCookie, lang, languageKept)
		}
		redirect(w, r, ours(r.PostFormValue("back")))
	})
}

// keep sets a cookie for so many seconds; fewer than none take it away.
func (d desk) keep(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: d.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// signIn uses a link up. Only this does: what previews links gets them (row 88 of the failure catalogue).
func (d desk) signIn(w http.ResponseWriter, r *http.Request) {
	key, user, to, err := d.Cycle.SignIn(r.Context(), d.Now(), r.PathValue("token"))
	if fault.Is(err, fault.NotFound) {
		d.answer(w, http.StatusNotFound, d.pages.Notice("link", page.TeamVisit{Lang: d.language(r), Path: "/"}))
		return
	}
	if err != nil {
		d.fail(w, r, guest{visit: page.TeamVisit{Lang: d.language(r), Path: "/"}}, err)
		return
	}
	d.Log.InfoContext(r.Context(), "signed in", "user", user)
	d.keep(w, d.cookieName(), key, int(o2c.SessionTime.Seconds()))
	redirect(w, r, ours(to))
}

func (d desk) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(d.cookieName()); err == nil {
		if err := d.Cycle.SignOut(r.Context(), d.Now(), c.Value); err != nil {
			d.fail(w, r, guest{visit: page.TeamVisit{Lang: d.language(r), Path: "/"}}, err)
			return
		}
	}
	d.keep(w, d.cookieName(), "", -1)
	redirect(w, r, "/")
}
