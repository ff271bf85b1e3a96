package story

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"duly/functions"
	"duly/infra/local"
	"duly/infra/local/aws"
	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/text"
)

// report prints the outcome, and fails when a check failed.
func (o outcome) report(opt Options) error {
	failed := 0
	for _, c := range o.checks {
		if c.err != nil {
			failed++
			fmt.Fprintf(opt.Print, "FAILED %s — %v\n", c.name, c.err)
		}
	}
	euros := func(minor int64, currency string) string { return text.Money(minor, currency, "en") }
	fmt.Fprintf(opt.Print, "RESULT %d orders · %d invoices · %d paid · %d receipts · %d reminders · promises %d kept, %d broken · %d decisions by people · %d repeats and %d forged turned away\n",
		o.orders, o.invoices, o.paid, o.receipts, o.reminders, o.kept, o.broken, o.people, o.duplicates, o.forged)
	fmt.Fprintf(opt.Print, "       DSO %s d · ledger balances to %s · receivable %s = open items · bank %s = statement · Stripe %s under way · %d checks ok, %d failed\n",
		o.dso, euros(o.sum.Minor, o.sum.Currency), euros(o.receivable.Minor, o.receivable.Currency), euros(o.bank.Minor, o.bank.Currency), euros(o.way.Minor, o.way.Currency), len(o.checks)-failed, failed)
	if opt.Files != "" {
		fmt.Fprintf(opt.Print, "Files   %[1]s/ledger.csv %[1]s/mails/*.eml %[1]s/slack/*.json %[1]s/invoices/*.pdf\n", opt.Files)
	}
	fmt.Fprintf(opt.Print, "Next    make demo   (click through it)     make test     go run ./infra/duly doctor\n")
	if failed > 0 {
		return fmt.Errorf("%d of %d checks of the story failed", failed, len(o.checks))
	}
	return nil
}

// reminderSubject tells a reminder by its subject, in four languages.
var reminderSubject = regexp.MustCompile(`(?i)^due |did you miss|overdue|please call me|formal notice|last date|te betalen op|betaling gemist|te laat|belt u mij|aanmaning|fällig am|übersehen|überfällig|bitte um rückruf|mahnung|letzte frist|à régler|un oubli|de retard|merci de me rappeler|mise en demeure|dernier délai`)

func reminds(subject string) bool { return reminderSubject.MatchString(subject) }

// papers are the documents in the archive.
func (p *player) papers() []aws.Object {
	return p.Files.List(local.ArchiveBucket, functions.PrefixDocuments)
}

// archived is the key of an invoice's PDF in the archive.
func archived(d invoice.Data) string { return functions.PrefixDocuments + o2c.PaperName(d) }

// sweep takes away what an earlier story left in the folder, by its kind, and
// nothing else.
func sweep(dir string) error {
	for _, kind := range []string{"mails/*.eml", "slack/*.json", "invoices/*.pdf"} {
		old, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(kind)))
		for _, name := range old {
			err = errors.Join(err, os.Remove(name))
		}
		folder := filepath.Join(dir, path.Dir(kind))
		if err = errors.Join(err, os.MkdirAll(folder, 0o755)); err != nil { //nolint:gosec // for people to look at
			return err
		}
	}
	return nil
}

// write leaves the story's files behind.
func (p *player) write(ctx context.Context, dir string) error {
	if err := sweep(dir); err != nil {
		return err
	}
	files := map[string][]byte{}
	for i, m := range p.Mail.Mails() {
		raw, _ := p.Mail.EML(m.ID)
		files[fmt.Sprintf("mails/%03d_%s_%s.eml", i+1, m.At.In(p.Policy.Zone).Format(time.DateOnly), strings.Join(m.To, "_"))] = raw
	}
	for _, o := range p.papers() {
		body, _, ok := p.Files.Get(local.ArchiveBucket, o.Key)
		if !ok {
			return fmt.Errorf("the archive lists %s and does not give it", o.Key)
		}
		files["invoices/"+path.Base(o.Key)] = body
	}
	if err := p.writeRoom(files); err != nil {
		return err
	}
	var err error
	if files["ledger.csv"], err = p.ledgerCSV(ctx); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), content, 0o644); err != nil { //nolint:gosec // for people to look at
			return err
		}
	}
	return nil
}

// writeRoom is one file per channel.
func (p *player) writeRoom(files map[string][]byte) error {
	for name, id := range p.Slack.Channels() {
		messages := slices.DeleteFunc(p.Slack.Messages(), func(m slack.Message) bool { return m.Channel != id })
		raw, err := json.MarshalIndent(messages, "", "  ")
		if err != nil {
			return err
		}
		files["slack/"+name+".json"] = append(raw, '\n')
	}
	return nil
}

// ledgerCSV is the journal, oldest first, one line per leg.
func (p *player) ledgerCSV(ctx context.Context) ([]byte, error) {
	entries, err := p.Cycle.Entries(ctx, calendar.Date{}, calendar.Date{})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(entries, func(a, b ledger.EntryData) int { return a.RecordedAt.Compare(b.RecordedAt) })
	names := map[string]string{}
	for _, a := range ledger.Chart() {
		names[a.Code] = a.Name
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write([]string{"entry", "booked_on", "value_on", "account", "name", "debit", "credit", "currency", "narrative"}); err != nil {
		return nil, err
	}
	for _, e := range entries {
		for _, l := range e.Legs {
			debit, credit := "", ""
			if l.Amount.IsNegative() {
				credit = l.Amount.Abs().Decimal().StringFixed(2)
			} else {
				debit = l.Amount.Decimal().StringFixed(2)
			}
			row := []string{e.ID, e.BookedOn.String(), e.ValueOn.String(), l.Account, names[l.Account], debit, credit, l.Amount.Currency, tame(e.Narrative)}
			if err := w.Write(row); err != nil {
				return nil, err
			}
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// tame keeps a spreadsheet from taking a text for a formula.
func tame(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
