// Package mail owns the way to Amazon SES: one letter becomes one MIME message,
// sent once. It does not own what a letter says, nor what becomes of it after
// SES took it (bounces and replies come back through the function feedback).
package mail

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"github.com/aws/smithy-go"

	"duly/shared/o2c"
)

// API asks SES for SendEmail, once: the request and the answer are its JSON
// (docs.aws.amazon.com/ses, API v2, SendEmail). Its refusals are of the type
// smithy.APIError.
type API interface {
	Do(ctx context.Context, in, out any) error
}

// sendEmail is the request.
type sendEmail struct {
	FromEmailAddress     string
	Destination          struct{ ToAddresses []string }
	Content              struct{ Raw struct{ Data []byte } }
	EmailTags            []tag  `json:",omitempty"`
	ConfigurationSetName string `json:",omitempty"`
}

type tag struct{ Name, Value string }

// Options say who sends.
type Options struct {
	From             mail.Address // an address of the verified domain, and the company's name
	ReplyTo          string       // where answers go unless the letter says otherwise; "" is From
	ConfigurationSet string       // of SES, which reports bounces; "" names none
	Logo             Logo         // inside letters that show it
}

// Logo is the house's, as it travels inside a letter.
type Logo struct {
	ContentType string // "image/png"
	Content     []byte
}

// LogoOf is the logo of a look; none is none.
func LogoOf(l o2c.Look) Logo {
	if !l.HasLogo() {
		return Logo{}
	}
	return Logo{ContentType: "image/" + l.Kind, Content: l.Logo}
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
		return "", o2c.Permanent("The letter cannot be sent", "“"+l.To+"” is no address that mail can go to", "correct the customer's e-mail", err).Keyed("mail.address", l.To)
	}
	raw, err := message(l, s.opt, to)
	if err != nil {
		return "", o2c.Permanent("The letter cannot be sent", "it does not make a valid message", "tell us", err).Keyed("damaged")
	}
	in := sendEmail{FromEmailAddress: s.opt.From.String(), ConfigurationSetName: s.opt.ConfigurationSet}
	in.Destination.ToAddresses = []string{to}
	in.Content.Raw.Data = raw
	if l.Tag != "" {
		in.EmailTags = []tag{{Name: TagName, Value: l.Tag}}
	}
	var out struct{ MessageId string } //nolint:revive // SES's spelling
	if err := s.api.Do(ctx, in, &out); err != nil {
		return "", explain(err)
	}
	return out.MessageId, nil
}

// explain sorts SES's refusals: later, never, or — all the rest, such as a
// paused account that a person must wake — again by the usual waits.
func explain(err error) error {
	var said smithy.APIError
	if !errors.As(err, &said) {
		return err
	}
	switch said.ErrorCode() {
	case "LimitExceededException":
		return &o2c.Later{After: waitQuota, Cause: err}
	case "TooManyRequestsException", "ThrottlingException", "Throttling":
		return &o2c.Later{After: waitRate, Cause: err}
	case "MessageRejected":
		return o2c.Permanent("The letter was refused", "SES rejected it: "+said.ErrorMessage(), "check the address and the sender's domain", err).Keyed("mail.refused", said.ErrorMessage())
	case "BadRequestException":
		return o2c.Permanent("The letter was refused", "SES cannot use it: "+said.ErrorMessage(), "check the customer's e-mail", err).Keyed("mail.refused", said.ErrorMessage())
	}
	return err
}
