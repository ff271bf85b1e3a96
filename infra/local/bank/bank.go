// Package bank owns a loopback bank account: it books what comes in and goes
// out and writes the day's statement as CAMT.053 version 8 (ISO 20022), as
// Dutch banks deliver it.
//
// It does not own where a statement goes, when the day ends, or what an entry
// pays: the runtime delivers, the product matches.
package bank

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ecb"

	"duly/shared/o2c/money"
)

// Account is whose account it is.
type Account struct {
	IBAN         string
	BIC          string
	Currency     string // ISO 4217; empty: EUR
	Owner        string
	OpeningMinor int64          // balance before the first entry, minor units
	Zone         *time.Location // in which days begin; nil: UTC
}

// Entry is one movement to book.
type Entry struct {
	Amount    int64  `json:"amount"`         // minor units; negative goes out
	Reference string `json:"reference"`      // an RF reference travels structured, anything else as text
	Name      string `json:"name"`           // of the other party
	IBAN      string `json:"iban"`           // of the other party
	Text      string `json:"text,omitempty"` // what else the payer wrote
	EndToEnd  string `json:"end_to_end,omitempty"`
	Fee       bool   `json:"fee,omitempty"` // the bank charges it for itself

	Sent money.Amount `json:"sent,omitzero"` // by the payer, in another currency
}

// Booked is an entry that the bank has booked.
type Booked struct {
	Entry
	ID string    `json:"id"` // the bank's own reference, unique for ever (AcctSvcrRef)
	At time.Time `json:"at"`
}

// Bank keeps one account. It is safe for concurrent use.
type Bank struct {
	account Account
	target  *cal.BusinessCalendar
	mu      sync.Mutex
	state   state
}

type state struct {
	Entries []Booked // ordered by day
	Stated  int      // how many of them Next has stated
	Files   int      // how many statements Next has cut
	Until   string   // the last day that Next covered, 2006-01-02
	From    string   // the first day of the last statement
	Carried int64    // what others' statements say the account has beside the entries
	Counter int64
}

// New opens an account without entries.
func New(account Account) *Bank {
	if account.Currency == "" {
		account.Currency = "EUR"
	}
	if account.Zone == nil {
		account.Zone = time.UTC
	}
	account.IBAN = compact(account.IBAN)
	target := cal.NewBusinessCalendar()
	target.AddHoliday(ecb.Holidays...)
	return &Bank{account: account, target: target}
}

// Book books the entries at that instant; all of them or, when one is wrong, none.
func (b *Bank) Book(now time.Time, entries []Entry) ([]Booked, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, e := range entries {
		if e.Amount == 0 {
			return nil, fmt.Errorf("book entry %d — its amount is 0 — give minor units, negative for money that goes out", i+1)
		}
	}
	if n := len(b.state.Entries); n > 0 && b.day(now) < b.day(b.state.Entries[n-1].At) {
		return nil, fmt.Errorf("book on %s — the account is at %s already — a bank does not book into the past",
			b.day(now), b.day(b.state.Entries[n-1].At))
	}
	var booked []Booked
	for _, e := range entries {
		b.state.Counter++
		id := fmt.Sprintf("%s%08d", strings.ReplaceAll(b.day(now), "-", ""), b.state.Counter)
		booked = append(booked, Booked{Entry: e, ID: id, At: now.UTC()})
	}
	b.state.Entries = append(b.state.Entries, booked...)
	return booked, nil
}

// Balance is the account's balance now, in minor units.
func (b *Bank) Balance() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.balance(b.state.Entries)
}

// Entries lists what was booked, oldest first.
func (b *Bank) Entries() []Booked {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.state.Entries)
}

// BankingDay tells whether the euro's payment systems work on the day of t
// (TARGET: not on weekends, 1 January, Good Friday, Easter Monday, 1 May, 25
// and 26 December).
func (b *Bank) BankingDay(t time.Time) bool { return b.target.IsWorkday(t.In(b.account.Zone)) }

// Statement is the statement of the whole day of t: the same bytes whenever it
// is asked for, as long as nothing else is booked on that day.
func (b *Bank) Statement(t time.Time) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	day := b.day(t)
	from, _ := slices.BinarySearchFunc(b.state.Entries, day, func(e Booked, day string) int { return cmp.Compare(b.day(e.At), day) })
	to := from
	for to < len(b.state.Entries) && b.day(b.state.Entries[to].At) == day {
		to++
	}
	return b.write(cut{id: fmt.Sprintf("%s-%03d", day, to-from), sequence: t.In(b.account.Zone).YearDay(),
		from: day, to: day, entries: b.state.Entries[from:to], opening: b.balance(b.state.Entries[:from])})
}

// Next is the statement of everything that no earlier Next has stated, up to
// the day of now; without such entries it is an empty one. Statements from Next
// follow each other without gap or overlap: each opens with the balance at
// which the one before it closed, and each entry stands in exactly one.
func (b *Bank) Next(now time.Time) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	stated, day := b.state.Stated, b.day(now)
	from := b.state.Until
	if from == "" || (stated < len(b.state.Entries) && b.day(b.state.Entries[stated].At) > from) {
		from = day
		if stated < len(b.state.Entries) {
			from = b.day(b.state.Entries[stated].At)
		}
	}
	if b.state.Until != "" && stated == len(b.state.Entries) {
		from = day
	}
	file, err := b.write(cut{id: nextID(day, b.state.Files+1), sequence: b.state.Files + 1, from: from, to: day,
		entries: b.state.Entries[stated:], opening: b.balance(b.state.Entries[:stated])})
	if err == nil {
		b.state.Files++
		b.state.Stated, b.state.From, b.state.Until = len(b.state.Entries), from, day
	}
	return file, err
}

// Last names the newest statement that Next has cut: its number and its days,
// all empty before the first.
func (b *Bank) Last() (id, from, until string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.From == "" {
		return "", "", ""
	}
	return nextID(b.state.Until, b.state.Files), b.state.From, b.state.Until
}

// Follow lets the account go on from a balance that a statement from elsewhere
// closed with, minor units: the next one opens with it.
func (b *Bank) Follow(closing int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Carried += closing - b.balance(b.state.Entries[:b.state.Stated])
}

func nextID(day string, file int) string { return fmt.Sprintf("%s-N%04d", day, file) }

// Snapshot is the account's state as JSON, for a demo that is started again.
func (b *Bank) Snapshot() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return json.Marshal(b.state)
}

// Restore replaces the state by a snapshot.
func (b *Bank) Restore(snapshot []byte) error {
	var restored state
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("restore the loopback bank — the snapshot is not readable — start with a fresh state: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = restored
	return nil
}

func (b *Bank) balance(entries []Booked) int64 {
	sum := b.account.OpeningMinor + b.state.Carried
	for _, e := range entries {
		sum += e.Amount
	}
	return sum
}

func (b *Bank) day(t time.Time) string { return t.In(b.account.Zone).Format(time.DateOnly) }

// compact drops the spaces that people put into account numbers and references.
func compact(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }
