package dossier_test

import (
	"bytes"
	"errors"
	"testing"

	"duly/shared/o2c/dossier"
)

func packed(t *testing.T) ([]byte, string) {
	t.Helper()
	b, head, err := dossier.Pack(dossier.Manifest{Claim: "2026-0001", Debtor: "Acme BV", Seller: "Voorbeeld", MadeOn: "2026-05-01", Missing: []dossier.Gap{{Name: "quote", Why: "there was none"}}}, []dossier.Piece{
		{Name: "invoice/2026-0001.pdf", About: "the invoice", Content: bytes.Repeat([]byte("%PDF"), 50)},
		{Name: "trail/invoice.json", About: "what happened to it", Content: []byte(`[{"seq":1}]`)},
		{Name: "letters/empty.txt", About: "nothing", Content: nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, head
}

// TestAnyFlippedByteIsFound flips every byte of a dossier, one at a time.
func TestAnyFlippedByteIsFound(t *testing.T) {
	whole, head := packed(t)
	m, pieces, err := dossier.Verify(whole)
	if err != nil || m.Head != head || len(pieces) != 3 || pieces[0].About != "the invoice" {
		t.Fatalf("%+v %v", m, err)
	}
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			if _, _, err := dossier.Verify(b); !errors.Is(err, dossier.ErrChanged) {
				t.Fatalf("byte %d, bit %#x: %v", i, bit, err)
			}
		}
	}
	for _, b := range [][]byte{nil, whole[:len(whole)-1], append(bytes.Clone(whole), 0), append([]byte{0}, whole...)} {
		if _, _, err := dossier.Verify(b); err == nil {
			t.Errorf("%d bytes pass", len(b))
		}
	}
}

func TestTheSamePiecesGiveTheSameBytes(t *testing.T) {
	a, _ := packed(t)
	b, _ := packed(t)
	if !bytes.Equal(a, b) {
		t.Error("they differ")
	}
}
