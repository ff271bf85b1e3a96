// Package webhook owns what the functions that senders post to do alike: a
// signature is verified over the raw bytes before anything else, what is
// authentic is never lost, and what cannot be used is put aside for a person.
// Between the two lies the function's own inbox, for what came at a bad moment.
//
// It does not own who signs how, or what a message means: each function brings
// that as a Source.
package webhook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

// Budget is the time in which a message is acted upon while its sender waits.
// Shopify gives up after 5 s; half of that is left for putting the message into
// the inbox (row 17 of the failure catalogue).
const Budget = 2500 * time.Millisecond

// Deps is what a webhook function needs.
type Deps struct {
	Cycle   *o2c.Cycle
	Now     func() time.Time
	Secrets Secrets
	Inbox   Inbox
	Log     *slog.Logger
}

// Secrets are the signing secrets, by endpoint.
type Secrets interface {
	// Active gives those that are valid now, several during a rotation. None is a
	// failure.
	Active(ctx context.Context, endpoint string) ([]string, error)
	// Renewed reads them anew, and says whether it did: it may decline, so that
	// forged requests cannot make it read without end.
	Renewed(ctx context.Context, endpoint string) (secrets []string, read bool, err error)
}

// Inbox keeps what could not be acted upon in time, until a tick drains it.
type Inbox interface {
	Put(ctx context.Context, message string) error
	// Take gives some of what is kept, and hides it for as long as a tick takes.
	Take(ctx context.Context) ([]Kept, error)
	// Done forgets what was taken.
	Done(ctx context.Context, k Kept) error
}

// Kept is a message of the inbox.
type Kept struct {
	Message string
	Receipt string // by which the inbox knows it
	Tries   int    // how often it was taken, this time too
}

// Message is a verified request, as the inbox and the parked messages keep it.
type Message struct {
	Endpoint   string            `json:"endpoint"`
	Topic      string            `json:"topic"` // by a header, which is not signed; else the body's type
	Headers    map[string]string `json:"headers"`
	Body       []byte            `json:"body"` // the raw bytes that were signed
	ReceivedAt time.Time         `json:"received_at"`
}

// Sender is who a request claims to come from.
type Sender struct {
	Endpoint string
	Topic    string // of a header, at most 100 characters; "" when the body names its type
	Scheme   signature.Scheme
	Trial    bool // an unsigned try of the endpoint: answered, and nothing else
}

// Source is what differs between the functions.
type Source interface {
	// Sender reads path, headers and, for a trial alone, the body. It is false for
	// an endpoint that is not ours.
	Sender(path string, header http.Header, body []byte) (Sender, bool)
	// Act does what a verified message asks for. A failure that may pass is tried
	// again; any other is put aside with its sentence.
	Act(ctx context.Context, m Message) error
}

// New makes the function of a name.
func New(function string, s Source, d Deps) trigger.Handler {
	door := &door{function: function, source: s, Deps: d}
	return trigger.Handler{HTTP: door.http, Tick: door.tick}
}

type door struct {
	Deps
	function string
	source   Source
}

// http answers a sender: 200 when the message is acted upon, put aside or in the
// inbox; 401 in the same words for every flaw of its signature, with nothing
// written; 503 only when nothing can be kept.
func (d *door) http(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	body, ok := trigger.Body(r)
	if !ok {
		return answer(http.StatusRequestEntityTooLarge, "The body is larger than 256 KiB", fault.TooLarge)
	}
	header := trigger.Header(r)
	from, ok := d.source.Sender(r.RawPath, header, body)
	if !ok {
		d.Log.WarnContext(ctx, "refused: no such endpoint", "function", d.function)
		return unauthentic()
	}
	if from.Trial {
		return trigger.Text(http.StatusOK, "ok"), nil
	}
	if err := d.verify(ctx, from, header, body); err != nil {
		if cause := signature.CauseOf(err); cause != "" {
			d.Log.WarnContext(ctx, "refused: the signature does not verify", "endpoint", from.Endpoint, "cause", string(cause))
			return unauthentic()
		}
		d.Log.ErrorContext(ctx, "no signature can be verified", "endpoint", from.Endpoint, "err", err)
		return unavailable()
	}
	topic := from.Topic
	if topic == "" {
		topic = typeOf(body)
	}
	return d.take(ctx, Message{Endpoint: from.Endpoint, Topic: topic, Headers: kept(header), Body: body, ReceivedAt: d.Now()})
}

// take acts on a message inside the budget, or keeps it for later.
func (d *door) take(ctx context.Context, m Message) (events.APIGatewayV2HTTPResponse, error) {
	inTime, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	err := d.act(inTime, m)
	if err == nil {
		return trigger.Text(http.StatusOK, "ok"), nil
	}
	d.Log.WarnContext(ctx, "later: the message goes to the inbox", "endpoint", m.Endpoint, "topic", m.Topic, "err", err)
	if err := d.Inbox.Put(context.WithoutCancel(ctx), m.encode()); err != nil {
		d.Log.ErrorContext(ctx, "lost: the sender must repeat it", "endpoint", m.Endpoint, "topic", m.Topic, "err", err)
		return unavailable()
	}
	return trigger.Text(http.StatusOK, "ok"), nil
}

// verify checks the signature. When the secret does not fit it is read once
// more, as it may have been changed (row 78).
func (d *door) verify(ctx context.Context, from Sender, header http.Header, body []byte) error {
	secrets, err := d.Secrets.Active(ctx, from.Endpoint)
	if err != nil {
		return err
	}
	err = check(from.Scheme, secrets, header, body, d.Now())
	if signature.CauseOf(err) != signature.Mismatch {
		return err
	}
	secrets, read, failed := d.Secrets.Renewed(ctx, from.Endpoint)
	if failed != nil || !read {
		return err
	}
	return check(from.Scheme, secrets, header, body, d.Now())
}

func check(scheme signature.Scheme, secrets []string, header http.Header, body []byte, at time.Time) error {
	v, err := signature.New(scheme, secrets...)
	if err != nil {
		return err
	}
	return v.Verify(header, body, at)
}

// act does what the message asks for; what cannot be used is parked. An error
// means that neither was possible now.
func (d *door) act(ctx context.Context, m Message) error {
	err := d.source.Act(ctx, m)
	if err == nil || fault.Of(err).Code.Meaning().Retry {
		return err
	}
	return d.park(ctx, m, err)
}

// Quiet marks a failure of which nobody needs to hear: the message is kept
// without a card.
func Quiet(err error) error { return quiet{err} }

type quiet struct{ error }

// Unwrap gives the failure.
func (q quiet) Unwrap() error { return q.error }

// About names the message that failed by the sender's own id, under which it is
// parked once, by whatever way it comes.
func About(id string, err error) error {
	if id == "" {
		return err
	}
	return about{error: err, id: id}
}

type about struct {
	error
	id string
}

// Unwrap gives the failure.
func (a about) Unwrap() error { return a.error }

// park puts a message aside for a person, with the sentence that says why.
func (d *door) park(ctx context.Context, m Message, why error) error {
	var unheard quiet
	var named about
	errors.As(why, &named)
	d.Log.WarnContext(ctx, "parked", "endpoint", m.Endpoint, "topic", m.Topic, "err", why)
	return d.Cycle.Park(ctx, d.Now(), o2c.ParkedData{
		Function: d.function, Endpoint: m.Endpoint, Topic: m.Topic, Headers: m.Headers, Body: m.Body, Key: named.id,
		Problem: fault.Of(why).Error(), Reason: fault.ReasonOf(why), Quiet: errors.As(why, &unheard),
	})
}

// typeOf is what a verified body calls itself.
func typeOf(body []byte) string {
	var named struct {
		Type  string `json:"type"`
		Scope string `json:"scope"` // BigCommerce's word for it
	}
	if json.Unmarshal(body, &named) != nil || len(named.Type+named.Scope) > 100 {
		return ""
	}
	return cmp.Or(named.Type, named.Scope)
}

// Replayed is a parked message as its function takes it.
func Replayed(p o2c.ParkedData) Message {
	return Message{Endpoint: p.Endpoint, Topic: p.Topic, Headers: p.Headers, Body: p.Body, ReceivedAt: p.At}
}

func answer(status int, sentence string, code fault.Code) (events.APIGatewayV2HTTPResponse, error) {
	return trigger.Text(status, sentence+" ["+string(code)+"]"), nil
}

func unauthentic() (events.APIGatewayV2HTTPResponse, error) {
	return answer(http.StatusUnauthorized, "The signature does not match", fault.Unauthentic)
}

func unavailable() (events.APIGatewayV2HTTPResponse, error) {
	return answer(http.StatusServiceUnavailable, "The message cannot be taken now; send it again", fault.Unavailable)
}
