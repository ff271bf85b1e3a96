package party_test

import (
	"testing"

	"duly/shared/o2c/party"
)

func TestRegisterNumbersAreChecked(t *testing.T) {
	for id, want := range map[string]bool{
		"NL004495445B01": true, "NL123456782B90": true, "NL000099998B57": true, "NL004495446B01": false, "NL004495445": false, "NL00449544XB01": false,
		"BE0428759497": true, "BE0428759498": false, "DE136695976": true, "DE13669597": false, "FR40303265045": true, "ATU12345678": true, "US123456789": false, "": false, "NL": false,
	} {
		if got := party.VATChecks(id); got != want {
			t.Errorf("%s: %t", id, got)
		}
	}
	for n, want := range map[string]bool{"12345678": true, "1234567": false, "00000000": false, "1234567X": false} {
		if got := party.KVKChecks(n); got != want {
			t.Errorf("%s: %t", n, got)
		}
	}
}
