package api

import (
	"os"
	"testing"
	"time"

	"duly/shared/o2c/fault"
)

func TestHandlerSaysWhatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Handler(time.Now, nil); !fault.Is(err, fault.Config) {
		t.Errorf("without a policy: %v", err)
	}
	if err := os.WriteFile("duly.yaml", []byte("version: x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Handler(time.Now, nil); !fault.Is(err, fault.Config) {
		t.Errorf("with a broken policy: %v", err)
	}
}
