package demo

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"duly/infra/local/aws"
)

type mailView struct {
	Mails []mailLine
	Open  *mailOpen
}

type mailLine struct {
	URL, Subject, To string
	At               time.Time
	Here             bool
}

type mailOpen struct {
	mailLine
	ID, From, Text, HTML, Raw, Link string
	Attachments                     []attachmentSeen
	State                           tag
	AsText                          bool
}

func mailURL(id string) string { return "/demo/pages/mail?id=" + url.QueryEscape(id) }

// mailPage is the inbox and the mail that is open in it: the newest, or the one
// that was chosen.
func (s *site) mailPage(r *http.Request) (any, error) {
	var v mailView
	all := s.runtime.Mail.Mails()
	slices.Reverse(all)
	chosen := r.URL.Query().Get("id")
	for i, m := range all {
		line := mailLine{URL: mailURL(m.ID), Subject: m.Subject, To: strings.Join(m.To, ", "), At: m.At}
		if m.ID == chosen || (chosen == "" && i == 0) {
			line.Here = true
			seen := s.shown(m)
			v.Open = &mailOpen{
				mailLine: line, ID: m.ID, From: m.From, Text: m.Text, HTML: m.HTML, Raw: "/demo/mail/" + m.ID + "/raw",
				Link: s.customerLink(m), Attachments: seen.Attachments, State: tagOf(m.State), AsText: r.URL.Query().Get("view") == "text",
			}
		}
		v.Mails = append(v.Mails, line)
	}
	return v, nil
}

// linkPattern finds a customer's page in a mail.
var linkPattern = regexp.MustCompile(`https?://[^\s"<>/]+(/[ioqs]/[a-z0-9]+)`)

// customerLink is the page at the address that the demo has now; the mail may be
// from a time when it had another port.
func (s *site) customerLink(m aws.Mail) string {
	found := linkPattern.FindStringSubmatch(m.Text)
	if found == nil {
		return ""
	}
	return s.base() + found[1]
}

func (s *site) mailDo(r *http.Request) (back, said string, err error) {
	id := r.PostFormValue("id")
	back = mailURL(id)
	switch r.PostFormValue("do") {
	case "bounce":
		return back, "The mail came back; the product was told.", s.runtime.Mail.Bounce(id, true)
	case "reply":
		return back, "The answer was received.", s.runtime.ReplyTo(id, r.PostFormValue("text"))
	}
	return back, "", fmt.Errorf("nothing is done by %q", r.PostFormValue("do"))
}
