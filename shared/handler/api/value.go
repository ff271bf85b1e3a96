package api

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/shop"
)

// Money is an amount in minor units of its currency.
type Money struct {
	Amount   int64  `json:"amount" doc:"In minor units: cents of EUR" example:"124000"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" doc:"ISO 4217" example:"EUR"`
}

func moneyOf(a money.Amount) Money { return Money{Amount: a.Minor, Currency: a.Currency} }

func (m Money) amount() money.Amount { return money.Of(m.Amount, m.Currency) }

// Address is a postal address.
type Address struct {
	Street     string `json:"street,omitempty" doc:"With house number" example:"Kade 12"`
	PostalCode string `json:"postal_code,omitempty" example:"3011 AA"`
	City       string `json:"city,omitempty" example:"Rotterdam"`
	Country    string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2" example:"NL"`
}

func addressOf(a party.Address) Address { return Address(a) }

// party is the address as it is kept: with its country in capitals.
func (a Address) party() party.Address {
	a.Country = strings.ToUpper(strings.TrimSpace(a.Country))
	return party.Address(a)
}

// said is the address as the reader of orders has one, to be checked.
func (a Address) said() shop.GenericAddress {
	return shop.GenericAddress{Country: shop.Text(a.Country)}
}

// Null is a field that may be left out or be null, which are two things.
type Null[T any] struct {
	Sent  bool
	Value *T
}

// some is a field that has a value.
func some[T any](v T) Null[T] { return Null[T]{Sent: true, Value: &v} }

// UnmarshalJSON and MarshalJSON keep null apart from nothing.
func (n *Null[T]) UnmarshalJSON(b []byte) error {
	n.Sent = true
	return json.Unmarshal(b, &n.Value)
}

func (n Null[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.Value) }

// Schema is T's, and null.
func (n Null[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), false, "")
	s.Nullable = true
	return &s
}

// dateOrNull spells a date; no date is null.
func dateOrNull(d calendar.Date) *string {
	if d.IsZero() {
		return nil
	}
	s := d.String()
	return &s
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// day reads a date that a program sent.
func day(pointer, s string) (calendar.Date, error) {
	d, err := calendar.Parse(s)
	if err != nil {
		return d, fault.Bad(pointer, err.Error(), "write it as 2026-12-04")
	}
	return d, nil
}

// today is the civil date now, where the seller is.
func (s server) today() calendar.Date { return calendar.On(s.Now(), s.Cycle.Policy.Zone) }

// dayOr reads an optional date of a query.
func dayOr(name, s string, otherwise calendar.Date) (calendar.Date, error) {
	if s == "" {
		return otherwise, nil
	}
	return day("/"+name, s)
}
