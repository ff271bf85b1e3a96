package cash

// sumStepsMax bounds the search for items that add up; what is not found by
// then is for a person.
const sumStepsMax = 50_000

// sums finds the sets of two to most items that ask for exactly the amount, at
// most limit of them: a second one already means that nobody knows which.
// complete is false when the search was given up.
func sums(items []OpenItem, minor int64, most, limit int) (found [][]int, complete bool) {
	s := search{asks: make([]int64, len(items)), most: most, limit: limit, steps: sumStepsMax}
	s.rest = make([]int64, len(items)+1)
	for i := len(items) - 1; i >= 0; i-- {
		s.asks[i] = items[i].asks().Minor
		s.rest[i] = s.rest[i+1] + s.asks[i]
	}
	s.look(0, minor)
	return s.found, s.steps > 0
}

type search struct {
	asks   []int64
	rest   []int64 // what the items from here on ask for in all
	most   int
	limit  int
	steps  int
	chosen []int
	found  [][]int
}

// look tries each item from one on, with it and without.
func (s *search) look(from int, minor int64) {
	for i := from; i < len(s.asks); i++ {
		if s.steps--; s.steps <= 0 || len(s.found) >= s.limit || s.rest[i] < minor {
			return
		}
		left := minor - s.asks[i]
		if left < 0 {
			continue
		}
		s.chosen = append(s.chosen, i)
		switch {
		case left > 0 && len(s.chosen) < s.most:
			s.look(i+1, left)
		case left == 0 && len(s.chosen) > 1:
			s.found = append(s.found, append([]int{}, s.chosen...))
		}
		s.chosen = s.chosen[:len(s.chosen)-1]
	}
}
