package settle

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

func itoa(n int) string { return strconv.Itoa(n) }

// table gathers the rows of a file.
type table struct {
	profile Profile
	number  func() *regexp.Regexp // the profile's pattern of an order number, compiled once for the file
	at      map[string]int
	rows    []row
	waiting int
}

// row is one movement, or a payout itself.
type row struct {
	payout  string
	arrives time.Time
	on      time.Time
	total   bool
	part    cash.Movement
}

func (t *table) cell(record []string, column string) string {
	i, ok := t.at[strings.ToLower(column)]
	if column == "" || !ok || i >= len(record) {
		return ""
	}
	return strings.TrimSpace(record[i])
}

// take reads one row.
func (t *table) take(n int, record []string) error {
	p, c := t.profile, t.profile.Columns
	for column, want := range p.Only {
		if !strings.EqualFold(t.cell(record, column), want) {
			t.waiting++
			return nil
		}
	}
	word := strings.ToLower(t.cell(record, c.Kind))
	k, known := p.Kinds[word]
	if !known {
		k, known = p.Kinds["*"]
	}
	currency := strings.ToUpper(t.cell(record, c.Currency))
	if !known || k.Is == isSkip || (currency == "" && strings.Join(record, "") == "") {
		return nil
	}
	if !money.Valid(currency) {
		return bad(n, "its currency is "+strconv.Quote(currency))
	}
	amount, err := t.amount(record, currency)
	if err != nil {
		return bad(n, err.Error())
	}
	fee := money.Of(0, currency)
	for _, column := range c.Fees {
		a, err := parse(t.cell(record, column), currency)
		if err != nil {
			return bad(n, err.Error())
		}
		fee = fee.Plus(a)
	}
	if p.FeeSign < 0 {
		fee = fee.Neg()
	}
	if p.NetOf {
		amount = amount.Plus(fee)
	}
	if k.Sign != 0 {
		amount = money.Of(k.Sign*amount.Abs().Minor, currency)
	}
	r := row{payout: t.cell(record, c.Payout), arrives: day(t.cell(record, c.Arrives)), on: day(t.cell(record, c.Date)), total: k.Is == isTotal}
	if r.payout == "" && p.Group == "column" {
		t.waiting++
		return nil
	}
	r.part = cash.Movement{ID: t.cell(record, c.ID), Kind: k.Is, Amount: amount, Fee: fee, Ref: t.cell(record, c.Ref), Order: t.order(t.cell(record, c.Order))}
	if r.total {
		r.payout = cmp.Or(r.payout, r.part.ID)
	}
	t.rows = append(t.rows, r)
	return nil
}

// order is the shop's order number in what the gateway was told of it.
func (t *table) order(text string) string {
	if t.profile.Order == "" {
		return strings.TrimPrefix(text, "#")
	}
	m := t.number().FindStringSubmatch(text)
	if len(m) < 2 {
		return strings.TrimPrefix(text, "#")
	}
	return m[1]
}

// amount is the row's amount: one column, or credit less debit.
func (t *table) amount(record []string, currency string) (money.Amount, error) {
	c := t.profile.Columns
	if c.Amount != "" {
		return parse(t.cell(record, c.Amount), currency)
	}
	credit, err := parse(t.cell(record, c.Credit), currency)
	if err != nil {
		return credit, err
	}
	debit, err := parse(t.cell(record, c.Debit), currency)
	return credit.Minus(debit), err
}

// file makes payouts of the rows.
func (t *table) file() (File, error) {
	f := File{Gateway: t.profile.Gateway, Waiting: t.waiting}
	groups := map[string][]row{}
	var ids []string
	open := []row{}
	if t.profile.Group == "total" { // a payout by the balance: what moved before it
		slices.SortStableFunc(t.rows, func(a, b row) int { return a.on.Compare(b.on) })
	}
	for _, r := range t.rows {
		id := r.payout
		if t.profile.Group == "total" {
			if open = append(open, r); !r.total {
				continue
			}
			groups[id], open = open, nil
		} else {
			groups[id] = append(groups[id], r)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	f.Waiting += len(open)
	for _, id := range ids {
		facts, err := payout(id, groups[id], t.profile.Group == "total")
		if err != nil {
			return f, err
		}
		f.Payouts = append(f.Payouts, facts)
	}
	slices.SortStableFunc(f.Payouts, func(a, b o2c.PayoutFacts) int { return a.ArrivesAt.Compare(b.ArrivesAt) })
	return f, nil
}

// payout makes one payout. Where its own row is, that says what is paid out, and
// the movements have to agree; else it is what they make. A payout by the
// balance may leave some of it there.
func payout(id string, rows []row, byBalance bool) (o2c.PayoutFacts, error) {
	facts := o2c.PayoutFacts{ID: id, Reference: id}
	var parts []cash.Movement
	sum, total := money.Amount{}, money.Amount{}
	for _, r := range rows {
		if err := money.Same(rows[0].part.Amount, r.part.Amount); err != nil {
			return facts, fault.New(fault.Unreadable, "The settlement file cannot be read", "payout {id} has movements in several currencies", "export it per currency").Keyed("settle.currencies").With("id", id)
		}
		facts.ArrivesAt = latest(facts.ArrivesAt, r.arrives, r.on)
		if r.total {
			total = total.Plus(r.part.Amount.Abs())
			continue
		}
		parts, sum = append(parts, r.part), sum.Plus(r.part.Net())
	}
	facts.Net = sum
	if !total.IsZero() {
		facts.Net = total
	}
	facts = facts.Of(parts)
	if byBalance {
		facts.KeptBack = sum.Minus(facts.Net)
	}
	return facts, nil
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// layouts are how gateways write days.
var layouts = []string{"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02", "2006/1/2", "02/01/2006", "02-01-2006", "2.1.2006"}

func day(s string) time.Time {
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// parse reads an amount as gateways write it: with a sign, a symbol, thousands
// and either decimal sign; nothing is none.
func parse(s, currency string) (money.Amount, error) {
	var b strings.Builder
	for _, r := range s {
		if r == '-' || r == '−' || r == '(' {
			b.WriteByte('-')
		} else if (r >= '0' && r <= '9') || r == '.' || r == ',' {
			b.WriteRune(r)
		}
	}
	digits := b.String()
	if strings.Trim(digits, "-.,") == "" {
		if strings.Trim(s, " -") != "" {
			return money.Amount{}, fmt.Errorf("%q is no amount", s)
		}
		return money.Of(0, currency), nil
	}
	point := strings.LastIndexAny(digits, ".,")
	if point >= 0 && len(digits)-point == 4 && money.Digits(currency) != 3 && strings.IndexAny(digits, ".,") == point && digits[point] == ',' {
		point = -1 // 1,240 is a thousand
	}
	whole, fraction := digits, ""
	if point >= 0 {
		whole, fraction = digits[:point], "."+digits[point+1:]
	}
	return money.Parse(strings.NewReplacer(".", "", ",", "").Replace(whole)+fraction, currency)
}

func bad(n int, why string) error {
	return fault.New(fault.Unreadable, "The settlement file cannot be read", "row {n}: {why}", "export it again").Keyed("settle.row").With("n", itoa(n), "why", why)
}
