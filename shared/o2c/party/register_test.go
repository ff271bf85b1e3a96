package party_test

import (
	"strings"
	"testing"

	"duly/shared/o2c/party"
)

func TestRegisterNumbersAreChecked(t *testing.T) {
	for id, want := range map[string]bool{
		"NL004495445B01": true, "NL123456782B90": true, "NL000099998B57": true, "NL004495446B01": false, "NL004495445": false, "NL00449544XB01": false,
		"BE0428759497": true, "BE0428759498": false, "DE136695976": true, "DE13669597": false, "FR40303265045": true, "US123456789": false, "": false, "NL": false,
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

// TestVATIDsOfEveryMemberState: ids that are in public use pass; with any digit
// of theirs changed, nearly all fail.
func TestVATIDsOfEveryMemberState(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range strings.Fields(`ATU12011204 ATU10223006 BE0438390312 BE0411905847 BG175074752 CY10259033P CY00632993F CZ25123891 DE111111125 DE136695976
		DK88146328 EE100207415 EE100594102 EL040127797 EL094259216 ESA13585625 ESB58378431 ES54362315K ESX2482300W FI09853608 FR40303265045 FR23334175221
		HR33392005961 HU12892312 IE6433435F IE6433435OA IE8D79739I IT00743110157 LT100001919017 LT119511515 LT100004801610 LU15027442 LU10000356 LV40003521600
		MT11679112 NL004495445B01 PL8567346215 PL5260001246 PT501964843 RO18547290 SE556188840401 SI50223054 SK2020317068`) {
		seen[id[:2]] = true
		if !party.VATChecks(id) {
			t.Errorf("%s does not pass", id)
		}
		changed, passed := 0, 0
		for i := 2; i < len(id); i++ {
			if id[i] < '0' || id[i] > '9' {
				continue
			}
			for d := byte('0'); d <= '9'; d++ {
				if d != id[i] {
					changed++
					if party.VATChecks(id[:i] + string(d) + id[i+1:]) {
						passed++
					}
				}
			}
		}
		if passed*5 > changed {
			t.Errorf("%s: %d of %d that differ by a digit pass", id, passed, changed)
		}
	}
	if len(seen) != 27 {
		t.Errorf("ids of %d member states are tried", len(seen))
	}
}

func TestCountriesAndBoxes(t *testing.T) {
	for code, want := range map[string]bool{"NL": true, "US": true, "XX": false, "": false, "nl": false, "N": false, "L A": false} {
		if party.CountryChecks(code) != want {
			t.Errorf("%q", code)
		}
	}
	for street, want := range map[string]bool{"Postbus 12": true, "P.O. Box 3": true, "PO Box 3": true, "Kade 12": false, "Poboxstraat 3": false, "Postfach 10 20": true, "Boîte postale 3": true, "Boxmeerseweg 1": false} {
		if (party.Address{Street: street}).IsBox() != want {
			t.Errorf("%q", street)
		}
	}
	if party.HasPostalCodes("HK") || !party.HasPostalCodes("NL") {
		t.Error("postal codes")
	}
}
