package bank

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

// zipFilesMax bounds the files of an archive: a year of daily statements.
const zipFilesMax = 400

var zipMark = []byte("PK\x03\x04")

// packed gives the bank files of an archive, as many banks hand out a period, the oldest name first; what is no bank's, such
// as the same statement on paper, is left out. It unpacks no more than a file may be long.
func packed(content []byte) ([][]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fault.New(fault.Unreadable, "The bank file cannot be read", "it is a ZIP archive that is damaged: {why}", "download it from the bank again").Keyed("bank.zip").With("why", err.Error()).Because(err)
	}
	if len(archive.File) > zipFilesMax {
		return nil, fault.New(fault.TooLarge, "The bank file was refused as a whole", "the archive has {n} files, more than {most}", "export a shorter period").Keyed("bank.zip_many").With("n", len(archive.File), "most", zipFilesMax)
	}
	slices.SortStableFunc(archive.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	var files [][]byte
	left := int64(FileBytesMax)
	for _, f := range archive.File {
		if f.FileInfo().IsDir() || strings.HasPrefix(path.Base(f.Name), ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		inside, err := f.Open()
		if err != nil {
			return nil, damaged(f.Name, err)
		}
		raw, err := io.ReadAll(io.LimitReader(inside, left+1))
		_ = inside.Close() // it was read
		if err != nil {
			return nil, damaged(f.Name, err)
		}
		if left -= int64(len(raw)); left < 0 {
			return nil, tooLarge(FileBytesMax)
		}
		if !bytes.HasPrefix(raw, zipMark) && Looks(raw) {
			files = append(files, raw)
		}
	}
	return files, nil
}

func damaged(name string, err error) error {
	return fault.New(fault.Unreadable, "The bank file was refused as a whole", "{name} in the archive cannot be unpacked: {why}", "download it from the bank again").Keyed("bank.zip_file").With("name", name, "why", err.Error()).Because(err)
}

// readZip reads all bank files of an archive, or none of them.
func readZip(r io.Reader) ([]cash.Statement, error) {
	content, err := io.ReadAll(io.LimitReader(r, FileBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("read bank file: %w", err)
	}
	if len(content) > FileBytesMax {
		return nil, tooLarge(FileBytesMax)
	}
	files, err := packed(content)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fault.New(fault.Unreadable, "The bank file cannot be read", "it is a ZIP archive without a bank statement in it", "export the statement as CAMT.053, MT940 or OFX").Keyed("bank.zip_empty")
	}
	var all []cash.Statement
	for _, raw := range files {
		some, err := Read(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b cash.Statement) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.From.String(), b.From.String()), cmp.Compare(a.To.String(), b.To.String()))
	})
	return all, nil
}
