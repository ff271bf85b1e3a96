package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"duly/infra/local/demo"
	"duly/infra/local/stripe"
)

// clockVerb shows or moves virtual time.
type clockVerb struct {
	target
	Span string `arg:"" optional:"" placeholder:"+14d" help:"How far to move it: days, hours, minutes, such as +2d12h."`
}

// Validate refuses a span that is none.
func (v *clockVerb) Validate() error {
	if v.span() == "" {
		return nil
	}
	_, err := stripe.ParseSpan(v.span())
	return err
}

func (v *clockVerb) span() string { return strings.TrimPrefix(v.Span, "+") }

// Run shows the time that it is afterwards.
func (v *clockVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var now struct {
			Now time.Time `json:"now"`
		}
		err := d.Do(c.ctx, http.MethodGet, "/demo/clock", nil, &now)
		if err == nil && v.span() != "" {
			err = d.Do(c.ctx, http.MethodPost, "/demo/clock", map[string]string{"advance": v.span()}, &now)
		}
		if err == nil {
			fmt.Fprintln(c.out, now.Now.Format(time.RFC3339))
		}
		return err
	})
}
