package demo

import (
	"context"
	"net/http"
	"time"

	"duly/infra/local"
	"duly/infra/local/stripe"
)

type clockView struct {
	Now      time.Time
	Plans    []local.Plan
	Services []serviceState
}

func (s *site) clockPage(*http.Request) (any, error) {
	return clockView{Now: s.local(s.runtime.Clock.Now()), Plans: s.runtime.Plans(), Services: s.services()}, nil
}

// clockAdvance moves the clock from its own page or from the bar of any other.
func (s *site) clockAdvance(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/clock"
	for _, t := range s.tabs() {
		if t.key == r.PostFormValue("back") {
			back = "/demo/pages/" + t.key
		}
	}
	asked := r.PostFormValue("advance")
	var span time.Duration
	if asked == "due" {
		due, err := s.runtime.NextStep(r.Context())
		if err != nil {
			return back, "", err
		}
		span = due.Sub(s.runtime.Clock.Now())
	} else if span, err = stripe.ParseSpan(asked); err != nil {
		return back, "", err
	}
	if err := s.runtime.Advance(context.WithoutCancel(r.Context()), max(span, 0)); err != nil {
		return back, "", err
	}
	return back, "It is " + s.local(s.runtime.Clock.Now()).Format("Monday 2 January, 15:04") + " now.", nil
}

func (s *site) clockFail(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/clock"
	service, how := r.PostFormValue("service"), r.PostFormValue("how")
	if r.PostFormValue("heal") != "" {
		return back, "The service works again.", s.runtime.Fail(service, how, 0)
	}
	span, err := stripe.ParseSpan(r.PostFormValue("for"))
	if err != nil {
		return back, "", err
	}
	return back, "The service is out of order now.", s.runtime.Fail(service, how, span)
}
