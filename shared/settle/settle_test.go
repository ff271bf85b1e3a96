package settle

import (
	"os"
	"strings"
	"testing"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

func eur(cents int64) money.Amount { return money.Of(cents, "EUR") }

// TestEveryGatewaysFile: the same sale of 242.00, of which 42.00 was given back,
// as each gateway tells it.
func TestEveryGatewaysFile(t *testing.T) {
	for gateway, want := range map[string]struct {
		id              string
		fees, net, kept int64
		waiting         int
	}{
		"shopify_payments": {id: "123456789", fees: 411, net: 19_589, waiting: 1},
		"mollie":           {id: "1234567.2601.01", fees: 35, net: 19_965},
		"paypal":           {id: "9WD00001", fees: 858, net: 19_000, kept: 142, waiting: 1},
		"klarna":           {id: "KLA2601070001", fees: 759, net: 19_241},
		"adyen":            {id: "12", fees: 154, net: 19_846},
	} {
		raw, err := os.ReadFile("testdata/" + gateway + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string]string{"as it is": string(raw), "saved by a spreadsheet": "\ufeff" + strings.ReplaceAll(string(raw), "\n", "\r\n")} {
			f, err := Read([]byte(raw))
			if err != nil || f.Gateway != gateway || len(f.Payouts) != 1 || f.Waiting != want.waiting {
				t.Errorf("%s %s: %+v, %v", gateway, name, f, err)
				continue
			}
			p := f.Payouts[0]
			if p.ID != want.id || p.Charges != eur(24_200) || p.Refunds != eur(4_200) || p.Fees != eur(want.fees) || p.Net != eur(want.net) || p.KeptBack.Minor != want.kept {
				t.Errorf("%s %s: %+v", gateway, name, p)
			}
			if d := cash.NewPayout(cash.PayoutData{Charges: p.Charges, Fees: p.Fees, Refunds: p.Refunds, Disputes: p.Disputes, Adjustments: p.Adjustments, KeptBack: p.KeptBack, Net: p.Net}).Data(); d.Problem != "" {
				t.Errorf("%s: %s", gateway, d.Problem)
			}
			for _, m := range p.Parts {
				if m.Kind == cash.MovementCharge && m.Order != "SO-1" {
					t.Errorf("%s: charge of order %q", gateway, m.Order)
				}
			}
		}
	}
}

// TestABrokenFileIsRefusedWhole: nothing is guessed about money.
func TestABrokenFileIsRefusedWhole(t *testing.T) {
	good, err := os.ReadFile("testdata/mollie.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"nothing": "", "prose": "Dear customer,\nhere is your money", "no amount": strings.Replace(string(good), "EUR,242.00,1234567", "EUR,lots.of,1234567", 1),
		"no currency": strings.Replace(string(good), "INGBNL2A,EUR", "INGBNL2A,EURO", 1), "three decimals": strings.Replace(string(good), "EUR,242.00,1234567", "EUR,242.005,1234567", 1),
		"two currencies": strings.Replace(string(good), ",,,EUR,-42.00", ",,,USD,-42.00", 1),
	} {
		f, err := Read([]byte(raw))
		if !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestAmountsAsGatewaysWriteThem(t *testing.T) {
	for s, want := range map[string]int64{"242.00": 24_200, "-42,00": -4_200, "$1,240.50": 124_050, "1.240,50": 124_050, "1 240,5": 124_050, "1,240": 124_000, "": 0, "−3.10": -310, "0.35 €": 35, "(5.00)": -500} {
		if a, err := parse(s, "EUR"); err != nil || a != eur(want) {
			t.Errorf("%q is %s, %v", s, a, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, p := range Profiles() {
		raw, err := os.ReadFile("testdata/" + p.Gateway + ".csv")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Read(raw)
		if err != nil {
			return
		}
		for _, p := range file.Payouts {
			if money.Same(p.Net, p.Charges, p.Fees) != nil {
				t.Fatalf("%+v", p)
			}
		}
	})
}
