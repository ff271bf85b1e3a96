package sim

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seedFlag   = flag.Int("seed", -1, "run this one seed and print its trace")
	seedsFlag  = flag.Int("seeds", 15, "how many seeds to run")
	ordersFlag = flag.Int("orders", 40, "how many customers order in each")
	firstFlag  = flag.Bool("first", false, "stop at the first seed that breaks")
)

// TestMain trades memory for time: a run keeps little and makes much garbage.
func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// TestSim runs seeds 0 … n−1, each with another swarm of faults, or one of them
// with its trace.
func TestSim(t *testing.T) {
	if *seedFlag >= 0 {
		report(t, run(t, Options{Seed: uint64(*seedFlag), Orders: *ordersFlag, Trace: os.Stdout}))
		return
	}
	begun := time.Now()
	var all Result
	all.Ended = map[string]int{}
	for _, r := range runAll(t, *seedsFlag, func(seed int) Options { return Options{Seed: uint64(seed), Orders: *ordersFlag} }) {
		report(t, r)
		all.Orders, all.Invocations, all.IOs, all.Span = all.Orders+r.Orders, all.Invocations+r.Invocations, all.IOs+r.IOs, all.Span+r.Span
		all.Hits.Add(r.Hits)
		for status, n := range r.Ended {
			all.Ended[status] += n
		}
	}
	faults, some := all.Hits.Total()
	took := time.Since(begun)
	t.Logf("%d seeds, %d orders %v, %d invocations, %d inputs and outputs, %d faults of %d kinds, %d virtual days in %.0f s: %.0f lifecycles/s",
		*seedsFlag, all.Orders, all.Ended, all.Invocations, all.IOs, faults, some, int(all.Span/day), took.Seconds(), float64(all.Orders)/took.Seconds())
	t.Logf("faults\n%s", all.Hits)
}

// report fails the test with how to see the run again.
func report(t *testing.T, r Result) {
	t.Helper()
	for _, b := range r.Broken {
		t.Errorf("%s\n\tgo test ./shared/testkit/sim -run Sim -seed %d -orders %d", b, r.Seed, *ordersFlag)
	}
}

// runAll shares runs among the processors and gives their results in order.
func runAll(t *testing.T, n int, options func(int) Options) []Result {
	all := make([]Result, n)
	var next atomic.Int64
	t.Run("seeds", func(t *testing.T) {
		for worker := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					if all[i] = run(t, options(i)); *firstFlag && len(all[i].Broken) > 0 {
						next.Add(int64(n))
					}
				}
			})
		}
	})
	return all
}

// run plays one run in a bubble of its own time, so that the deadlines of
// contexts pass as the run's clock does.
func run(t *testing.T, o Options) (r Result) {
	synctest.Test(t, func(*testing.T) {
		o.Sleep = time.Sleep
		r = Run(o)
	})
	return r
}
