package rates

import (
	"strings"
	"testing"

	"duly/shared/o2c/money"
)

const daily = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<Cube>
		<Cube time='2024-06-27'><Cube currency='USD' rate='1.0696'/></Cube>
		<Cube time='2024-06-28'><Cube currency='USD' rate='1.0705'/><Cube currency='JPY' rate='171.94'/></Cube>
	</Cube>
</gesmes:Envelope>`

func TestRead(t *testing.T) {
	for name, file := range map[string]string{
		"xml":         daily,
		"daily csv":   "Date, USD, JPY, \n28 June 2024, 1.0705, 171.94, \n",
		"history csv": "Date,USD,JPY,CYP,\n2024-06-27,1.0696,N/A,N/A,\n2024-06-28,1.0705,171.94,N/A,\n",
	} {
		sheets, err := Read([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		newest := sheets[0]
		rate, ok := newest.Rate("USD", "EUR")
		if got := rate.In(money.Of(107_050, "USD")); !ok || got != money.Of(100_000, "EUR") || newest.Data().On.String() != "2024-06-28" || rate.Source != Source {
			t.Errorf("%s: %v %s %+v", name, ok, got, rate)
		}
		if cross, ok := newest.Rate("USD", "JPY"); !ok || cross.In(money.Of(10_705, "USD")) != money.Of(17_194, "JPY") {
			t.Errorf("%s: across %+v", name, cross)
		}
		if _, ok := newest.Rate("CYP", "EUR"); ok {
			t.Errorf("%s knows a currency without a rate", name)
		}
	}
}

func TestUnreadableFilesAreRefused(t *testing.T) {
	for _, file := range []string{
		"", "hello", "Date,USD\n", "Date,USD\nyesterday,1.1\n", "Date,USD\n2024-06-28,many\n", "Date,USD\n2024-06-28,-1\n", "Date,XXQ\n2024-06-28,1\n",
		"<Cube", "<!DOCTYPE x [<!ENTITY a 'b'>]><Cube time='2024-06-28'/>", "<Cube time='2024-06-28'></Cube>",
	} {
		if sheets, err := Read([]byte(file)); err == nil {
			t.Errorf("%.40q is read as %v", file, sheets)
		}
	}
}

func TestShipped(t *testing.T) {
	sheets, err := Shipped()
	if err != nil || len(sheets) != 1 || len(sheets[0].Data().Per) != 30 || strings.Count(string(shipped), "\n") != 2 {
		t.Errorf("%v %v", sheets, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(daily))
	f.Add(shipped)
	f.Fuzz(func(t *testing.T, raw []byte) {
		sheets, err := Read(raw)
		if err != nil {
			return
		}
		for _, s := range sheets {
			for currency, per := range s.Data().Per {
				if !per.IsPositive() || !money.Valid(currency) {
					t.Fatalf("%s %s", currency, per)
				}
			}
		}
	})
}
