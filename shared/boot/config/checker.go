package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/lazy"
)

// checker gathers mistakes, each with its place in the file.
type checker struct {
	name  string
	root  *Node
	found []mistake
}

// mistake is one sentence and its place.
type mistake struct {
	place
	err error
}

func (c *checker) say(at place, text string) {
	where := c.name
	if at.line > 0 {
		where = fmt.Sprintf("%s:%d:%d", c.name, at.line, at.column)
	}
	c.found = append(c.found, mistake{at, fault.New(fault.Config, where+": "+text, "", "")})
}

func (c *checker) complain(at place, key, got, want string) {
	if at.line == 0 {
		at = c.place(key)
	}
	is := fmt.Sprintf("is %q", got)
	if got == "" {
		is = "is missing"
	}
	c.say(at, fmt.Sprintf("%s %s; write %s", key, is, want))
}

func (c *checker) must(ok bool, key, got, want string) {
	if !ok {
		c.complain(place{}, key, got, want)
	}
}

func (c *checker) within(key string, w whole, low, high int) {
	if !w.ok || w.n < low || w.n > high {
		c.complain(w.place, key, w.text, fmt.Sprintf("a whole number from %d to %d, e.g. %d", low, high, example(low, high)))
	}
}

// example is a sensible number in a range.
func example(low, high int) int { return max(low, min(high, 30)) }

// err is all mistakes, from the top of the file to its end.
func (c *checker) err() error {
	slices.SortStableFunc(c.found, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	all := make([]error, len(c.found))
	for i, m := range c.found {
		all[i] = m.err
	}
	return errors.Join(all...)
}

// step is one part of a key: a name, or a place in a list.
var step = lazy.Pattern(`[^.\[\]]+`)

// place finds where a key stands, or the last part of it that is there.
func (c *checker) place(key string) place {
	at, found := c.root, place{}
	for _, name := range step().FindAllString(key, -1) {
		if at = at.child(name); at == nil {
			return found
		}
		found = at.place()
	}
	return found
}

// instead says what may have been meant.
func instead(got string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := distance(got, name); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}

// distance is how many letters must be changed, added or taken away.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
