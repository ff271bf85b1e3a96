package main

import (
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/fault"
)

// explainVerb says what an error code means.
type explainVerb struct {
	Code string `arg:"" optional:"" placeholder:"DULY-1003" help:"The code; all of them when left out."`
}

// Run prints one code or the table.
func (v *explainVerb) Run(c *console) error {
	if v.Code == "" {
		for _, code := range fault.Codes() {
			fmt.Fprintf(c.out, "%s  %s\n", code, code.Meaning().Text)
		}
		return nil
	}
	code := fault.Code(strings.ToUpper(v.Code))
	if !slices.Contains(fault.Codes(), code) {
		return fault.New(fault.NotFound, "There is no code "+v.Code, "the table does not have it", "run duly explain for all of them")
	}
	m := code.Meaning()
	again := "Trying again unchanged does not help."
	if m.Retry {
		again = "Trying again may help."
	}
	fmt.Fprintf(c.out, "%s\n%s\n%s Over HTTP the status is %d.\n", code, m.Text, again, m.Status)
	return nil
}
