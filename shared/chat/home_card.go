package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// detailMax is how much of what a card says beside its sentence stands on a Home.
const detailMax = 400

// asking is a card that asks a colleague, as their Home shows it: its sentence, what it says first, and those of its
// buttons that the colleague may press. Menus and links stay with the card in the room.
func (v Voice) asking(who o2c.Person, c o2c.Card) []slack.Block {
	m, err := v.Render(c)
	if err != nil {
		return nil // a card of another version: it stands in the room
	}
	said := section(markup(m.Text))
	var detail markup
	var press []slack.Block
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.SectionBlock:
			if b.Accessory != nil && b.Accessory.ButtonElement != nil && pressable(who, b.Accessory.ButtonElement) {
				press = append(press, b)
			}
			if b.Accessory == nil && b.Text != nil && b.Text.Text != m.Text && detail == "" {
				detail = markup(clipEscaped(b.Text.Text, detailMax))
			}
		case *slack.ActionBlock:
			var mine []*slack.ButtonBlockElement
			for _, e := range b.Elements.ElementSet {
				if one, ok := e.(*slack.ButtonBlockElement); ok && pressable(who, one) {
					mine = append(mine, one)
				}
			}
			press = append(press, actions(mine...))
		}
	}
	said.Text = mrkdwn(join("\n", markup(m.Text), detail), sectionMax)
	return blocks(append([]slack.Block{said}, press...)...)
}

// pressable reports whether a button is one that a colleague may press here.
func pressable(who o2c.Person, b *slack.ButtonBlockElement) bool {
	row, known := ActionOf(b.ActionID)
	return known && b.URL == "" && row.May(who.Role, false)
}

// Besides names the kinds of the questions that stand in the room, for the team's pages; "" when there are none.
func (v Voice) Besides(all []o2c.Asking) string {
	kinds := make([]string, len(all))
	for i, a := range all {
		kinds[i] = v.Say("digest.besides.kind", "kind", v.known("asks.", a.Purpose), "n", a.Count)
	}
	return strings.Join(kinds, " · ")
}

// besides says of which kinds the other questions are, and where they are answered.
func (v Voice) besides(kinds markup) slack.Block {
	if kinds == "" {
		return nil
	}
	return section(v.mark("digest.besides.what", "kinds", kinds))
}

// askedBesides counts the questions that stand in the room beside those about credit, and names their kinds.
func (v Voice) askedBesides(all []o2c.Asking) (n int, kinds markup) {
	for _, a := range all {
		n += a.Count
	}
	return n, markup(escape(v.Besides(all)))
}
