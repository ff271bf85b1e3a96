package supply_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duly/infra/supply"
)

// flags are those of make build.
var flags = []string{"-trimpath", "-buildvcs=false", "-tags", "lambda.norpc,nethttpomithttp2", "-gcflags=all=-l", "-ldflags=-s -w"}

func command(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", args...)
	run.Dir, run.Env = dir, append(append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64", "GOFLAGS="), env...)
	out, err := run.Output()
	if err != nil {
		t.Fatalf("go %v: %v", args, err)
	}
	return out
}

// built builds a function in a checkout and gives the file.
func built(t *testing.T, checkout string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	command(t, checkout, nil, append(append([]string{"build"}, flags...), "-o", file, "./functions/web")...)
	return file
}

// TestFC_96_TheSameSourceIsTheSameProgram wherever and whenever it is built; make reproducible compiles every part of it
// again as well.
func TestFC_96_TheSameSourceIsTheSameProgram(t *testing.T) {
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "functions", "shared", "events"} {
		from := filepath.Join(here, name)
		to := filepath.Join(elsewhere, name)
		info, err := os.Stat(from)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.CopyFS(to, os.DirFS(from))
		} else {
			var raw []byte
			if raw, err = os.ReadFile(from); err == nil {
				err = os.WriteFile(to, raw, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var sums [2][32]byte
	for i, checkout := range []string{here, elsewhere} {
		raw, err := os.ReadFile(built(t, checkout))
		if err != nil {
			t.Fatal(err)
		}
		if sums[i] = sha256.Sum256(raw); bytes.Contains(raw, []byte(checkout)) {
			t.Errorf("the program names the folder it was built in: %s", checkout)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ: %x and %x", sums[0], sums[1])
	}
}

// TestFC_96_TheBillNamesEveryModule that go list says is linked, and no other, each with the sum of go.sum.
func TestFC_96_TheBillNamesEveryModule(t *testing.T) {
	bill, err := supply.Of(built(t, "../.."))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(command(t, "../..", nil, "list", "-tags", "lambda.norpc,nethttpomithttp2", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}", "./functions/web"))) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(want, line) {
			want = append(want, line)
		}
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range bill.Components {
		if c.Name == "stdlib" {
			continue
		}
		got = append(got, c.Name+"@"+c.Version)
		if len(c.Properties) != 1 || !bytes.Contains(sums, []byte(c.Name+" "+c.Version+" "+c.Properties[0].Value)) {
			t.Errorf("%s has not the sum of go.sum: %v", c.Name, c.Properties)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the bill has\n%v\nlinked are\n%v", got, want)
	}
	var out bytes.Buffer
	if err := bill.Write(&out); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("%v: %s", err, out.Bytes())
	}
	if _, err := supply.Of("supply.go"); err == nil {
		t.Error("a text has no bill")
	}
}
