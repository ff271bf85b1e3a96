// Package dossier owns the form of the evidence that goes with a claim: a ZIP
// archive of plain files and a manifest whose hashes form a chain, so that one
// command proves offline that no byte of it was changed. It does not own what
// belongs in it.
package dossier

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Version of the form.
const Version = 1

// ManifestName is the file that lists the others.
const ManifestName = "manifest.json"

// sizeMax bounds a dossier that is read.
const sizeMax = 256 << 20

// Piece is one file of the evidence.
type Piece struct {
	Name    string // with folders: "invoice/2026-0001.pdf"
	About   string // a sentence for who reads the manifest
	Content []byte
}

// Manifest lists the evidence; each row's hash covers the row before it.
type Manifest struct {
	Version int    `json:"version"`
	Claim   string `json:"claim"`   // number of the invoice
	Debtor  string `json:"debtor"`  //
	Seller  string `json:"seller"`  //
	MadeOn  string `json:"made_on"` // date
	Rows    []Row  `json:"rows"`
	Missing []Gap  `json:"missing"` // what a reader may look for and is not there
	Head    string `json:"head"`    // hash of the last row: the seller's books know it
}

// Row is one piece in the chain: hash(n) = SHA-256(hash(n−1) ‖ name ‖ about ‖
// SHA-256 of the content), each with its length.
type Row struct {
	Name   string `json:"name"`
	About  string `json:"about"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	Hash   string `json:"hash"`
}

// Gap is a piece that does not exist, and why.
type Gap struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Pack makes the archive: the same pieces give the same bytes.
func Pack(m Manifest, pieces []Piece) (archive []byte, head string, err error) {
	m.Version, m.Rows, m.Head = Version, nil, ""
	if m.Missing == nil {
		m.Missing = []Gap{}
	}
	prev := seed(m)
	for _, p := range pieces {
		row := Row{Name: p.Name, About: p.About, Size: len(p.Content), SHA256: sum(p.Content)}
		row.Hash = row.chained(prev)
		prev = row.Hash
		m.Rows = append(m.Rows, row)
	}
	m.Head = prev
	archive, err = write(m, pieces)
	return archive, m.Head, err
}

// seed is the chain's beginning: it covers what the manifest says beside its rows.
func seed(m Manifest) string {
	parts := []string{fmt.Sprint(m.Version), m.Claim, m.Debtor, m.Seller, m.MadeOn}
	for _, g := range m.Missing {
		parts = append(parts, g.Name, g.Why)
	}
	return link(parts...)
}

func (r Row) chained(prev string) string {
	return link(prev, r.Name, r.About, fmt.Sprint(r.Size), r.SHA256)
}

// link hashes parts with their lengths, so that none runs into the next.
func link(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// write stores the files uncompressed and without times: their bytes are then
// the archive's, in the manifest's order.
func write(m Manifest, pieces []Piece) ([]byte, error) {
	listed, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range append([]Piece{{Name: ManifestName, Content: append(listed, '\n')}}, pieces...) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.Name, err)
		}
		if _, err := w.Write(p.Content); err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.Name, err)
		}
	}
	err = z.Close()
	return out.Bytes(), err
}

// ErrChanged says that a dossier is not what was packed.
var ErrChanged = errors.New("the dossier was changed")

// Verify reads an archive and proves it: every piece against its row, every row
// against the one before it, and the whole against what packing it again gives,
// so that not even a byte between the files can differ.
func Verify(archive []byte) (Manifest, []Piece, error) {
	var m Manifest
	files, err := read(archive)
	if err != nil {
		return m, nil, err
	}
	if len(files) == 0 || files[0].Name != ManifestName {
		return m, nil, fmt.Errorf("%w: it does not begin with %s", ErrChanged, ManifestName)
	}
	decode := json.NewDecoder(bytes.NewReader(files[0].Content))
	decode.DisallowUnknownFields()
	if err := decode.Decode(&m); err != nil {
		return m, nil, fmt.Errorf("%w: its manifest cannot be read: %v", ErrChanged, err)
	}
	pieces := files[1:]
	if m.Version != Version || len(pieces) != len(m.Rows) {
		return m, nil, fmt.Errorf("%w: the manifest (version %d) lists %d files, there are %d", ErrChanged, m.Version, len(m.Rows), len(pieces))
	}
	prev := seed(m)
	for i, row := range m.Rows {
		p := &pieces[i]
		switch {
		case p.Name != row.Name:
			return m, nil, fmt.Errorf("%w: %s stands where the manifest has %s", ErrChanged, p.Name, row.Name)
		case sum(p.Content) != row.SHA256:
			return m, nil, fmt.Errorf("%w: %s is not the file that was packed", ErrChanged, p.Name)
		case row.Hash != row.chained(prev):
			return m, nil, fmt.Errorf("%w: the chain breaks at %s", ErrChanged, row.Name)
		}
		p.About, prev = row.About, row.Hash
	}
	if m.Head != prev {
		return m, nil, fmt.Errorf("%w: the chain ends in %s, the manifest says %s", ErrChanged, prev, m.Head)
	}
	again, err := write(m, pieces)
	if err != nil || !bytes.Equal(again, archive) {
		return m, nil, fmt.Errorf("%w: the archive is not as it was written", ErrChanged)
	}
	return m, pieces, nil
}

func read(archive []byte) ([]Piece, error) {
	if len(archive) > sizeMax {
		return nil, fmt.Errorf("the dossier is larger than %d bytes", sizeMax)
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("%w: it is no archive: %v", ErrChanged, err)
	}
	var files []Piece
	for _, f := range z.File {
		if strings.Contains(f.Name, "..") || slices.ContainsFunc(files, func(p Piece) bool { return p.Name == f.Name }) {
			return nil, fmt.Errorf("%w: it holds %q twice or out of place", ErrChanged, f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %v", ErrChanged, f.Name, err)
		}
		content, err := io.ReadAll(io.LimitReader(r, sizeMax))
		_ = r.Close() // it is read already
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %v", ErrChanged, f.Name, err)
		}
		files = append(files, Piece{Name: f.Name, Content: content})
	}
	return files, nil
}
