// Package feedback is the function that takes what comes back after a mail was
// handed over: bounces and complaints. It does not own what is then done.
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
)

// Deps is what the function needs.
type Deps struct {
	Cycle *o2c.Cycle
	Now   func() time.Time
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{News: d.news} }

// detail is the part of SES's event that we read
// (docs.aws.amazon.com/ses, "Examples of event data").
type detail struct {
	EventType string `json:"eventType"`
	Mail      struct {
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		BounceType string `json:"bounceType"`
		Recipients []struct {
			Address    string `json:"emailAddress"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		FeedbackType string `json:"complaintFeedbackType"`
	} `json:"complaint"`
}

// news acts on a bounce or complaint; a delivery asks for nothing.
func (d Deps) news(ctx context.Context, in events.CloudWatchEvent) error {
	var n detail
	if err := json.Unmarshal(in.Detail, &n); err != nil {
		return fmt.Errorf("read the mail event: %w", err)
	}
	back := o2c.MailBack{Kind: strings.ToLower(n.EventType), Recipient: strings.Join(n.Mail.Destination, ", ")}
	if tags := n.Mail.Tags["effect"]; len(tags) > 0 {
		back.Effect = tags[0]
	}
	switch back.Kind {
	case "bounce":
		back.Reason = n.Bounce.BounceType + " bounce"
		for _, r := range n.Bounce.Recipients {
			back.Recipient = r.Address
			if r.Diagnostic != "" {
				back.Reason += ", " + r.Diagnostic
			}
		}
	case "complaint":
		back.Reason = "the recipient complained (" + n.Complaint.FeedbackType + ")"
	default:
		return nil
	}
	return d.Cycle.MailCameBack(ctx, d.Now(), back)
}
