package bank

import (
	"fmt"
	"math/big"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// mt940Statement is a message while it is read.
type mt940Statement struct {
	told    told
	detail  *movement // the entry that a field 86 describes; nil before the first and after the closing balance
	opened  bool
	number  string
	home    string // the bank's four letters, where the file's header tells them
	details []string
}

// take reads one field; it reports whether it was the statement's last.
func (s *mt940Statement) take(f mt940Field, count *int) (ended bool, err error) {
	if f.tag != "86" {
		s.describe()
	}
	switch f.tag {
	case "20":
		s.told.ID = clean(f.first(), nameCharsMax)
	case "25", "25P":
		s.told.Account, s.told.Currency = mt940Account(f.first(), s.home)
	case "28", "28C":
		s.number = clean(f.first(), nameCharsMax)
	case "34F", "13D":
		return false, refuse(f.line, "file.interim", "it is an interim report (MT942), which proves nothing: take the statement, MT940")
	case "60F", "60M":
		err = s.open(f)
	case "61":
		err = s.entry(f, count)
	case "86":
		if s.detail != nil {
			s.details = append(s.details, f.lines...)
		}
	case "62F", "62M":
		return true, s.close(f)
	}
	return false, err
}

func (s *mt940Statement) open(f mt940Field) error {
	balance, on, err := mt940Balance(f)
	if err != nil {
		return err
	}
	s.told.Opening, s.told.From, s.opened = balance, on, true
	if s.told.Currency == "" {
		s.told.Currency = balance.Currency
	}
	return nil
}

// close ends the statement. Its first day is that of its first entry: the day of an opening balance is the one before at some
// banks, and the same at others.
func (s *mt940Statement) close(f mt940Field) error {
	balance, on, err := mt940Balance(f)
	if err != nil {
		return err
	}
	switch {
	case !s.opened:
		return refuse(f.line, "file.balance", "the statement has no opening balance (:60F:): without it nothing proves that no line is missing")
	case s.told.Account == "":
		return refuse(s.told.line, "file.account", "the statement names no account (:25:)")
	}
	s.told.Closing, s.told.To, s.told.From = balance, on, on
	for _, m := range s.told.movements {
		if m.BookedOn.Before(s.told.From) {
			s.told.From = m.BookedOn
		}
	}
	if s.number != "" {
		s.told.ID = strings.TrimSpace(s.told.ID + " " + s.number)
	}
	return nil
}

// describe gives the entry its details, once all lines of them are there.
func (s *mt940Statement) describe() {
	if s.detail != nil {
		readDetails(s.details, s.detail)
	}
	s.detail, s.details = nil, nil
}

var mt940BalanceForm = lazy.Pattern(`^(C|D)(\d{6})([A-Z]{3})([0-9]*[,.]?[0-9]*)$`)

func mt940Balance(f mt940Field) (money.Amount, calendar.Date, error) {
	m := mt940BalanceForm().FindStringSubmatch(strings.ReplaceAll(f.first(), " ", ""))
	if m == nil {
		return money.Amount{}, calendar.Date{}, refuse(f.line, "file.entry", "balance {problem} is not of the form C250131EUR1234,56", "problem", ":"+f.tag+":"+clean(f.first(), 40))
	}
	on, ok := mt940Day(m[2])
	if !ok {
		return money.Amount{}, calendar.Date{}, refuse(f.line, "file.day", "balance :{tag}: has {typed} for a day", "tag", f.tag, "typed", m[2])
	}
	amount, problem := mt940Amount(m[4], m[3])
	if problem != "" {
		return money.Amount{}, calendar.Date{}, refuse(f.line, "file.entry", "balance {problem}", "problem", ":"+f.tag+": "+problem)
	}
	if m[1] == "D" {
		amount = amount.Neg()
	}
	return amount, on, nil
}

// mt940Amount reads "1234,56", "1234," and, as some banks write it, "1234.56".
func mt940Amount(s, currency string) (money.Amount, string) {
	s = strings.Replace(strings.TrimSuffix(s, ","), ",", ".", 1)
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return money.Amount{}, "no amount"
	}
	a, err := money.Parse(s, currency)
	if err != nil {
		return money.Amount{}, err.Error()
	}
	return a, ""
}

// mt940Day reads YYMMDD, of this century. German banks give interest the 30th of February as its value date: a month of banks
// has 30 days. It is the month's last.
func mt940Day(s string) (calendar.Date, bool) {
	first, err := calendar.Parse("20" + s[:2] + "-" + s[2:4] + "-01")
	if err != nil {
		return calendar.Date{}, false
	}
	if last := first.EndOfMonth(); s[4:] == "30" && last.Day < 30 || s[4:] == "29" && last.Day < 29 {
		return last, true
	}
	d, err := calendar.Parse("20" + s[:2] + "-" + s[2:4] + "-" + s[4:])
	return d, err == nil
}

var (
	germanAccount  = lazy.Pattern(`^(\d{8})/(\d{1,10})$`)
	dutchAccount   = lazy.Pattern(`^\d{3,10}$`)
	ibanCurrency   = lazy.Pattern(`^([A-Z]{2}\d{2}[A-Z0-9]{8,30}?)([A-Z]{3})?$`)
	numberCurrency = lazy.Pattern(`^(.*\d)([A-Z]{3})$`)
)

// mt940Account reads the account, and the currency that some banks put behind it. A German bank code with an account number, or
// a Dutch account at a known bank, is the IBAN that a CAMT file shows (IBAN registry), so that both tell of one account.
func mt940Account(s, home string) (account, currency string) {
	s = compact(s)
	if m := ibanCurrency().FindStringSubmatch(s); m != nil && sound(m[1]) {
		return m[1], known(m[2])
	}
	if m := numberCurrency().FindStringSubmatch(s); m != nil && known(m[2]) != "" {
		s, currency = m[1], m[2]
	}
	if m := germanAccount().FindStringSubmatch(s); m != nil {
		return ibanOf("DE", m[1]+fmt.Sprintf("%010s", m[2])), currency
	}
	if home != "" && dutchAccount().MatchString(s) {
		return ibanOf("NL", home+fmt.Sprintf("%010s", s)), currency
	}
	return s, currency
}

func known(currency string) string {
	if money.Valid(currency) {
		return currency
	}
	return ""
}

// sound proves an IBAN's check digits (ISO 13616, ISO 7064 mod 97-10).
func sound(iban string) bool { return len(iban) > 4 && mod97(iban[4:]+iban[:4]) == 1 }

// ibanOf adds the check digits to a country's account number.
func ibanOf(country, number string) string {
	return fmt.Sprintf("%s%02d%s", country, 98-mod97(number+country+"00"), number)
}

// mod97 is the remainder of a text in which letters count from 10 for A; -1 for any other sign.
func mod97(s string) int64 {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			fmt.Fprint(&digits, r-'A'+10)
		default:
			return -1
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	if !ok {
		return -1
	}
	return n.Mod(n, big.NewInt(97)).Int64()
}
