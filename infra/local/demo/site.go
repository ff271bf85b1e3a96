package demo

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"

	"duly/infra/local"
)

// site is the demo's one address: the product's routes, the loopback services'
// own pages, the control routes and the demo's pages.
type site struct {
	runtime *local.Runtime
	mux     *http.ServeMux
	cast    local.Cast

	mu   sync.Mutex
	sent *local.Sent // the shop's last request
	tour tour
}

func newSite(r *local.Runtime) (http.Handler, error) {
	cast, err := local.LoadCast()
	if err != nil {
		return nil, err
	}
	s := &site{runtime: r, mux: http.NewServeMux(), cast: cast}
	s.mux.Handle("/", r)
	s.mux.Handle(local.Outside+"/", s.nudging(r.Outside()))
	controls := http.NewServeMux()
	s.control(controls)
	if err := s.pages(controls); err != nil {
		return nil, err
	}
	s.mux.Handle("GET /demo", http.RedirectHandler("/demo/pages/story", http.StatusSeeOther))
	s.mux.Handle("/demo/", s.once(http.NewCrossOriginProtection().Handler(s.playedOnly(s.settled(controls)))))
	s.mux.Handle("GET /v1/", s.settled(r))
	for _, path := range []string{"GET /v1/jobs/", "GET /v1/openapi.json"} { // shown as they are, while much is under way
		s.mux.Handle(path, r)
	}
	return onlyLoopback(s.mux), nil
}

// settled lets a GET answer after all effects due now were performed. While a
// service is out of order some cannot be: then it answers with what there is.
func (s *site) settled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			s.runtime.SettleQuietly(r.Context())
		}
		next.ServeHTTP(w, r)
	})
}

// nudging wakes the pump after a change that did not go through the table, such
// as a file that was uploaded or a payment on the hosted page.
func (s *site) nudging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if r.Method != http.MethodGet {
			s.runtime.Nudge()
		}
	})
}

// onlyLoopback refuses requests that name another host: a page elsewhere whose
// name was pointed at this machine (DNS rebinding) must not reach the demo.
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The demo answers on this machine alone; use the address that it printed.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// settleAfter carries what a control set off, so that a page that is loaded
// next shows it.
func (s *site) settleAfter(ctx context.Context) { s.runtime.SettleQuietly(ctx) }
