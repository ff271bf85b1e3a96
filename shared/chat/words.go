package chat

// catalogue is what cards, forms and answers say, per language of the team: the same keys with the same placeholders in
// each, which a test checks. A placeholder is a name in braces. "*" and "`" are mrkdwn where the text stands in mrkdwn.
var catalogue = map[string]map[string]string{
	"en": english,
	"nl": dutch,
	"de": german,
	"fr": french,
}
