// Package bank owns the files that banks give their customers: it tells formats apart and turns each into statements, or
// refuses the file whole with one error that names line and reason. A new format is a new file and a line in formats.
//
// It does not own where files come from, which entries are already known (it only gives each movement a key that stays the
// same however often and in whatever cut a bank tells it), what an entry pays, or any booking.
package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

const (
	// FileBytesMax bounds a file: about 100,000 entries as banks write them.
	FileBytesMax = 192 << 20
	// EntriesMax bounds the movements of a file, the parts of opened batches counted.
	EntriesMax = 200_000
)

// format is one kind of file.
type format struct {
	name string
	is   func(head []byte) bool // decides by the first bytes, without a byte order mark
	read func(io.Reader) ([]told, error)
}

// formats is the table of detection; the first that recognises a file reads it.
var formats = []format{
	{"OFX", isOFX, readOFX},
	{"CAMT", isXML, readCAMT},
	{"MT940", isMT940, readMT940},
	{"CSV", isCSV, readCSV},
}

// Read returns the statements of a file in any known format. Every one of them is proven (opening balance + entries = closing
// balance) and every entry has its key and its dates; if anything is wrong anywhere, nothing is returned but the error.
func Read(file io.Reader) ([]cash.Statement, error) {
	buffered := bufio.NewReaderSize(file, 64<<10)
	head, err := buffered.Peek(2048)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read bank file: %w", err)
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(head, mark) {
		head = head[len(mark):]
		_, _ = buffered.Discard(len(mark)) // just peeked, so it is there
	}
	if bytes.HasPrefix(head, zipMark) {
		return readZip(buffered)
	}
	for _, f := range formats {
		if f.is(head) {
			statements, err := f.read(buffered)
			if err != nil {
				return nil, err
			}
			for i := range statements {
				statements[i].Format = f.name
			}
			return prove(statements)
		}
	}
	return nil, unknown(head)
}

// Looks reports whether a file claims to be a bank's: its format is known, an XML file names a message of accounts, and an
// archive holds such files.
func Looks(content []byte) bool {
	if bytes.HasPrefix(content, zipMark) {
		files, err := packed(content)
		return err != nil || len(files) > 0
	}
	head := bytes.TrimPrefix(content[:min(len(content), 2048)], []byte("\ufeff"))
	for _, f := range formats {
		if f.is(head) {
			return f.name != "CAMT" || bytes.Contains(head, []byte("camt.05"))
		}
	}
	return false
}

func unknown(head []byte) error {
	why := "its first bytes are those of no format we read"
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		why = "it is empty"
	case isStripeBalance(head):
		return fault.New(fault.Unreadable, "The file is no bank statement", "it is Stripe's report of its own balance, whose payments and payouts come from Stripe by themselves", "upload the statement of the bank account that Stripe pays out to").Keyed("bank.stripe")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		why = "it is written in UTF-16"
	}
	return fault.New(fault.Unreadable, "The bank file cannot be read", "{why}", "export the statement as CAMT.053, MT940, OFX, or the CSV of ING, Rabobank, ABN AMRO, bunq, Revolut, Wise or N26").Keyed("bank.unknown").With("why", why)
}

func tooLarge(bytesMax int) error {
	return fault.New(fault.TooLarge, "The bank file was refused as a whole", "it is larger than {n} MiB", "export a shorter period").Keyed("bank.large").With("n", bytesMax>>20)
}

const (
	refusedWhole = "The bank file was refused as a whole"
	exportAnew   = "export it from the bank again, unchanged; if that gives the same, send us the line"
)

// unproven is the error of a statement that does not add up.
func unproven(line int, s cash.Statement, broken error) error {
	return fault.New(fault.Unreadable, refusedWhole, fmt.Sprintf("line %d: statement %s of %s: %v", line, s.ID, s.Account, broken), exportAnew).Breaking(broken)
}

// refuse is the one error of a file: nothing of it was taken.
// the key names the sentence in other languages, as in fault.Breaks.
func refuse(line int, key, says string, about ...any) error {
	return fault.New(fault.Unreadable, refusedWhole, "line {line}: "+says, exportAnew).Keyed(key).With(append([]any{"line", line}, about...)...)
}
