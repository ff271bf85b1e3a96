package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"duly/shared/o2c/lazy"

	"golang.org/x/text/encoding/charmap"
)

// mt940FileBytesMax bounds an MT940 file: as many entries take a tenth of what CAMT writes.
const mt940FileBytesMax = 32 << 20

var (
	mt940Start = lazy.Pattern(`(?m)^(\{.*)?:20:`)
	mt940Tag   = lazy.Pattern(`^:(\d\d[A-Z]?):(.*)$`)
	dutchBank  = lazy.Pattern(`\b(?:0000 01)?([A-Z]{4})NL2[A-Z]`)
	mt940End   = lazy.Pattern(`^-(\}.*|X{3})?$`)
)

func isMT940(head []byte) bool { return mt940Start().Match(head) }

// mt940Field is one field of a message, its lines joined as they stood.
type mt940Field struct {
	tag   string
	lines []string
	line  int
}

func (f mt940Field) first() string { return strings.TrimSpace(f.lines[0]) }

// readMT940 reads SWIFT's customer statement message in the dialects of banks: with or without the blocks of the SWIFT
// envelope and the banks' own headers, with the German (?20…), the slash (/EREF/…) or no structure in the details. SWIFT,
// Standards MT, category 9; Deutsche Kreditwirtschaft, DFÜ-Abkommen, annex 3, chapter 8; Rabobank, ING and ABN AMRO, format
// descriptions MT940 structured.
func readMT940(r io.Reader) ([]told, error) {
	fields, home, err := mt940Fields(r)
	if err != nil {
		return nil, err
	}
	var all []told
	var open *mt940Statement
	count := 0
	for _, f := range fields {
		if f.tag == "20" {
			if open != nil {
				return nil, refuse(f.line, "file.cut", "a statement begins before the one of line {n} has its closing balance (:62F:)", "n", open.told.line)
			}
			open = &mt940Statement{told: told{line: f.line}, home: home}
		}
		if open == nil { // what stands between statements, like the note after a closing balance
			continue
		}
		ended, err := open.take(f, &count)
		if err != nil {
			return nil, err
		}
		if ended {
			all = append(all, open.told)
			open = nil
		}
	}
	switch {
	case open != nil:
		return nil, refuse(open.told.line, "file.cut", "the statement has no closing balance (:62F:): the file was cut")
	case len(all) == 0:
		return nil, refuse(1, "file.empty", "it holds no statement")
	}
	return all, nil
}

// mt940Fields cuts a file into its fields. A line that is no tag continues the one before; envelopes and headers belong to none,
// but the header of a Dutch bank tells which bank it is, which the account does not.
func mt940Fields(r io.Reader) (fields []mt940Field, home string, err error) {
	content, err := io.ReadAll(io.LimitReader(r, mt940FileBytesMax+1))
	if err != nil {
		return nil, "", fmt.Errorf("read bank file: %w", err)
	}
	if len(content) > mt940FileBytesMax {
		return nil, "", tooLarge(mt940FileBytesMax)
	}
	if !utf8.Valid(content) { // the standard knows neither, banks write what their host wrote
		if content, err = charmap.Windows1252.NewDecoder().Bytes(content); err != nil {
			return nil, "", refuse(1, "file.charset", "its letters cannot be read")
		}
	}
	inside, number := false, 0
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		number++
		line := strings.TrimRight(lines.Text(), "\r")
		if at := strings.LastIndex(line, "{4:"); at >= 0 {
			line = line[at+len("{4:"):]
		}
		switch tag := mt940Tag().FindStringSubmatch(line); {
		case tag != nil && (inside || tag[1] == "20"):
			inside = true
			fields = append(fields, mt940Field{tag: tag[1], lines: []string{tag[2]}, line: number})
		case mt940End().MatchString(line):
			inside = false
		case inside && line != "":
			last := &fields[len(fields)-1]
			last.lines = append(last.lines, line)
		case !inside && home == "":
			if bic := dutchBank().FindStringSubmatch(line); bic != nil {
				home = bic[1]
			}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, "", refuse(number+1, "file.long", "the line is longer than any bank writes")
	}
	return fields, home, nil
}
