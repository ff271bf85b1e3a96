// Package local owns the runtime on one machine: the functions of the manifest
// with their real adapters, the loopback services they talk to, the virtual
// clock, and the pump that carries what AWS would carry (stream records, queues,
// schedules, bucket and mail events). It runs the same handlers as Lambda does.
//
// It does not own what a function does, how an outside service behaves (each has
// a package below this one), or what a person sees of it: package demo serves
// the control routes and pages.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"duly/infra/local/clock"
	"duly/infra/local/dynamo"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Table is the name of the runtime's table.
const Table = "duly-local"

// Options say how to open a runtime.
type Options struct {
	Dir     string       // where the state is kept; "" = memory
	BaseURL string       // where the runtime is reached, without a slash at the end
	Start   time.Time    // virtual time of a fresh state; zero: now
	Seed    int64        // secrets and ids are derived from it
	Manual  bool         // the clock stands still until Advance moves it
	Sync    bool         // every acknowledged write is on the disk before it is answered
	Log     slog.Handler // nil: nothing is logged
	// Real services take the place of played ones, each by itself.
	Real Real
	// Observe, when set, hears of every request to the table with the capacity
	// units it took.
	Observe func(op string, read, write float64)
	// Carry, when set, is given each function and gives what runs instead of it,
	// such as its compiled program.
	Carry func(r *Runtime, name string, built trigger.Handler) trigger.Handler
}

// Runtime is one company on one machine.
type Runtime struct {
	World
	Policy  *o2c.Policy
	Cycle   *o2c.Cycle // for pages that show what there is; functions have their own
	Secrets Secrets
	Seals   o2c.Files // where the audit chains are anchored

	opt      Options
	handlers map[string]trigger.Handler
	routes   *http.ServeMux
	journal  journal
	stream   stream
	calendar calendar
	morning  time.Time // at which the bank's next statement comes
	glance   glance
	drive    sync.Mutex   // held by whoever moves time or messages
	waiting  atomic.Int32 // who waits for it
	active   atomic.Int32 // requests being answered
	polite   bool         // the pump lets requests pass
	nudge    chan struct{}
	outages  sync.Map // service to outage
	fresh    bool
	hasty    bool // keeps the services when it ends instead of at every change
}

// Open opens a runtime, with the state that its folder holds. A state that
// another process has open is refused after one second.
func Open(o Options) (*Runtime, error) {
	policy, err := dulyfile.LoadWith(config.FileName, config.Demo(), os.Environ())
	if err != nil {
		return nil, err
	}
	policy.BaseURL = o.BaseURL
	r := &Runtime{opt: o, Policy: policy, Secrets: deriveSecrets(o.Seed, policy), nudge: make(chan struct{}, 1), hasty: o.Manual}
	if o.Log == nil {
		r.opt.Log = slog.DiscardHandler
	}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fault.New(fault.Config, "The state folder cannot be made", err.Error(), "choose another with STATE=")
		}
	}
	if err := r.openTable(); err != nil {
		return nil, err
	}
	if err := r.openRest(); err != nil {
		return nil, errors.Join(err, r.Engine.Close())
	}
	return r, nil
}

// openTable starts the clock and the engine, which lives by it. The engine's
// lock on the file is what keeps a second runtime out of the folder.
func (r *Runtime) openTable() error {
	if err := r.openClock(); err != nil {
		return err
	}
	engine, err := dynamo.Open(dynamo.Options{Path: r.path("duly.db"), Sync: r.opt.Sync, Now: r.Clock.Now, Fault: r.storeFault})
	if err != nil {
		return fault.New(fault.StateInUse, "The state in "+r.opt.Dir+" cannot be opened", "another Duly may have it open: "+err.Error(), "stop the other one or choose another folder with STATE=").Because(err)
	}
	r.Engine = engine
	return nil
}

func (r *Runtime) openRest() error {
	if err := r.join(context.Background()); err != nil {
		return err
	}
	if err := r.openWorld(); err != nil {
		return err
	}
	if err := r.build(); err != nil {
		return err
	}
	if err := r.openStream(); err != nil {
		return err
	}
	var err error
	if r.calendar, err = newCalendar(r.Clock.Now()); err != nil {
		return err
	}
	r.morning = r.morningAfter(r.Clock.Now())
	return r.Keep()
}

// openClock resumes the clock of a known state and starts that of a fresh one.
func (r *Runtime) openClock() error {
	start := r.opt.Start
	if start.IsZero() {
		start = time.Now()
	}
	if r.opt.Manual {
		r.Clock, r.fresh = clock.Manual(start), true
		return nil
	}
	offset, known, err := readClock(r.path("clock.json"))
	switch {
	case err != nil:
		return err
	case known:
		r.Clock = clock.Resume(offset)
	case r.opt.Start.IsZero():
		r.Clock, r.fresh = clock.Resume(0), true // to the nanosecond, for who shares the time with other programs
	default:
		r.Clock, r.fresh = clock.New(start), true
	}
	return nil
}

// Fresh reports whether the state was empty when it was opened.
func (r *Runtime) Fresh() bool { return r.fresh }

// Close ends the runtime; nothing may be under way.
func (r *Runtime) Close() error { return errors.Join(r.keepAll(), r.Engine.Close()) }

// path is a file of the state, or "" in memory.
func (r *Runtime) path(name string) string {
	if r.opt.Dir == "" {
		return ""
	}
	return filepath.Join(r.opt.Dir, name)
}

// log is the log of one function.
func (r *Runtime) log(function string) *slog.Logger {
	return slog.New(r.journal.tee(r.opt.Log)).With("function", function)
}

// handler finds a function that is known to be in the manifest.
func (r *Runtime) handler(function string) trigger.Handler { return r.handlers[function] }

// warn logs what the runtime itself stumbled over.
func (r *Runtime) warn(ctx context.Context, what string, err error) {
	slog.New(r.opt.Log).WarnContext(ctx, what, "error", fmt.Sprint(err))
}
