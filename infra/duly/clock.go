package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"duly/infra/local/demo"
)

// target is the state that a verb is about.
type target struct {
	State string `default:".duly" env:"STATE" help:"Folder that keeps the state."`
	Seed  int64  `default:"42" env:"SEED" help:"What the state's secrets are derived from."`
}

// with does something with the state: through the demo that runs on it, or by
// opening its files.
func (t target) with(c *console, do func(*demo.Client) error) error {
	client, err := demo.Attach(c.ctx, t.State, t.Seed, c.log)
	if err != nil {
		return err
	}
	err = do(client)
	if closing := client.Close(); err == nil {
		err = closing
	}
	return err
}

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
