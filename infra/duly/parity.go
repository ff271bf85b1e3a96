package main

import (
	"fmt"
	"time"

	"duly/infra/local/parity"
)

// parityVerb holds compiled functions against the handlers that everything else
// is tested with.
type parityVerb struct {
	Build string `default:"build/here" help:"Folder of the programs, one folder each, built for this machine: make parity."`
}

// readyMax is how many times as long as a bare function's a start may take.
const readyMax = 3

// bare is the name of the function that does nothing.
const bare = "bare"

// Run compares and prints every difference, and how soon each program was ready.
func (v *parityVerb) Run(c *console) error {
	began := time.Now()
	report, err := parity.Compare(c.ctx, v.Build)
	if err != nil {
		return err
	}
	for _, d := range report.Differ {
		fmt.Fprintln(c.out, d)
	}
	if err := v.starts(c, report); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%d events to %d programs and to their handlers, %d items in the table: %d differences, %.1f s\n", report.Events, len(report.Programs), report.Items, len(report.Differ), time.Since(began).Seconds())
	if len(report.Differ) > 0 || len(report.Programs) == 0 {
		return fmt.Errorf("%d differences, %d programs — a program must do what its handler does — mend it, then run make parity again", len(report.Differ), len(report.Programs))
	}
	return nil
}

// How often each program is started: in several rounds, as a machine is busy for a while and then is not.
const (
	startRounds = 3
	startTries  = 5
)

// starts prints how long each program took from its start to its first question
// for an event, against one that does nothing. A busy machine is no reason to fail.
func (v *parityVerb) starts(c *console, r parity.Report) error {
	names := []string{bare}
	for _, p := range r.Programs {
		names = append(names, p.Name)
	}
	least := map[string]time.Duration{}
	for range startRounds {
		for _, name := range names {
			took, err := parity.Ready(c.ctx, v.Build, name, startTries)
			if err != nil {
				return err
			}
			if was, known := least[name]; !known || took < was {
				least[name] = took
			}
		}
	}
	fmt.Fprintf(c.out, "from start to ready, the shortest of %d starts, against a function that does nothing:\n", startRounds*startTries)
	for _, name := range names {
		mark := ""
		if least[name] > readyMax*least[bare] {
			mark = fmt.Sprintf("  MORE THAN %d TIMES", readyMax)
		}
		fmt.Fprintf(c.out, "%-16s %5.1f ms  %4.1f ×%s\n", name, least[name].Seconds()*1000, float64(least[name])/float64(least[bare]), mark)
	}
	return nil
}
