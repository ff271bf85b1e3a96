package bank

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// readCAMT reads the bank-to-customer messages of ISO 20022 in every version (camt.052, .053 and .054, 001.01 to .13): namespaces
// and prefixes are ignored, elements that moved between versions are looked for in each place, envelopes around the document too.
//
// Only a statement, camt.053, is booked. A report within the day (052) and a notification (054) tell of the same entries earlier and
// often with the payments of a batch that the statement has as one sum. They are read as advice.
func readCAMT(r io.Reader) ([]told, error) {
	d, err := newDocument(r)
	if err != nil {
		return nil, err
	}
	var all []told
	root, found, entries := "", false, 0
	for {
		start, _, err := d.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch name := start.name; name {
		case "BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn":
			found = true
		case "Stmt", "Rpt", "Ntfctn":
			s, err := readStatement(d, &entries, name != "Stmt")
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		if root == "" {
			root = start.name
		}
	}
	if !found {
		return nil, refuse(1, "file.other", "it is XML, but no bank statement (camt.053): it begins with <{typed}>", "typed", clean(root, nameCharsMax))
	}
	if len(all) == 0 {
		return nil, refuse(d.line(), "file.empty", "it holds no statement")
	}
	return all, nil
}

// What we use of a statement.
type (
	camtAmount struct{ Value, Currency string }
	camtDay    struct{ Date, Time string }
	camtPeriod struct{ FromTime, ToTime, From, To string }

	camtAccount struct{ IBAN, Other, Currency string }
	camtBalance struct {
		Type      string
		Amount    camtAmount
		Direction string
		On        camtDay

		amount money.Amount
		on     calendar.Date
	}
)

func (a *camtAmount) set(path, text []byte, currency string) {
	if len(path) == 0 {
		a.Value, a.Currency = string(text), currency
	}
}

func (c *camtDay) set(path, text []byte, _ string) {
	switch string(path) {
	case "Dt":
		c.Date = string(text)
	case "DtTm":
		c.Time = string(text)
	}
}

func (p *camtPeriod) set(path, text []byte, _ string) {
	switch string(path) {
	case "FrDtTm":
		p.FromTime = string(text)
	case "ToDtTm":
		p.ToTime = string(text)
	case "FrDt":
		p.From = string(text)
	case "ToDt":
		p.To = string(text)
	}
}

func (a *camtAccount) set(path, text []byte, _ string) {
	switch string(path) {
	case "Id/IBAN":
		a.IBAN = string(text)
	case "Id/Othr/Id":
		a.Other = string(text)
	case "Ccy":
		a.Currency = string(text)
	}
}

func (b *camtBalance) set(path, text []byte, currency string) {
	switch string(path) {
	case "Tp/CdOrPrtry/Cd":
		b.Type = string(text)
	case "Amt":
		b.Amount.set(nil, text, currency)
	case "CdtDbtInd":
		b.Direction = string(text)
	case "Dt/Dt":
		b.On.Date = string(text)
	case "Dt/DtTm":
		b.On.Time = string(text)
	}
}

// readStatement reads one Stmt, Rpt or Ntfctn, whose start tag was just read.
func readStatement(d *document, entries *int, advice bool) (told, error) {
	s := told{line: d.line()}
	s.Advice = advice
	var period camtPeriod
	var account camtAccount
	var balances []camtBalance
	for {
		start, ended, err := d.next()
		if err != nil {
			return told{}, err
		}
		if ended {
			break
		}
		switch start.name {
		case "Id":
			err = d.decode(start, (*word)(&s.ID))
		case "FrToDt":
			err = d.decode(start, &period)
		case "Acct":
			err = d.decode(start, &account)
		case "Bal":
			var b camtBalance
			if err = d.decode(start, &b); err == nil {
				err = b.read(d.line())
			}
			balances = append(balances, b)
		case "Ntry":
			err = s.readEntry(d, entries)
		default:
			err = d.skip()
		}
		if err != nil {
			return told{}, err
		}
	}
	s.ID = clean(s.ID, nameCharsMax)
	return s, s.head(account, period, balances)
}

// head fills what stands around the entries.
func (s *told) head(account camtAccount, period camtPeriod, balances []camtBalance) error {
	if s.Account = compact(account.IBAN); s.Account == "" {
		s.Account = compact(account.Other)
	}
	if s.Account == "" {
		return refuse(s.line, "file.account", "the statement names no account (Acct/Id)")
	}
	s.Currency = clean(account.Currency, nameCharsMax)
	if s.Advice {
		return s.advise(period)
	}
	opening, closing, ok := ends(balances, s.Currency)
	if !ok { // perhaps in another currency, which Check will name
		opening, closing, ok = ends(balances, "")
	}
	if !ok {
		return refuse(s.line, "file.balance", "the statement lacks its booked balances (Bal of type OPBD or PRCD, and CLBD): without them nothing proves that no line is missing")
	}
	if s.Currency == "" {
		s.Currency = opening.amount.Currency
	}
	s.Opening, s.Closing = opening.amount, closing.amount

	s.From, s.To = firstDay(period.FromTime, period.From), firstDay(period.ToTime, period.To)
	if s.From.IsZero() {
		s.From = opening.on
	}
	if s.To.IsZero() {
		s.To = closing.on
	}
	if s.From.IsZero() || s.To.IsZero() {
		return refuse(s.line, "file.period", "the statement says neither its period (FrToDt) nor the days of its balances (Bal/Dt)")
	}
	return nil
}

// advise completes what proves nothing: its entries say when they are, and in which currency.
func (s *told) advise(period camtPeriod) error {
	s.From, s.To = firstDay(period.FromTime, period.From), firstDay(period.ToTime, period.To)
	for _, m := range s.movements {
		if s.Currency == "" {
			s.Currency = m.Amount.Currency
		}
		if s.From.IsZero() || m.on.Before(s.From) {
			s.From = m.on
		}
		s.To = later(s.To, m.on)
	}
	if s.Currency == "" {
		s.Currency = "EUR" // it tells nothing
	}
	s.Opening, s.Closing = money.Of(0, s.Currency), money.Of(0, s.Currency)
	return nil
}

// ends finds the booked balances before the first and after the last entry among those in the account's currency. PRCD is the
// closing balance of the day before; on the pages of a long statement interim balances (ITBD) take the place of either end.
func ends(balances []camtBalance, currency string) (opening, closing camtBalance, ok bool) {
	byType := map[string][]camtBalance{}
	for _, b := range balances {
		if currency == "" || b.amount.Currency == currency {
			byType[b.Type] = append(byType[b.Type], b)
		}
	}
	first := append(byType["OPBD"], byType["PRCD"]...)
	last, interim := byType["CLBD"], byType["ITBD"]
	switch {
	case len(first) > 0 && len(last) > 0:
		return first[0], last[0], true
	case len(first) > 0 && len(interim) > 0:
		return first[0], interim[len(interim)-1], true
	case len(interim) > 0 && len(last) > 0:
		return interim[0], last[0], true
	case len(interim) > 1:
		return interim[0], interim[len(interim)-1], true
	}
	return camtBalance{}, camtBalance{}, false
}

// read interprets a balance. Some banks leave its direction out; then it is a credit, and if that is wrong the entries do not
// join the balances.
func (b *camtBalance) read(line int) error {
	b.Type = strings.TrimSpace(b.Type)
	direction := b.Direction
	if direction == "" {
		direction = "CRDT"
	}
	var problem string
	if b.amount, problem = b.Amount.signed(direction); problem != "" {
		return refuse(line, "file.entry", "balance {problem}", "problem", clean(b.Type, nameCharsMax)+": "+problem)
	}
	b.on = firstDay(b.On.Date, b.On.Time)
	return nil
}

// signed is the amount with the sign of its direction, or what is wrong with it. ISO 20022 amounts are plain decimals without
// a sign.
func (a camtAmount) signed(direction string) (money.Amount, string) {
	value, currency := strings.TrimSpace(a.Value), strings.TrimSpace(a.Currency)
	if value == "" || len(value) > 24 || strings.Trim(value, "0123456789.") != "" {
		return money.Amount{}, fmt.Sprintf("%q is not an amount", clean(value, 40))
	}
	if currency == "" {
		return money.Amount{}, "an amount without currency (Ccy)"
	}
	amount, err := money.Parse(value, currency)
	if err != nil {
		return money.Amount{}, err.Error()
	}
	switch strings.TrimSpace(direction) {
	case "CRDT":
		return amount, ""
	case "DBIT":
		return amount.Neg(), ""
	}
	return money.Amount{}, fmt.Sprintf("its direction (CdtDbtInd) is %q instead of CRDT or DBIT", clean(direction, 40))
}

// firstDay is the day of the first that says one. A time counts as the day that the bank wrote: its zone is the bank's.
func firstDay(days ...string) calendar.Date {
	for _, day := range days {
		day = strings.TrimSpace(day)
		if len(day) > 10 && strings.ContainsRune("TZ+-", rune(day[10])) {
			day = day[:10]
		}
		if parsed, err := calendar.Parse(day); err == nil {
			return parsed
		}
	}
	return calendar.Date{}
}
