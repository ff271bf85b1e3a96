package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"duly/functions"
	"duly/infra/local/demo"
	"duly/shared/files"
)

// verifyVerb holds the books against what they are made of.
type verifyVerb struct {
	target
	JSON bool `help:"Print the report as JSON."`
}

// report is what the verification found.
type report struct {
	OK     bool    `json:"ok"`
	Checks []check `json:"checks"`
}

type check struct {
	Name    string   `json:"name"`
	Checked int      `json:"checked"`
	Broken  []string `json:"broken"`
}

// Run prints a line per invariant and fails when one is broken.
func (v *verifyVerb) Run(c *console) error {
	var found report
	if err := v.look(c, &found); err != nil {
		return err
	}
	var err error
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

// look verifies where the state is; what is deployed is read from here, with the operator's own credentials.
func (v *verifyVerb) look(c *console, into *report) error {
	if v.Stage == "" {
		return v.with(c, func(d *demo.Client) error { return d.Do(c.ctx, http.MethodGet, "/demo/verify", nil, into) })
	}
	at, err := reach(c.ctx, v.Stage)
	if err != nil {
		return err
	}
	found, err := at.cycle.VerifyWhole(c.ctx, files.New(at.Archive, functions.PrefixSeals))
	if err != nil {
		return err
	}
	into.OK = found.OK()
	for _, k := range found.Checks {
		into.Checks = append(into.Checks, check{Name: k.Name, Checked: k.Checked, Broken: k.Broken})
	}
	return nil
}
