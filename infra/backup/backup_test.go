package backup_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"duly/infra/backup"
	"duly/infra/local"
	"duly/shared/o2c/fault"
)

var made = time.Date(2026, 3, 21, 8, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *local.Place {
	t.Helper()
	p, err := local.OpenPlace(t.Context(), dir, made)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func quiet(int, int) {}

// filled is a place with items of every type, more than a page of them, and documents.
func filled(t *testing.T) *local.Place {
	t.Helper()
	p := open(t, t.TempDir())
	for i := range 60 {
		item := map[string]any{
			"pk": map[string]any{"S": fmt.Sprintf("invoice#%d", i)}, "sk": map[string]any{"S": "#"}, "n": map[string]any{"N": "12345678901234567890.123456789012345678"},
			"b": map[string]any{"B": []byte{0, 1, 255}}, "m": map[string]any{"M": map[string]any{"l": map[string]any{"L": []any{map[string]any{"NULL": true}, map[string]any{"BOOL": false}}}}},
			"s": map[string]any{"SS": []string{"a", "é 😀"}}, "long": map[string]any{"S": strings.Repeat("x", 100_000)},
		}
		var said struct{}
		if err := p.API.Ask(t.Context(), "PutItem", map[string]any{"TableName": p.Table, "Item": item}, &said); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"documents/invoices/2026/2026-0001.pdf", "documents/x y é.xml"} {
		if _, err := p.Objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(p.Bucket), Key: aws.String(key), Body: strings.NewReader("%PDF " + key), ContentType: aws.String("application/pdf")}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func written(t *testing.T, from *local.Place) ([]byte, backup.Manifest) {
	t.Helper()
	var out bytes.Buffer
	m, err := backup.Write(t.Context(), from.Place, made, &out, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), m
}

// TestBackAndForth: what comes back out of an empty place is, byte for byte, what was copied.
func TestBackAndForth(t *testing.T) {
	file, m := written(t, filled(t))
	if m.Items != 60 || m.Documents != 2 || len(m.Parts) < 4 {
		t.Errorf("%d items, %d documents in %d parts", m.Items, m.Documents, len(m.Parts))
	}
	dir := t.TempDir()
	to := open(t, dir)
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), to.Place, quiet); err != nil {
		t.Fatal(err)
	}
	again, m2 := written(t, to)
	if !bytes.Equal(file, again) || m2.Seal != m.Seal {
		t.Errorf("the copy of the copy differs: %d and %d bytes, seals %s and %s", len(file), len(again), m.Seal, m2.Seal)
	}
	if !to.Now.Equal(made) && to.Now.Sub(made) > time.Minute {
		t.Errorf("the clock shows %s", to.Now)
	}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), to.Place, quiet); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "records already") {
		t.Errorf("over what is there: %v", err)
	}
}

// TestDamage: a flipped byte anywhere, or a cut, is told before anything is written.
func TestDamage(t *testing.T) {
	file, _ := written(t, filled(t))
	to := open(t, t.TempDir())
	broken := map[string][]byte{"nothing": nil, "cut": file[:len(file)/2], "the end cut": file[:len(file)-9], "text": []byte("no backup")}
	for _, at := range []int{0, 20, len(file) / 3, len(file) / 2, len(file) - 200, len(file) - 5} {
		flipped := bytes.Clone(file)
		flipped[at] ^= 0x10
		broken[fmt.Sprintf("byte %d flipped", at)] = flipped
	}
	for name, bad := range broken {
		_, err := backup.Restore(t.Context(), bytes.NewReader(bad), to.Place, quiet)
		if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "nothing was restored") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheStateIsInUse: a running demo is not copied behind its back.
func TestTheStateIsInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	open(t, dir)
	if _, err := local.OpenPlace(t.Context(), dir, made); !fault.Is(err, fault.StateInUse) {
		t.Errorf("got %v", err)
	}
	if _, err := backup.Account(t.Context(), "duly", ""); !fault.Is(err, fault.Config) {
		t.Errorf("no bucket: %v", err)
	}
}
