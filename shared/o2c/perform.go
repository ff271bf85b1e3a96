package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c/fault"
)

// Outbox performs effects. It is the only place from which anything leaves.
type Outbox struct {
	Cycle   *Cycle
	Mail    Mail
	Chat    Chat
	Direct  func(Direct) Chat // the talk with one colleague; nil: nobody is trained
	Links   Unfolder          // nil: pasted links stay as they are
	Room    RoomFiles
	Intake  Files // where bank files arrive; nil: none is taken from the room
	Files   Files
	Papers  Papers
	Bus     Bus
	Hooks   Hooks
	EPost   EPost            // nil: no access point is set up
	Reports Reports          // nil: no agency is set up
	VIES    VATRegister      // nil: nobody can be asked
	Look    LookIntoShop     // nil: no shop needs it
	Exports Exporter         // for the accountant
	Now     func() time.Time // the handler's clock: an effect may take long
}

// LeaseTime is how long a performer has an effect to itself; longer than the
// function may run (120 s, functions/manifest.go).
const LeaseTime = 150 * time.Second

// AttemptsMax is after how many failures an effect is given up: with the
// backoff below that is a day and a half, or longer while its patience lasts.
const AttemptsMax = 12

// patience is how long an effect is tried at the least before it is given up. A card has nothing to take its place: it
// waits for a week until somebody gives Slack's key back or opens the channel again.
func (e *Effect) patience() time.Duration {
	if e.Rank == RankChat {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// roomWait is how long a card waits at the most for the next attempt: whoever brings Slack back looks at the room.
const roomWait = 15 * time.Minute

// backoff is the wait after the nth failure: 1, 2, 4 … minutes, at most a day.
func backoff(attempts int) time.Duration {
	return min(time.Minute<<min(attempts-1, 11), 24*time.Hour)
}

// performer does one kind of effect and says what to commit with its mark.
type performer func(ctx context.Context, o *Outbox, e Effect) (done func(context.Context, *Tx) error, err error)

// does is one row of the effect table.
type does struct {
	what     string
	rank     Rank
	perform  performer
	fallback string                                                       // the notice failed.<fallback> that the team gets when the effect is given up
	gaveUp   func(ctx context.Context, o *Outbox, tx *Tx, e Effect) error // what else follows from that
}

// The kinds of effects.
const (
	doIssue   = "invoice.issue"
	doSettle  = "order.settle"
	doExpire  = "pay.expire"
	doPayout  = "pay.payout"
	doRefund  = "pay.refund"
	doReserve = "stock.reserve"
	doShift   = "stock.shift"
	doWatch   = "stock.watch"
	doInvoice = "mail.invoice"
	doLetter  = "mail.letter"
	doWaiting = "mail.waiting"
	doCard    = "chat.card"
	doReply   = "chat.reply"
	doWhisper = "chat.whisper"
	doPublish = "event.publish"
	doTell    = "event.tell"
	doExport  = "mail.export"
)

// effectOf looks into the effect table.
func effectOf(what string) (d does, known bool) {
	for _, d := range [...]does{
		{what: doIssue, rank: RankIssue, perform: performIssue, fallback: "issue"},
		{what: doSettle, rank: RankIssue, perform: performSettle, fallback: "settle"},
		{what: doSpread, rank: RankPay, perform: performSpread, fallback: "spread"},
		{what: doExpire, rank: RankPay, perform: performExpire, fallback: "expire"},
		{what: doPayout, rank: RankPay, perform: performPayout, fallback: "payout"},
		{what: doRefund, rank: RankPay, perform: performRefund, fallback: "refund", gaveUp: refundGaveUp},
		{what: doReserve, rank: RankIssue, perform: performReserve, fallback: "reserve"},
		{what: doShift, rank: RankIssue, perform: performShift, fallback: "shift"},
		{what: doWatch, rank: RankIssue, perform: performWatch, fallback: "watch"},
		{what: doInvoice, rank: RankMail, perform: performInvoice, fallback: "invoice"},
		{what: doPayee, rank: RankMail, perform: performPayee, fallback: "payee"},
		{what: doLetter, rank: RankMail, perform: performLetter, fallback: "letter"},
		{what: doVIES, rank: RankIssue, perform: performVIES},
		{what: doReport, rank: RankShop, perform: performReport, fallback: "report"},
		{what: doMailLine, rank: RankChat, perform: performMailLine},
		{what: doCharge, rank: RankPay, perform: performCharge, fallback: "charge", gaveUp: chargeGaveUp},
		{what: doMethod, rank: RankPay, perform: performMethod, fallback: "method"},
		{what: doDetach, rank: RankPay, perform: performDetach, fallback: "detach"},
		{what: doDivide, rank: RankIssue, perform: performDivide, fallback: "divide"},
		{what: doCopy, rank: RankMail, perform: performCopy, fallback: "copy"},
		{what: doForward, rank: RankMail, perform: performForward, fallback: "forward"},
		{what: doAbout, rank: RankMail, perform: performAbout, fallback: "about"},
		{what: doLook, rank: RankShop, perform: performLook, fallback: "look"},
		{what: doWaiting, rank: RankMail, perform: performWaiting},
		{what: doAlert, rank: RankMail, perform: performAlert},
		{what: doCard, rank: RankChat, perform: performCard},
		{what: doReply, rank: RankChat, perform: performReply},
		{what: doWhisper, rank: RankChat, perform: performWhisper},
		{what: doUnfold, rank: RankChat, perform: performUnfold},
		{what: doRoomFile, rank: RankShop, perform: performRoomFile, fallback: "room_file"},
		{what: doFileSaid, rank: RankChat, perform: performFileSaid},
		{what: doPublish, rank: RankPublish, perform: performPublish},
		{what: doTell, rank: RankShop, perform: performTell, gaveUp: tellGaveUp}, // may ask for a card

		{what: doTour, rank: RankChat, perform: performTour},
		{what: doPersonal, rank: RankChat, perform: performPersonal},
		{what: doQuiz, rank: RankChat, perform: performQuiz},
		{what: doClear, rank: RankPay, perform: performClear}, // may ask for a card

		{what: doExport, rank: RankMail, perform: performExport, fallback: "export"},
		{what: doDossier, rank: RankIssue, perform: performDossier, fallback: "dossier"},
		{what: doNotice, rank: RankMail, perform: performNotice, fallback: "notice"},
		{what: doAgency, rank: RankMail, perform: performAgency, fallback: "agency"},

		{what: doQuote, rank: RankIssue, perform: performQuote, fallback: "quote"},
		{what: doContract, rank: RankIssue, perform: performContract, fallback: "contract"},
		{what: doQuoteMail, rank: RankMail, perform: performQuoteMail, fallback: "quote_mail"},
	} {
		if d.what == what {
			return d, true
		}
	}
	return does{}, false
}

// effect names an intent of the commit that is being staged: the same commit,
// decided again, stages the same effect; the next commit another.
func (tx *Tx) effect(what string, subject Key, args any) (Effect, error) {
	row, ok := effectOf(what)
	if !ok {
		return Effect{}, fmt.Errorf("there is no effect %q", what)
	}
	if len(tx.plan.Saves) == 0 {
		return Effect{}, fmt.Errorf("effect %s: nothing was saved that asks for it", what)
	}
	first := tx.plan.Saves[0]
	raw, err := json.Marshal(args)
	if err != nil {
		return Effect{}, fmt.Errorf("effect %s: %w", what, err)
	}
	id := Name("e", what, subject.String(), string(raw), first.Key.String(), fmt.Sprint(first.Version))
	return Effect{Name: id, Does: what, Rank: row.rank, Subject: subject, Args: raw}, nil
}

// ask stages an effect.
func (tx *Tx) ask(what string, subject Key, args any) error {
	e, err := tx.effect(what, subject, args)
	if err != nil {
		return err
	}
	return tx.Do(e)
}

// Perform claims one effect, does it and marks it. An effect that is done, not
// due, or held by another performer is left alone. A failure is written down
// with the time of the next attempt and is no error of Perform: only a table
// that cannot be reached is.
func (o *Outbox) Perform(ctx context.Context, id string) error {
	e, ok, err := o.claim(ctx, id)
	if err != nil || !ok {
		return err
	}
	row, known := effectOf(e.Does)
	if !known {
		return o.fail(ctx, e, Permanent("Effect "+e.Does+" is unknown", "this version does not have it", "deploy the version that wrote it", nil).Keyed("unknown", e.Does))
	}
	done, err := row.perform(ctx, o, e)
	if err != nil {
		return o.fail(ctx, e, err)
	}
	return o.mark(ctx, e, done)
}

func (o *Outbox) claim(ctx context.Context, id string) (Effect, bool, error) {
	var e Effect
	claimed := false
	err := o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		now := o.Now()
		tx.By(Stamp{At: now, Actor: "system:outbox"})
		e, claimed = Effect{}, false
		found, err := tx.Find(ctx, id, &e)
		if err != nil || !found {
			return err
		}
		if e.Status != EffectPending || now.Before(e.NextAt) || now.Before(e.Lease) {
			return nil
		}
		e.Lease = now.Add(LeaseTime)
		e.Attempts++
		// Out of the sweeper's sight until the lease ends: a performer that dies
		// is found again then.
		e.NextAt = e.Lease
		claimed = true
		return tx.Save(&e)
	})
	return e, claimed, err
}

// mark records success, fenced by the claim: a performer whose lease was taken
// over changes nothing.
func (o *Outbox) mark(ctx context.Context, e Effect, done func(context.Context, *Tx) error) error {
	return o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name})
		held, err := o.held(ctx, tx, e)
		if err != nil || !held {
			return err
		}
		next := e
		next.Status, next.Lease, next.DoneAt, next.Problem, next.Reason = EffectDone, time.Time{}, tx.At(), "", fault.Reason{}
		if err := tx.Save(&next); err != nil {
			return err
		}
		if done == nil {
			return nil
		}
		return done(ctx, tx)
	})
}

func (o *Outbox) held(ctx context.Context, tx *Tx, e Effect) (bool, error) {
	var now Effect
	if err := tx.Get(ctx, e.Name, &now); err != nil {
		return false, err
	}
	return now.Status == EffectPending && now.Lease.Equal(e.Lease) && now.Attempts == e.Attempts, nil
}

// fail writes the failure down: another attempt later, or given up.
func (o *Outbox) fail(ctx context.Context, e Effect, cause error) error {
	return o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name})
		held, err := o.held(ctx, tx, e)
		if err != nil || !held {
			return err
		}
		next := e
		next.Lease, next.Problem, next.Reason = time.Time{}, fault.Of(cause).Error(), fault.ReasonOf(cause)
		// A service that asks for short waits uses its attempts up in minutes.
		final := fault.Is(cause, fault.Refused) || e.Attempts >= AttemptsMax && tx.At().Sub(e.CreatedAt) >= e.patience()
		if !final {
			next.NextAt = tx.At().Add(e.retryAfter(cause))
			if err := tx.Save(&next); err != nil {
				return err
			}
			return o.standIn(ctx, tx, e)
		}
		next.Status = EffectFailed
		if err := tx.Save(&next, Fact{Type: "effect.failed", Data: map[string]any{"does": e.Does, "subject": e.Subject, "problem": next.Problem}}); err != nil {
			return err
		}
		if row, _ := effectOf(e.Does); row.gaveUp != nil {
			if err := row.gaveUp(ctx, o, tx, next); err != nil {
				return err
			}
		}
		return o.fallBack(tx, next)
	})
}

// fallBack tells the team what could not be done. The chat's own failures have
// no fallback in the chat.
func (o *Outbox) fallBack(tx *Tx, e Effect) error {
	row, _ := effectOf(e.Does)
	if row.fallback == "" || e.Depth >= FallbackDepth {
		return nil
	}
	notice, err := tx.effect(doCard, KeyOf(&e), cardArgs{Purpose: "notice", Notice: Notice{Key: "failed." + row.fallback, Why: e.Problem, Reason: e.Reason}})
	if err != nil {
		return err
	}
	notice.Depth = e.Depth + 1
	return tx.Do(notice)
}

// Later is a failure that names its own time for the next attempt, as a
// service's Retry-After does.
type Later struct {
	After time.Duration
	Cause error
}

func (e *Later) Error() string { return fmt.Sprintf("try again in %s: %v", e.After, e.Cause) }
func (e *Later) Unwrap() error { return e.Cause }

func (e *Effect) retryAfter(cause error) time.Duration {
	var later *Later
	switch {
	case errors.As(cause, &later):
		return later.After
	case e.Rank == RankChat:
		return min(backoff(e.Attempts), roomWait)
	}
	return backoff(e.Attempts)
}

// PerformAll performs effects in their order. Drafts to be issued go together,
// several consecutive numbers in one commit. handled counts those before the
// first that the table stood in the way of.
func (o *Outbox) PerformAll(ctx context.Context, ids []string) (handled int, err error) {
	tx := NewTx(o.Cycle.Store)
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = Key{Kind: "effect", ID: id}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return 0, err
	}
	for handled < len(ids) {
		group := o.issues(ctx, tx, ids[handled:])
		if len(group) > 1 && o.issueTogether(ctx, group) == nil {
			handled += len(group)
			continue
		}
		if err := o.Perform(ctx, ids[handled]); err != nil {
			return handled, err
		}
		handled++
	}
	return handled, nil
}

// issues is how many of the first ids ask for a draft to be issued.
func (o *Outbox) issues(ctx context.Context, tx *Tx, ids []string) []string {
	for n, id := range ids {
		e, err := find[Effect](ctx, tx, id)
		if err != nil || e == nil || e.Does != doIssue || n == IssueMax {
			return ids[:n]
		}
	}
	return ids
}

// issueTogether issues drafts and marks their effects in one commit. It needs
// no lease: nothing happens outside the table.
func (o *Outbox) issueTogether(ctx context.Context, ids []string) error {
	return o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		for _, id := range ids {
			e, err := get[Effect](ctx, tx, id)
			if err != nil {
				return err
			}
			if e.Status != EffectPending || tx.At().Before(e.NextAt) || tx.At().Before(e.Lease) {
				continue
			}
			e.Status, e.DoneAt, e.Attempts = EffectDone, tx.At(), e.Attempts+1
			if err := tx.Save(e); err != nil {
				return err
			}
			if err := o.Cycle.issue(ctx, tx, e.Subject.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
