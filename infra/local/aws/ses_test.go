package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"duly/infra/local/aws"
)

func mailbox(t *testing.T, c *clock, dir string) (*aws.SES, *sesv2.Client) {
	t.Helper()
	s := must(aws.NewSES(aws.SESOptions{Now: c.now, Dir: dir}))
	return s, sesv2.NewFromConfig(account(t, s))
}

func invoiceMail() *sesv2.SendEmailInput {
	text := func(s string) *types.Content { return &types.Content{Data: &s, Charset: sdk.String("UTF-8")} }
	return &sesv2.SendEmailInput{
		FromEmailAddress: sdk.String("Duly Coffee <billing@duly.example>"), ConfigurationSetName: sdk.String("duly"),
		Destination:      &types.Destination{ToAddresses: []string{"Finance <finance@acme.example>"}},
		ReplyToAddresses: []string{"reply+abc@duly.example"},
		EmailTags:        []types.MessageTag{{Name: sdk.String("effect"), Value: sdk.String("eff-01")}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: text("Invoice 2026-0001 · €1,240.00"),
			Body:    &types.Body{Text: text("Dear Acme,\n€1,240.00 is due."), Html: text("<p>Dear Acme,</p>")},
			Headers: []types.MessageHeader{{Name: sdk.String("X-Duly"), Value: sdk.String("1")}},
			Attachments: []types.Attachment{{FileName: sdk.String("2026-0001.pdf"), RawContent: []byte(strings.Repeat("%PDF", 50)),
				ContentType: sdk.String("application/pdf")}},
		}},
	}
}

const rawMail = "From: billing@duly.example\r\nTo: Finance <finance@acme.example>\r\nSubject: =?utf-8?q?Rappel_=E2=82=AC?=\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9\r\n--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\n" +
	"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n"

func TestSendEmail(t *testing.T) {
	c, dir := newClock(), t.TempDir()
	s, client := mailbox(t, c, dir)
	sent, err := client.SendEmail(t.Context(), invoiceMail())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := client.SendEmail(t.Context(), &sesv2.SendEmailInput{Content: &types.EmailContent{Raw: &types.RawMessage{Data: []byte(rawMail)}}})
	if err != nil || *raw.MessageId == *sent.MessageId {
		t.Fatal(err)
	}
	again, _ := mailbox(t, c, dir)
	for where, box := range map[string]*aws.SES{"live": s, "restarted": again} {
		mails := box.Mails()
		if len(mails) != 2 {
			t.Fatalf("%s: %d mails", where, len(mails))
		}
		m := mails[0]
		if m.ID != *sent.MessageId || m.Subject != "Invoice 2026-0001 · €1,240.00" || m.To[0] != "finance@acme.example" ||
			m.Text != "Dear Acme,\r\n€1,240.00 is due." || m.HTML != "<p>Dear Acme,</p>" || m.Tags["effect"] != "eff-01" ||
			m.ConfigSet != "duly" || m.ReplyTo[0] != "reply+abc@duly.example" || m.State != aws.MailDelivered || m.Headers["X-Duly"] != "1" {
			t.Errorf("%s: %+v", where, m)
		}
		if a := m.Attachments[0]; a.Name != "2026-0001.pdf" || a.ContentType != "application/pdf" || string(a.Data) != strings.Repeat("%PDF", 50) {
			t.Errorf("%s: %+v", where, a)
		}
		if m := mails[1]; m.Subject != "Rappel €" || m.Text != "Café" || m.Attachments[0].Name != "a.pdf" || string(m.Attachments[0].Data) != "%PDF" || m.To[0] != "finance@acme.example" {
			t.Errorf("%s: %+v", where, m)
		}
		if eml, ok := box.EML(m.ID); !ok || !strings.Contains(string(eml), "Message-ID: <"+m.ID) {
			t.Errorf("%s: %s", where, eml)
		}
	}
	if _, ok := s.Mail("none"); ok {
		t.Error("an unknown mail was found")
	}
}

func TestSESRefuses(t *testing.T) {
	s, client := mailbox(t, newClock(), "")
	for name, tt := range map[string]struct {
		change func(*sesv2.SendEmailInput)
		want   string
	}{
		"no recipient": {func(in *sesv2.SendEmailInput) { in.Destination.ToAddresses = nil }, "BadRequestException"},
		"bad address":  {func(in *sesv2.SendEmailInput) { in.Destination.ToAddresses = []string{"acme"} }, "BadRequestException"},
		"too many":     {func(in *sesv2.SendEmailInput) { in.Destination.ToAddresses = make51() }, "BadRequestException"},
		"bad tag":      {func(in *sesv2.SendEmailInput) { in.EmailTags[0].Value = sdk.String("Acme BV") }, "BadRequestException"},
		"line break":   {func(in *sesv2.SendEmailInput) { in.Content.Simple.Subject.Data = sdk.String("a\r\nBcc: x@y.example") }, "BadRequestException"},
		"no content":   {func(in *sesv2.SendEmailInput) { in.Content = &types.EmailContent{} }, "BadRequestException"},
		"no sender":    {func(in *sesv2.SendEmailInput) { in.FromEmailAddress = nil }, "BadRequestException"},
		"unverified":   {func(in *sesv2.SendEmailInput) { in.FromEmailAddress = sdk.String("a@shop.invalid") }, "MessageRejected"},
		"broken message": {func(in *sesv2.SendEmailInput) {
			in.Content = &types.EmailContent{Raw: &types.RawMessage{Data: []byte("x")}}
		}, "BadRequestException"},
	} {
		in := invoiceMail()
		tt.change(in)
		if _, err := client.SendEmail(t.Context(), in); code(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if n := len(s.Mails()); n != 0 {
		t.Errorf("%d mails arrived", n)
	}
	_ = s.Fail("429", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	var limited *types.TooManyRequestsException
	if _, err := client.SendEmail(t.Context(), invoiceMail()); !errors.As(err, &limited) {
		t.Errorf("outage: %v", err)
	}
}

func make51() []string {
	out := make([]string, 51)
	for i := range out {
		out[i] = "a@b.example"
	}
	return out
}

type mailNews struct {
	EventType string
	Mail      struct {
		MessageID   string `json:"messageId"`
		Destination []string
		Tags        map[string][]string
	}
	Bounce struct {
		BounceType, BounceSubType string
		BouncedRecipients         []struct{ EmailAddress, Status string }
	}
	Complaint struct{ ComplaintFeedbackType string }
}

func TestBounceComplaintAndSuppression(t *testing.T) {
	c := newClock()
	s, client := mailbox(t, c, "")
	var news []mailNews
	drain := func() []string {
		var types []string
		_, err := s.Drain(t.Context(), func(_ context.Context, e aws.Event) error {
			var n mailNews
			if err := json.Unmarshal(e.Detail, &n); err != nil {
				t.Fatal(err)
			}
			news, types = append(news, n), append(types, e.DetailType)
			if e.Source != "aws.ses" {
				t.Errorf("source %s", e.Source)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return types
	}
	send := func() string {
		out, err := client.SendEmail(t.Context(), invoiceMail())
		if err != nil {
			t.Fatal(err)
		}
		return *out.MessageId
	}
	first := send()
	if got := drain(); len(got) != 1 || got[0] != "Email Delivered" || news[0].Mail.Tags["effect"][0] != "eff-01" || news[0].Mail.MessageID != first {
		t.Fatalf("%v %+v", got, news)
	}
	if err := s.Bounce(first, false); err != nil || len(s.Suppressed()) != 0 {
		t.Fatal(err)
	}
	if err := s.Bounce(first, true); err != nil || len(s.Suppressed()) != 0 { // the configuration set suppresses complaints only
		t.Fatal(err, s.Suppressed())
	}
	if got := drain(); len(got) != 2 || news[1].Bounce.BounceType != "Transient" || news[2].Bounce.BounceType != "Permanent" ||
		news[2].Bounce.BouncedRecipients[0].EmailAddress != "finance@acme.example" {
		t.Errorf("%v %+v", got, news)
	}
	if err := s.Complain(first); err != nil {
		t.Fatal(err)
	}
	drain()
	second := send() // accepted, and dropped
	if m, _ := s.Mail(second); m.State != aws.MailSuppressed {
		t.Errorf("%+v", m)
	}
	if got := drain(); len(got) != 1 || news[4].Bounce.BounceSubType != "OnAccountSuppressionList" {
		t.Errorf("%v %+v", got, news[4])
	}
	who := sdk.String("finance@acme.example")
	if out, err := client.GetSuppressedDestination(t.Context(), &sesv2.GetSuppressedDestinationInput{EmailAddress: who}); err != nil || out.SuppressedDestination.Reason != "COMPLAINT" {
		t.Errorf("%+v %v", out, err)
	}
	if _, err := client.DeleteSuppressedDestination(t.Context(), &sesv2.DeleteSuppressedDestinationInput{EmailAddress: who}); err != nil {
		t.Error(err)
	}
	var missing *types.NotFoundException
	if _, err := client.GetSuppressedDestination(t.Context(), &sesv2.GetSuppressedDestinationInput{EmailAddress: who}); !errors.As(err, &missing) {
		t.Errorf("%v", err)
	}
	drain()
	if err := s.Complain(send()); err != nil || s.Suppressed()["finance@acme.example"] != "COMPLAINT" {
		t.Errorf("%v %v", err, s.Suppressed())
	}
	drain()
	if last := news[len(news)-1]; last.EventType != "Complaint" || last.Complaint.ComplaintFeedbackType != "abuse" {
		t.Errorf("%+v", last)
	}
	if s.Bounce("none", true) == nil || s.Complain("none") == nil {
		t.Error("an unknown mail came back")
	}
}

func TestUndeliveredNewsIsTriedForADay(t *testing.T) {
	c := newClock()
	s, client := mailbox(t, c, "")
	if _, err := client.SendEmail(t.Context(), invoiceMail()); err != nil {
		t.Fatal(err)
	}
	tries := 0
	for at, ok := s.NextDue(); ok; at, ok = s.NextDue() {
		c.at = at
		if _, err := s.Drain(t.Context(), failing); err != nil {
			t.Fatal(err)
		}
		if tries++; tries > 100 {
			t.Fatal("never given up")
		}
	}
	if tries < 10 {
		t.Errorf("given up after %d tries", tries)
	}
}

func TestReplyIsAddressedAndThreaded(t *testing.T) {
	c := newClock()
	s, client := mailbox(t, c, "")
	sent, err := client.SendEmail(t.Context(), invoiceMail())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.Reply(*sent.MessageId, "We pay on Friday – é")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, want := range []string{"From: finance@acme.example\r\n", "To: reply+abc@duly.example\r\n", "In-Reply-To: <" + *sent.MessageId, "=E2=80=93", "Subject: =?utf-8?q?Re:_Invoice"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q not in\n%s", want, text)
		}
	}
	if _, err := s.Reply("none", "x"); err == nil {
		t.Error("an unknown mail was answered")
	}
}
