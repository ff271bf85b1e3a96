package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"duly/infra/local/loopback"
)

// maxRecipients is SES's limit on one message (docs.aws.amazon.com/ses, quotas).
const maxRecipients = 50

// What became of a mail.
const (
	MailDelivered  = "delivered"
	MailBounced    = "bounced"
	MailComplained = "complained"
	MailSuppressed = "suppressed" // accepted, then dropped: the address bounced or complained before
)

// SESOptions describe the mailbox.
type SESOptions struct {
	Now func() time.Time
	Dir string // mails on disk; "" = memory
}

// SES is the mail service, and the mailbox of everyone it sends to.
type SES struct {
	loopback.Outage
	opt     SESOptions
	handler http.Handler

	mu         sync.Mutex
	mails      []*Mail
	suppressed map[string]string // address → BOUNCE or COMPLAINT
	bridge     bridge
}

// Mail is one mail as it arrived.
type Mail struct {
	ID          string            `json:"id"` // SES's message id
	At          time.Time         `json:"at"`
	From        string            `json:"from"`
	To          []string          `json:"to"` // bare addresses: the envelope's recipients
	ReplyTo     []string          `json:"reply_to,omitempty"`
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	HTML        string            `json:"html"`
	Attachments []Attachment      `json:"attachments"`
	Headers     map[string]string `json:"headers,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	ConfigSet   string            `json:"configuration_set,omitempty"`
	State       string            `json:"state"`

	raw []byte
}

// Attachment is one file of a mail.
type Attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Data        []byte `json:"-"`
}

// NewSES opens the mailbox, with the mails found on disk.
func NewSES(opt SESOptions) (*SES, error) {
	s := &SES{opt: opt, suppressed: map[string]string{}}
	if err := s.loadMails(); err != nil {
		return nil, fmt.Errorf("mailbox unreadable in %s — %w — move the folder away to start empty", opt.Dir, err)
	}
	s.handler = s.Guard(opt.Now, refuseSES, http.HandlerFunc(s.serve))
	return s, nil
}

func (s *SES) scope() string { return "ses" }

// ServeHTTP implements http.Handler.
func (s *SES) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Mails lists the mailbox, oldest first.
func (s *SES) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Mail, len(s.mails))
	for i, m := range s.mails {
		out[i] = *m
	}
	return out
}

// Mail finds one mail.
func (s *SES) Mail(id string) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(id); m != nil {
		return *m, true
	}
	return Mail{}, false
}

// EML is a mail's bytes as a mail program opens them.
func (s *SES) EML(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(id)
	if m == nil {
		return nil, false
	}
	return m.raw, true
}

func (s *SES) find(id string) *Mail {
	for _, m := range s.mails {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (s *SES) serve(w http.ResponseWriter, r *http.Request) {
	if credentialScope(r) == "" {
		fault{http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token"}.writeJSON(w)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fault{http.StatusBadRequest, "BadRequestException", "the message is larger than 40 MB"}.writeJSON(w)
		return
	}
	const suppression, identities = "/v2/email/suppression/addresses", "/v2/email/identities/"
	var out any
	var no *fault
	switch path := r.URL.Path; {
	case r.Method == http.MethodPost && path == "/v2/email/outbound-emails":
		out, no = typed(s.sendEmail)(body)
	case r.Method == http.MethodGet && path == "/v2/email/account":
		out, no = s.account()
	case r.Method == http.MethodGet && strings.HasPrefix(path, identities):
		out, no = s.identity(strings.TrimPrefix(path, identities))
	case r.Method == http.MethodGet && strings.HasPrefix(path, suppression+"/"):
		out, no = s.getSuppressed(strings.TrimPrefix(path, suppression+"/"))
	case r.Method == http.MethodDelete && strings.HasPrefix(path, suppression+"/"):
		out, no = s.deleteSuppressed(strings.TrimPrefix(path, suppression+"/"))
	default:
		no = &fault{http.StatusNotFound, "NotFoundException", "no loopback operation " + r.Method + " " + path}
	}
	if no != nil {
		no.writeJSON(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// content is SES's Content: a text and its charset, which is UTF-8 throughout.
type content struct{ Data string }

type sendEmailInput struct {
	FromEmailAddress     string
	ConfigurationSetName string
	ReplyToAddresses     []string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	EmailTags            []struct{ Name, Value string }
	Content              struct {
		Raw    *struct{ Data []byte }
		Simple *simple
	}
}

type simple struct {
	Subject     content
	Body        struct{ Text, Html *content }
	Headers     []struct{ Name, Value string }
	Attachments []struct {
		FileName, ContentType, ContentId, ContentDisposition string
		RawContent                                           []byte
	}
}

func (s *SES) sendEmail(in sendEmailInput) (any, *fault) {
	bad := func(format string, a ...any) (any, *fault) {
		return nil, &fault{http.StatusBadRequest, "BadRequestException", fmt.Sprintf(format, a...)}
	}
	m := &Mail{At: s.opt.Now(), ConfigSet: in.ConfigurationSetName, Tags: map[string]string{}, State: MailDelivered}
	for _, tag := range in.EmailTags {
		if !validTag(tag.Name) || !validTag(tag.Value) {
			return bad("Invalid tag %q: %q. Tags hold only ASCII letters, digits, _, -, ., @ and at most 256 characters.", tag.Name, tag.Value)
		}
		m.Tags[tag.Name] = tag.Value
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.ID = fmt.Sprintf("010701%010x-%08d-4000-8000-000000000000-000000", m.At.UnixMilli()&0xffffffffff, len(s.mails)+1)
	switch {
	case in.Content.Raw != nil && in.Content.Simple == nil:
		m.raw = in.Content.Raw.Data
	case in.Content.Simple != nil && in.Content.Raw == nil:
		if in.FromEmailAddress == "" {
			return bad("Missing 'From' header.")
		}
		raw, err := compose(m, in)
		if err != nil {
			return bad("%v", err)
		}
		m.raw = raw
	default:
		return bad("Exactly one of Raw, Simple must be given.")
	}
	if err := m.parse(); err != nil {
		return bad("Invalid message: %v", err)
	}
	envelope := slices.Concat(in.Destination.ToAddresses, in.Destination.CcAddresses, in.Destination.BccAddresses)
	if no := m.address(in.FromEmailAddress, envelope); no != nil {
		return nil, no
	}
	s.accept(m)
	if err := s.write(m); err != nil {
		return nil, &fault{http.StatusInternalServerError, "InternalFailure", err.Error()}
	}
	s.mails = append(s.mails, m)
	return map[string]string{"MessageId": m.ID}, nil
}

// address settles sender and recipients: the request's, else those of a raw message's headers.
func (m *Mail) address(from string, envelope []string) *fault {
	if len(envelope) == 0 {
		for _, name := range []string{"To", "Cc", "Bcc"} {
			if list := m.Headers[name]; list != "" {
				envelope = append(envelope, list)
			}
		}
	}
	m.To = nil
	for _, list := range envelope {
		parsed, err := mail.ParseAddressList(list)
		if err != nil {
			return &fault{http.StatusBadRequest, "BadRequestException", fmt.Sprintf("Illegal address %q", list)}
		}
		for _, a := range parsed {
			m.To = append(m.To, a.Address)
		}
	}
	if from != "" {
		m.From = from
	}
	sender, err := mail.ParseAddress(m.From)
	switch {
	case err != nil:
		return &fault{http.StatusBadRequest, "BadRequestException", fmt.Sprintf("Illegal sender %q", m.From)}
	case len(m.To) == 0:
		return &fault{http.StatusBadRequest, "BadRequestException", "At least one recipient must be given."}
	case len(m.To) > maxRecipients:
		return &fault{http.StatusBadRequest, "BadRequestException", "Recipient count exceeds 50."}
	case strings.HasSuffix(sender.Address, unverified):
		return &fault{http.StatusBadRequest, "MessageRejected", "Email address is not verified. The following identities failed the check: " + sender.Address}
	}
	return nil
}

// validTag follows SES's MessageTag.
func validTag(s string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9_\-.@]{1,256}$`).MatchString(s)
}

// accept lets the mail arrive, or bounce off the account's suppression list, and says so on the bus.
func (s *SES) accept(m *Mail) {
	for _, to := range m.To {
		if _, stopped := s.suppressed[strings.ToLower(to)]; stopped {
			m.State = MailSuppressed
		}
	}
	if m.State == MailSuppressed {
		s.news(m, "Email Bounced", "Bounce", bounce(m, "Permanent", "OnAccountSuppressionList"))
		return
	}
	s.news(m, "Email Delivered", "Delivery", map[string]any{
		"timestamp": m.At.UTC(), "processingTimeMillis": 0, "recipients": m.To, "smtpResponse": "250 2.0.0 OK",
		"reportingMTA": "loopback.example",
	})
}

// Drain delivers bounces, complaints and deliveries to the function they wake, each at least once.
func (s *SES) Drain(ctx context.Context, deliver func(context.Context, Event) error) (delivered int, err error) {
	return s.bridge.drain(ctx, &s.mu, s.opt.Now, s.keepNews, deliver)
}

// NextDue is when the next undelivered event is to be tried.
func (s *SES) NextDue() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bridge.nextAt()
}

// Suppressed lists the addresses that get no mail any more, with the reason.
func (s *SES) Suppressed() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.suppressed)
}

func (s *SES) getSuppressed(address string) (any, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reason, ok := s.suppressed[strings.ToLower(address)]
	if !ok {
		return nil, &fault{http.StatusNotFound, "NotFoundException", "Email address " + address + " does not exist on your suppression list."}
	}
	return map[string]any{"SuppressedDestination": map[string]any{
		"EmailAddress": address, "Reason": reason, "LastUpdateTime": float64(s.opt.Now().Unix()),
	}}, nil
}

func (s *SES) deleteSuppressed(address string) (any, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.suppressed[strings.ToLower(address)]; !ok {
		return nil, &fault{http.StatusNotFound, "NotFoundException", "Email address " + address + " does not exist on your suppression list."}
	}
	delete(s.suppressed, strings.ToLower(address))
	if err := s.keepNews(); err != nil {
		return nil, &fault{http.StatusInternalServerError, "InternalFailure", err.Error()}
	}
	return map[string]any{}, nil
}

func refuseSES(w http.ResponseWriter, how string) {
	if how == "429" {
		fault{http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded."}.writeJSON(w)
		return
	}
	fault{http.StatusInternalServerError, "InternalFailure", "The request processing has failed because of an unknown error."}.writeJSON(w)
}
