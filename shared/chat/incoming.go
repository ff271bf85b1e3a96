package chat

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// The kinds of interactions that are acted on; others are acknowledged and forgotten.
const (
	Pressed   = "block_actions"
	Submitted = "view_submission"
)

// Interaction is what a colleague did with a card or a modal, as Slack posts it to /slack/actions. Nothing in it but ids
// is believed.
type Interaction struct {
	Kind      string
	Team      string
	UserTeam  string // of the presser: another one for guests of shared channels
	App       string
	User      string
	TriggerID string // opens a modal for 3 s
	Place     Meta   // what a modal remembers; for a button, where it stands
	ViewID    string
	Action    string // the button's action id, the modal's callback id
	Value     string // of the button
	Link      string // of the page that the same card opens
	Fields    Fields // of the modal
	Home      bool   // the button stands in the presser's Home
	Training  string // the sandbox that the button or form belongs to; "": the house
}

// Fields are what was filled in, by field.
type Fields map[string]string

// Errors are sentences to stand beside fields.
type Errors map[string]string

// Meta is what a modal remembers of the button that opened it (private_metadata).
type Meta struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`

	Training string `json:"training,omitempty"` // the sandbox that the form belongs to
}

// ReadInteraction reads the form that Slack posts to /slack/actions.
func ReadInteraction(body []byte) (Interaction, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Interaction{}, unreadable("no form", err)
	}
	var p interaction
	if err := json.Unmarshal([]byte(form.Get("payload")), &p); err != nil {
		return Interaction{}, unreadable("no JSON in payload", err)
	}
	i := Interaction{
		Kind: p.Type, Team: p.Team.ID, UserTeam: p.User.TeamID, App: p.AppID, User: p.User.ID, TriggerID: p.TriggerID,
		Place: Meta{Channel: p.Channel.ID, TS: p.Container.TS}, ViewID: p.View.ID, Home: p.View.Type == "home",
	}
	switch p.Type {
	case Pressed:
		if len(p.Actions) != 1 {
			return Interaction{}, unreadable("not one action", nil)
		}
		i.Action, i.Value, i.Link = p.Actions[0].ActionID, p.Actions[0].Value, p.link()
		if p.Actions[0].Type == "overflow" {
			i.Action, i.Value = ofMenu(p.Actions[0].Selected.Value)
		}
		i.Training, i.Value = untag(i.Value)
	case Submitted:
		i.Action, i.Fields = p.View.CallbackID, p.View.fields()
		if err := json.Unmarshal([]byte(p.View.Metadata), &i.Place); err != nil {
			return Interaction{}, unreadable("no metadata of ours", err)
		}
		i.Training = i.Place.Training
	}
	return i, nil
}

func unreadable(why string, cause error) error {
	return fault.New(fault.Unreadable, "The message from Slack cannot be read", why, "check the app's request URLs").Because(cause)
}

// interaction is the part of Slack's payload that we read.
type interaction struct {
	Type      string `json:"type"`
	AppID     string `json:"api_app_id"`
	TriggerID string `json:"trigger_id"`
	Team      struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		TS string `json:"message_ts"`
	} `json:"container"`
	Actions []struct {
		Type     string `json:"type"`
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	Message struct {
		Blocks []struct {
			Elements []json.RawMessage `json:"elements"`
		} `json:"blocks"`
	} `json:"message"`
	View view `json:"view"`
}

// link is where the card's own link button leads. The card is ours and Slack signed the message that quotes it.
func (p interaction) link() string {
	for _, b := range p.Message.Blocks {
		for _, raw := range b.Elements {
			var e struct {
				ActionID string `json:"action_id"`
				URL      string `json:"url"`
			}
			if json.Unmarshal(raw, &e) == nil && e.ActionID == ActInvoiceOpen {
				return e.URL
			}
		}
	}
	return ""
}

type view struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	CallbackID string `json:"callback_id"`
	Metadata   string `json:"private_metadata"`
	State      struct {
		Values map[string]map[string]struct {
			Value    string `json:"value"`
			Date     string `json:"selected_date"`
			Selected struct {
				Value string `json:"value"`
			} `json:"selected_option"`
			Ticked []struct {
				Value string `json:"value"`
			} `json:"selected_options"`
		} `json:"values"`
	} `json:"state"`
}

// fields takes each input block's one value; our inputs have the id of their block.
func (v view) fields() Fields {
	out := Fields{}
	for block, inputs := range v.State.Values {
		in := inputs[block]
		out[block] = strings.TrimSpace(in.Value + in.Date + in.Selected.Value) // an input has one of them
		for _, t := range in.Ticked {
			out[block] = t.Value
		}
	}
	return out
}

// Command is a slash command as Slack posts it to /slack/commands.
type Command struct {
	Team string
	App  string
	User string
	Text string

	Channel   string // where it was typed
	TriggerID string // opens a modal for 3 s
}

// ReadCommand reads the form.
func ReadCommand(body []byte) (Command, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || !utf8.ValidString(form.Get("text")) {
		return Command{}, unreadable("no form", err)
	}
	return Command{Team: form.Get("team_id"), App: form.Get("api_app_id"), User: form.Get("user_id"), Text: strings.TrimSpace(form.Get("text")), Channel: form.Get("channel_id"), TriggerID: form.Get("trigger_id")}, nil
}

// The kinds of events that are acted on.
const (
	Verification = "url_verification"
	HomeOpened   = "app_home_opened"
	LinkShared   = "link_shared"
	FileShared   = "file_shared"
)

// Event is what Slack posts to /slack/events.
type Event struct {
	Kind      string
	Challenge string // of a Verification
	Team      string
	App       string
	User      string
	At        o2c.Place // of a message
	Links     []string  // of ours in it, at most linksMax
	File      string    // that was shared
}

// linksMax is how many links of one message are looked at.
const linksMax = 5

// ReadEvent reads the envelope.
func ReadEvent(body []byte) (Event, error) {
	var p struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
		Team      string `json:"team_id"`
		App       string `json:"api_app_id"`
		Event     struct {
			Type    string `json:"type"`
			User    string `json:"user"`
			Tab     string `json:"tab"`
			Channel string `json:"channel"`
			TS      string `json:"message_ts"`
			File    string `json:"file_id"`
			Sharer  string `json:"user_id"`
			Links   []struct {
				URL string `json:"url"`
			} `json:"links"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return Event{}, unreadable("no JSON", err)
	}
	e := Event{Kind: p.Type, Challenge: p.Challenge, Team: p.Team, App: p.App, User: p.Event.User + p.Event.Sharer, File: p.Event.File, At: o2c.Place{Channel: p.Event.Channel, TS: p.Event.TS}}
	for _, l := range p.Event.Links[:min(len(p.Event.Links), linksMax)] {
		e.Links = append(e.Links, l.URL)
	}
	if p.Type == "event_callback" {
		e.Kind = p.Event.Type
		if e.Kind == HomeOpened && p.Event.Tab == "messages" {
			e.Kind = "" // the tab beside the Home
		}
	}
	return e, nil
}
