package o2c

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c/lazy"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// typed is one line as people type it: "12 x FLOUR-25" at the product's price,
// "2 x Oak table @ 450,00" at another, "1 x Advice @ 90,00 9%" at another rate.
var typed = lazy.Pattern(`^(\d{1,9})(?:\s*[xX×*]\s+|\s+)(\S.*?)(?:\s*@\s*(\S+))?(?:\s+(\d{1,2}(?:[.,]\d{1,3})?)\s*%)?$`)

// typedOverall is a discount or a surcharge of the whole offer as people type it:
// "-5% Spring campaign", "+15,00 Rush".
var typedOverall = lazy.Pattern(`^([+-])\s*(\d[\d.,]*)(\s*%)?\s+(\S.*)$`)

// TypedExample is how a line is typed.
const TypedExample = "12 x FLOUR-25 or 2 x Oak table @ 450,00 21% or -5% Spring campaign"

// TypedLines reads the lines of an offer as people type them, prices without
// tax. What names a product by its SKU is that product.
func TypedLines(text, currency string) ([]order.IncomingLine, error) {
	var lines []order.IncomingLine
	for said := range strings.Lines(text) {
		if said = strings.TrimSpace(said); said == "" {
			continue
		}
		line, err := typedLine(said, currency)
		if err != nil {
			return nil, fault.Bad(fmt.Sprintf("/lines/%d", len(lines)), "“{typed}”: {why}", "write it like {example}").Keyed("lines.unreadable").With("typed", said, "why", err, "example", TypedExample).Because(err)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil, fault.Bad("/lines", "nothing is offered", "write a line like {example}").Keyed("lines.none").With("example", TypedExample)
	}
	return lines, nil
}

func typedLine(said, currency string) (order.IncomingLine, error) {
	if m := typedOverall().FindStringSubmatch(said); m != nil {
		line := order.IncomingLine{Name: m[4], Quantity: 1, Overall: true, Untaxed: true}
		into, in := &line.UnitPrice, currency
		if m[3] != "" {
			into = &line.Percent
		}
		amount, err := money.Read(m[2], in)
		if *into = amount; m[1] == "-" {
			*into = amount.Neg()
		}
		return line, err
	}
	m := typed().FindStringSubmatch(said)
	if m == nil {
		return order.IncomingLine{}, fmt.Errorf("this cannot be read")
	}
	quantity, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return order.IncomingLine{}, err
	}
	line := order.IncomingLine{Name: m[2], Quantity: quantity, Unpriced: m[3] == "", Untaxed: m[4] == ""}
	if m[3] != "" {
		if line.UnitPrice, err = money.Read(m[3], currency); err != nil {
			return line, err
		}
	}
	if m[4] != "" {
		line.TaxRate, err = decimal.NewFromString(strings.Replace(m[4], ",", ".", 1))
	}
	return line, err
}

// recognise finds the products that lines without an SKU name by theirs.
func (c *Cycle) recognise(ctx context.Context, tx *Tx, lines []order.IncomingLine) ([]order.IncomingLine, error) {
	named := func(l order.IncomingLine) bool {
		return l.SKU == "" && !l.Overall && l.Name != "" && !strings.ContainsAny(l.Name, " \t")
	}
	var keys []Key
	for _, l := range lines {
		if named(l) {
			keys = append(keys, Key{Kind: "product", ID: l.Name})
		}
	}
	if len(keys) == 0 {
		return lines, nil
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	known := slices.Clone(lines)
	for i, l := range lines {
		if !named(l) {
			continue
		}
		p, err := find[fulfilment.Product](ctx, tx, l.Name)
		if err != nil {
			return nil, err
		}
		if p != nil {
			known[i].SKU, known[i].Name = l.Name, p.Data().Name
		}
	}
	return known, nil
}
