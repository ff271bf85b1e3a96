package demo

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"duly/infra/local"
	"duly/shared/o2c/fault"
)

// playedOnly refuses to play what is real here: its own pages are where things happen then.
func (s *site) playedOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/demo/"), "pages/")
		service, _, _ := strings.Cut(path, "/")
		real := s.runtime.Real().Outside(service)
		if real == "" || service == "mail" { // what is not sent stays readable
			next.ServeHTTP(w, r)
			return
		}
		err := fault.New(fault.Refused, "The "+service+" of this demo is not played", "it is "+real, "look and act there; or unset its credentials and begin a fresh state")
		http.Error(w, err.Error(), err.Code.Meaning().Status)
	})
}

// tellReal says what is real, and what that means.
func tellReal(w io.Writer, r *local.Runtime) {
	x := r.Real()
	if x.Slack != nil {
		admins := 0
		for _, p := range r.Policy.People {
			if p.Role == "admin" {
				admins++
			}
		}
		fmt.Fprintf(w, "slack       real, workspace %s; %d people, %d of them admins here (its owners and admins), the others look on\n", r.Policy.Workspace.Team, len(r.Policy.People), admins)
		fmt.Fprintln(w, "            the free plan will do: it shows 90 days of messages, deletes after a year, takes 10 apps and has no user groups; Duly's records stay with Duly")
	}
	if x.Stripe != nil {
		how := "its webhooks come through: stripe listen --forward-to " + r.BaseURL() + "/webhooks/stripe"
		if x.Stripe.Webhook == "" {
			how = "it is asked once a minute; at once with STRIPE_WEBHOOK_SECRET=$(stripe listen --print-secret)"
		}
		fmt.Fprintf(w, "stripe      real, test mode; %s\n", how)
	}
	if x.Mail != nil {
		fmt.Fprintf(w, "mail        real, to %s alone; other letters stay at %s/demo/pages/mail\n", strings.Join(x.Mail.Allow, ", "), r.BaseURL())
	}
}
