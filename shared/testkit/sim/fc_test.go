package sim

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// weekDays is how long the straight way takes, with its payout at the bank.
const weekDays = 4

// straightWay plays the one order of design §4 with at most one fault.
func straightWay(t *testing.T, p Planned) Result {
	t.Helper()
	return run(t, Options{Seed: 1, Days: weekDays, Story: straight{}, Only: map[Kind]int{}, Fault: p})
}

// TestTheStraightWayCloses is the run that the exhaustive tests disturb.
func TestTheStraightWayCloses(t *testing.T) {
	r := straightWay(t, Planned{})
	report(t, r)
	if fmt.Sprint(r.Ended) != "map[closed:1]" {
		t.Errorf("orders ended %v", r.Ended)
	}
	t.Logf("%d invocations, %d inputs and outputs, %d of them writes, %d commits checked", r.Invocations, r.IOs, len(r.Writes), r.Checks)
}

// everywhere plays the straight way once for each place, with a fault there,
// and wants the same end each time.
func everywhere(t *testing.T, kind Kind, places []int, always map[Kind]int) {
	t.Helper()
	for i, r := range runAll(t, len(places), func(i int) Options {
		return Options{Seed: 1, Days: weekDays, Story: straight{}, Only: always, Fault: Planned{kind, places[i]}}
	}) {
		for _, b := range r.Broken {
			t.Errorf("%s at %d: %s", kind, places[i], b)
		}
		if told := strings.Join(r.Told, "\n"); kind == CommitUnknown && strings.Contains(told, "Already") {
			t.Errorf("%s at %d: a colleague was told of the own decision: %s", kind, places[i], told)
		}
		if r.Hits[kind] != 1 || fmt.Sprint(r.Ended) != "map[closed:1]" {
			t.Errorf("%s at %d: it happened %d times, orders ended %v", kind, places[i], r.Hits[kind], r.Ended)
		}
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

func TestFC_40_CrashBeforeEveryInputAndOutput(t *testing.T) {
	everywhere(t, CrashBefore, upTo(straightWay(t, Planned{}).IOs), map[Kind]int{})
}

func TestFC_40_CrashAfterEveryInputAndOutput(t *testing.T) {
	everywhere(t, CrashAfter, upTo(straightWay(t, Planned{}).IOs), map[Kind]int{})
}

// TestFC_41_FC_44_OutcomeOfEveryCommitUnknown: whoever does not know whether a
// commit arrived finds out by the commit's own mark, since DynamoDB may have
// forgotten its request token.
func TestFC_41_FC_44_OutcomeOfEveryCommitUnknown(t *testing.T) {
	always := map[Kind]int{ForgottenToken: 1000}
	everywhere(t, CommitUnknown, run(t, Options{Seed: 1, Days: weekDays, Story: straight{}, Only: always}).Writes, always)
}

// under plays some seeds with some faults alone and gives what they come to.
func under(t *testing.T, seeds, orders, days int, only map[Kind]int) Result {
	t.Helper()
	all := Result{Ended: map[string]int{}}
	for _, r := range runAll(t, seeds, func(seed int) Options { return Options{Seed: uint64(seed), Orders: orders, Days: days, Only: only} }) {
		for _, b := range r.Broken {
			t.Errorf("seed %d: %s", r.Seed, b)
		}
		all.Hits.Add(r.Hits)
		all.Orders, all.Checks, all.Told = all.Orders+r.Orders, all.Checks+r.Checks, append(all.Told, r.Told...)
	}
	for k := range only {
		if all.Hits[k] == 0 {
			t.Errorf("%s never happened", k)
		}
	}
	return all
}

func TestFC_02_EveryMessageTwiceAtOnceInterleavedAnywhere(t *testing.T) {
	under(t, 8, 8, 20, map[Kind]int{Duplicate: 1000})
}

func TestFC_03_FC_04_MessagesInAnyOrderAndHoursLate(t *testing.T) {
	under(t, 6, 8, 20, map[Kind]int{Delay: 500, Duplicate: 300, LostResponse: 300})
}

func TestFC_14_DeadLettersRedriven(t *testing.T) {
	under(t, 6, 8, 25, map[Kind]int{CrashBefore: 120, DeadLetter: 0, Throttle: 300})
}

// TestFC_20_EveryPressTwice: the colleague's double click decides once, the
// customer's opens one page.
func TestFC_20_EveryPressTwice(t *testing.T) {
	r := under(t, 8, 8, 20, map[Kind]int{DoubleClick: 1000})
	wantTold(t, r, "Already approved by Mira")
}

// TestFC_21_EveryDecisionIsARace: of two who press at once with opposite
// answers one decides, and the other is told.
func TestFC_21_EveryDecisionIsARace(t *testing.T) {
	r := under(t, 8, 8, 20, map[Kind]int{RacingApprovers: 1000})
	wantTold(t, r, "Already declined by") // who declines is told in the form
}

func wantTold(t *testing.T, r Result, sentences ...string) {
	t.Helper()
	all := strings.Join(r.Told, "\n")
	for _, s := range sentences {
		if !strings.Contains(all, s) {
			t.Errorf("nobody was told %q:\n%s", s, all)
		}
	}
}

func TestFC_25_FC_49_VendorActsAndItsAnswerIsLost(t *testing.T) {
	under(t, 6, 8, 45, map[Kind]int{VendorTimeout: 250, CrashAfter: 20})
}

func TestFC_31_EveryScheduleFiresTwice(t *testing.T) {
	under(t, 4, 8, 75, map[Kind]int{TickDouble: 1000})
}

func TestFC_32_SchedulesMissedForDays(t *testing.T) {
	under(t, 6, 8, 75, map[Kind]int{TickMissed: 60, BatchLost: 300})
}

func TestFC_37_EveryClockIsSkewed(t *testing.T) {
	under(t, 6, 8, 45, map[Kind]int{ClockSkew: 1000, CrashBefore: 10})
}

func TestFC_42_TableThrottlesConflictsAndFails(t *testing.T) {
	under(t, 6, 8, 20, map[Kind]int{Throttle: 150, Conflict: 150, Unavailable: 150})
}

// TestFC_51_EveryIndexIsBehind: no decision hangs on an index that misses the
// last writes.
func TestFC_51_EveryIndexIsBehind(t *testing.T) {
	under(t, 6, 8, 45, map[Kind]int{StaleIndex: 1000, BatchLost: 300})
}

func TestFC_53_EveryOtherStreamRecordIsLost(t *testing.T) {
	under(t, 6, 8, 45, map[Kind]int{BatchLost: 500, BatchRepeated: 300})
}

// TestFC_72_BooksAgreeAfterEveryCommit: the ledger that the bookings make and
// the one that the facts make are compared after each commit of a swarm.
func TestFC_72_BooksAgreeAfterEveryCommit(t *testing.T) {
	var checks int
	for _, r := range runAll(t, 6, func(seed int) Options { return Options{Seed: 700 + uint64(seed), Orders: 10, Days: 45} }) {
		report(t, r)
		checks += r.Checks
	}
	if checks < 500 {
		t.Errorf("only %d commits were looked at", checks)
	}
}

func TestFC_78_SecretsChangeInMidRun(t *testing.T) {
	under(t, 6, 8, 25, map[Kind]int{SecretRotation: 1})
}

// TestTheSameSeedIsTheSameRun: every call, fault and message in the same order,
// whatever else the processors do.
func TestTheSameSeedIsTheSameRun(t *testing.T) {
	const seeds = 50
	options := func(seed int) Options { return Options{Seed: uint64(seed), Orders: 4, Days: 12} }
	first := runAll(t, seeds, options)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for i, again := range runAll(t, seeds, func(i int) Options { return options(seeds - 1 - i) }) {
		if was := first[seeds-1-i]; was.Digest != again.Digest || was.IOs != again.IOs {
			t.Errorf("seed %d: %d inputs and outputs with digest %x, then %d with %x", was.Seed, was.IOs, was.Digest, again.IOs, again.Digest)
		}
	}
}
