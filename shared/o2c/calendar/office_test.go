package calendar

import (
	"testing"
	"time"
)

func TestOfficeHours(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	office := Office{Days: Netherlands(), From: 9, To: 17}
	for _, tc := range []struct {
		name, from string
		hours      int
		want       string
	}{
		{"in the morning", "2026-01-05T10:00", 4, "2026-01-05T14:00"},
		{"over the night", "2026-01-05T15:00", 4, "2026-01-06T11:00"},
		{"to the minute of closing", "2026-01-05T13:00", 4, "2026-01-05T17:00"},
		{"asked at night", "2026-01-05T22:30", 4, "2026-01-06T13:00"},
		{"asked before opening", "2026-01-05T06:00", 1, "2026-01-05T10:00"},
		{"over the weekend", "2026-01-09T16:00", 4, "2026-01-12T12:00"},
		{"over Easter", "2026-04-04T11:00", 8, "2026-04-07T17:00"},
		{"a week of work", "2026-01-05T09:00", 40, "2026-01-09T17:00"},
		{"the clocks go forward", "2026-03-27T16:00", 2, "2026-03-30T10:00"},
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04", tc.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := office.After(at, tc.hours, zone).Format("2006-01-02T15:04"); got != tc.want {
			t.Errorf("%s: %d h after %s is %s, want %s", tc.name, tc.hours, tc.from, got, tc.want)
		}
	}
}
