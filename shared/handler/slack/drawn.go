package slack

import (
	"sync"
	"time"
)

// homeFresh is how often a Home is drawn at most while nothing is done in it (ux.md §2.6).
const homeFresh = time.Minute

// drawn remembers when each Home was drawn last.
type drawn struct {
	mu    sync.Mutex
	homes map[string]time.Time
}

// lately reports whether somebody's Home was drawn within the last minute.
func (d *drawn) lately(user string, at time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, ok := d.homes[user]
	return ok && at.Sub(last) < homeFresh
}

func (d *drawn) note(user string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.homes[user] = at
}
