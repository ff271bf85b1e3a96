package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
)

// What Leave puts into the folder.
const (
	copyName      = "duly-backup.tar.gz"
	recordsFolder = "records"
	papersFolder  = "documents"
	noteName      = "README.txt"
)

// note tells who opens the folder years later what is in it.
const note = `Everything that Duly kept, as of %s.

records/     every record, one JSON object a line, a file for each kind: order.jsonl, invoice.jsonl, entry.jsonl (the
             bookings), event.jsonl (the audit trail, oldest last) … Amounts are in minor units: {"minor": 124000,
             "currency": "EUR"} is 1,240.00 euros.
documents/   every invoice, credit note, letter and e-invoice, byte for byte as it was sent.
%s  the same for machines: duly restore brings it back.

Secrets are not in it. The books for another package: duly export journal, exact, datev, xaf …
`

// Leave writes everything into an empty folder, readable without Duly, beside a
// backup that brings it back.
func Leave(ctx context.Context, from Place, at time.Time, into string, p Progress) (Manifest, error) {
	if there, err := os.ReadDir(into); err == nil && len(there) > 0 {
		return Manifest{}, fmt.Errorf("%s is not empty — an export never goes over other files — name a new folder", into)
	}
	if err := os.MkdirAll(into, 0o700); err != nil {
		return Manifest{}, err
	}
	file, err := os.OpenFile(filepath.Join(into, copyName), os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return Manifest{}, err
	}
	m, err := Write(ctx, from, at, file, p)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = unpack(file, into)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(into, noteName), fmt.Appendf(nil, note, at.UTC().Format(time.RFC3339), copyName), 0o600)
	}
	return m, errors.Join(err, file.Close())
}

// unpack writes the records by kind and the documents by name.
func unpack(file io.Reader, into string) error {
	kinds := map[string]*bufio.Writer{}
	var open []*os.File
	err := read(file, func(name string, content []byte) error {
		switch {
		case strings.HasPrefix(name, filesFolder):
			path := filepath.Join(into, papersFolder, filepath.Clean("/"+strings.TrimPrefix(name, filesFolder)))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			return os.WriteFile(path, content, 0o600)
		case !strings.HasPrefix(name, itemsFolder):
			return nil
		}
		for line := range bytes.Lines(content) {
			kind, body, err := record(line)
			if err != nil || body == "" {
				if err != nil {
					return err
				}
				continue
			}
			w := kinds[kind]
			if w == nil {
				path := filepath.Join(into, recordsFolder, kind+".jsonl")
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					return err
				}
				f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
				if err != nil {
					return err
				}
				open, w = append(open, f), bufio.NewWriter(f)
				kinds[kind] = w
			}
			if _, err := w.WriteString(body + "\n"); err != nil {
				return err
			}
		}
		return nil
	})
	for _, w := range kinds {
		err = errors.Join(err, w.Flush())
	}
	for _, f := range slices.Backward(open) {
		err = errors.Join(err, f.Close())
	}
	return err
}

// record is the kind and the body of an item; what has no body is how the table
// finds things, and no record. Neither is what stands in a sandbox of the training.
func record(line []byte) (kind, body string, err error) {
	var it map[string]value
	if err := json.Unmarshal(line, &it); err != nil {
		return "", "", fmt.Errorf("read an item: %w", err)
	}
	if strings.HasPrefix(it["pk"].S, o2c.ApartPrefix) {
		return "", "", nil
	}
	kind = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, it["kind"].S)
	return kind, it["body"].S, nil
}
