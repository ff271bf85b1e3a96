package archive

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"duly/shared/o2c/invoice"
)

// Report is what Verify found.
type Report struct {
	Year      int
	Documents int
	Files     int
	Manifest  string   // hash of the manifest, to be held against the one that was noted
	Broken    []string // sentences; none is good
}

// fileMax bounds one file of a bundle.
const fileMax = 64 << 20

// Verify holds a bundle against its own manifest, without anything else: each
// file is there and is what it was, none was added, each document is what was
// issued, its trail is unbroken, and no number is missing between the first and
// the last.
func Verify(file io.ReaderAt, size int64) (Report, error) {
	var r Report
	z, err := zip.NewReader(file, size)
	if err != nil {
		return r, fmt.Errorf("the bundle cannot be read — %w — export it again", err)
	}
	held := map[string][]byte{}
	for _, f := range z.File {
		if held[f.Name], err = content(f); err != nil {
			return r, fmt.Errorf("%s cannot be read — %w — export the bundle again", f.Name, err)
		}
	}
	raw := held[ManifestName]
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return r, fmt.Errorf("the bundle has no readable manifest — %w — export it again", err)
	}
	r.Year, r.Manifest, r.Files = m.Year, sum(raw), len(m.Files)
	broken := func(format string, values ...any) { r.Broken = append(r.Broken, fmt.Sprintf(format, values...)) }
	delete(held, ManifestName)
	var numbers []string
	for _, f := range m.Files {
		got, there := held[f.Name]
		switch delete(held, f.Name); {
		case !there:
			broken("%s is missing", f.Name)
			continue
		case sum(got) != f.SHA256 || len(got) != f.Size:
			broken("%s is not what it was", f.Name)
			continue
		}
		if number, ok := strings.CutSuffix(f.Name, "/record.json"); ok {
			numbers = append(numbers, number)
			r.Broken = append(r.Broken, checkRecord(number, got)...)
		}
	}
	for name := range held {
		broken("%s is not in the manifest", name)
	}
	slices.Sort(r.Broken)
	r.Documents = len(numbers)
	for _, s := range m.Series {
		if gaps := missing(s, numbers); gaps != "" {
			broken("series %s: %s", s.ID, gaps)
		}
	}
	return r, nil
}

func content(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > fileMax {
		return nil, fmt.Errorf("it is larger than %d MB", fileMax>>20)
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, fileMax))
}

// checkRecord looks at one document: its content and its trail.
func checkRecord(number string, raw []byte) []string {
	var rec Record
	var inv invoice.Invoice
	if err := json.Unmarshal(raw, &rec); err != nil {
		return []string{number + ": its record cannot be read"}
	}
	doc, err := json.Marshal(rec.Document)
	if err == nil {
		err = inv.UnmarshalJSON(doc)
	}
	if err != nil || !inv.Intact() {
		return []string{number + ": its content is not what was issued"}
	}
	prev := ""
	for i, e := range rec.Events {
		if e.Prev != prev || e.Seq != int64(i+1) || !e.Intact() {
			return []string{fmt.Sprintf("%s: its trail is broken at event %d", number, i+1)}
		}
		prev = e.Hash
	}
	return nil
}

// missing says what stands between the first and the last number of a series.
func missing(s Series, numbers []string) string {
	stem := strings.TrimRight(s.First, "0123456789")
	var first, last int
	if _, err := fmt.Sscanf(s.First[len(stem):], "%d", &first); err != nil {
		return "its first number " + s.First + " has no end"
	}
	if _, err := fmt.Sscanf(s.Last[min(len(stem), len(s.Last)):], "%d", &last); err != nil || last-first+1 != s.Count {
		return fmt.Sprintf("%s to %s are not %d numbers", s.First, s.Last, s.Count)
	}
	width := len(s.First) - len(stem)
	for n := first; n <= last; n++ {
		if number := fmt.Sprintf("%s%0*d", stem, width, n); !slices.Contains(numbers, number) {
			return number + " is missing"
		}
	}
	return ""
}
