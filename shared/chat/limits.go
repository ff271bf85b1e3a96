package chat

import (
	"strings"
	"unicode/utf8"
)

// The limits of Block Kit, read at specification 1.0.1 (docs.slack.dev/reference/block-kit). Lengths count Unicode code
// points, as Slack does, of the text as it is sent, escapes included. The builders of blocks.go cut to them, so that no
// card can be refused for its form; where Slack's own pages disagree the smaller figure stands here.
const (
	cardBlocksMax = 8 // ours, not Slack's (50): what needs more belongs in a thread
	viewBlocksMax = 100

	headerMax       = 150
	sectionMax      = 3000
	fieldMax        = 2000
	fieldsMax       = 10
	contextMax      = 10
	actionsMax      = 25
	buttonMax       = 75
	valueMax        = 2000
	urlMax          = 3000
	confirmTitleMax = 100
	confirmTextMax  = 300
	confirmLabelMax = 30

	optionsMax     = 100
	optionTextMax  = 75
	optionValueMax = 150

	modalTitleMax  = 24 // of the submit and close buttons as well
	metadataMax    = 3000
	inputLabelMax  = 2000
	placeholderMax = 150
	idMax          = 255

	messageTextMax = 3000 // ours, not Slack's (40,000): a notification is a sentence
)

// How much of something foreign a card shows. The figure beside a name must stay readable, so it is the name that gives.
const (
	nameMax   = 60
	noteMax   = 300
	numberMax = 30
	listMax   = 10 // lines of a list, then "… 12 more"
)

const ellipsis = "…"

// clip cuts plain text to so many code points.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := []rune(s)[:most-1]
	return strings.TrimRight(string(cut), " ") + ellipsis
}

// clipEscaped cuts text that is escaped already and leaves no half of an entity behind.
func clipEscaped(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most-1])
	if amp := strings.LastIndexByte(cut, '&'); amp >= 0 && !strings.Contains(cut[amp:], ";") {
		cut = cut[:amp]
	}
	return strings.TrimRight(cut, " ") + ellipsis
}
