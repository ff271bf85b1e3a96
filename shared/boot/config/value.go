package config

import (
	"strconv"

	"gopkg.in/yaml.v3"

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
