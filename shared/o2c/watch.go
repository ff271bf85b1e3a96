package o2c

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of what is remembered of a shop's numbers.
const (
	numberLeap = 500 // a larger leap of order numbers is a new numbering and no gap
	aboveMax   = 500 // numbers remembered above a gap
	listedMax  = 50  // numbers that a lapse names
)

// numbered is an order number's digits, and when the order came.
type numbered struct {
	N  int64     `json:"n"`
	At time.Time `json:"at"`
}

// shopWatch is what is known of one shop's webhooks.
type shopWatch struct {
	Began  time.Time   `json:"began"`            // of the watch
	Heard  time.Time   `json:"heard,omitzero"`   // when the newest order came that the shop posted itself
	High   numbered    `json:"high"`             // every number up to it is here or accounted for
	Above  []numbered  `json:"above,omitempty"`  // what came above it, ascending
	Topics []string    `json:"topics,omitempty"` // the webhooks that the shop had when all was well
	Quiet  time.Time   `json:"quiet,omitzero"`   // when the shop itself said last that it had nothing for us
	Read   time.Time   `json:"read,omitzero"`    // the newest change that was read from the shop
	Pulls  []time.Time `json:"pulls,omitempty"`  // the last ticks that read it: what was received then, it did not post
	Pull   *pull       `json:"pull,omitempty"`   // under way
	Lapse  string      `json:"lapse,omitempty"`  // the lapse that is open
	Since  time.Time   `json:"since,omitzero"`   // of the lapse
}

// pull is how far the reading of a shop has come. What changed since is read in
// the order of its change, so that an instant is all that must be kept.
type pull struct {
	Since     time.Time `json:"since"`
	Cause     string    `json:"cause"`
	BeganAt   time.Time `json:"began_at"`
	Missing   []int64   `json:"missing,omitempty"`   // numbers of the gap
	Accounted []int64   `json:"accounted,omitempty"` // of them, those that the shop told of
	Fetched   []string  `json:"fetched,omitempty"`   // numbers of the orders that we had missed
	Count     int       `json:"count"`               // of them
}

// watch is the state of the completeness guard: one document for all shops,
// written by its tick alone.
type watch struct {
	Looked time.Time             `json:"looked"` // what came before it was looked at
	Shops  map[string]*shopWatch `json:"shops"`  // by endpoint
}

// Kind and ID make the watch a document; there is one.
func (w *watch) Kind() string { return "watch" }
func (w *watch) ID() string   { return "shops" }

// MarshalJSON and UnmarshalJSON are the store's door.
func (w *watch) MarshalJSON() ([]byte, error) {
	type plain watch
	return json.Marshal((*plain)(w))
}

func (w *watch) UnmarshalJSON(b []byte) error {
	type plain watch
	return json.Unmarshal(b, (*plain)(w))
}

// shop is the state of one shop.
func (w *watch) shop(endpoint string, at time.Time) *shopWatch {
	if w.Shops == nil {
		w.Shops = map[string]*shopWatch{}
	}
	if w.Shops[endpoint] == nil {
		w.Shops[endpoint] = &shopWatch{Began: at}
	}
	return w.Shops[endpoint]
}

// digits is the number at the end of what people call an order, "SO-1042" to
// 1042; 0 when there is none.
func digits(number string) int64 {
	at := strings.LastIndexFunc(number, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseInt(number[at+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// pullsMax is how many ticks are remembered: as many as may run while what they
// made is still looked at.
const pullsMax = 8

// pulled remembers that a tick reads the shop.
func (s *shopWatch) pulled(at time.Time) {
	if len(s.Pulls) == 0 || !s.Pulls[len(s.Pulls)-1].Equal(at) {
		s.Pulls = append(s.Pulls, at)
	}
	s.Pulls = s.Pulls[max(0, len(s.Pulls)-pullsMax):]
}

// posted reports whether the shop itself posted what came at an instant.
func (s *shopWatch) posted(at time.Time) bool {
	return !slices.ContainsFunc(s.Pulls, at.Equal)
}

// note takes an order's number in.
func (s *shopWatch) note(number string, at time.Time) {
	n := digits(number)
	switch {
	case n == 0:
		return
	case s.High.N == 0, n > s.highest()+numberLeap:
		s.High, s.Above = numbered{n, at}, nil
		return
	case n <= s.High.N:
		return
	}
	place, known := slices.BinarySearchFunc(s.Above, n, func(a numbered, n int64) int { return cmp.Compare(a.N, n) })
	if !known {
		s.Above = slices.Insert(s.Above, place, numbered{n, at})
	}
	s.climb()
	if len(s.Above) > aboveMax {
		s.High, s.Above = s.Above[len(s.Above)-1], nil
	}
}

func (s *shopWatch) highest() int64 {
	if len(s.Above) == 0 {
		return s.High.N
	}
	return s.Above[len(s.Above)-1].N
}

// climb raises High over what came without a gap.
func (s *shopWatch) climb() {
	for len(s.Above) > 0 && s.Above[0].N == s.High.N+1 {
		s.High, s.Above = s.Above[0], s.Above[1:]
	}
}

// gap lists the numbers that are missing below an order that came before the
// instant; webhooks overtake each other, so younger ones prove nothing.
func (s *shopWatch) gap(before time.Time) []int64 {
	var missing []int64
	next := s.High.N + 1
	for _, a := range s.Above {
		if a.At.After(before) {
			break
		}
		for ; next < a.N; next++ {
			missing = append(missing, next)
		}
		next = a.N + 1
	}
	return missing
}

// lost lists the numbers of the gap that neither came meanwhile nor were told of
// by the shop.
func (s *shopWatch) lost() []int64 {
	return slices.DeleteFunc(slices.Clone(s.Pull.Missing), func(n int64) bool {
		return n <= s.High.N || slices.Contains(s.Pull.Accounted, n) || slices.ContainsFunc(s.Above, func(a numbered) bool { return a.N == n })
	})
}

// settle forgets a gap: its numbers came or were accounted for.
func (s *shopWatch) settle(missing []int64) {
	for _, n := range missing {
		if place, known := slices.BinarySearchFunc(s.Above, n, func(a numbered, n int64) int { return cmp.Compare(a.N, n) }); !known && n > s.High.N {
			s.Above = slices.Insert(s.Above, place, numbered{N: n, At: s.High.At})
		}
	}
	s.climb()
}
