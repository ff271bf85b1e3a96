package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// control routes the demo's control: what plays the outside world. The routes
// are a contract with programs that know nothing but demo.json.
func (s *site) control(mux *http.ServeMux) {
	for pattern, do := range map[string]action{
		"GET /demo/clock":                                   s.showClock,
		"POST /demo/clock":                                  s.moveClock,
		"POST /demo/fail":                                   s.fail,
		"GET /demo/slack/messages":                          s.slackMessages,
		"GET /demo/slack/views":                             s.slackViews,
		"GET /demo/slack/home":                              s.slackHome,
		"POST /demo/slack/home":                             s.slackOpenHome,
		"POST /demo/slack/press":                            s.slackPress,
		"POST /demo/slack/views/{id}/submit":                s.slackSubmit,
		"POST /demo/slack/views/{id}/close":                 s.slackClose,
		"POST /demo/slack/file":                             s.slackFile,
		"POST /demo/slack/command":                          s.slackCommand,
		"GET /demo/mail":                                    s.mails,
		"POST /demo/mail/{id}/bounce":                       s.mailBounce,
		"POST /demo/mail/{id}/reply":                        s.mailReply,
		"GET /demo/stripe/sessions":                         s.stripeSessions,
		"POST /demo/stripe/sessions/{id}/pay":               s.stripePay,
		"GET /demo/stripe/methods":                          s.stripeMethods,
		"POST /demo/stripe/methods/{id}":                    s.stripeMethod,
		"POST /demo/stripe/refunds":                         s.stripeRefund,
		"POST /demo/stripe/chargebacks":                     s.stripeChargeback,
		"POST /demo/stripe/payout":                          s.stripePayout,
		"GET /demo/bank":                                    s.bankAccount,
		"GET /demo/peppol":                                  s.peppolTaken,
		"POST /demo/peppol/{id}/reject":                     s.peppolReject,
		"POST /demo/archive/{year}/delete":                  s.archiveDelete,
		"GET /demo/health":                                  s.health,
		"GET /demo/settings":                                s.settings,
		"GET /demo/verify":                                  s.verify,
		"POST /demo/shop/orders":                            s.shopPlace,
		"POST /demo/shop/webhooks":                          s.shopHooks,
		"GET /demo/deliveries":                              s.diagnoses,
		"POST /demo/shop/orders/{endpoint}/{number}/{kind}": s.shopTell,
	} {
		mux.HandleFunc(pattern, s.answer(do))
	}
	mux.HandleFunc("GET /demo/archive/{year}", s.archiveBundle)
	mux.HandleFunc("POST /demo/bank", s.bankBook) // answers with a bank file
	mux.HandleFunc("GET /demo/mail/{id}/attachments/{n}", s.mailAttachment)
	mux.HandleFunc("GET /demo/mail/{id}/raw", s.mailRaw)
}

// action does one control and says what to answer as JSON.
type action func(r *http.Request) (status int, body any, err error)

func (s *site) answer(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
		status, body, err := do(r)
		if r.Method == http.MethodPost {
			s.runtime.Nudge()
			err = errors.Join(err, s.runtime.Keep())
		}
		if err != nil {
			problem(w, err)
			return
		}
		writeJSON(w, status, body)
	}
}

// bodyMax bounds a control's body, in bytes; a bank file may be large.
const bodyMax = 16 << 20

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // the caller may be gone
}

// problem answers as RFC 9457 has it, with our code.
func problem(w http.ResponseWriter, err error) {
	status, f := http.StatusUnprocessableEntity, fault.New(fault.Invalid, err.Error(), "", "")
	var ours *fault.Error
	var refusal *stripe.Refusal
	switch {
	case errors.As(err, &ours):
		status, f = ours.Code.Meaning().Status, ours
	case errors.As(err, &refusal):
		status = refusal.Status
	}
	body := map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": f.Error(), "code": f.Code}
	if f.Pointer != "" {
		body["errors"] = []map[string]string{{"pointer": f.Pointer, "detail": f.Why}}
	}
	raw, _ := json.Marshal(body) // strings and a number
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// read decodes a control's body; none at all is all defaults.
func read(r *http.Request, into any) error {
	err := json.NewDecoder(r.Body).Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return fault.New(fault.Unreadable, "The body is not the JSON that this route takes", err.Error(), "see the demo's control in the README")
}

// list is a page of items, newest first. Without a limit it has them all.
func list[T any](r *http.Request, items []T, id func(T) string) (int, any, error) {
	if after := r.URL.Query().Get("after"); after != "" {
		for i, item := range items {
			if id(item) == after {
				items = items[i+1:]
				break
			}
		}
	}
	next := ""
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n > 0 && n < len(items) {
		items = items[:n]
		next = id(items[n-1])
	}
	if items == nil {
		items = []T{}
	}
	return http.StatusOK, map[string]any{"items": items, "next": next}, nil
}

// minor is an amount in minor units, written as a number or as money is.
type minor int64

// UnmarshalJSON reads 124000 and {"amount": 124000, "currency": "EUR"}.
func (m *minor) UnmarshalJSON(raw []byte) error {
	var whole struct {
		Amount int64 `json:"amount"`
	}
	if len(raw) > 0 && raw[0] == '{' {
		err := json.Unmarshal(raw, &whole)
		*m = minor(whole.Amount)
		return err
	}
	return json.Unmarshal(raw, (*int64)(m))
}

func (s *site) euros(n int64) money.Amount { return money.Of(n, s.runtime.Policy.Currency) }

func (s *site) clock() any {
	now := s.runtime.Clock.Now()
	return map[string]any{"now": now.Format("2006-01-02T15:04:05.999Z07:00"), "unix": now.Unix()}
}

func (s *site) showClock(*http.Request) (int, any, error) { return http.StatusOK, s.clock(), nil }

func (s *site) moveClock(r *http.Request) (int, any, error) {
	var in struct {
		Advance string `json:"advance"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	span, err := stripe.ParseSpan(in.Advance)
	if err != nil {
		return 0, nil, fault.Bad("/advance", err.Error(), "write a span such as 14d, 2h or 30m")
	}
	// Whoever asked may give up waiting; time goes on to where it was sent.
	if err := s.runtime.Advance(context.WithoutCancel(r.Context()), span); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.clock(), nil
}

func (s *site) fail(r *http.Request) (int, any, error) {
	var in struct {
		Service string `json:"service"`
		For     string `json:"for"`
		How     string `json:"how"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	span, err := stripe.ParseSpan(in.For)
	if err != nil {
		return 0, nil, fault.Bad("/for", err.Error(), "write a span such as 10m; 0m heals")
	}
	if in.How == "" {
		in.How = "500"
	}
	if err := s.runtime.Fail(in.Service, in.How, span); err != nil {
		return 0, nil, err
	}
	until := s.runtime.Clock.Now().Add(span)
	return http.StatusOK, map[string]any{"service": in.Service, "how": in.How, "until": until}, nil
}
