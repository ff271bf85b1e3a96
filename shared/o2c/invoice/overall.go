package invoice

import (
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// Items are the lines of the document (BG-25), without what concerns all of it.
func (d Data) Items() []Line {
	if !slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Overall }) {
		return d.Lines
	}
	return slices.DeleteFunc(slices.Clone(d.Lines), func(l Line) bool { return l.Overall })
}

// Overall are the allowances (BG-20, below zero) and charges (BG-21) of the whole
// document, a row for each rate.
func (d Data) Overall() []Line {
	var rows []Line
	for _, l := range d.Lines {
		if l.Overall {
			rows = append(rows, l)
		}
	}
	return rows
}

// Gross is the sum of the lines (BT-106), and what is taken off (BT-107) and
// added (BT-108) over the whole document, both positive.
func (d Data) Gross() (lines, allowances, charges money.Amount) {
	lines, allowances, charges = d.Net.Zero(), d.Net.Zero(), d.Net.Zero()
	for _, l := range d.Lines {
		switch {
		case !l.Overall:
			lines = lines.Plus(l.Net)
		case l.Net.IsNegative():
			allowances = allowances.Minus(l.Net)
		default:
			charges = charges.Plus(l.Net)
		}
	}
	return lines, allowances, charges
}

// withOverall takes the allowances and charges of the whole document along with
// what is credited of its lines: of each rate the same part, and at least so much
// of the allowances that what is left of the rate is not below zero. So a customer
// gets back what the goods cost, not what they would have cost without the
// discount, and notes over all lines add up to the whole invoice.
func (d Data) withOverall(taken []Taken) []Taken {
	rows := d.Overall()
	parts := make([]money.Amount, len(rows))
	for i, row := range rows {
		_, left := d.Left(row.N)
		before, units, rest := d.creditedBeside(row, taken)
		parts[i] = left.Zero()
		switch {
		case slices.ContainsFunc(taken, func(t Taken) bool { return t.N == row.N }), !d.takesBeside(row, taken):
		case rest.IsZero() || before.IsZero():
			parts[i] = left
		default:
			parts[i] = left.Times(units.Decimal().DivRound(before.Decimal(), 18))
		}
	}
	for i, row := range rows {
		_, left := d.Left(row.N)
		if short := d.leftBeside(row, taken, rows, parts); short.IsNegative() && left.IsNegative() {
			parts[i] = parts[i].Plus(most(short, left.Minus(parts[i])))
		}
	}
	for i, row := range rows {
		if !parts[i].IsZero() {
			taken = append(taken, Taken{N: row.N, Quantity: 1, Net: parts[i], Reduces: true})
		}
	}
	return taken
}

// leftBeside is what a note leaves of the rate and delivery of an overall row,
// its lines and all its overall rows.
func (d Data) leftBeside(row Line, taken []Taken, rows []Line, parts []money.Amount) money.Amount {
	_, _, sum := d.creditedBeside(row, taken)
	for i, r := range rows {
		if r.Category != row.Category || !r.TaxRate.Equal(row.TaxRate) || r.Supply != row.Supply {
			continue
		}
		_, left := d.Left(r.N)
		sum = sum.Plus(left).Minus(parts[i])
		for _, t := range taken {
			if t.N == r.N {
				sum = sum.Minus(t.Net)
			}
		}
	}
	return sum
}

// creditedBeside is what the lines beside an overall row, of its rate and
// delivery, are worth before a note, what the note takes of them as whole units,
// and what it leaves.
func (d Data) creditedBeside(row Line, taken []Taken) (before, units, rest money.Amount) {
	before, units, rest = row.Net.Zero(), row.Net.Zero(), row.Net.Zero()
	beside := d.beside(row)
	for _, l := range d.Lines {
		if !beside(l) {
			continue
		}
		_, left := d.Left(l.N)
		before, rest = before.Plus(left), rest.Plus(left)
		for _, t := range taken {
			if t.N == l.N {
				if rest = rest.Minus(t.Net); !t.Reduces {
					units = units.Plus(t.Net)
				}
			}
		}
	}
	return before, units, rest
}

// beside says which lines an overall row is of: those of its rate and delivery, or
// all of its delivery where there are none.
func (d Data) beside(row Line) func(Line) bool {
	all := func(l Line) bool { return !l.Overall && l.Advance == "" && l.Supply == row.Supply }
	same := func(l Line) bool { return all(l) && l.Category == row.Category && l.TaxRate.Equal(row.TaxRate) }
	if slices.ContainsFunc(d.Lines, same) {
		return same
	}
	return all
}

// takesBeside reports whether a note takes of the lines that an overall row is of.
func (d Data) takesBeside(row Line, taken []Taken) bool {
	beside := d.beside(row)
	return slices.ContainsFunc(taken, func(t Taken) bool { return beside(d.Lines[t.N-1]) })
}

// alongside reports whether a line is credited with the others and not by itself:
// an allowance of the whole document. A charge may be given back alone.
func (l Line) alongside() bool { return l.Overall && !l.Net.IsPositive() }

// each is one unit's part of an amount.
func each(a money.Amount, units int64) money.Amount {
	return a.Times(decimal.NewFromInt(1).DivRound(decimal.NewFromInt(units), 18))
}
