package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	workspace "duly/infra/local/slack"
)

// TestFC_88_SignInLinks: a link opens once, within a minute, by a press alone; whatever else is tried gets one answer.
func TestFC_88_SignInLinks(t *testing.T) {
	h := open(t)
	link := h.link(mira)
	b := h.browser()
	h.Meter.Writes = 0
	for range 3 { // as link previews and mail scanners do
		b.wants("a preview", b.get(link), 200, "Press the button", `method="post"`)
		b.wants("a preview of a guess", b.get("/sign-in/t1guess"), 200, "Press the button")
	}
	if h.Meter.Writes != 0 || len(b.cookies) != 0 {
		t.Fatalf("a GET wrote %d times and left %v", h.Meter.Writes, b.cookies)
	}
	missing := b.post("/sign-in/" + strings.Repeat("a", 34))
	b.wants("guessed", missing, 404, "does not open anything", "/duly dashboard")
	if r := b.post(link); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("the press: %d", r.StatusCode)
	}
	b.wants("signed in", b.get("/"), 200, "Mira", "To receive")
	for what, path := range map[string]string{"used": link, "of a session": "/sign-in/" + b.cookies["__Host-duly"]} {
		other := h.browser()
		if r := other.post(path); r.StatusCode != 404 || r.Body != missing.Body || len(other.cookies) != 0 {
			t.Errorf("%s: %d %v", what, r.StatusCode, other.cookies)
		}
	}
	stale := h.link(bram)
	h.Advance(time.Minute)
	if r := h.browser().post(stale); r.StatusCode != 404 || r.Body != missing.Body {
		t.Errorf("stale: %d", r.StatusCode)
	}
	h.Advance(8 * time.Hour)
	b.wants("the day after", b.get("/customers"), 401, "/duly dashboard")
}

// TestFC_88_AnotherWorkspace: who is not a full, active member of our team gets no link, and a session ends with the membership.
func TestFC_88_AnotherWorkspace(t *testing.T) {
	h := open(t)
	if _, err := h.slack.Command(t.Context(), stranger, "dashboard"); err != nil {
		t.Fatal(err)
	}
	for _, v := range h.slack.Views() {
		if strings.Contains(string(v.Blocks), "/sign-in/") {
			t.Errorf("a guest has a link: %s", v.Blocks)
		}
	}
	b := h.signedIn(joost)
	b.wants("today", b.get("/"), 200, "collector")
	h.slack.Change(joost, func(u *workspace.User) { u.Deleted = true })
	h.Advance(2 * time.Minute)
	if r := b.get("/"); r.StatusCode == 200 && strings.Contains(r.Body, "To receive") {
		t.Error("somebody who was let go still looks")
	}
}

// TestFC_87_ForgedForms: what another site posts does nothing, whoever is signed in; cookies are out of its reach.
func TestFC_87_ForgedForms(t *testing.T) {
	h := open(t)
	id := h.ordered("1", 400_000)
	b := h.browser()
	r := b.post(h.link(mira))
	if line := strings.Join(r.Cookies, "; "); !strings.HasPrefix(line, "__Host-duly=") || !strings.Contains(line, "HttpOnly") || !strings.Contains(line, "Secure") || !strings.Contains(line, "SameSite=Lax") || !strings.Contains(line, "Path=/") || strings.Contains(line, "Domain") || !strings.Contains(line, "Max-Age=28800") {
		t.Errorf("the cookie is %s", line)
	}
	h.Meter.Writes = 0
	for what, headers := range map[string][]string{
		"another site":      {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a sister's host":   {"Sec-Fetch-Site", "same-site", "Origin", "https://shop.duly.example"},
		"an old browser":    {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"a sandboxed frame": {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
	} {
		for _, path := range []string{"/credit/" + id + "/approve", "/sign-out", "/language", "/customers/x/call"} {
			b.wants(what+" "+path, b.send("POST", path, map[string][]string{"version": {"1"}}, headers...), 403, "another site")
		}
	}
	if h.Meter.Writes != 0 {
		t.Errorf("%d writes", h.Meter.Writes)
	}
	b.wants("still signed in", b.get("/"), 200, "Mira")
	for _, path := range []string{"/", "/customers", "/invoices?status=open"} {
		got := b.get(path)
		if got.Headers["cache-control"] != "no-store" || !strings.Contains(got.Headers["content-security-policy"], "default-src 'none'") || !strings.Contains(got.Headers["content-security-policy"], "frame-ancestors 'none'") {
			t.Errorf("%s: %v", path, got.Headers)
		}
	}
	session := b.cookies["__Host-duly"]
	if r := b.post("/sign-out"); r.StatusCode != 303 || len(b.cookies) != 0 {
		t.Errorf("sign-out: %d %v", r.StatusCode, b.cookies)
	}
	b.cookies["__Host-duly"] = session
	b.wants("after the sign-out", b.get("/cash"), 401)
}
