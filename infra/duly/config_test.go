package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestConfigShow: every value that holds, and where it comes from.
func TestConfigShow(t *testing.T) {
	t.Setenv("DULY_YAML_TERMS_DEFAULT_DAYS", "14")
	var out, problems bytes.Buffer
	if code := execute(t.Context(), []string{"config", "show", "--origin", "--json", "--state", t.TempDir() + "/none"}, &out, &problems); code != 0 {
		t.Fatalf("%d %s", code, problems.String())
	}
	said := strings.Join(strings.Fields(out.String()), "")
	for _, want := range []string{
		`{"key":"terms.default_days","value":"14","origin":"environment"}`,
		`{"key":"credit.auto_approve","value":"2500.00","origin":"theshippedduly.yaml"}`,
		`{"key":"credit.uninsured","value":"—","origin":"builtin"}`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not in %s", want, said)
		}
	}
}
