package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/party"
)

// AccountingPolicy is how the books reach the accountant.
type AccountingPolicy struct {
	Accountant string            // mail address that gets the month's export; "": nobody
	Package    string            // profile of the export
	Accounts   map[string]string // codes of the accountant's chart by our roles; others keep ours
	Consultant string            // number of the tax adviser's office at DATEV
	Client     string            // our number there
}

// ExportPackages are the profiles of shared/export, which a function that only
// reads the policy need not have.
func ExportPackages() []string {
	return []string{"datev", "e-boekhouden", "exact", "journal", "quickbooks", "quickbooks-journal", "twinfield", "xaf", "xero", "xero-journal"}
}

// Books are the books of a period, as exports show them.
type Books struct {
	Seller     party.Seller
	Currency   string
	From       calendar.Date
	To         calendar.Date
	MadeOn     calendar.Date      // a day, so that the same export has the same bytes on it
	Opening    []ledger.Balance   // of the day before
	Entries    []ledger.EntryData // oldest first
	Invoices   []invoice.Data     // issued in the period, by date and number
	Documents  map[string]invoice.Data
	Accounting AccountingPolicy
}

// Account is the accountant's code of an account of ours.
func (b Books) Account(a ledger.Account) string {
	return cmp.Or(b.Accounting.Accounts[a.Role], a.Code)
}

// BooksOf reads the books of the days from … to, both included.
func (c *Cycle) BooksOf(ctx context.Context, from, to calendar.Date) (Books, error) {
	b := Books{
		Seller: c.Policy.Seller, Currency: c.Policy.Currency, From: from, To: to, MadeOn: to.AddDays(1), Documents: map[string]invoice.Data{}, Accounting: c.Policy.Accounting,
	}
	all, err := c.Entries(ctx, calendar.Date{}, to)
	if err != nil {
		return b, err
	}
	var before []ledger.EntryData
	for _, e := range all {
		if e.BookedOn.Before(from) {
			before = append(before, e)
		} else {
			b.Entries = append(b.Entries, e)
		}
	}
	b.Opening = ledger.TrialBalance(before)
	slices.SortStableFunc(b.Entries, func(x, y ledger.EntryData) int {
		return cmp.Or(x.BookedOn.Compare(y.BookedOn), x.RecordedAt.Compare(y.RecordedAt), cmp.Compare(x.ID, y.ID))
	})
	documents, err := everyOne[invoice.Invoice](ctx, c)
	if err != nil {
		return b, err
	}
	for _, inv := range documents {
		d := inv.Data()
		if d.Number == "" {
			continue
		}
		b.Documents[d.ID] = d
		if !d.BroughtForward() && !d.IssuedOn.Before(from) && !d.IssuedOn.After(to) {
			b.Invoices = append(b.Invoices, d)
		}
	}
	slices.SortFunc(b.Invoices, func(x, y invoice.Data) int {
		return cmp.Or(x.IssuedOn.Compare(y.IssuedOn), cmp.Compare(x.Number, y.Number))
	})
	return b, nil
}

// Exporter writes books in the form that another package reads.
type Exporter interface {
	Export(profile string, b Books) (ExportFile, error)
	// Cover is what the mail says that brings the file to the accountant.
	Cover(language, company string, f ExportFile, from, to calendar.Date) (subject, text string)
}

// ExportFile is a file for another package.
type ExportFile struct {
	Name        string
	ContentType string
	Rows        int
	Content     []byte
}

// ExportData is an export that was made: what it holds is not new any more.
type ExportData struct {
	ID      string        `json:"id"`
	Profile string        `json:"profile"`
	From    calendar.Date `json:"from"`
	To      calendar.Date `json:"to"`
	Name    string        `json:"name"`
	Rows    int           `json:"rows"`
	SHA256  string        `json:"sha256"`
	At      time.Time     `json:"at"`
	By      string        `json:"by"`
	Sent    bool          `json:"sent,omitempty"` // to the accountant, by itself
}
