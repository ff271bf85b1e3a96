package bank

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"
)

// pack makes an archive of files in order.
func pack(t *testing.T, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
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

// TestCap_69_AnArchiveOfStatements: a period that a bank hands out as an archive is read in the order of its days, what is no
// statement in it is left out, and one wrong file refuses all of it.
func TestCap_69_AnArchiveOfStatements(t *testing.T) {
	sample := func(name string) string {
		t.Helper()
		raw, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	camt, ing := sample("version8.xml"), sample("ing.mt940")
	got, err := Read(bytes.NewReader(pack(t, "b/2.sta", ing, "a/1.xml", camt, "a/1.pdf", "%PDF-1.7", "__MACOSX/a/1.xml", camt, ".hidden", camt)))
	if err != nil {
		t.Fatal(err)
	}
	one, err := Read(strings.NewReader(camt))
	if err != nil {
		t.Fatal(err)
	}
	two, err := Read(strings.NewReader(ing))
	if err != nil || len(got) != len(one)+len(two) {
		t.Fatalf("%d statements, want %d and %d, %v", len(got), len(one), len(two), err)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Account == got[i-1].Account && got[i].From.Before(got[i-1].From) {
			t.Errorf("%s stands before %s", got[i-1].From, got[i].From)
		}
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"damaged":       {[]byte("PK\x03\x04rest"), "a ZIP archive that is damaged"},
		"no statement":  {pack(t, "a.pdf", "%PDF-1.7"), "without a bank statement"},
		"an archive":    {pack(t, "a.zip", string(pack(t, "a.xml", camt))), "without a bank statement"},
		"one is cut":    {pack(t, "a.xml", camt, "b.xml", camt[:len(camt)/2]), "refused as a whole"},
		"too many":      {pack(t, strings.Split(strings.Repeat("a.txt,x,", zipFilesMax)+"a.txt,x", ",")...), "more than 400"},
		"nothing in it": {pack(t, "a/", ""), "without a bank statement"},
	} {
		if _, err := Read(bytes.NewReader(tt.file)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if Looks(tt.file) != (name == "damaged" || name == "one is cut" || name == "too many") {
			t.Errorf("%s: looks like a bank file: %t", name, Looks(tt.file))
		}
	}
}
