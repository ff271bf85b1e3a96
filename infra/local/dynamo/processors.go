package dynamo

import "runtime"

// SpareProcessor lets the process run with one processor more than it has, until
// it is given back: for one that commits to an engine on disk, where whoever
// commits for a group waits for the disk. The processor goes to somebody else
// meanwhile, and without another one the whole group, whose changes are on the
// disk, would wait behind those who have not begun.
func SpareProcessor() (giveBack func()) {
	before := runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	return func() { runtime.GOMAXPROCS(before) }
}
