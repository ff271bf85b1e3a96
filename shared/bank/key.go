package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
)

// told is a statement as a file tells it, before it is proven.
type told struct {
	cash.Statement // without entries
	movements      []movement
	line           int // where it begins
}

// movement is one booked entry as a file tells it.
type movement struct {
	cash.Entry               // without key; a date that the file leaves out is zero
	ref        string        // the bank's own reference; "" = none
	on         calendar.Date // the day that the file itself gives the entry; zero = none
	parts      []cash.Entry  // of an opened batch; their sum is the entry's amount
}

// prove gives entries their keys and dates and refuses what does not join the balances.
func prove(all []told) ([]cash.Statement, error) {
	statements := make([]cash.Statement, 0, len(all))
	accounts := map[string]*counter{}
	for _, t := range all {
		c := accounts[t.Account]
		if c == nil || !c.continues(t.Statement) {
			c = &counter{seen: map[string]int{}}
			accounts[t.Account] = c
		}
		c.closing, c.to = t.Closing, t.To
		s := t.Statement
		s.Entries = make([]cash.Entry, 0, len(t.movements))
		for _, m := range t.movements {
			s.Entries = append(s.Entries, m.entries(c.key(t.Account, t.To, m), t.To)...)
		}
		if err := s.Check(); err != nil && !s.Unproven && !s.Advice {
			return nil, unproven(t.line, s, err)
		}
		statements = append(statements, s)
	}
	return statements, nil
}

// entries is the movement as the domain sees it: itself, or its parts.
func (m movement) entries(key string, last calendar.Date) []cash.Entry {
	if m.BookedOn.IsZero() {
		m.BookedOn = m.ValueOn
	}
	if m.BookedOn.IsZero() {
		m.BookedOn = last // both dates are optional in CAMT; it was booked by the closing balance at the latest
	}
	if m.ValueOn.IsZero() {
		m.ValueOn = m.BookedOn
	}
	if len(m.parts) == 0 {
		m.Key = key
		return []cash.Entry{m.Entry}
	}
	for i := range m.parts {
		m.parts[i].Key = key + "/" + strconv.Itoa(i+1)
		m.parts[i].BookedOn, m.parts[i].ValueOn = m.BookedOn, m.ValueOn
	}
	return m.parts
}

// counter numbers movements that nothing else tells apart.
type counter struct {
	seen    map[string]int
	closing money.Amount
	to      calendar.Date
}

// continues reports whether a statement follows the one before it in the file, like the second page of a day, so that equal
// movements are further ones. Any other statement may repeat earlier ones and counts afresh.
func (c *counter) continues(s cash.Statement) bool {
	return s.Opening == c.closing && !s.From.Before(c.to) && s.Opening != s.Closing
}

// key is the identity of a movement (failures rows 66 and 67): account, day, amount and the bank's reference, or without one
// what the file says about it; and an ordinal, because two truly identical movements on one day are two.
//
// Only what a bank repeats unchanged in another export may count. So NtryRef does not: ISO calls it unique, yet banks number
// the lines of a file with it. Nor does the statement's last day, unless there is nothing better. The reference alone would not
// do: banks put one reference on a payment and its fee. The ordinal assumes that exports without references are cut between
// days, as CAMT.053, an end-of-day report, is; where a bank cuts between two indistinguishable movements, the second counts as a
// repetition, and the balance of the ledger's bank account against the statement's shows it.
func (c *counter) key(account string, last calendar.Date, m movement) string {
	on := m.on
	if on.IsZero() && m.ref == "" {
		on = last
	}
	identity := []string{account, on.String(), m.Amount.Currency, strconv.FormatInt(m.Amount.Minor, 10)}
	if m.ref != "" {
		identity = append(identity, "ref", m.ref)
	} else {
		identity = append(identity, "text", m.EndToEnd, m.Reference, m.IBAN, m.Name, m.Text)
	}
	text := []byte{'['}
	for i, part := range identity {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendQuote(text, part)
	}
	sum := sha256.Sum256(append(text, ']'))
	print := hex.EncodeToString(sum[:16])
	c.seen[print]++
	return print + "-" + strconv.Itoa(c.seen[print])
}
