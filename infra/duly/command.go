package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/alecthomas/kong"

	boot "duly/shared/boot/log"
	"duly/shared/o2c/fault"
)

// Exit codes (ux.md, error grammar).
const (
	exitFailed      = 1
	exitUsage       = 2
	exitConfig      = 3
	exitUnreachable = 4
)

// commands are the verbs; one file each.
type commands struct {
	Run     runVerb      `cmd:"" help:"Play seventy-five days of business in memory and check the outcome."`
	Demo    demoVerb     `cmd:"" help:"Serve the whole product on this machine, clickable, with every outside service played."`
	Clock   clockVerb    `cmd:"" help:"Show or move the demo's virtual time."`
	Trigger triggerVerb  `cmd:"" help:"Let something happen outside: an order, a parcel, a payment, a press."`
	Event   eventVerb    `cmd:"" help:"Print a webhook as a shop would send it."`
	Order   orderVerb    `cmd:"" help:"Enter an order by telephone or at the counter."`
	Connect connectVerb  `cmd:"" help:"Connect a shop: what to copy where, and whether its first event was understood."`
	Import  importVerb   `cmd:"" help:"Import orders, customers, products, or what is open in another package, from a CSV file; a dry run first."`
	Bank    bankVerb     `cmd:"" help:"Import bank files, their formats detected."`
	Settle  settleVerb   `cmd:"" help:"Import what a payment gateway says of its payouts."`
	Export  exportVerb   `cmd:"" help:"Write the books for another package, or the Dutch auditfile."`
	Product productVerb  `cmd:"" help:"Book goods in."`
	Quote   quoteVerb    `cmd:"" help:"Draft, send and look at quotes."`
	Law     lawVerb      `cmd:"" help:"Show the rates that claims are computed by, or enter one."`
	Dossier dossierVerb  `cmd:"" help:"Prove the evidence of a claim, offline."`
	Archive archiveVerb  `cmd:"" help:"Export, check or delete the documents that the law wants kept."`
	Tax     taxVerb      `cmd:"" help:"Write the sales listing (ICP) and the One Stop Shop's return of a quarter."`
	Audit   auditVerb    `cmd:"" help:"Show who did what to a document, when and why, or write a year's trail into a file."`
	Verify  verifyVerb   `cmd:"" help:"Hold the books against what they are made of."`
	Explain explainVerb  `cmd:"" help:"Say what an error code means, or why an order was decided as it was."`
	Pages   pagesVerb    `cmd:"" name:"reference" help:"Write the reference of commands, configuration, events and error codes."`
	Policy  policyVerb   `cmd:"" help:"Check duly.yaml, or try another one on what happened."`
	Config  configVerb   `cmd:"" help:"Show what holds of duly.yaml, and where each value comes from."`
	Backup  backupVerb   `cmd:"" help:"Copy everything into one file, checked byte by byte."`
	Restore restoreVerb  `cmd:"" help:"Bring a backup back into an empty place."`
	Parity  parityVerb   `cmd:"" help:"Hold the compiled functions against their handlers: the same events, replies and table."`
	Migrate migrateVerb  `cmd:"" help:"Count records that an older release wrote, or rewrite them."`
	Cost    costVerb     `cmd:"" help:"Estimate what a month costs, at list prices of a date: AWS, mail, Stripe and Slack apart."`
	GoLive  goLiveVerb   `cmd:"" name:"go-live" help:"The list of what stands between you and the first real order, checked step by step."`
	Secret  secretVerb   `cmd:"" help:"Enter the operator's secrets into the parameter store."`
	Letters safeModeVerb `cmd:"" name:"safe-mode" help:"Let every letter wait for a press, or let letters go out by themselves."`
	Sample  specimenVerb `cmd:"" name:"specimen" help:"Write an invoice that is none, as customers will see theirs, or send it to yourself."`
	Key     keyVerb      `cmd:"" help:"Make or end a key of a deployment's API."`
	Slack   slackVerb    `cmd:"" help:"Print the manifest of the Slack app."`
	Deploy  deployVerb   `cmd:"" help:"Bring this commit into your AWS account, show what that would change, or take it away."`
	SBOM    sbomVerb     `cmd:"" name:"sbom" help:"Print the bill of materials of built programs (CycloneDX)."`
	Doctor  doctorVerb   `cmd:"" help:"Look at what this machine has and lacks."`
}

// console is what every verb is given.
type console struct {
	ctx      context.Context
	out      io.Writer
	progress io.Writer    // of long work, apart from its result
	log      slog.Handler // warnings and worse
	// troubles has errors alone: in the story refusals are part of the play.
	troubles slog.Handler
}

// execute runs one command line and gives the exit code.
func execute(ctx context.Context, args []string, out, problems io.Writer) int {
	var c commands
	ended := -1
	parser, err := kong.New(&c, kong.Name("duly"), kong.Description("Order to cash, from the command line."),
		kong.Writers(out, problems), kong.UsageOnError(), kong.Exit(func(code int) { ended = code }))
	if err != nil {
		fmt.Fprintln(problems, err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if ended >= 0 { // --help has said what was asked for, and does nothing else
		return ended
	}
	if err != nil {
		fmt.Fprintln(problems, err)
		return exitUsage
	}
	log := func(level slog.Level) slog.Handler {
		return slog.NewTextHandler(problems, &slog.HandlerOptions{Level: level})
	}
	if err := parsed.Run(&console{ctx: ctx, out: out, progress: problems, log: log(slog.LevelWarn), troubles: log(slog.LevelError)}); err != nil {
		for _, one := range apart(err) {
			fmt.Fprintln(problems, sentence(one))
		}
		return exitCode(err)
	}
	return 0
}

// apart is every failure of several that were joined.
func apart(err error) []error {
	var joined interface {
		error
		Unwrap() []error
	}
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}

// sentence is what a person is told. What elsewhere only the log has stands in it: a command has no log.
func sentence(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	if f.Code == fault.Internal && f.Cause != nil {
		told := *f
		told.Why, told.Do = told.Why+": "+boot.Masked(told.Cause.Error()), "a defect of ours: report this line; what it was about is as it was before"
		return told.Error()
	}
	return f.Error()
}

func exitCode(err error) int {
	var f *fault.Error
	if !errors.As(err, &f) {
		return exitFailed
	}
	switch f.Code {
	case fault.Config, fault.LiveKey, fault.NoAccount:
		return exitConfig
	case fault.PortTaken, fault.StateInUse:
		return exitUnreachable
	}
	return exitFailed
}
