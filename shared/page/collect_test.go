package page

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"duly/shared/text"
)

// TestCap_58_AConsentKeepsItsWords: what customers agreed to is named by a
// version; other words are another version.
func TestCap_58_AConsentKeepsItsWords(t *testing.T) {
	all := ""
	for _, lang := range text.Languages() {
		c := Consent(lang, "House", 3)
		if c.Language != lang || c.Version != consentVersion {
			t.Errorf("%+v", c)
		}
		all += c.Text + "\n"
	}
	sum := sha256.Sum256([]byte(all))
	if got, want := consentVersion+" "+hex.EncodeToString(sum[:6]), "2026-11 7649e92c3637"; got != want {
		t.Errorf("the words changed: give them another version, and write %q here (was %q)", got, want)
	}
}
