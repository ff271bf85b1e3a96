package demo

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/functions"
	"duly/infra/local"
	"duly/shared/archive"
)

// billed is an order that was shipped and invoiced.
func (p place) billed(customer, id string) {
	p.t.Helper()
	p.v1(http.MethodPost, "/orders/"+p.orders(customer, id)+"/shipments", object{}, http.StatusCreated)
	p.items("/demo/mail") // answers when everything has come to rest
}

func (p place) bundle(year string) []byte {
	p.t.Helper()
	status, raw, _ := p.raw(http.MethodGet, "/demo/archive/"+year, nil)
	if status != http.StatusOK {
		p.t.Fatalf("the bundle answered %d: %s", status, raw)
	}
	return raw
}

func verified(t *testing.T, bundle []byte) archive.Report {
	t.Helper()
	found, err := archive.Verify(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCap_43_KeptForSevenYears: nobody deletes an invoice while the law wants it kept, neither by command nor in the
// bucket; afterwards a person may.
func TestCap_43_KeptForSevenYears(t *testing.T) {
	p := open(t)
	customer := p.buyer(100_000)
	p.billed(customer, "A-1")
	p.billed(customer, "A-2")
	kept := p.runtime.Files.List(local.ArchiveBucket, functions.PrefixDocuments)
	for _, o := range kept {
		if !o.RetainUntil.Equal(time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s is locked until %s", o.Key, o.RetainUntil)
		}
		if err := p.runtime.Files.Delete(local.ArchiveBucket, o.Key); err == nil {
			t.Errorf("%s was deleted", o.Key)
		}
	}
	if len(kept) < 4 { // two papers, two mails
		t.Fatalf("kept are %+v", kept)
	}
	status, out := p.call(http.MethodPost, "/demo/archive/2026/delete", nil)
	if detail, _ := out["detail"].(string); status != http.StatusConflict || !strings.Contains(detail, "kept until 2033-12-31") {
		t.Errorf("deleting answered %d %v", status, out)
	}
	if err := p.runtime.Cycle.YearDeletable(time.Date(2034, 1, 1, 9, 0, 0, 0, time.UTC), 2026); err != nil {
		t.Errorf("once the law lets go: %v", err)
	}
}

// TestBundleProvesItself: a year's bundle holds papers, e-invoices, mails and trails, is the same twice, and shows a
// changed byte, a lost file, an added file and a missing number.
func TestBundleProvesItself(t *testing.T) {
	p := open(t)
	customer := p.buyer(100_000)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		p.billed(customer, id)
	}
	bundle := p.bundle("2026")
	found := verified(t, bundle)
	if len(found.Broken) > 0 || found.Documents != 3 || found.Files < 9 {
		t.Fatalf("%+v", found)
	}
	if again := p.bundle("2026"); !bytes.Equal(bundle, again) {
		t.Error("the bundle differs the second time")
	}
	for name, test := range map[string]struct {
		change func(name string, content []byte) (string, []byte)
		want   string
	}{
		"a changed byte": {func(name string, content []byte) (string, []byte) {
			return name, bytes.Replace(content, []byte("%PDF-1.7"), []byte("%PDF-1.6"), 1)
		}, "is not what it was"},
		"a lost invoice": {func(name string, content []byte) (string, []byte) {
			if strings.HasPrefix(name, "2026-0002/") {
				return "", nil
			}
			return name, content
		}, "2026-0002 is missing"},
		"a name that was added": {func(name string, content []byte) (string, []byte) {
			return strings.Replace(name, "2026-0003/record", "2026-0003/other", 1), content
		}, "is not in the manifest"},
	} {
		if got := strings.Join(verified(t, altered(t, bundle, test.change)).Broken, "; "); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// altered is a bundle in which somebody changed something.
func altered(t *testing.T, bundle []byte, change func(string, []byte) (string, []byte)) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, content := change(f.Name, content)
		if name == "" {
			continue
		}
		to, err := w.Create(name)
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
