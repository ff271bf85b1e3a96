package chat

import "github.com/slack-go/slack"

// The builders take plain text as string and mrkdwn as markup, escape what is not escaped yet and cut to the limits.

func plain(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, clipEscaped(escape(s), most), false, false)
}

// mrkdwn is verbatim: Slack makes no link of a URL and no mention of an @name that a foreign text contains.
func mrkdwn(m markup, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, clipEscaped(string(m), most), false, true)
}

func header(s string) slack.Block { return slack.NewHeaderBlock(plain(s, headerMax)) }

func section(m markup) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(m, sectionMax), nil, nil)
}

// some is a section, or nothing when there is nothing to say.
func some(m markup) slack.Block {
	if m == "" {
		return nil
	}
	return section(m)
}

// fields are facts in two columns; empty ones are left out.
func fields(facts ...markup) slack.Block {
	var texts []*slack.TextBlockObject
	for _, f := range facts {
		if f != "" && len(texts) < fieldsMax {
			texts = append(texts, mrkdwn(f, fieldMax))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return slack.NewSectionBlock(nil, texts, nil)
}

// notes are small print; empty ones are left out.
func notes(texts ...markup) slack.Block {
	var elements []slack.MixedElement
	for _, t := range texts {
		if t != "" && len(elements) < contextMax {
			elements = append(elements, mrkdwn(t, sectionMax))
		}
	}
	if len(elements) == 0 {
		return nil
	}
	return slack.NewContextBlock("", elements...)
}

// chart is a drawing in text with its figures below in two columns.
func chart(drawing markup, facts ...markup) slack.Block {
	b := fields(facts...).(*slack.SectionBlock)
	b.Text = mrkdwn(drawing, sectionMax)
	return b
}

// row is buttons and menus beside one another.
func row(elements ...slack.BlockElement) slack.Block { return slack.NewActionBlock("", elements...) }

func actions(buttons ...*slack.ButtonBlockElement) slack.Block {
	var elements []slack.BlockElement
	for _, b := range buttons {
		if b != nil {
			elements = append(elements, b)
		}
	}
	if len(elements) == 0 {
		return nil
	}
	return slack.NewActionBlock("", elements...)
}

// button carries an opaque reference, never a figure: amounts are read again when it is pressed (row 29).
func button(action, label, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, plain(label, buttonMax))
}

func primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	return b.WithStyle(slack.StylePrimary)
}

func confirmed(b *slack.ButtonBlockElement, title, text, yes, no string) *slack.ButtonBlockElement {
	return b.WithConfirm(slack.NewConfirmationBlockObject(plain(title, confirmTitleMax), plain(text, confirmTextMax), plain(yes, confirmLabelMax), plain(no, confirmLabelMax)))
}

// blocks leaves out what there was nothing to say in.
func blocks(all ...slack.Block) []slack.Block {
	var some []slack.Block
	for _, b := range all {
		if b != nil {
			some = append(some, b)
		}
	}
	return some
}
