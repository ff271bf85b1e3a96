package dynamo

import (
	"runtime"
	"runtime/debug"
)

// gcPercent is how much garbage may gather beside what is alive, of which an
// engine may keep twice layerBytesMax.
const gcPercent = 75

// Tune fits the process to an engine on disk, until it is undone. Whoever commits
// for a group waits for the disk, loses the processor, and with no other one to
// be had would get it back behind those who have not begun, and the whole group
// with it; and a process that holds much more garbage than it needs to is no
// guest on a laptop.
func Tune() (undo func()) {
	processors := runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	percent := debug.SetGCPercent(gcPercent)
	return func() {
		runtime.GOMAXPROCS(processors)
		debug.SetGCPercent(percent)
	}
}
