package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"duly/infra/local/demo"
)

// clockVerb shows or moves virtual time.
type clockVerb struct {
	target
	Span string `arg:"" optional:"" placeholder:"+14d" help:"How far to move it: days, hours, minutes, such as +2d12h."`
}

// Run shows the time that it is afterwards.
func (v *clockVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var now struct {
			Now time.Time `json:"now"`
		}
		err := d.Do(c.ctx, http.MethodGet, "/demo/clock", nil, &now)
		if span := strings.TrimPrefix(v.Span, "+"); err == nil && span != "" {
			err = d.Do(c.ctx, http.MethodPost, "/demo/clock", map[string]string{"advance": span}, &now)
		}
		if err == nil {
			fmt.Fprintln(c.out, now.Now.Format(time.RFC3339))
		}
		return err
	})
}
