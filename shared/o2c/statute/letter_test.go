package statute_test

import (
	"slices"
	"strings"
	"testing"

	"duly/shared/o2c/statute"
)

// TestLetterIsHeldToItsWording: every particular of L11, and the day from which
// the fourteen count.
func TestLetterIsHeldToItsWording(t *testing.T) {
	f := statute.LetterFacts{Amount: "€ 121,00", Costs: "€ 48,40", VAT: "€ 8,40"}
	good := `Wij verzoeken u € 121,00 te betalen binnen veertien dagen vanaf de dag nadat deze brief
bij u is bezorgd. Doet u dat niet, dan bent u incassokosten verschuldigd: € 48,40, waarvan € 8,40 btw. Daarna schakelen wij een incassobureau in.`
	if faults := statute.LintLetter("nl", good, f); len(faults) > 0 {
		t.Fatal(faults)
	}
	for fault, letter := range map[string]string{
		statute.FaultAmount:      strings.ReplaceAll(good, "€ 121,00", "het bedrag"),
		statute.FaultCosts:       strings.ReplaceAll(good, "€ 48,40", "het wettelijk bedrag"),
		statute.FaultVAT:         strings.ReplaceAll(good, "€ 8,40", "ook"),
		statute.FaultDays:        strings.ReplaceAll(good, "veertien dagen", "twee weken"),
		statute.FaultReceipt:     strings.ReplaceAll(good, "vanaf de dag nadat", "nadat"),
		statute.FaultConsequence: strings.ReplaceAll(good, "incassobureau", "ander"),
		statute.FaultMisleading:  good + " Betaal dus binnen 14 dagen na dagtekening.",
	} {
		if faults := statute.LintLetter("nl", letter, f); !slices.Contains(faults, fault) {
			t.Errorf("%s: %v", fault, faults)
		}
	}
	if faults := statute.LintLetter("it", good, f); !slices.Equal(faults, []string{statute.FaultLanguage}) {
		t.Error(faults)
	}
}
