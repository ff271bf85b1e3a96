package calendar

import (
	"fmt"
	"time"

	"duly/shared/o2c/fault"
)

// Quarter is three months of a year.
type Quarter struct {
	Year int
	N    int // 1 to 4
}

// QuarterOf is the quarter of a date.
func QuarterOf(d Date) Quarter { return Quarter{Year: d.Year, N: (int(d.Month)-1)/3 + 1} }

// ParseQuarter reads 2026-Q1.
func ParseQuarter(s string) (Quarter, error) {
	var q Quarter
	if n, err := fmt.Sscanf(s, "%4d-Q%1d", &q.Year, &q.N); err != nil || n != 2 || q.N < 1 || q.N > 4 || s != q.String() {
		return Quarter{}, fault.Breaks("quarter.form", `quarter "{typed}" is none; write it as 2026-Q1`, "typed", s)
	}
	return q, nil
}

// First and Last are its days at both ends.
func (q Quarter) First() Date { return Date{Year: q.Year, Month: time.Month(3*q.N - 2), Day: 1} }
func (q Quarter) Last() Date  { return q.First().AddMonths(3).AddDays(-1) }

// Has reports whether a date is in it.
func (q Quarter) Has(d Date) bool { return QuarterOf(d) == q }

// String spells it 2026-Q1.
func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year, q.N) }
