package statute

import (
	_ "embed"
	"slices"
	"strings"

	"duly/shared/o2c/lazy"
)

// LetterFacts are what a consumer's letter must say, as the letter spells it
// (article 6:96(6) BW).
type LetterFacts struct {
	Amount string // what is to be paid within the days
	Costs  string // the exact sum that is due afterwards, VAT included where it is added
	VAT    string // of the costs, where the creditor cannot deduct it; "": nothing to say
}

// wording is how one language says what the letter must say.
type wording struct {
	Days        []string `json:"days"`        // fourteen days
	Receipt     []string `json:"receipt"`     // counted from the day after receipt (HR 2016-11-25, ECLI:NL:HR:2016:2704)
	Consequence []string `json:"consequence"` // the costs are due when nothing comes
	Further     []string `json:"further"`     // and what else may follow
	Misleading  []string `json:"misleading"`  // another beginning of the days voids the letter
}

//go:embed letters.json
var letterFile []byte

// wordings are kept whole by a test.
var wordings = lazy.JSON[map[string]wording]("statute: letters.json", letterFile)

// The faults of a letter, each of which costs the creditor the collection costs.
const (
	FaultLanguage    = "language"    // no wording is known to be right in it
	FaultAmount      = "amount"      // the sum to be paid is not named
	FaultCosts       = "costs"       // the exact costs are not named
	FaultVAT         = "vat"         // VAT is added and not named
	FaultDays        = "days"        // no term of fourteen days
	FaultReceipt     = "receipt"     // the days do not begin on the day after receipt
	FaultConsequence = "consequence" // it does not say what happens without payment
	FaultMisleading  = "misleading"  // the days begin on two days, or too early
)

// LintLetter lists what makes a consumer's letter void; nothing is good. It reads
// the letter as it goes out, so that a house's own wording is held to the same.
func LintLetter(language, letter string, f LetterFacts) []string {
	w, ok := wordings()[language]
	if !ok {
		return []string{FaultLanguage}
	}
	said := squeeze(letter)
	has := func(any []string) bool {
		return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(said, squeeze(s)) })
	}
	var faults []string
	for _, check := range []struct {
		fault string
		good  bool
	}{
		{FaultAmount, has([]string{f.Amount})}, {FaultCosts, has([]string{f.Costs})}, {FaultVAT, f.VAT == "" || has([]string{f.VAT})},
		{FaultDays, has(w.Days)}, {FaultReceipt, has(w.Receipt)}, {FaultConsequence, has(w.Consequence) && has(w.Further)}, {FaultMisleading, !has(w.Misleading)},
	} {
		if !check.good {
			faults = append(faults, check.fault)
		}
	}
	return faults
}

// squeeze makes blanks of every kind one blank, and capitals small.
func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
