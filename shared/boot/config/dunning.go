package config

import (
	"fmt"
	"maps"
	"slices"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/money"
)

// reminding is the ladder of reminders, and the ladders of those who climb
// another one.
type reminding struct {
	MinGapDays    whole             `yaml:"min_gap_days"`
	BankDataHours whole             `yaml:"bank_data_hours"`
	Minimum       map[string]amount `yaml:"minimum"`
	Thanks        bool              `yaml:"thanks"`
	Ladder        []rung            `yaml:"ladder"`
	Ladders       map[string][]rung `yaml:"ladders"`
}

// rung is one step; its kind is its code where that is a kind.
type rung struct {
	Code      string            `yaml:"code"`
	Day       whole             `yaml:"day"`
	Kind      string            `yaml:"kind"`
	Tone      string            `yaml:"tone"`
	Above     map[string]amount `yaml:"above"`
	PayWithin whole             `yaml:"pay_within"`
}

// earliest is how many days before the due date a step may lie at the most.
const earliest = 30

func (r reminding) ladder(c *checker, key, name string, rungs []rung) dunning.Ladder {
	l := dunning.Ladder{Name: name, MinGapDays: r.MinGapDays.n, Minimum: r.minimum(c)}
	for i, step := range rungs {
		at := fmt.Sprintf("%s[%d]", key, i)
		c.within(at+".day", step.Day, -earliest, 365)
		c.must(!step.Day.ok || step.Day.n != 0, at+".day", step.Day.text, "a day before (below zero) or after the due date")
		c.must(step.Code != "" && l.Level(step.Code) < 0, at+".code", step.Code, "a name that no other step of the ladder has, e.g. friendly")
		c.must(i == 0 || !step.Day.ok || step.Day.n > rungs[i-1].Day.n, at+".day", step.Day.text, "a day after the step before")
		if step.PayWithin.text != "" {
			c.within(at+".pay_within", step.PayWithin, 1, 60)
		}
		kind := step.Kind
		if kind == "" {
			kind = step.Code
		}
		c.must(slices.Contains(dunning.Kinds(), kind), at+".kind", kind, fmt.Sprintf("one of %v", dunning.Kinds()))
		next := dunning.Step{Code: step.Code, Day: step.Day.n, Kind: kind, Tone: step.Tone, Above: sums(c, at+".above", step.Above), PayWithin: step.PayWithin.n}
		c.must(next.Before() == (kind == dunning.Nudge) || !step.Day.ok, at+".kind", kind, "nudge for a day before the due date, and for no other")
		l.Steps = append(l.Steps, next)
	}
	return l
}

func (r reminding) ladders(c *checker) map[string]dunning.Ladder {
	all := map[string]dunning.Ladder{}
	for _, name := range slices.Sorted(maps.Keys(r.Ladders)) {
		c.must(name != o2c.ProfileNone && name != "", "dunning.ladders."+name, name, "another name: "+o2c.ProfileNone+" is for customers who get no reminders")
		all[name] = r.ladder(c, "dunning.ladders."+name, name, r.Ladders[name])
	}
	return all
}

func (r reminding) minimum(c *checker) map[string]int64 {
	return sums(c, "dunning.minimum", r.Minimum)
}

// sums are amounts by their currency, in minor units.
func sums(c *checker, key string, written map[string]amount) map[string]int64 {
	if len(written) == 0 {
		return nil
	}
	all := map[string]int64{}
	for _, code := range slices.Sorted(maps.Keys(written)) {
		c.must(money.Valid(code), key+"."+code, code, "an ISO 4217 code, e.g. EUR")
		if money.Valid(code) {
			all[code] = written[code].in(c, key+"."+code, code).Minor
		}
	}
	return all
}
