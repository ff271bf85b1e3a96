package chat

import (
	"testing"

	"duly/shared/o2c/calendar"
)

// TestReadDay: days as people write them, in four languages; Monday 30 November 2026 is today.
func TestReadDay(t *testing.T) {
	today, err := calendar.Parse("2026-11-30")
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"12 dec": "2026-12-12", "12 December": "2026-12-12", "12. dezember": "2026-12-12", "12 déc": "2026-12-12", "12 décembre 2027": "2027-12-12",
		"12-12": "2026-12-12", "12/12/2026": "2026-12-12", "12.12.26": "2026-12-12", "2026-12-12": "2026-12-12", "3 jan": "2027-01-03", "1st of march": "", "1st march": "2027-03-01",
		"1er mars": "2027-03-01", "tomorrow": "2026-12-01", "morgen": "2026-12-01", "demain": "2026-12-01", "friday": "2026-12-04", "vrijdag": "2026-12-04",
		"fri": "2026-12-04", "monday": "2026-12-07", "3d": "2026-12-03", "+2w": "2026-12-14", "10 days": "2026-12-10", "5 juni": "2027-06-05", "5 juillet": "2027-07-05",
		"5 juil": "2027-07-05", "5 jui": "", "30 nov": "2026-11-30", "31 feb": "", "12/25/2026": "", "0 dec": "", "dec": "", "": "", "400d": "", "next year": "", "-3d": "",
	} {
		got, ok := ReadDay(said, today)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: got %v %v, want %q", said, got, ok, want)
		}
	}
	for said, want := range map[string]string{"2026-01": "2026-01-01", "january": "2026-01-01", "dec": "2025-12-01", "november": "2026-11-01", "mai 2025": "2025-05-01", "soon": "", "": ""} {
		got, ok := ReadMonth(said, today)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("month %q: got %v %v, want %q", said, got, ok, want)
		}
	}
}
