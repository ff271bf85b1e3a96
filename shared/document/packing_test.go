package document

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

func slip(language string, lines int) o2c.PackingSlipView {
	v := o2c.PackingSlipView{
		Seller: seller(), Language: language, Customer: "Bakkerij Vos B.V.", Number: "SO-1042", PONumber: "VOS-2026-017", Parcel: 1, On: calendar.Date{Year: 2026, Month: 11, Day: 4},
		ShipTo: party.Address{Street: "Dorpsstraat 7", PostalCode: "1234 CD", City: "Heeze", Country: "NL"}, Carrier: "PostNL", Tracking: "3SVOOR123456789", Note: "Graag achterom bezorgen.",
		Lines: []o2c.PackingLine{
			{SKU: "MIX-25", Name: "Brood & banket: croissant-mix “Été” – 25 kg", Quantity: 5, Ordered: 8, ToCome: 3},
			{SKU: "SCALE-30", Name: "Weegschaal 30 kg, geijkt", Quantity: 2, Ordered: 2},
		},
	}
	for i := len(v.Lines); i < lines; i++ {
		v.Lines = append(v.Lines, v.Lines[i%2])
	}
	return v
}

// TestPackingSlip renders the same bytes for the same parcel, over as many pages
// as it needs; with DULY_LOOK set it leaves them there, to be looked at.
func TestPackingSlip(t *testing.T) {
	for _, lang := range text.Languages() {
		for _, lines := range []int{2, 60} {
			one, err := Papers{}.PackingSlip(slip(lang, lines))
			if err != nil {
				t.Fatal(err)
			}
			two, err := Papers{}.PackingSlip(slip(lang, lines))
			if err != nil || !bytes.Equal(one, two) || !bytes.HasPrefix(one, []byte("%PDF-")) {
				t.Errorf("%s, %d lines: %d and %d bytes, %v", lang, lines, len(one), len(two), err)
			}
			if dir := os.Getenv("DULY_LOOK"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "slip-"+lang+"-"+string(rune('0'+lines/10))+".pdf"), one, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
