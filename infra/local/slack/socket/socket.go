// Package socket owns the way between a real Slack workspace and this machine without a public address: Socket Mode
// (docs.slack.dev/apis/events-api/using-socket-mode). Its client turns each envelope into the request that Slack would
// post, signed with our own secret, and the answer into the acknowledgement; so the function behind Slack is the same.
// Its server is Slack's side, for tests. No function in AWS links it.
package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"duly/shared/o2c/fault"
)

// The kinds of envelopes, and where Slack would post each.
const (
	kindEvent   = "events_api"
	kindAction  = "interactive"
	kindCommand = "slash_commands"
)

var pathOf = map[string]string{kindEvent: "/slack/events", kindAction: "/slack/actions", kindCommand: "/slack/commands"}

// Access is what the workspace's installation gave.
type Access struct {
	Bot  string // xoxb-…
	App  string // xapp-…, with connections:write
	URL  string // another address than Slack's, for tests; "" is Slack's own
	HTTP *http.Client
}

func (a Access) api() *slack.Client {
	options := []slack.Option{slack.OptionAppLevelToken(a.App), slack.OptionHTTPClient(a.HTTP)}
	if a.URL != "" {
		options = append(options, slack.OptionAPIURL(a.URL))
	}
	return slack.New(a.Bot, options...)
}

// Post hands a request to the product.
type Post func(ctx context.Context, path string, header http.Header, body []byte) (status int, reply []byte, err error)

// Sign gives the headers that prove a body.
type Sign func(body []byte) (http.Header, error)

// atOnce is how many envelopes are answered at the same time.
const atOnce = 8

// Listen connects, and again whenever Slack asks for it or the line breaks, until the context ends. It gives up when
// Slack does not take the token.
func Listen(ctx context.Context, a Access, sign Sign, post Post, say *slog.Logger) error {
	client := socketmode.New(a.api(), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	slots := make(chan struct{}, atOnce)
	for {
		select {
		case err := <-ended:
			if ctx.Err() != nil || errors.Is(err, context.Canceled) {
				return nil
			}
			return fault.New(fault.Config, "Slack does not take the app-level token", "it says "+err.Error(), "make one with connections:write below Basic Information → App-Level Tokens, and set SLACK_APP_TOKEN").Because(err)
		case e := <-client.Events:
			switch e.Type {
			case socketmode.EventTypeConnected:
				say.InfoContext(ctx, "Slack is connected")
			case socketmode.EventTypeConnectionError, socketmode.EventTypeErrorBadMessage, socketmode.EventTypeErrorWriteFailed:
				say.WarnContext(ctx, "Slack's line", "trouble", fmt.Sprint(e.Data))
			}
			if e.Request == nil || pathOf[e.Request.Type] == "" {
				continue
			}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				if err := carry(ctx, client, *e.Request, sign, post); err != nil {
					say.WarnContext(ctx, "an envelope of Slack's was not acknowledged", "type", e.Request.Type, "error", err.Error())
				}
			}()
		}
	}
}

// carry hands one envelope to the product and acknowledges it with the answer. What the product refuses is not
// acknowledged: Slack sends an event again, and shows a member that something went wrong.
func carry(ctx context.Context, client *socketmode.Client, r socketmode.Request, sign Sign, post Post) error {
	kind, body, err := posted(r)
	if err != nil {
		return err
	}
	header, err := sign(body)
	if err != nil {
		return err
	}
	header.Set("Content-Type", kind)
	if r.RetryAttempt > 0 {
		header.Set("X-Slack-Retry-Num", fmt.Sprint(r.RetryAttempt))
		header.Set("X-Slack-Retry-Reason", r.RetryReason)
	}
	status, reply, err := post(ctx, pathOf[r.Type], header, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s answered %d", pathOf[r.Type], status)
	}
	var payload any
	switch reply = bytes.TrimSpace(reply); {
	case len(reply) == 0 || !r.AcceptsResponsePayload:
	case json.Valid(reply):
		payload = json.RawMessage(reply)
	default:
		payload = map[string]string{"text": string(reply)}
	}
	return client.AckCtx(ctx, r.EnvelopeID, payload)
}

// posted is an envelope as Slack would post it to an address.
func posted(r socketmode.Request) (contentType string, body []byte, err error) {
	const form = "application/x-www-form-urlencoded"
	switch r.Type {
	case kindEvent:
		return "application/json", r.Payload, nil
	case kindAction:
		return form, []byte(url.Values{"payload": {string(r.Payload)}}.Encode()), nil
	}
	var fields map[string]any
	if err := json.Unmarshal(r.Payload, &fields); err != nil {
		return "", nil, fmt.Errorf("read the command: %w", err)
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, fmt.Sprint(value))
	}
	return form, []byte(values.Encode()), nil
}

// Workspace is the one that a token belongs to, as far as it matters here.
type Workspace struct {
	Name, Team, App string
	Channels        map[string]string // those that the app is in: name to id
	People          []slack.User      // members, no bots and no guests
}

// joinTime bounds the questions at the start.
const joinTime = 20 * time.Second

// Join asks the workspace who and what there is.
func Join(ctx context.Context, a Access) (Workspace, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	api := a.api()
	who, err := api.AuthTestContext(ctx)
	if err != nil {
		return Workspace{}, unjoined("the bot token", err)
	}
	w := Workspace{Name: who.Team, Team: who.TeamID, Channels: map[string]string{}}
	bot, err := api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: who.BotID})
	if err != nil {
		return w, unjoined("bots.info", err)
	}
	w.App = bot.AppID
	for cursor := ""; ; {
		page, next, err := api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Cursor: cursor, Limit: 200, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"}})
		if err != nil {
			return w, unjoined("conversations.list", err)
		}
		for _, c := range page {
			if c.IsMember {
				w.Channels[c.Name] = c.ID
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	all, err := api.GetUsersContext(ctx)
	if err != nil {
		return w, unjoined("users.list", err)
	}
	for _, u := range all {
		if !u.Deleted && !u.IsBot && !u.IsRestricted && !u.IsUltraRestricted && !u.IsStranger && u.ID != "USLACKBOT" {
			w.People = append(w.People, u)
		}
	}
	return w, nil
}

func unjoined(what string, err error) error {
	return fault.New(fault.Config, "Slack does not let us in", what+": "+err.Error(), "install the app anew from: duly slack manifest --socket; copy its Bot User OAuth Token into SLACK_BOT_TOKEN").Because(err)
}
