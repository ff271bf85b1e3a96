package parity_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"duly/infra/local/parity"
)

func build(t *testing.T, folder, function, from string) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, function, "bootstrap"), from).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
}

// TestAProgramDoesWhatItsHandlerDoes for the two doors that the world posts to; make parity looks at every function.
func TestAProgramDoesWhatItsHandlerDoes(t *testing.T) {
	folder := t.TempDir()
	for _, f := range []string{"order-webhook", "stripe-webhook"} {
		build(t, folder, f, "duly/functions/"+f)
	}
	report, err := parity.Compare(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Programs) != 2 || report.Events < 60 || report.Items < 300 {
		t.Errorf("%d programs, %d events, %d items", len(report.Programs), report.Events, report.Items)
	}
	for _, d := range report.Differ {
		t.Error(d)
	}
}

// TestAProgramThatDoesAnotherThingIsSeen in its answers and in the table.
func TestAProgramThatDoesAnotherThingIsSeen(t *testing.T) {
	folder := t.TempDir()
	build(t, folder, "stripe-webhook", "duly/functions/order-webhook")
	report, err := parity.Compare(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(report.Differ, "\n"); !strings.Contains(said, "stripe/charge.succeeded.json: the handler answers 200") || !strings.Contains(said, "the programs did not write") {
		t.Errorf("it was not seen: %s", said)
	}
	if ready, err := parity.Ready(t.Context(), folder, "stripe-webhook", 1); err != nil || ready <= 0 {
		t.Errorf("ready after %s, %v", ready, err)
	}
	if _, err := parity.Ready(t.Context(), folder, "nothing", 1); err == nil {
		t.Error("a program that is not there was ready")
	}
}
