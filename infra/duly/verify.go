package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"duly/infra/local/demo"
)

// verifyVerb holds the books against what they are made of.
type verifyVerb struct {
	target
	JSON bool `help:"Print the report as JSON."`
}

// report is what the verification found.
type report struct {
	OK     bool `json:"ok"`
	Checks []struct {
		Name    string   `json:"name"`
		Checked int      `json:"checked"`
		Broken  []string `json:"broken"`
	} `json:"checks"`
}

// Run prints a line per invariant and fails when one is broken.
func (v *verifyVerb) Run(c *console) error {
	var found report
	err := v.with(c, func(d *demo.Client) error { return d.Do(c.ctx, http.MethodGet, "/demo/verify", nil, &found) })
	if err != nil {
		return err
	}
	if v.JSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		err = enc.Encode(found)
	} else {
		for _, check := range found.Checks {
			state := "ok"
			if len(check.Broken) > 0 {
				state = "BROKEN"
			}
			fmt.Fprintf(c.out, "%-6s %-56s %6d looked at\n", state, check.Name, check.Checked)
			for _, sentence := range check.Broken {
				fmt.Fprintln(c.out, "       "+sentence)
			}
		}
	}
	if err == nil && !found.OK {
		err = fmt.Errorf("the books do not agree with what they are made of — see above — stop, keep a copy of the state, and tell us")
	}
	return err
}
