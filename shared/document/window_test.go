package document

import (
	"testing"

	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
)

// field is where an envelope's window shows paper, in millimetres from the upper
// left corner of the sheet.
type field struct{ left, top, right, bottom float64 }

// TestAddressesShowThroughTheWindow: six lines, with room for what stands above
// and below a base line, stay inside the window's field.
func TestAddressesShowThroughTheWindow(t *testing.T) {
	const rise, fall = 2.6, 0.8 // of ten points
	for name, tt := range map[string]struct {
		look    o2c.Look
		country string
		address field
	}{
		"DIN 5008 form B":            {o2c.Look{}, "NL", field{20, 62.7, 105, 90}},
		"DIN 5008 form B in Germany": {o2c.Look{}, "DE", field{20, 62.7, 105, 90}},
		"France":                     {o2c.Look{}, "FR", field{110, 55, 195, 88}},
		"a Dutch house with its window at the right": {o2c.Look{Window: o2c.WindowRight}, "NL", field{110, 55, 195, 88}},
		"a French one with its window at the left":   {o2c.Look{Window: o2c.WindowLeft}, "FR", field{20, 62.7, 105, 90}},
	} {
		w := windowOf(tt.look, tt.country)
		if w.left < tt.address.left || w.left+w.width > tt.address.right || w.first-rise < tt.address.top || w.first+5*w.step+fall > tt.address.bottom {
			t.Errorf("%s: %+v is not inside %+v", name, w, tt.address)
		}
		if w.sender > 0 && (w.sender < 45+rise || w.sender+1.1 > tt.address.top) {
			t.Errorf("%s: the sender's line at %.1f", name, w.sender)
		}
		if overlap := w.left < w.factsRight && w.factsLeft < w.left+w.width; overlap {
			t.Errorf("%s: the facts stand on the address: %+v", name, w)
		}
	}
}

// TestPapersCarryTheLogo: the picture is in the file, in the room that is for it,
// and the seller's name is there all the same.
func TestPapersCarryTheLogo(t *testing.T) {
	p, err := dulyfile.Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	with, err := Papers{Look: p.Look}.InvoicePDF(overall("nl"), sampleLink)
	if err != nil {
		t.Fatal(err)
	}
	without, err := Papers{}.InvoicePDF(overall("nl"), sampleLink)
	if err != nil {
		t.Fatal(err)
	}
	if more := len(with) - len(without); more < len(p.Look.Logo)/2 || more > len(p.Look.Logo)+4_000 {
		t.Errorf("the logo of %d bytes makes the file %d bytes larger", len(p.Look.Logo), more)
	}
	if w, h := fit(500, 156, logoWide, logoHigh); w > logoWide || h > logoHigh || logoTop+h > 45 {
		t.Errorf("%.1f × %.1f mm", w, h)
	}
}
