package mail_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"duly/infra/local/aws"
	"duly/infra/local/loopback"
	boot "duly/shared/boot/aws"
	"duly/shared/mail"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

// mailbox is SES, and the adapter as it talks to it.
func mailbox(t *testing.T) (*aws.SES, *mail.Sender) {
	t.Helper()
	ses, err := aws.NewSES(aws.SESOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	client := boot.NewCall(sdk.Config{Region: aws.Region, BaseEndpoint: sdk.String("http://aws.local/aws"), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")},
		boot.SendEmail, &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", nil, ses)}}, boot.Patience{Tries: 1})
	return ses, mail.New(client, mail.Options{
		From: netmail.Address{Name: "Café Groothandel", Address: "invoices@duly.example"}, ReplyTo: "administratie@voorbeeld.example", ConfigurationSet: "duly",
	})
}

func letter() o2c.Letter {
	return o2c.Letter{
		Tag: "e_0123456789", To: "finance@acme.example", Subject: "Factuur 2026-0042 · €\u00a01.240,00 · vervalt 4 dec",
		Text: "€ 1.240,00 · factuur 2026-0042\n\nGeachte heer of mevrouw,\n.\n", HTML: "<p>€ 1.240,00 &amp; meer</p>\n" + strings.Repeat("é", 200),
		Attachments: []o2c.Attachment{{Name: "2026-0042.pdf", ContentType: "application/pdf", Content: bytes.Repeat([]byte("%PDF\x00\xff"), 500)}},
	}
}

func TestSend(t *testing.T) {
	ses, sender := mailbox(t)
	l := letter()
	id, err := sender.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := ses.Mail(id)
	if !ok {
		t.Fatalf("no mail %q", id)
	}
	if m.To[0] != l.To || m.Subject != l.Subject || m.Tags["effect"] != l.Tag || m.ConfigSet != "duly" || m.ReplyTo[0] != "administratie@voorbeeld.example" {
		t.Errorf("%+v", m)
	}
	if got := strings.ReplaceAll(m.Text, "\r\n", "\n"); got != l.Text {
		t.Errorf("text %q", got)
	}
	if got := strings.ReplaceAll(m.HTML, "\r\n", "\n"); got != l.HTML {
		t.Errorf("html %q", got)
	}
	if a := m.Attachments; len(a) != 1 || a[0].Name != "2026-0042.pdf" || a[0].ContentType != "application/pdf" || !bytes.Equal(a[0].Data, l.Attachments[0].Content) {
		t.Errorf("attachments %+v", a)
	}
	raw, _ := ses.EML(id)
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsFunc(line, func(r rune) bool { return r > '~' }) { // RFC 5322 section 2.1.1
			t.Errorf("line %q", line)
		}
	}
}

func TestWithoutAttachment(t *testing.T) {
	ses, sender := mailbox(t)
	l := letter()
	l.Attachments, l.ReplyTo = nil, "mira@voorbeeld.example"
	id, err := sender.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := ses.Mail(id); !strings.HasPrefix(m.Headers["Content-Type"], "multipart/alternative") || m.ReplyTo[0] != "mira@voorbeeld.example" {
		t.Errorf("%+v", m)
	}
}

func TestSameLetterSameMessage(t *testing.T) {
	ses, sender := mailbox(t)
	var messages [2]string
	for i := range messages {
		id, err := sender.Send(t.Context(), letter())
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := ses.EML(id)
		_, messages[i], _ = strings.Cut(string(raw), "From: ") // SES's own headers come before
		messages[i] = strings.ReplaceAll(messages[i], id, "")
	}
	if messages[0] != messages[1] {
		t.Errorf("%s\n---\n%s", messages[0], messages[1])
	}
}

func TestNothingBecomesAHeader(t *testing.T) {
	ses, sender := mailbox(t)
	l := letter()
	l.Subject = "Factuur\r\nBcc: thief@evil.example\r\n\r\nbody"
	l.Attachments[0].Name = "../a\r\nX-Evil: 1\".pdf"
	id, err := sender.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := ses.Mail(id)
	if m.Headers["Bcc"] != "" || m.Subject != "Factuur Bcc: thief@evil.example body" || len(m.To) != 1 {
		t.Errorf("%+v", m)
	}
	if got := m.Attachments[0].Name; got != "..-a X-Evil- 1-.pdf" {
		t.Errorf("attachment %q", got)
	}
}

func TestAddressesThatCannotBe(t *testing.T) {
	ses, sender := mailbox(t)
	for _, to := range []string{"", "acme", "a@acme.example, b@evil.example", "Acme <a@acme.example>", "a@acme.example\r\nBcc: b@evil.example", "jürgen@example.de", "a@аcme.example"} {
		l := letter()
		l.To = to
		if _, err := sender.Send(t.Context(), l); !fault.Is(err, fault.Refused) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := len(ses.Mails()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestOutages(t *testing.T) {
	ses, sender := mailbox(t)
	var later *o2c.Later
	if err := ses.Fail(loopback.Throttle, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Send(t.Context(), letter()); !errors.As(err, &later) || later.After <= 0 {
		t.Errorf("throttled: %v", err)
	}
	for _, how := range []string{loopback.Fail500, loopback.Timeout} {
		if err := ses.Fail(how, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := sender.Send(t.Context(), letter()); err == nil || fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// An answer that is lost may mean a mail that is sent: the adapter leaves the
// second try to the outbox, which counts it.
func TestLostAnswerSendsOnce(t *testing.T) {
	ses, sender := mailbox(t)
	if err := ses.Fail(loopback.Lost, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Send(t.Context(), letter()); err == nil {
		t.Error("the lost answer arrived")
	}
	if n := len(ses.Mails()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestRejectedIsForGood(t *testing.T) {
	ses, _ := mailbox(t)
	client := boot.NewCall(sdk.Config{Region: aws.Region, BaseEndpoint: sdk.String("http://aws.local/aws"), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")},
		boot.SendEmail, &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", nil, ses)}}, boot.Patience{Tries: 1})
	sender := mail.New(client, mail.Options{From: netmail.Address{Address: "invoices@shop.invalid"}}) // a domain that is not verified
	if _, err := sender.Send(context.Background(), letter()); !fault.Is(err, fault.Refused) {
		t.Errorf("got %v", err)
	}
}
