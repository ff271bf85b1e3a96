package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"duly/functions"
	"duly/infra/backup"
	"duly/infra/deploy"
)

// deployVerb brings this commit into the account, or shows what that would do, or takes everything away again.
type deployVerb struct {
	Stage     string            `default:"prod" env:"STAGE" help:"Names the deployment; only prod may hold live keys."`
	Set       map[string]string `placeholder:"NAME=VALUE" help:"An answer to a parameter of the template, such as MailDomain."`
	Allow     []string          `placeholder:"RESOURCE" help:"A resource that may be lost, by its logical id, or a table of an earlier deployment that may be left behind, by its name; only with a backup."`
	Yes       bool              `help:"Do not ask."`
	Diff      bool              `help:"Only show what would change." xor:"what"`
	Uninstall bool              `help:"Write a copy of everything, then delete the deployment; what the law keeps stays." xor:"what"`
	Into      string            `placeholder:"FOLDER" help:"With --uninstall: where the copy goes, a new folder; duly-STAGE-TIME unless said, none for no copy."`
}

// Run looks for the account first, so that nothing is built in vain.
func (v *deployVerb) Run(c *console) error {
	cloud, err := deploy.Open(c.ctx)
	if err != nil {
		return err
	}
	o := deploy.Order{Stage: v.Stage, Answers: v.Set, Allow: v.Allow, Out: c.out, Run: shown(c), Ask: func(question string) (string, error) {
		if v.Yes && !v.Uninstall {
			return "y", nil
		}
		fmt.Fprint(c.out, question)
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err == io.EOF {
			err = nil // nobody there: that is no
		}
		return line, err
	}}
	switch {
	case v.Diff:
		return cloud.Diff(c.ctx, o)
	case v.Uninstall:
		if v.Into != "none" {
			o.Keep = v.keep(c)
		}
		return cloud.Uninstall(c.ctx, o)
	}
	return cloud.Deploy(c.ctx, o)
}

// keep writes what the deployment has into a folder, readable without Duly and beside a backup.
func (v *deployVerb) keep(c *console) func(ctx context.Context, table, archive string) error {
	return func(ctx context.Context, table, archive string) error {
		at, err := backup.Account(ctx, table, archive)
		if err != nil {
			return err
		}
		now := time.Now()
		into := cmp.Or(v.Into, functions.StackName(v.Stage)+"-"+now.Format("2006-01-02-1504"))
		m, err := backup.Leave(ctx, at, now, into, c.counted)
		fmt.Fprintln(c.progress)
		if err != nil {
			return fmt.Errorf("no copy could be written and nothing was deleted — %w — or, with a copy elsewhere: duly deploy --uninstall --into none", err)
		}
		fmt.Fprintf(c.out, "%s: a copy of everything, %d items and %d documents; README.txt says what is what\n", into, m.Items, m.Documents)
		return nil
	}
}

// shown runs programs with their output where ours goes.
func shown(c *console) func(context.Context, string, ...string) error {
	return func(ctx context.Context, program string, args ...string) error {
		run := exec.CommandContext(ctx, program, args...)
		run.Stdout, run.Stderr = c.progress, c.progress
		if err := run.Run(); err != nil {
			return fmt.Errorf("%s failed — see above — mend it, then run this again", program)
		}
		return nil
	}
}
