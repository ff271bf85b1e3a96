package dulyfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/boot/config"
)

// TestPackedSaysTheSame as the file, mistakes and their places too.
func TestPackedSaysTheSame(t *testing.T) {
	raw := bytes.Replace(config.Demo(), []byte("dunning:\n"), []byte("  rules:\n    - code: late\n      when: |\n        days_late > 5 and\n        'a\\n' == country\n      then: maybe\n      say: \"C:\\\\new\"\ndunning:\n"), 1)
	root, err := parse("mine.yaml", raw)
	if err != nil {
		t.Fatal(err)
	}
	back, err := config.Unpack(config.Pack(root))
	if err != nil || !cmp.Equal(root, back) {
		t.Fatalf("%v\n%s", err, cmp.Diff(root, back))
	}
	_, want := LoadFile("mine.yaml", raw)
	_, got := config.Make("mine.yaml", back, nil)
	if want == nil || got == nil || got.Error() != want.Error() {
		t.Errorf("packed: %v\nwritten: %v", got, want)
	}
	if _, err := Packed(raw); err == nil || err.Error() == "" {
		t.Error("a wrong file was packed")
	}
}

func TestADamagedPackIsRefused(t *testing.T) {
	packed, err := Packed(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 1, 10, 25, len(packed) / 2, len(packed) - 1} {
		if _, err := config.Unpack(packed[:cut]); err == nil || !strings.Contains(err.Error(), "deploy again") {
			t.Errorf("cut after %d bytes: %v", cut, err)
		}
	}
	for _, wrong := range []string{"version: 2026", string(packed) + "p 1 1 0 0 more\n", strings.Replace(string(packed), "s 1", "s x", 1)} {
		if _, err := config.Unpack([]byte(wrong)); err == nil {
			t.Errorf("%.40q was read", wrong)
		}
	}
}

// TestWhatIsOfAnotherKind than its key wants, or stands twice, has its place and its
// way out.
func TestWhatIsOfAnotherKind(t *testing.T) {
	for change, want := range map[string]string{
		"stock: [strict]":                                 "stock is a list; write a text",
		"channels: none":                                  `channels is "none"; write keys with their values`,
		"people: { id: U1 }":                              "people is a section; write a list",
		"room: { weekly_charts: maybe }":                  `room.weekly_charts is "maybe"; write true or false`,
		"room: { weekly_charts: \"yes\" }":                `room.weekly_charts is "yes"; write true or false`,
		"numbers: { invoice: { start: { year: soon } } }": `numbers.invoice.start.year is "soon"; write a whole number`,
		"terms: { default_days: [1] }":                    "terms.default_days is a list; write one value",
		"stock: free\nstock: strict":                      "stock stands twice; the first is on line 1",
		"channels: { digest: C1, digest: C2 }":            "channels.digest stands twice",
		"stock: free\n  more: 1":                          "mine.yaml:2:3: ",
	} {
		_, err := LoadFile("mine.yaml", []byte(change))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q is not in\n%v", change, want, err)
		}
	}
}
