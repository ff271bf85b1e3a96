package config

import (
	"strconv"

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

func (w *whole) read(node *Node) {
	n, err := strconv.Atoi(node.Text)
	*w = whole{place: node.place(), n: n, text: node.Text, ok: err == nil}
}

// amount is a sum in major units that remembers its place.
type amount struct {
	place
	text string
}

func (a *amount) read(node *Node) { *a = amount{place: node.place(), text: node.Text} }

func (a amount) in(c *checker, key, currency string) money.Amount {
	m, err := money.Parse(a.text, currency)
	if err != nil || m.IsNegative() {
		c.complain(a.place, key, a.text, `an amount that is not below zero, e.g. "2500.00"`)
	}
	return m
}
