package config

import (
	"errors"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// place is where a value stands in the file.
type place struct{ line, column int }

// whole is a whole number that remembers its place.
type whole struct {
	place
	n    int
	text string
	ok   bool
}

// UnmarshalYAML keeps what is written, right or wrong, for the checker.
func (w *whole) UnmarshalYAML(node *yaml.Node) error {
	n, err := strconv.Atoi(node.Value)
	*w = whole{place: place{node.Line, node.Column}, n: n, text: node.Value, ok: err == nil}
	return nil
}

// amount is a sum in major units that remembers its place.
type amount struct {
	place
	text string
}

// UnmarshalYAML keeps what is written.
func (a *amount) UnmarshalYAML(node *yaml.Node) error {
	*a = amount{place: place{node.Line, node.Column}, text: node.Value}
	return nil
}

func (a amount) in(c *checker, key, currency string) money.Amount {
	m, err := money.Parse(a.text, currency)
	if err != nil || m.IsNegative() {
		c.complain(a.place, key, a.text, `an amount that is not below zero, e.g. "2500.00"`)
	}
	return m
}

// checker gathers mistakes.
type checker struct{ found []error }

func (c *checker) complain(at place, key, got, want string) {
	where := FileName
	if at.line > 0 {
		where = fmt.Sprintf("%s:%d:%d", FileName, at.line, at.column)
	}
	c.found = append(c.found, fault.New(fault.Config, fmt.Sprintf("%s: %s is %q; write %s", where, key, got, want), "", ""))
}

func (c *checker) must(ok bool, key, got, want string) {
	if !ok {
		c.complain(place{}, key, got, want)
	}
}

func (c *checker) within(key string, w whole, low, high int) {
	if !w.ok || w.n < low || w.n > high {
		c.complain(w.place, key, w.text, fmt.Sprintf("a whole number from %d to %d", low, high))
	}
}

func (c *checker) err() error { return errors.Join(c.found...) }
