package chat

import "sync"

// catalogue is what cards, forms and answers say, per language of the team: the same keys with the same placeholders in
// each, which a test checks. A placeholder is a name in braces. "*" and "`" are mrkdwn where the text stands in mrkdwn.
//
// The words lie in lists, which the linker lays out, and become a map when their language is first spoken: four maps of all
// of them took a millisecond of every start.
var catalogue = map[string]func() map[string]string{
	"en": together(
		english,
		englishBank,
		englishCash, englishCause,
		englishClaim,
		englishCollect,
		englishCredit,
		englishDelivery,
		englishDispute,
		englishIntake,
		englishLadder,
		englishLedger,
		englishNews, englishNotice,
		englishLearn,
		englishMorning,
		englishQuote,
		englishRoom,
		englishStock,
		englishTax, englishLaw,
		englishWeb,
		englishWhy,
	),
	"nl": together(
		dutch,
		dutchBank,
		dutchCash, dutchCause,
		dutchClaim,
		dutchCollect,
		dutchCredit,
		dutchDelivery,
		dutchDispute,
		dutchIntake,
		dutchLadder,
		dutchLedger,
		dutchNews, dutchNotice,
		dutchLearn,
		dutchMorning,
		dutchQuote,
		dutchRoom,
		dutchStock,
		dutchTax, dutchLaw,
		dutchWeb,
		dutchWhy,
	),
	"de": together(
		german,
		germanBank,
		germanCash, germanCause,
		germanClaim,
		germanCollect,
		germanCredit,
		germanDelivery,
		germanDispute,
		germanIntake,
		germanLadder,
		germanLedger,
		germanNews, germanNotice,
		germanLearn,
		germanMorning,
		germanQuote,
		germanRoom,
		germanStock,
		germanTax, germanLaw,
		germanWeb,
		germanWhy,
	),
	"fr": together(
		french,
		frenchBank,
		frenchCash, frenchCause,
		frenchClaim,
		frenchCollect,
		frenchCredit,
		frenchDelivery,
		frenchDispute,
		frenchIntake,
		frenchLadder,
		frenchLedger,
		frenchNews, frenchNotice,
		frenchLearn,
		frenchMorning,
		frenchQuote,
		frenchRoom,
		frenchStock,
		frenchTax, frenchLaw,
		frenchWeb,
		frenchWhy,
	),
}

// word is one text and where it is said.
type word struct{ key, said string }

// together joins the parts of a language.
func together(parts ...[]word) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		all := map[string]string{}
		for _, part := range parts {
			for _, w := range part {
				all[w.key] = w.said
			}
		}
		return all
	})
}
