package statute

import (
	"testing"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
)

func TestRateOf(t *testing.T) {
	for name, tc := range map[string]struct {
		country string
		class   Class
		on      string
		want    string // percent; "" when there is none
	}{
		"standard":                    {"NL", StandardClass, "2026-01-05", "21"},
		"reduced":                     {"NL", ReducedClass, "2026-01-05", "9"},
		"reduced, before it was 9":    {"NL", ReducedClass, "2018-12-31", "6"},
		"the day of a change":         {"EE", StandardClass, "2025-07-01", "24"},
		"the day before":              {"EE", StandardClass, "2025-06-30", "22"},
		"a broken rate":               {"FR", ReducedClass, "2026-01-05", "5.5"},
		"zero":                        {"NL", ZeroClass, "2026-01-05", "0"},
		"exempt":                      {"XX", ExemptClass, "2026-01-05", "0"},
		"a class the country has not": {"NL", SuperReducedClass, "2026-01-05", ""},
		"a country outside":           {"US", StandardClass, "2026-01-05", ""},
		"before the table begins":     {"NL", StandardClass, "1960-01-01", ""},
	} {
		t.Run(name, func(t *testing.T) {
			on, err := calendar.Parse(tc.on)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := RateOf(tc.country, tc.class, on)
			if ok != (tc.want != "") || ok && !got.Percent.Equal(decimal.RequireFromString(tc.want)) {
				t.Errorf("got %s (%v), want %q", got.Percent, ok, tc.want)
			}
			if ok && (got.Category == Standard) != got.Percent.IsPositive() {
				t.Errorf("category %s with %s percent", got.Category, got.Percent)
			}
		})
	}
}

// TestRateTable: every member state has one standard rate, every row a class
// that is known, and no two begin on one day.
func TestRateTable(t *testing.T) {
	seen, standard := map[string]bool{}, map[string]bool{}
	for _, r := range rates().Rates {
		key := r.Country + " " + string(r.Class) + " " + r.From.String()
		if seen[key] || !r.Percent.IsPositive() || r.Percent.GreaterThan(decimal.NewFromInt(27)) {
			t.Errorf("row %s, %s percent", key, r.Percent)
		}
		seen[key] = true
		standard[r.Country] = standard[r.Country] || r.Class == StandardClass
	}
	if len(standard) != 27 {
		t.Errorf("%d countries", len(standard))
	}
	for country, ok := range standard {
		if !ok || !InUnion(country) {
			t.Errorf("%s has no standard rate", country)
		}
	}
}
