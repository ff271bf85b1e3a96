package bank

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// csvRow is one line of a file.
type csvRow struct {
	file *csvFile
	row  []string
	line int
}

// get is a column's value; "=EUR" names the value itself, "" nothing.
func (r csvRow) get(column string) string {
	if value, fixed := strings.CutPrefix(column, "="); fixed {
		return value
	}
	i, ok := r.file.columns[column]
	if column == "" || !ok || i >= len(r.row) {
		return ""
	}
	return strings.TrimSpace(r.row[i])
}

// amount reads "1.234,56", "1,234.56", "+12,34", "-12.3" and "12". Banks write two decimals, or the one or none that a spreadsheet
// left: what stands behind the last separator is a fraction unless it has three digits.
func (r csvRow) amount(column, currency string) (money.Amount, error) {
	written := r.get(column)
	s := strings.NewReplacer(" ", "", "\u00a0", "", "'", "", "€", "", "+", "").Replace(written)
	last := strings.LastIndexAny(s, ".,")
	if last >= 0 && len(s)-last-1 != 3 {
		s = strings.NewReplacer(".", "", ",", "").Replace(s[:last]) + "." + s[last+1:]
	} else {
		s = strings.NewReplacer(".", "", ",", "").Replace(s)
	}
	a, err := money.Parse(strings.TrimSuffix(s, "."), currency)
	if err != nil {
		return money.Amount{}, refuse(r.line, "file.amount", `"{typed}" in column {column} is no amount in {currency}`, "typed", clean(written, 40), "column", column, "currency", currency)
	}
	return a, nil
}

// day reads a date in one of the profile's forms; what follows it, like a time, does not count.
func (r csvRow) day(column string) (calendar.Date, error) {
	written := r.get(column)
	if written == "" {
		return calendar.Date{}, nil
	}
	for _, form := range r.file.profile.Dates {
		if len(written) < len(form) {
			continue
		}
		if t, err := time.Parse(form, written[:len(form)]); err == nil {
			return calendar.Parse(t.Format(time.DateOnly))
		}
	}
	return calendar.Date{}, refuse(r.line, "file.day", `"{typed}" in column {column} is no day`, "typed", clean(written, 40), "column", column)
}

// csvAccount is the lines of one account in one currency.
type csvAccount struct {
	told  told
	lines []csvLine
}

// csvLine is a movement with its balances, where the bank tells them.
type csvLine struct {
	movement
	line          int
	before, after money.Amount
	proven        bool
}

// take reads one line into its account.
func (f *csvFile) take(r csvRow) error {
	p := f.profile
	if p.State != "" && !slices.Contains(p.Done, strings.ToUpper(r.get(p.State))) {
		return nil // pending, reverted or declined: it did not move the balance
	}
	currency := strings.ToUpper(r.get(p.Currency))
	if !money.Valid(currency) {
		return refuse(r.line, "file.currency", `"{typed}" is no currency`, "typed", clean(currency, 10))
	}
	l, err := r.movement(currency)
	if err != nil {
		return err
	}
	if f.count++; f.count > EntriesMax {
		return tooManyEntries(r.line)
	}
	account := f.account(r.account(currency), currency, r.line)
	account.lines = append(account.lines, l)
	return nil
}

// account is ours, as a statement of another format names it.
func (r csvRow) account(currency string) string {
	p := r.file.profile
	if strings.HasPrefix(p.Account, "=") { // the file names none: one account per currency
		return r.get(p.Account) + "-" + currency
	}
	account, _ := mt940Account(r.get(p.Account), p.Home)
	return account
}

func (f *csvFile) account(name, currency string, line int) *csvAccount {
	i := slices.IndexFunc(f.accounts, func(a *csvAccount) bool { return a.told.Account == name && a.told.Currency == currency })
	if i < 0 {
		a := &csvAccount{told: told{line: line}}
		a.told.Account, a.told.Currency = name, currency
		f.accounts = append(f.accounts, a)
		return a
	}
	return f.accounts[i]
}

// movement reads what the line says of itself.
func (r csvRow) movement(currency string) (csvLine, error) {
	p := r.file.profile
	l := csvLine{line: r.line}
	var err error
	if l.Amount, err = r.amount(p.Amount, currency); err != nil {
		return l, err
	}
	if p.Direction != "" && slices.Contains(p.Debits, r.get(p.Direction)) {
		l.Amount = l.Amount.Neg()
	}
	if r.get(p.Fee) != "" {
		fee, err := r.amount(p.Fee, currency)
		if err != nil {
			return l, err
		}
		l.Amount = l.Amount.Minus(fee.Abs())
	}
	if l.BookedOn, err = r.day(p.Booked); err != nil {
		return l, err
	}
	if l.BookedOn.IsZero() {
		return l, refuse(r.line, "file.no_day", "it has no day")
	}
	if l.ValueOn, err = r.day(p.Value); err != nil {
		return l, err
	}
	l.on = l.BookedOn
	r.describe(&l.movement)
	return l, r.balances(&l)
}

// describe reads who paid and what they wrote.
func (r csvRow) describe(m *movement) {
	p := r.file.profile
	if p.Details != "" {
		readDetails([]string{r.get(p.Details)}, m)
		readNamed(m)
	}
	for _, column := range p.Person {
		m.Name = cmp.Or(m.Name, clean(r.get(column), nameCharsMax))
	}
	if iban := compact(r.get(p.IBAN)); iban != "" {
		m.IBAN = iban
	}
	var words []string
	for _, column := range p.Text {
		words = append(words, r.get(column))
	}
	m.Text = cmp.Or(clean(strings.Join(words, " "), textCharsMax), m.Text)
	m.Reference = cmp.Or(compact(r.get(p.Reference)), m.Reference)
	m.EndToEnd = cmp.Or(meaningful(r.get(p.EndToEnd)), m.EndToEnd)
	m.ref = clean(r.get(p.ID), nameCharsMax)
	m.Reversal = m.Reversal || r.get(p.Returned) != ""
	if in := strings.ToUpper(r.get(p.SentIn)); in != m.Amount.Currency && money.Valid(in) && m.Amount.IsPositive() {
		if sent, err := r.amount(p.Sent, in); err == nil && sent.IsPositive() {
			m.Original = sent
		}
	}
}

func (r csvRow) balances(l *csvLine) (err error) {
	p := r.file.profile
	if r.get(p.Balance) == "" {
		return nil
	}
	if l.after, err = r.amount(p.Balance, l.Amount.Currency); err != nil {
		return err
	}
	l.before = l.after.Minus(l.Amount)
	if r.get(p.Before) != "" {
		l.before, err = r.amount(p.Before, l.Amount.Currency)
	}
	l.proven = err == nil
	return err
}

// statements proves each account line by line, in whichever order the bank wrote the lines.
func (f *csvFile) statements() ([]told, error) {
	if len(f.accounts) == 0 {
		return nil, refuse(1, "file.empty", "it holds no line that moved a balance")
	}
	all := make([]told, 0, len(f.accounts))
	for _, a := range f.accounts {
		s, err := a.prove()
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (a *csvAccount) prove() (told, error) {
	first, last := a.lines[0], a.lines[len(a.lines)-1]
	if last.BookedOn.Before(first.BookedOn) || first.BookedOn == last.BookedOn && a.broken() != nil {
		slices.Reverse(a.lines)
		if a.broken() != nil && first.BookedOn == last.BookedOn {
			slices.Reverse(a.lines) // neither: tell of the order in which they stand
		}
	}
	if err := a.broken(); err != nil {
		return told{}, err
	}
	first, last = a.lines[0], a.lines[len(a.lines)-1]
	s := a.told
	s.From, s.To, s.ID = first.BookedOn, last.BookedOn, first.BookedOn.String()+"/"+last.BookedOn.String()
	s.Opening, s.Closing, s.Unproven = first.before, last.after, !first.proven
	if s.Unproven {
		s.Opening, s.Closing = money.Of(0, s.Currency), money.Of(0, s.Currency)
	}
	for _, l := range a.lines {
		s.From, s.To = earlier(s.From, l.BookedOn), later(s.To, l.BookedOn)
		s.movements = append(s.movements, l.movement)
	}
	return s, nil
}

// broken is the first line that does not follow from the one before it.
func (a *csvAccount) broken() error {
	for i, l := range a.lines {
		if !l.proven {
			continue
		}
		if sum := l.before.Plus(l.Amount); sum != l.after {
			return refuse(l.line, "file.after", "{before} and {amount} make {sum}, but the balance after it is {after}", "before", l.before, "amount", l.Amount, "sum", sum, "after", l.after)
		}
		if i > 0 && a.lines[i-1].proven && a.lines[i-1].after != l.before {
			return refuse(l.line, "file.before", "the balance before it is {before}, but the line before it leaves {after}: a line is missing, doubled or misread", "before", l.before, "after", a.lines[i-1].after)
		}
	}
	return nil
}

func earlier(a, b calendar.Date) calendar.Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b calendar.Date) calendar.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// abnWords are the words by which ABN AMRO tells the parts of a transfer in its CSV files.
var abnWords = lazy.Pattern(`\b(IBAN|BIC|Naam|Omschrijving|Kenmerk): `)

// readNamed reads them.
func readNamed(m *movement) {
	parts := abnWords().FindAllStringSubmatchIndex(m.Text, -1)
	text := m.Text
	for i, at := range parts {
		end := len(text)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		switch content := clean(text[at[1]:end], textCharsMax); text[at[2]:at[3]] {
		case "IBAN":
			m.IBAN = compact(content)
		case "Naam":
			m.Name = content
		case "Omschrijving":
			m.Text = content
		case "Kenmerk":
			m.EndToEnd = meaningful(content)
		}
	}
}
