package stripe

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A timer is something that happens by itself at a virtual instant.
type timer struct {
	At   int64
	Kind string
	ID   string
}

const (
	expireSession = "expire session"
	settleSession = "settle session"
	failSession   = "fail session"
	settleIntent  = "settle intent"
	settleRefund  = "settle refund"
	winDispute    = "win dispute"
	loseDispute   = "lose dispute"
)

// schedule keeps the timers sorted by instant, and those of one instant in
// the order in which they were made.
func (s *Server) schedule(kind, id string, at int64) {
	i, _ := slices.BinarySearchFunc(s.state.Timers, at+1, func(t timer, at int64) int { return cmp.Compare(t.At, at) })
	s.state.Timers = slices.Insert(s.state.Timers, i, timer{At: at, Kind: kind, ID: id})
}

// runTimers makes everything happen that is due, each thing at its own instant
// and not at the instant at which somebody looked.
func (s *Server) runTimers(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.state.Timers) > 0 && s.state.Timers[0].At <= now.Unix() {
		t := s.state.Timers[0]
		s.state.Timers = slices.Delete(s.state.Timers, 0, 1)
		s.ring(t)
	}
	s.forgetOldEvents(now.Unix())
}

func (s *Server) ring(t timer) {
	switch t.Kind {
	case expireSession:
		if r, ok := s.state.Sessions.get(t.ID); ok && r.Status == "open" {
			s.expire(r, t.At)
		}
	case settleSession, failSession:
		s.settleDelayed(s.state.Sessions.index[t.ID], t.Kind == settleSession, t.At)
	case settleIntent:
		s.settleKept(s.state.Intents.index[t.ID], t.At)
	case settleRefund:
		s.finishRefund(s.state.Refunds.index[t.ID], t.At)
	case winDispute, loseDispute:
		s.closeDispute(s.state.Disputes.index[t.ID], t.Kind == winDispute, t.At)
	}
}

// ParseSpan reads a span of days, hours and minutes as interfaces.md writes
// them: "14d", "2h", "1d12h30m".
func ParseSpan(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute}
	total, digits := time.Duration(0), ""
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			digits += text[i : i+1]
			continue
		}
		n, err := strconv.Atoi(digits)
		unit, ok := units[text[i]]
		if err != nil || !ok || n > 3650*24*60 {
			return 0, badSpan(text)
		}
		total, digits = total+time.Duration(n)*unit, ""
	}
	if digits != "" || text == "" {
		return 0, badSpan(text)
	}
	return total, nil
}

func badSpan(text string) error {
	return refuse(http.StatusBadRequest, "span %q — it is not understood — write days, hours and minutes as 4d, 36h or 1d12h30m", text)
}
