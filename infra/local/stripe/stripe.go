// Package stripe owns a loopback Stripe: the part of Stripe's REST API that
// collects money (Checkout Sessions, payment intents, charges, refunds,
// disputes, balance transactions, payouts, events), its hosted Checkout page
// and its signed webhooks, on virtual time. An unchanged stripe-go v76 works
// against it; requests, answers and events have the form of API version
// 2023-10-16 (docs.stripe.com/api).
//
// It does not own what the product makes of all this, the demo's pages, or the
// bank line that a payout becomes: the runtime books that at the loopback bank.
package stripe

import (
	"context"
	"html/template"
	"net/http"
	"sync"
	"time"

	"duly/shared/signature"
)

// APIVersion is the version whose shapes the server speaks.
const APIVersion = "2023-10-16"

// Deliver carries one webhook request to its endpoint and reports the HTTP
// status. An error means that no answer came; both an error and a status
// outside 200..299 are retried.
type Deliver func(ctx context.Context, header http.Header, body []byte) (status int, err error)

// Options configure a Server. Only Now is required.
type Options struct {
	Now           func() time.Time  // virtual time
	Seed          int64             // makes ids differ between two servers; equal seeds give equal ids
	SecretKey     string            // the one key that is accepted; empty accepts every sk_test_ key
	WebhookSecret string            // whsec_…; signs what is delivered
	BaseURL       string            // where the hosted page is reached; empty takes the request's host
	APIVersion    string            // of the events; empty means APIVersion
	EnabledEvents []string          // what the webhook endpoint subscribed to; empty means EnabledByDefault
	Deliver       Deliver           // nil: events are only listed, never delivered
	Order         func(n int) []int // a permutation of n due deliveries; nil keeps the order of creation
	Merchant      string            // the name on the hosted page
	IDEALLabel    string            // the co-brand on the button; empty means "iDEAL | Wero"
}

// Server is the loopback Stripe. It is safe for concurrent use: one lock covers
// its state, and no lock is held while a webhook is being delivered.
type Server struct {
	options Options
	mux     *http.ServeMux
	page    *template.Template
	mu      sync.Mutex
	state   state
	cause   cause // of the change that is being made under the lock
}

// New makes a server without any data. It panics when a required option is missing.
func New(options Options) *Server {
	if options.Now == nil {
		panic("stripe: Options.Now is missing — the server lives on virtual time — pass clock.Now")
	}
	if options.IDEALLabel == "" {
		options.IDEALLabel = "iDEAL | Wero"
	}
	if _, err := signature.New(signature.Stripe, options.WebhookSecret); err != nil && options.Deliver != nil {
		panic("stripe: Options.WebhookSecret cannot sign: " + err.Error())
	}
	if options.Merchant == "" {
		options.Merchant = "Test account"
	}
	if options.APIVersion == "" {
		options.APIVersion = APIVersion
	}
	if options.EnabledEvents == nil {
		options.EnabledEvents = EnabledByDefault()
	}
	s := &Server{options: options, mux: http.NewServeMux(), state: newState(),
		page: template.Must(template.New("page").Parse(pageHTML))}
	for _, e := range endpoints() {
		s.mux.HandleFunc(e.pattern, func(w http.ResponseWriter, r *http.Request) { s.serveAPI(e, w, r) })
	}
	s.mux.HandleFunc("GET /c/pay/{id}", s.showPage)
	s.mux.Handle("POST /c/pay/{id}", http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.submitPage)))
	s.mux.HandleFunc("/", s.serveUnknown)
	return s
}

// ServeHTTP answers the API under /v1/ and the hosted page under /c/pay/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Tick does all that is due at now: it settles delayed payments and refunds,
// closes disputes, expires sessions, then delivers every due event, including
// those that the deliveries themselves caused. It returns how many deliveries
// it attempted.
func (s *Server) Tick(ctx context.Context, now time.Time) int {
	attempts := 0
	for {
		s.runTimers(now)
		n := s.deliverDue(ctx, now)
		if n == 0 {
			return attempts
		}
		attempts += n
	}
}

// NextDue is the earliest instant at which Tick will have something to do.
func (s *Server) NextDue() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next int64
	if len(s.state.Timers) > 0 {
		next = s.state.Timers[0].At
	}
	for _, d := range s.state.Deliveries {
		if !d.busy && (next == 0 || d.NextAt < next) {
			next = d.NextAt
		}
	}
	return time.Unix(next, 0).UTC(), next != 0
}

// change runs f with the lock held and the present virtual time in seconds,
// which is Stripe's resolution.
func (s *Server) change(f func(at int64) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s.options.Now().Unix())
}

// settle is how every control that plays the outside world ends: what became
// due is done at once, so that the caller sees its consequences.
func (s *Server) settle(ctx context.Context) { s.Tick(ctx, s.options.Now()) }
