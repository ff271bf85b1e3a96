package bank_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/bank"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each sample under testdata has its statements beside it, as JSON.
func TestSamples(t *testing.T) {
	camt, _ := filepath.Glob("testdata/*.xml")
	swift, _ := filepath.Glob("testdata/*.mt940")
	if len(camt) == 0 || len(swift) == 0 {
		t.Fatal("no samples")
	}
	others, _ := filepath.Glob("testdata/csv_*.[ct][sa][vb]")
	exchange, _ := filepath.Glob("testdata/*.ofx")
	for _, sample := range slices.Concat(camt, swift, others, exchange) {
		t.Run(filepath.Base(sample), func(t *testing.T) {
			file, err := os.Open(sample)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			statements, err := bank.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(statements, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(sample, filepath.Ext(sample)) + ".golden.json"
			if filepath.Ext(sample) == ".tab" {
				golden = sample + ".golden.json"
			}
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// refusal asserts that a file is refused whole, by our error, with a sentence that holds want.
func refusal(t *testing.T, file io.Reader, code fault.Code, want string) {
	t.Helper()
	statements, err := bank.Read(file)
	var refused *fault.Error
	if statements != nil || !errors.As(err, &refused) || refused.Code != code || !strings.Contains(err.Error(), want) {
		t.Errorf("got %d statements and %v\nwant %s: %s", len(statements), err, code, want)
	}
}

func TestUnknownFormatsAreRefused(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"empty":        {"", "it is empty"},
		"blank":        {" \r\n\t", "it is empty"},
		"zip":          {"PK\x03\x04rest", "it is a ZIP archive that is damaged"},
		"utf-16":       {"\xff\xfe<\x00", "it is written in UTF-16"},
		"plain text":   {"Date;Amount\n", "no format we read"},
		"pdf":          {"%PDF-1.7", "no format we read"},
		"another XML":  {"<?xml version='1.0'?><Invoice><ID>1</ID></Invoice>", "no bank statement (camt.053): it begins with <Invoice>"},
		"no statement": {"<Document><BkToCstmrStmt/></Document>", "it holds no statement"},
	} {
		t.Run(name, func(t *testing.T) { refusal(t, strings.NewReader(tt.file), fault.Unreadable, tt.want) })
	}
}

// A storage that fails is not a file that is wrong: whoever reads again may succeed.
func TestFailureToReadIsNotARefusal(t *testing.T) {
	broken := errors.New("connection reset")
	whole := []byte(sample(t))
	for _, after := range []int{0, 300, 2000, len(whole) - 1} {
		_, err := bank.Read(io.MultiReader(bytes.NewReader(whole[:after]), failing{broken}))
		var refused *fault.Error
		if !errors.Is(err, broken) || errors.As(err, &refused) {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func sample(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile("testdata/version2.xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func read(t testing.TB, file string) []cash.Statement {
	t.Helper()
	statements, err := bank.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return statements
}
