package main

import (
	"fmt"
	"net/http"

	"duly/infra/local/demo"
)

// safeModeVerb lets letters wait for a press, as the team may in Slack.
type safeModeVerb struct {
	target
	Set string `arg:"" enum:"on,off" help:"on: they wait; off: they go out by themselves."`
}

// Run switches it.
func (v *safeModeVerb) Run(c *console) error {
	err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodPost, "/v1/safe-mode", map[string]bool{"on": v.Set == "on"}, nil)
	})
	if err == nil {
		fmt.Fprintln(c.out, map[string]string{"on": "Letters wait for a press.", "off": "Letters go out by themselves."}[v.Set])
	}
	return err
}
