package story

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func play(t *testing.T, seed int64) (dir, told string) {
	t.Helper()
	dir = t.TempDir()
	var out bytes.Buffer
	if err := Play(context.Background(), Options{Seed: seed, Files: dir, Print: &out, Log: slog.DiscardHandler}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return dir, strings.ReplaceAll(out.String(), dir, "out")
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheStoryHoldsAndIsTheSameEveryTime(t *testing.T) {
	firstDir, first := play(t, 42)
	secondDir, second := play(t, 42)
	if first != second {
		t.Errorf("the second telling differs:\n%s\n%s", first, second)
	}
	a, b := files(t, firstDir), files(t, secondDir)
	if len(a) < 60 || len(a) != len(b) {
		t.Errorf("%d files, then %d", len(a), len(b))
	}
	for name, content := range a {
		if b[name] != content {
			t.Errorf("%s differs", name)
		}
	}
	for _, want := range []string{"\nRESULT 24 orders", "ledger balances to €0.00", " checks ok, 0 failed"} {
		if !strings.Contains(first, want) {
			t.Errorf("the telling lacks %q:\n%s", want, first)
		}
	}
	for name, content := range a {
		for _, secret := range []string{"whsec_", "sk_test_", "xoxb-", "duly_test_"} {
			if strings.Contains(content, secret) || strings.Contains(first, secret) {
				t.Errorf("%s holds a secret (%s…)", name, secret)
			}
		}
	}
	for _, kind := range []string{"ledger.csv", "mails/001_", "slack/duly.json", "invoices/2026-0001.pdf"} {
		found := false
		for name := range a {
			found = found || strings.HasPrefix(name, kind)
		}
		if !found {
			t.Errorf("nothing is called %s", kind)
		}
	}
}

func TestAnotherSeedHoldsToo(t *testing.T) {
	play(t, 7)
}
