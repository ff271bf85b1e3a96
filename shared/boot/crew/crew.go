// Package crew owns the workers of a process: how many things it does at once where a use case leaves that open. It does not
// own what they do, nor in which order it counts.
package crew

import "sync"

// Together does the tasks at the same time and returns when all are done (an o2c.Crew).
func Together(tasks int, do func(task int)) {
	var all sync.WaitGroup
	for task := range tasks {
		all.Go(func() { do(task) })
	}
	all.Wait()
}
