// Package feedback is the function that takes what comes back after a mail was
// handed over: bounces, complaints, deliveries, and what customers answer. It does
// not own what is then done.
package feedback

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Deps is what the function needs.
type Deps struct {
	Cycle *o2c.Cycle
	Now   func() time.Time
	Fetch func(ctx context.Context, key string) ([]byte, error) // a mail that SES received
	Read  func(key string, raw []byte) (o2c.MailReply, error)
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{News: d.news, Arrival: d.arrival} }

// arrival reads a customer's mail. One that cannot be read is reported and
// kept; it will not be better the next time.
func (d Deps) arrival(ctx context.Context, a trigger.Arrival) error {
	raw, err := d.Fetch(ctx, a.Key)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", a.Key, err)
	}
	said, err := d.Read(a.Key, raw)
	if err != nil {
		odd := fault.New(fault.Unreadable, "A mail cannot be read", err.Error(), "read it where mail comes in").Because(err).Keyed("mail.unreadable", err.Error())
		return d.Cycle.Report(ctx, d.Now(), o2c.Notice{Key: "mail_unreadable"}.Because(odd))
	}
	return d.Cycle.TakeReply(ctx, d.Now(), said)
}

// detail is the part of SES's event that we read
// (docs.aws.amazon.com/ses, "Examples of event data").
type detail struct {
	EventType string `json:"eventType"`
	Mail      struct {
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		BounceType    string `json:"bounceType"`
		BounceSubType string `json:"bounceSubType"`
		Recipients    []struct {
			Address    string `json:"emailAddress"`
			Status     string `json:"status"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		FeedbackType string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Delivery struct {
		Response string `json:"smtpResponse"`
		Server   string `json:"remoteMtaIp"`
	} `json:"delivery"`
	Reject struct {
		Reason string `json:"reason"`
	} `json:"reject"`
}

// news records what became of a mail.
func (d Deps) news(ctx context.Context, in events.CloudWatchEvent) error {
	var n detail
	if err := json.Unmarshal(in.Detail, &n); err != nil {
		return fmt.Errorf("read the mail event: %w", err)
	}
	tags := n.Mail.Tags["effect"]
	if len(tags) == 0 || len(n.Mail.Destination) == 0 {
		return nil // no mail of ours
	}
	said := o2c.MailNews{Effect: tags[0], Recipient: n.Mail.Destination[0]}
	switch n.EventType {
	case "Bounce":
		said.Verb, said.Permanent = "bounce", n.Bounce.BounceType == "Permanent"
		said.Reason = n.Bounce.BounceType + " bounce, " + n.Bounce.BounceSubType
		if r := n.Bounce.Recipients; len(r) > 0 && r[0].Diagnostic != "" {
			said.Code, said.Reason = r[0].Status, r[0].Diagnostic
		}
	case "Complaint":
		said.Verb, said.Reason = "complain", n.Complaint.FeedbackType
	case "Delivery":
		said.Verb, said.Proof = "deliver", strings.TrimSpace(n.Delivery.Response+" "+n.Delivery.Server)
	case "Reject":
		said.Verb, said.Reason = "reject", n.Reject.Reason
	default: // a delay: SES goes on trying
		return nil
	}
	return d.Cycle.HearMail(ctx, d.Now(), said)
}
