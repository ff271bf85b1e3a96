package credit

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestConditions(t *testing.T) {
	at := time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC)
	p := decimal.RequireFromString
	for name, tc := range map[string]struct {
		c       Conditions
		limited bool
		pointer string
	}{
		"nothing":                 {Conditions{}, true, ""},
		"shorter terms":           {Conditions{TermsDays: 14}, true, ""},
		"terms beyond the law":    {Conditions{TermsDays: 61}, true, "/conditions/terms"},
		"a deposit":               {Conditions{DepositPercent: p("12.25"), TermsDays: 8}, true, ""},
		"a deposit of everything": {Conditions{DepositPercent: p("100")}, true, "/conditions/deposit_percent"},
		"less than nothing":       {Conditions{DepositPercent: p("-1")}, true, "/conditions/deposit_percent"},
		"a third of a cent":       {Conditions{DepositPercent: p("33.333")}, true, "/conditions/deposit_percent"},
		"two answers":             {Conditions{PrepayAll: true, PartAmount: eur(10)}, true, "/conditions"},
		"a part":                  {Conditions{PartAmount: eur(60)}, true, ""},
		"a part that is all":      {Conditions{PartAmount: eur(100)}, true, "/conditions/part_amount"},
		"a higher limit":          {Conditions{RaiseLimitTo: eur(500)}, true, ""},
		"a lower limit":           {Conditions{RaiseLimitTo: eur(50)}, true, "/conditions/raise_limit_to"},
		"no limit to raise":       {Conditions{RaiseLimitTo: eur(500)}, false, "/conditions/raise_limit_to"},
		"expired already":         {Conditions{Expires: at}, true, "/conditions/expires"},
	} {
		max := limit(80)
		if !tc.limited {
			max = nil
		}
		pointer, err := tc.c.Check(eur(100), max, at)
		if pointer != tc.pointer || (err == nil) != (tc.pointer == "") {
			t.Errorf("%s: %q %v, want %q", name, pointer, err, tc.pointer)
		}
	}
}

func TestConditionsReadBackAsTheyWere(t *testing.T) {
	for _, c := range []Conditions{
		{}, {TermsDays: 14, DepositPercent: decimal.RequireFromString("30")}, {PrepayAll: true},
		{PartAmount: eur(60), Expires: time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)}, {RaiseLimitTo: eur(500)},
	} {
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Conditions
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, back); diff != "" {
			t.Errorf("%s:\n%s", raw, diff)
		}
		if c.IsZero() != (string(raw) == "{}") {
			t.Errorf("nothing is written as %s", raw)
		}
	}
}

func TestUpfrontAndPart(t *testing.T) {
	total := eur(1000)
	for _, tc := range []struct {
		c             Conditions
		upfront, part int64
	}{
		{Conditions{}, 0, 1000}, {Conditions{PrepayAll: true}, 1000, 1000},
		{Conditions{DepositPercent: decimal.RequireFromString("30")}, 300, 1000}, {Conditions{PartAmount: eur(400)}, 0, 400},
	} {
		if got, part := tc.c.Upfront(total), tc.c.Part(total); got != eur(tc.upfront) || part != eur(tc.part) {
			t.Errorf("%+v: %s up front, %s may leave", tc.c, got, part)
		}
	}
}
