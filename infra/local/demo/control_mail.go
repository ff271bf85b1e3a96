package demo

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/infra/local/aws"
	"duly/shared/o2c/fault"
)

// mailShown is a mail as the control shows it.
type mailShown struct {
	ID          string           `json:"id"`
	At          time.Time        `json:"at"`
	From        string           `json:"from"`
	To          string           `json:"to"`
	ReplyTo     string           `json:"reply_to,omitempty"`
	Subject     string           `json:"subject"`
	Text        string           `json:"text"`
	HTML        string           `json:"html"`
	Attachments []attachmentSeen `json:"attachments"`
	State       string           `json:"state"`
}

type attachmentSeen struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	URL         string `json:"url"`
}

func (s *site) shown(m aws.Mail) mailShown {
	out := mailShown{
		ID: m.ID, At: m.At, From: m.From, To: strings.Join(m.To, ", "), ReplyTo: strings.Join(m.ReplyTo, ", "),
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, State: m.State, Attachments: []attachmentSeen{},
	}
	for i, a := range m.Attachments {
		out.Attachments = append(out.Attachments, attachmentSeen{Name: a.Name, ContentType: a.ContentType, URL: fmt.Sprintf("%s/demo/mail/%s/attachments/%d", s.base(), m.ID, i)})
	}
	return out
}

func (s *site) base() string { return s.runtime.Policy.BaseURL }

func (s *site) mails(r *http.Request) (int, any, error) {
	var all []mailShown
	for _, m := range slices.Backward(s.runtime.Mail.Mails()) {
		all = append(all, s.shown(m))
	}
	return list(r, all, func(m mailShown) string { return m.ID })
}

func (s *site) mailAttachment(w http.ResponseWriter, r *http.Request) {
	m, ok := s.runtime.Mail.Mail(r.PathValue("id"))
	n, err := strconv.Atoi(r.PathValue("n"))
	if !ok || err != nil || n < 0 || n >= len(m.Attachments) {
		problem(w, fault.Missing("attachment", r.PathValue("id")+"/"+r.PathValue("n")))
		return
	}
	a := m.Attachments[n]
	w.Header().Set("Content-Type", a.ContentType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": a.Name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(a.Data) // the reader may be gone
}

func (s *site) mailRaw(w http.ResponseWriter, r *http.Request) {
	raw, ok := s.runtime.Mail.EML(r.PathValue("id"))
	if !ok {
		problem(w, fault.Missing("mail", r.PathValue("id")))
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="mail.eml"`)
	_, _ = w.Write(raw) // the reader may be gone
}

func (s *site) mailBounce(r *http.Request) (int, any, error) {
	in := struct {
		Permanent *bool `json:"permanent"`
	}{}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if _, ok := s.runtime.Mail.Mail(r.PathValue("id")); !ok {
		return 0, nil, fault.Missing("mail", r.PathValue("id"))
	}
	if err := s.runtime.Mail.Bounce(r.PathValue("id"), in.Permanent == nil || *in.Permanent); err != nil {
		return 0, nil, err
	}
	m, _ := s.runtime.Mail.Mail(r.PathValue("id"))
	return http.StatusOK, s.shown(m), nil
}

func (s *site) mailReply(r *http.Request) (int, any, error) {
	var in struct {
		Text string `json:"text"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if _, ok := s.runtime.Mail.Mail(r.PathValue("id")); !ok {
		return 0, nil, fault.Missing("mail", r.PathValue("id"))
	}
	if err := s.runtime.ReplyTo(r.PathValue("id"), in.Text); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]string{"status": "received"}, nil
}
