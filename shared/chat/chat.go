// Package chat owns the team's room in Slack: how cards, modals and the Home look in the team's language and within
// Slack's limits, what a button may be called and who may press it, and what Slack's messages mean. It is the only place
// that knows Slack. It does not own what a press does (handler/slack), when a card is posted (o2c) or who is who (policy).
package chat

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// Client posts to one workspace. It implements o2c.Chat.
type Client struct {
	api   *slack.Client
	voice Voice
	wait  func(ctx context.Context, d time.Duration) error

	to   string // whom everything goes to; "": the channel that is named
	part string // of the sandbox that the cards belong to; "": they are real

	plainness atomic.Int32 // how simple a form this workspace has taken at the most elaborate
}

// Access is how a workspace is reached.
type Access struct {
	Token  string
	APIURL string // "": Slack's own
	HTTP   *http.Client
	// Wait lets a moment pass when Slack asks for one before the next message; nil: nobody waits, and the message is tried
	// again later.
	Wait func(ctx context.Context, d time.Duration) error
}

// How long and how often a message waits for its turn: Slack takes about one a second and channel
// (docs.slack.dev/apis/web-api/rate-limits).
const (
	turnMax  = 3 * time.Second
	turnsMax = 3
)

// Connect makes a client; it calls nobody yet.
func Connect(a Access, voice Voice) *Client {
	var options []slack.Option
	if a.APIURL != "" {
		options = append(options, slack.OptionAPIURL(a.APIURL))
	}
	if a.HTTP != nil {
		options = append(options, slack.OptionHTTPClient(a.HTTP))
	}
	return &Client{api: slack.New(a.Token, options...), voice: voice, wait: a.Wait}
}

var _ o2c.Chat = (*Client)(nil)

// Post puts a card into a channel.
func (c *Client) Post(ctx context.Context, channel string, card o2c.Card) (o2c.Place, error) {
	m, err := c.render(card)
	if err != nil {
		return o2c.Place{}, err
	}
	var at o2c.Place
	err = c.orPlain(ctx, m, func(content slack.MsgOption) error {
		var err error
		at.Channel, at.TS, err = c.api.PostMessageContext(ctx, c.channel(channel), content, quiet())
		return err
	})
	return at, failure("post a card", err)
}

// Update redraws a card. A card that somebody deleted is fault.NotFound: whether to post it again is not decided here.
func (c *Client) Update(ctx context.Context, at o2c.Place, card o2c.Card) error {
	m, err := c.render(card)
	if err != nil {
		return err
	}
	err = c.orPlain(ctx, m, func(content slack.MsgOption) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, at.Channel, at.TS, content)
		return err
	})
	return failure("redraw a card", err)
}

// Permalink is the address of a message, as Slack gives it (docs.slack.dev/reference/methods/chat.getPermalink). A message
// that somebody deleted is fault.NotFound.
func (c *Client) Permalink(ctx context.Context, at o2c.Place) (string, error) {
	address, err := c.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: at.Channel, Ts: at.TS})
	return address, failure("find a message", err)
}

// Thread puts a card into another one's thread; its mentions call people.
func (c *Client) Thread(ctx context.Context, at o2c.Place, card o2c.Card) (o2c.Place, error) {
	m, err := c.render(card)
	if err != nil {
		return o2c.Place{}, err
	}
	below := o2c.Place{Thread: cmp.Or(at.Thread, at.TS)} // a thread has no threads
	err = c.orPlain(ctx, m, func(content slack.MsgOption) error {
		var err error
		below.Channel, below.TS, err = c.api.PostMessageContext(ctx, at.Channel, content, slack.MsgOptionTS(below.Thread), quiet())
		return err
	})
	return below, failure("write into a thread", err)
}

// Unfold shows a card below a message that has a link of ours (docs.slack.dev/reference/methods/chat.unfurl).
func (c *Client) Unfold(ctx context.Context, at o2c.Place, url string, card o2c.Card) error {
	m, err := c.render(card)
	if err != nil {
		return err
	}
	shown := map[string]slack.Attachment{url: {Fallback: m.Text, Blocks: slack.Blocks{BlockSet: m.Blocks}}}
	_, _, _, err = c.api.UnfurlMessageContext(ctx, at.Channel, at.TS, shown)
	return failure("show a link", err)
}

// Whisper says a sentence that one person alone sees, with buttons where there is something to do instead; without a
// channel, in the talk between the person and the app.
func (c *Client) Whisper(ctx context.Context, channel, user, text string, offers ...o2c.Offer) error {
	text = c.said(text)
	content := sentence(text)
	if len(offers) > 0 {
		said := section(markup(escape(clean(text))))
		buttons := make([]*slack.ButtonBlockElement, len(offers))
		for i, o := range offers {
			buttons[i] = button(o.Action, c.voice.Say("button."+o.Action[strings.LastIndexByte(o.Action, '.')+1:]), c.tagged(o.Value))
		}
		content = slack.MsgOptionCompose(content, slack.MsgOptionBlocks(said, actions(buttons...)))
	}
	if channel == "" { // pressed in a Home: in the talk between the person and the app
		_, _, err := c.api.PostMessageContext(ctx, user, content, quiet())
		return failure("answer "+user, err)
	}
	_, err := c.api.PostEphemeralContext(ctx, channel, user, content)
	return failure("answer "+user, err)
}

func sentence(text string) slack.MsgOption {
	return slack.MsgOptionText(clipEscaped(escape(clean(text)), messageTextMax), false)
}

// quiet keeps Slack from unfolding a link that a foreign text contains.
func quiet() slack.MsgOption {
	return slack.MsgOptionCompose(slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
}

// orPlain sends the card, and if Slack refuses its form a simpler one, in the end the sentence alone: people are told even
// when Slack changed its mind about a block. What a workspace refused once is not tried there again.
func (c *Client) orPlain(ctx context.Context, m Message, send func(slack.MsgOption) error) error {
	text := slack.MsgOptionText(m.Text, false)
	forms := append([][]slack.Block{m.Blocks}, m.Simpler...)
	known := min(int(c.plainness.Load()), len(forms)-1)
	for i := known; i < len(forms); i++ {
		err := c.inTurn(ctx, func() error { return send(slack.MsgOptionCompose(text, slack.MsgOptionBlocks(forms[i]...))) })
		if code := codeOf(err); code != "invalid_blocks" && code != "invalid_blocks_format" {
			if err == nil && i > known {
				c.plainness.Store(int32(i))
			}
			return err
		}
	}
	return send(text)
}

// inTurn sends a message when Slack takes it: one that is asked to wait a moment waits, so that a storm of alerts comes
// through at the pace that Slack allows.
func (c *Client) inTurn(ctx context.Context, send func() error) error {
	err := send()
	for range turnsMax {
		var limited *slack.RateLimitedError
		if c.wait == nil || !errors.As(err, &limited) || limited.RetryAfter > turnMax {
			return err
		}
		if gone := c.wait(ctx, limited.RetryAfter); gone != nil {
			return gone
		}
		err = send()
	}
	return err
}

// viewTimeMax bounds a call inside a colleague's own request, which Slack gives up after 3 s (design §4.2).
const viewTimeMax = 2 * time.Second

// Open shows a modal to whoever pressed; the trigger is good for 3 s.
func (c *Client) Open(ctx context.Context, triggerID string, m Modal) error {
	ctx, cancel := context.WithTimeout(ctx, viewTimeMax)
	defer cancel()
	_, err := c.api.OpenViewContext(ctx, triggerID, m.view)
	return failure("open a form", err)
}

// Publish shows a Home to its owner.
func (c *Client) Publish(ctx context.Context, user string, h Home) error {
	ctx, cancel := context.WithTimeout(ctx, viewTimeMax)
	defer cancel()
	_, err := c.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: h.view})
	return failure("show the Home", err)
}
