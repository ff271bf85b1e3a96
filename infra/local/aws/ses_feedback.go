package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounce lets a mail that was accepted come back: permanently (the mailbox does not exist) or not (it is full). The
// configuration set suppresses complaints only, see infra/stack/mail.go.
func (s *SES) Bounce(id string, permanent bool) error {
	return s.comesBack(id, func(m *Mail) {
		m.State = MailBounced
		kind, sub := "Transient", "MailboxFull"
		if permanent {
			kind, sub = "Permanent", "NoEmail"
		}
		s.news(m, "Email Bounced", "Bounce", bounce(m, kind, sub))
	})
}

// Complain lets the recipient mark a mail as unwanted; the address is suppressed from now on.
func (s *SES) Complain(id string) error {
	return s.comesBack(id, func(m *Mail) {
		m.State = MailComplained
		s.suppress(m, "COMPLAINT")
		s.news(m, "Email Complaint Received", "Complaint", map[string]any{
			"complainedRecipients": addressed(m.To), "timestamp": s.opt.Now().UTC(), "feedbackId": m.ID + "-c",
			"complaintFeedbackType": "abuse",
		})
	})
}

func (s *SES) comesBack(id string, what func(*Mail)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(id)
	if m == nil {
		return fmt.Errorf("mail %q unknown — the mailbox has %d mails — list them", id, len(s.mails))
	}
	what(m)
	return s.write(m)
}

// Reply is the raw message of the recipient's answer to a mail, addressed to where that mail wants replies, as SES
// stores received mail in a bucket.
func (s *SES) Reply(id, text string) (raw []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(id)
	if m == nil {
		return nil, fmt.Errorf("mail %q unknown — the mailbox has %d mails — list them", id, len(s.mails))
	}
	to := m.From
	if len(m.ReplyTo) > 0 {
		to = m.ReplyTo[0]
	}
	if a, err := mail.ParseAddress(to); err == nil {
		to = a.Address
	}
	subject := m.Subject
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	now := s.opt.Now()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n", m.To[0], m.To[0], to, mime.QEncoding.Encode("utf-8", subject))
	fmt.Fprintf(&b, "Date: %s\r\nMessage-ID: <reply-%d-%s>\r\n", now.Format(time.RFC1123Z), now.UnixNano(), m.messageID()[1:len(m.messageID())-1])
	fmt.Fprintf(&b, "In-Reply-To: %s\r\nReferences: %s\r\nMIME-Version: 1.0\r\n", m.messageID(), m.messageID())
	b.WriteString("X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n")
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = fmt.Fprintf(q, "%s\r\n", text)
	if err := q.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *SES) suppress(m *Mail, reason string) {
	for _, to := range m.To {
		s.suppressed[strings.ToLower(to)] = reason
	}
}

// news puts one of SES's event-publishing records on the bus (docs.aws.amazon.com/ses, event publishing).
func (s *SES) news(m *Mail, detailType, kind string, what map[string]any) {
	tags := map[string][]string{"ses:configuration-set": {m.ConfigSet}, "ses:from-domain": {domain(m.From)}}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	s.bridge.add("aws.ses", detailType, s.opt.Now(), map[string]any{
		"eventType": kind, strings.ToLower(kind): what,
		"mail": map[string]any{
			"timestamp": m.At.UTC(), "source": m.From, "sendingAccountId": Account, "messageId": m.ID, "destination": m.To,
			"headersTruncated": false, "headers": headerList(m), "tags": tags,
			"commonHeaders": map[string]any{"from": []string{m.From}, "to": m.To, "subject": m.Subject, "messageId": m.ID},
		},
	})
}

func domain(address string) string {
	return strings.TrimSuffix(address[strings.LastIndexByte(address, '@')+1:], ">")
}

func headerList(m *Mail) []map[string]string {
	out := []map[string]string{}
	for name, value := range m.Headers {
		out = append(out, map[string]string{"name": name, "value": value})
	}
	slices.SortFunc(out, func(a, b map[string]string) int { return strings.Compare(a["name"], b["name"]) })
	return out
}

func bounce(m *Mail, kind, sub string) map[string]any {
	recipients := addressed(m.To)
	for _, r := range recipients {
		r["action"], r["status"], r["diagnosticCode"] = "failed", "5.1.1", "smtp; 550 5.1.1 user unknown"
		if kind == "Transient" {
			r["status"], r["diagnosticCode"] = "4.2.2", "smtp; 452 4.2.2 mailbox full"
		}
	}
	return map[string]any{"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": recipients,
		"timestamp": m.At.UTC(), "feedbackId": m.ID + "-b", "reportingMTA": "dns; loopback.example"}
}

func addressed(to []string) []map[string]string {
	out := make([]map[string]string, len(to))
	for i, a := range to {
		out[i] = map[string]string{"emailAddress": a}
	}
	return out
}

// storedMail is a mail on disk; what people see is read again from the raw bytes.
type storedMail struct {
	Mail
	Raw []byte `json:"raw"`
}

// storedNews is the rest of the mailbox's state.
type storedNews struct {
	Suppressed map[string]string `json:"suppressed"`
	Bridge     bridge            `json:"bridge"`
}

func (s *SES) newsFile() string {
	if s.opt.Dir == "" {
		return ""
	}
	return filepath.Join(s.opt.Dir, "news.json")
}

func (s *SES) keepNews() error {
	return save(s.newsFile(), storedNews{Suppressed: s.suppressed, Bridge: s.bridge})
}

// write keeps the mail first: news of a mail nobody finds would be worse than a mail without news.
func (s *SES) write(m *Mail) error {
	if s.opt.Dir == "" {
		return nil
	}
	if err := save(filepath.Join(s.opt.Dir, m.ID+".mail.json"), storedMail{Mail: *m, Raw: m.raw}); err != nil {
		return err
	}
	return s.keepNews()
}

func (s *SES) loadMails() error {
	if s.opt.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.opt.Dir, 0o755); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(s.opt.Dir, "*.mail.json"))
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var stored storedMail
		if err := json.Unmarshal(data, &stored); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m := stored.Mail
		m.raw, m.Text, m.HTML = stored.Raw, "", ""
		if err := m.parse(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.mails = append(s.mails, &m)
	}
	slices.SortStableFunc(s.mails, func(a, b *Mail) int { return a.At.Compare(b.At) })
	news := storedNews{Suppressed: s.suppressed}
	if err := load(s.newsFile(), &news); err != nil {
		return err
	}
	s.suppressed, s.bridge = news.Suppressed, news.Bridge
	return nil
}
