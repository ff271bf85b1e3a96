package sim

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"duly/functions"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/store"
)

// function is one function of the manifest with its idle environments. As in
// Lambda, an environment serves one invocation at a time and is used again
// until it dies.
type function struct {
	name string
	idle []*environment
}

// environment is one process of a function: its memory is lost in a crash.
type environment struct {
	function string
	skew     time.Duration // of its clock
	world    *world
	cycle    *o2c.Cycle
	handler  trigger.Handler
}

// Now is the environment's clock.
func (e *environment) Now() time.Time { return e.world.now.Add(e.skew) }

// skewMax is less than half of an effect's lease: with more, a performer that
// works may pass for dead and its message go out twice.
const skewMax = 40 * time.Second

// boot starts an environment.
func (w *world) boot(name string) *environment {
	e := &environment{function: name, world: w}
	if w.faults.hit(ClockSkew) {
		e.skew = w.faults.chance.between(-skewMax, skewMax)
	}
	w.booted++
	table := store.New(w.api, tableName, store.Options{Instance: name + "/" + strconv.Itoa(w.booted), Sleep: w.sleep, Direct: true, Shapes: w.deployment.shapes(w)})
	e.cycle = &o2c.Cycle{Store: table, Policy: w.policy, Links: w.links, Pay: w.provider.gateway}
	w.wire(e)
	return e
}

// invocation is one run of a function.
type invocation struct {
	function string
	env      *environment
	yield    func(time.Duration) bool
	effect   string // the effect that it claimed last
	sent     []sending
	crashed  bool
	err      error
	next     func() (time.Duration, bool)
	stop     func()
	ends     time.Time // when Lambda kills it
	cancel   func()
}

// failed reports whether the caller got no answer.
func (v *invocation) failed() bool { return v.crashed || v.err != nil }

// crash is how an invocation dies: its memory is gone.
type crash struct{}

// sendTime bounds one input or output.
const ioMin, ioMax = time.Millisecond, 40 * time.Millisecond

// invoke runs a function; then hears of its end. In between it stands still at
// each input and output while others go on.
func (w *world) invoke(name string, do func(context.Context, *environment) error, then func(*invocation)) {
	v := &invocation{function: name, env: w.enter(name)}
	w.invocations++
	label := name + " goes on"
	w.note("%s begins", name)
	v.next, v.stop = iter.Pull(func(yield func(time.Duration) bool) {
		v.yield = yield
		defer func() {
			if x := recover(); x != nil {
				if _, ours := x.(crash); !ours {
					panic(x)
				}
				v.crashed = true
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), timeout(name))
		v.cancel = cancel
		v.err = do(ctx, v.env)
	})
	w.live[v], v.ends = true, w.now.Add(timeout(name))
	var step func()
	step = func() {
		w.running = v
		pause, more := v.next()
		w.running = nil
		if more && w.now.Add(pause).Before(v.ends) {
			w.after(pause, label, step)
			return
		}
		v.stop()
		v.cancel()
		delete(w.live, v)
		w.leave(v)
		then(v)
	}
	step()
}

// timeout is how long a function may run.
func timeout(name string) time.Duration {
	for _, f := range functions.All() {
		if f.Name == name {
			return time.Duration(f.TimeoutSeconds) * time.Second
		}
	}
	panic("sim: the manifest has no function " + name)
}

func (w *world) enter(name string) *environment {
	f := w.functions[name]
	if f == nil {
		f = &function{name: name}
		w.functions[name] = f
	}
	if n := len(f.idle); n > 0 {
		e := f.idle[n-1]
		f.idle = f.idle[:n-1]
		return e
	}
	return w.boot(name)
}

func (w *world) leave(v *invocation) {
	switch {
	case v.crashed:
		w.note("%s crashed", v.function)
	case v.err != nil:
		w.note("%s failed: %v", v.function, v.err)
	default:
		w.note("%s ended", v.function)
	}
	if !v.crashed && !(w.faults.calm && v.env.skew != 0) {
		w.functions[v.function].idle = append(w.functions[v.function].idle, v.env)
	}
	w.desk.account(v)
}

// wait lets the running invocation stand still.
func (w *world) wait(d time.Duration) {
	if v := w.running; v != nil && !v.yield(d) {
		panic(crash{}) // the run is over
	}
}

// input is what precedes each input or output of the running invocation: it
// takes time, and may be the last thing that happens. It gives the place among
// all of the run.
func (w *world) input(what string) (place int) {
	w.ios++
	place = w.ios
	if w.strikes(CrashBefore, place) {
		panic(crash{})
	}
	w.wait(w.faults.chance.between(ioMin, ioMax))
	w.note("  %d %s: "+what, place, w.running.function)
	return place
}

// output is what follows it.
func (w *world) output(place int) {
	if w.strikes(CrashAfter, place) {
		panic(crash{})
	}
}

// sleep is the store's pause; it ends with the context.
func (w *world) sleep(ctx context.Context, d time.Duration) error {
	if ends, limited := ctx.Deadline(); limited && w.clock != nil {
		if left := time.Until(ends); left < d {
			w.wait(left)
			return context.DeadlineExceeded
		}
	}
	w.wait(d)
	return nil
}

var errNoAnswer = errors.New("connection reset by peer")

func stack() string { return string(debug.Stack()) }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
