package chat

import "maps"

// catalogue is what cards, forms and answers say, per language of the team: the same keys with the same placeholders in
// each, which a test checks. A placeholder is a name in braces. "*" and "`" are mrkdwn where the text stands in mrkdwn.
var catalogue = map[string]map[string]string{
	"en": together(
		english,
		englishBank,
		englishCash,
		englishClaim,
		englishCredit,
		englishDelivery,
		englishDispute,
		englishIntake,
		englishLadder,
		englishLedger,
		englishNews, englishNotice,
		englishLearn,
		englishQuote,
		englishRoom,
		englishStock,
		englishTax, englishLaw,
		englishWeb,
	),
	"nl": together(
		dutch,
		dutchBank,
		dutchCash,
		dutchClaim,
		dutchCredit,
		dutchDelivery,
		dutchDispute,
		dutchIntake,
		dutchLadder,
		dutchLedger,
		dutchNews, dutchNotice,
		dutchLearn,
		dutchQuote,
		dutchRoom,
		dutchStock,
		dutchTax, dutchLaw,
		dutchWeb,
	),
	"de": together(
		german,
		germanBank,
		germanCash,
		germanClaim,
		germanCredit,
		germanDelivery,
		germanDispute,
		germanIntake,
		germanLadder,
		germanLedger,
		germanNews, germanNotice,
		germanLearn,
		germanQuote,
		germanRoom,
		germanStock,
		germanTax, germanLaw,
		germanWeb,
	),
	"fr": together(
		french,
		frenchBank,
		frenchCash,
		frenchClaim,
		frenchCredit,
		frenchDelivery,
		frenchDispute,
		frenchIntake,
		frenchLadder,
		frenchLedger,
		frenchNews, frenchNotice,
		frenchLearn,
		frenchQuote,
		frenchRoom,
		frenchStock,
		frenchTax, frenchLaw,
		frenchWeb,
	),
}

// together joins the parts of a language.
func together(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}
