package party

import "testing"

// TestLeitwegID: the samples of KoSIT's specification and of public bodies, and
// the same with a digit wrong.
func TestLeitwegID(t *testing.T) {
	for reference, want := range map[string][2]bool{ // has the form, passes its check
		"04011000-1234512345-06": {true, true},
		"991-03730-19":           {true, true},
		"992-90009-96":           {true, true},
		"09564000-NUE0001-49":    {true, true},
		"09564000-nue0001-49":    {true, true},
		"04011000-1234512345-07": {true, false},
		"04011000-1234512435-06": {true, false},
		"17011000-1234512345-06": {false, false}, // no such state
		"2026-17":                {false, false},
		"Referat 4":              {false, false},
		"04011000--06":           {false, false},
		"":                       {false, false},
	} {
		if got := [2]bool{IsLeitwegID(reference), LeitwegChecks(reference)}; got != want {
			t.Errorf("%q is %v, want %v", reference, got, want)
		}
	}
	if scheme, to := ElectronicAddress("DE", "", "991-03730-19", "DE136695976", "a@b.example"); scheme != "0204" || to != "991-03730-19" {
		t.Error(scheme, to)
	}
	if scheme, _ := ElectronicAddress("DE", "", "Referat 4", "DE136695976", "a@b.example"); scheme != "9930" {
		t.Error(scheme)
	}
}
