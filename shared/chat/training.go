package chat

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// Direct is the talk with one colleague, in that colleague's language. What belongs to a sandbox is marked as training, and
// its buttons carry which sandbox; it goes to the colleague whatever channel is named.
func (c *Client) Direct(d o2c.Direct) o2c.Chat {
	talk := &Client{api: c.api, voice: c.voice.In(d.Language), wait: c.wait, to: d.User, part: d.Part}
	talk.plainness.Store(c.plainness.Load())
	return talk
}

// render draws a card, with the mark of training where it is one.
func (c *Client) render(card o2c.Card) (Message, error) {
	m, err := c.voice.Render(card)
	if err != nil || c.part == "" {
		return m, err
	}
	m.Text = clipEscaped(c.said(m.Text), messageTextMax)
	m.Blocks = c.voice.marked(m.Blocks, c.part)
	for i := range m.Simpler {
		m.Simpler[i] = c.voice.marked(m.Simpler[i], c.part)
	}
	return m, nil
}

// channel is where a card goes.
func (c *Client) channel(named string) string {
	if c.to != "" {
		return c.to
	}
	return named
}

// said is a sentence, with the mark of training where it is one.
func (c *Client) said(text string) string {
	if c.part == "" || strings.HasPrefix(text, c.voice.Say("training.mark")) {
		return text
	}
	return c.voice.Say("training.mark") + " " + text
}

// marked puts the mark of training before a card's heading and its sandbox into its buttons. A button that leads out of
// Slack has nowhere to lead to.
func (v Voice) marked(all []slack.Block, part string) []slack.Block {
	headed := false
	out := make([]slack.Block, 0, len(all)+1)
	for _, b := range all {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			h := *b
			h.Text = plain("", headerMax)
			if h.Text.Text = b.Text.Text; !strings.HasPrefix(b.Text.Text, v.Say("training.mark")) {
				h.Text.Text = clipEscaped(v.Say("training.mark")+" · "+b.Text.Text, headerMax)
			}
			headed = true
			out = append(out, &h)
		case *slack.ActionBlock:
			if tagged := taggedActions(b, part); tagged != nil {
				out = append(out, tagged)
			}
		case *slack.SectionBlock:
			if b.Accessory != nil && b.Accessory.ButtonElement != nil {
				tagged, section := *b.Accessory.ButtonElement, *b
				tagged.Value = tag(part, tagged.Value)
				section.Accessory = slack.NewAccessory(&tagged)
				b = &section
			}
			out = append(out, b)
		default:
			out = append(out, b)
		}
	}
	if !headed && len(out) > 0 {
		out = append([]slack.Block{notes(v.mark("training.note"))}, out...)
	}
	return out
}

func taggedActions(b *slack.ActionBlock, part string) slack.Block {
	var kept []slack.BlockElement
	for _, e := range b.Elements.ElementSet {
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			if e.URL != "" {
				continue
			}
			tagged := *e
			tagged.Value = tag(part, e.Value)
			kept = append(kept, &tagged)
		case *slack.OverflowBlockElement:
			tagged := *e
			tagged.Options = slices.Clone(e.Options)
			for i, o := range tagged.Options {
				action, value := ofMenu(o.Value)
				entry := *o
				entry.Value = action + menuSep + tag(part, value)
				tagged.Options[i] = &entry
			}
			kept = append(kept, &tagged)
		default:
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return slack.NewActionBlock(b.BlockID, kept...)
}

// tagBegins begins the value of a button of a sandbox, and tagEnds ends the sandbox's name.
const (
	tagBegins = "training:"
	tagEnds   = "!"
)

// tagged is the value of a button of this talk.
func (c *Client) tagged(value string) string {
	if c.part == "" {
		return value
	}
	return tag(c.part, value)
}

func tag(part, value string) string { return tagBegins + part + tagEnds + value }

// untag takes the sandbox off a button's value; "" for the house's own.
func untag(value string) (part, own string) {
	rest, ok := strings.CutPrefix(value, tagBegins)
	if !ok {
		return "", value
	}
	part, own, _ = strings.Cut(rest, tagEnds)
	return part, own
}

// Trained is a form of a sandbox: it says so, and remembers which.
func (v Voice) Trained(m Modal, part string) Modal {
	about := Meta{}
	if m.view.PrivateMetadata != "" && json.Unmarshal([]byte(m.view.PrivateMetadata), &about) == nil {
		about.Training = part
		remembered, err := json.Marshal(about)
		if err != nil {
			panic("chat: " + err.Error()) // strings and an integer always marshal
		}
		m.view.PrivateMetadata = string(remembered)
	}
	m.view.Title = plain(v.Say("training.mark"), modalTitleMax)
	title := section(v.mark("training.form"))
	m.view.Blocks = slack.Blocks{BlockSet: append([]slack.Block{title}, m.view.Blocks.BlockSet...)}
	return m
}

// TrainedAnswer is an answer to a command about a sandbox.
func (v Voice) TrainedAnswer(m Message) Message {
	m.Text = clipEscaped(v.Say("training.mark")+" "+m.Text, messageTextMax)
	m.Blocks = append([]slack.Block{notes(v.mark("training.note"))}, m.Blocks...)
	return m
}
