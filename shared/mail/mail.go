// Package mail owns the way to Amazon SES: one letter becomes one MIME message,
// sent once. It does not own what a letter says, nor what becomes of it after
// SES took it (bounces and replies come back through the function feedback).
package mail

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"duly/shared/o2c"
)

// API is what of the SES client is used.
type API interface {
	SendEmail(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
}

// Options say who sends.
type Options struct {
	From             mail.Address // an address of the verified domain, and the company's name
	ReplyTo          string       // where answers go unless the letter says otherwise; "" is From
	ConfigurationSet string       // of SES, which reports bounces; "" names none
}

// Sender sends letters through SES.
type Sender struct {
	api API
	opt Options
}

var _ o2c.Mail = (*Sender)(nil)

// New makes a sender.
func New(api API, opt Options) *Sender { return &Sender{api: api, opt: opt} }

// TagName is the message tag that carries the effect's id. SES repeats it in
// everything it reports about the message.
const TagName = "effect"

// The waits after SES says that we send too much: by the second, or by the day
// (docs.aws.amazon.com/ses, "Errors related to the sending quotas").
const (
	waitRate  = time.Minute
	waitQuota = time.Hour
)

// Send hands a letter to SES. The client may not try again by itself: a send
// whose answer was lost is counted and repeated once by the outbox, never
// silently by a library.
func (s *Sender) Send(ctx context.Context, l o2c.Letter) (string, error) {
	to, err := address(l.To)
	if err != nil {
		return "", o2c.Permanent("The letter cannot be sent", "“"+l.To+"” is no address that mail can go to", "correct the customer's e-mail", err)
	}
	raw, err := message(l, s.opt, to)
	if err != nil {
		return "", o2c.Permanent("The letter cannot be sent", "it does not make a valid message", "tell us", err)
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(s.opt.From.String()),
		Destination:      &types.Destination{ToAddresses: []string{to}},
		Content:          &types.EmailContent{Raw: &types.RawMessage{Data: raw}},
	}
	if l.Tag != "" {
		in.EmailTags = []types.MessageTag{{Name: aws.String(TagName), Value: aws.String(l.Tag)}}
	}
	if s.opt.ConfigurationSet != "" {
		in.ConfigurationSetName = aws.String(s.opt.ConfigurationSet)
	}
	out, err := s.api.SendEmail(ctx, in, func(o *sesv2.Options) { o.Retryer = aws.NopRetryer{} })
	if err != nil {
		return "", explain(err)
	}
	return aws.ToString(out.MessageId), nil
}

// explain sorts SES's refusals: later, never, or — all the rest, such as a
// paused account that a person must wake — again by the usual waits.
func explain(err error) error {
	var rate *types.TooManyRequestsException
	var quota *types.LimitExceededException
	var rejected *types.MessageRejected
	var bad *types.BadRequestException
	var api smithy.APIError
	switch {
	case errors.As(err, &quota):
		return &o2c.Later{After: waitQuota, Cause: err}
	case errors.As(err, &rate), errors.As(err, &api) && (api.ErrorCode() == "ThrottlingException" || api.ErrorCode() == "Throttling"):
		return &o2c.Later{After: waitRate, Cause: err}
	case errors.As(err, &rejected):
		return o2c.Permanent("The letter was refused", "SES rejected it: "+rejected.ErrorMessage(), "check the address and the sender's domain", err)
	case errors.As(err, &bad):
		return o2c.Permanent("The letter was refused", "SES cannot use it: "+bad.ErrorMessage(), "check the customer's e-mail", err)
	}
	return err
}
