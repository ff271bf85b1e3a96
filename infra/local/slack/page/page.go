// Package page draws the loopback Slack workspace as HTML: messages, modals and App Homes, close to how Slack shows
// them, with every button a form that works without JavaScript. It owns the looks alone; what a press does is behind
// the routes the caller names.
package page

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/infra/local/slack"
)

//go:embed page.html
var source string

//go:embed page.css
var css string

// CSS is the style sheet; all its classes begin with sl-.
func CSS() template.CSS { return template.CSS(css) } //nolint:gosec // our own file

// Workspace is what is drawn; *slack.Server is one.
type Workspace interface {
	Users() []slack.User
	Channels() map[string]string
	Messages() []slack.Message
	Views() []slack.View
	Home(user string) (slack.View, bool)
}

// Home, as Options.Channel, shows the acting member's App Home.
const Home = "home"

// Options say who looks at what, and where the page's forms go.
type Options struct {
	Title   string // name of the workspace
	As      string // the member who looks and acts; "" = the first
	Channel string // id of a channel, or Home; "" = the first channel
	Notice  string // a sentence above the messages, such as what the last press answered
	Zone    *time.Location
	// Link is the URL of this page for another member or channel.
	Link func(as, channel string) string
	// Action is the URL a form posts to. Verbs and their form fields: press (user, channel, ts, action_id, value),
	// submit (id is the view; user, and fields for Values), close (id is the view; user), command (user, channel, text).
	Action func(verb, id string) string
}

// Page writes the whole document.
func Page(w io.Writer, ws Workspace, o Options) error {
	t, v, err := o.prepare(ws)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "document", v)
}

// Fragment is the workspace without the document around it, for a page of the caller's that includes CSS.
func Fragment(ws Workspace, o Options) (template.HTML, error) {
	t, v, err := o.prepare(ws)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "workspace", v)
	return template.HTML(b.String()), err //nolint:gosec // html/template wrote it
}

const fieldPrefix = "value:"

// Values reads a submitted modal's fields as slack.Server.Submit takes them: block_id → action_id → text, several
// checked boxes separated by commas, and empty where nothing was chosen.
func Values(form url.Values) map[string]any {
	out := map[string]any{}
	for name, given := range form {
		rest, ok := strings.CutPrefix(name, fieldPrefix)
		i := strings.LastIndexByte(rest, ':')
		if !ok || i < 0 {
			continue
		}
		block, action := rest[:i], rest[i+1:]
		if out[block] == nil {
			out[block] = map[string]any{}
		}
		kept := slices.DeleteFunc(slices.Clone(given), func(v string) bool { return v == "" })
		out[block].(map[string]any)[action] = strings.Join(kept, ",")
	}
	return out
}

// document is what the template sees.
type document struct {
	Title    string
	CSS      template.CSS
	As       slack.User
	Users    []entry
	Channels []entry
	Current  string
	IsHome   bool
	Channel  string
	Notice   string
	Messages []message
	Modal    *modal
	Home     []block
	HomeRaw  string
	Command  string
}

// entry is one line of the side bar.
type entry struct {
	Name, URL, Initial, Hue string
	Role                    string
	Count                   int
	Here                    bool
}

type message struct {
	TS, At, Day  string
	Text         template.HTML
	From         string // the member who wrote it; "": the app
	Initial      string
	Blocks       []block
	Unfurled     []block // what the app shows below its links
	Edited       bool
	Ephemeral    bool
	Replies      []message
	Raw          string
	Notification string
}

type modal struct {
	ID, Title, Submit, Close, User string
	Form, SubmitURL, CloseURL      string
	Error                          string
	Depth                          int
	Blocks                         []block
	Raw                            string
}

func (o Options) prepare(ws Workspace) (*template.Template, document, error) {
	t, err := template.New("page").Parse(source)
	if err != nil {
		return nil, document{}, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	users, channels := ws.Users(), ws.Channels()
	if len(users) == 0 || len(channels) == 0 {
		return nil, document{}, fmt.Errorf("draw the workspace — it has no member or no channel — give it both")
	}
	d := document{Title: or(o.Title, "Duly"), CSS: CSS(), As: users[0], Notice: o.Notice}
	for _, u := range users {
		if u.ID == o.As {
			d.As = u
		}
	}
	if o.Channel == "" {
		o.Channel = channels[sorted(channels)[0]]
	}
	p := place{names: names{users: map[string]string{}, channels: map[string]string{}, zone: o.Zone}}
	for _, u := range users {
		p.users[u.ID] = u.Name
	}
	for name, id := range channels {
		p.channels[id] = name
	}
	n := 0
	p.nextID = func() string { n++; return fmt.Sprintf("sl%d", n) }
	o.sidebar(&d, users, channels, ws.Messages())
	if err := o.contents(&d, p, ws); err != nil {
		return nil, document{}, err
	}
	return t, d, nil
}

// sidebar lists channels, the App Home and the members one can act as.
func (o Options) sidebar(d *document, users []slack.User, channels map[string]string, all []slack.Message) {
	count := map[string]int{}
	im := map[string]bool{}
	for _, m := range all {
		if m.EphemeralFor == "" || m.EphemeralFor == d.As.ID {
			count[m.Channel]++
			im[m.Channel] = im[m.Channel] || m.ChannelName == "@"+d.As.Name
		}
	}
	d.Channels = append(d.Channels, entry{Name: "Home", URL: o.Link(d.As.ID, Home), Here: o.Channel == Home})
	for _, name := range sorted(channels) {
		id := channels[name]
		d.Channels = append(d.Channels, entry{Name: "# " + name, URL: o.Link(d.As.ID, id), Count: count[id], Here: o.Channel == id})
	}
	for _, id := range sorted(im) {
		if im[id] {
			d.Channels = append(d.Channels, entry{Name: "Messages", URL: o.Link(d.As.ID, id), Count: count[id], Here: o.Channel == id})
		}
	}
	for i, u := range users {
		d.Users = append(d.Users, entry{Name: u.Name, Role: u.Role, URL: o.Link(u.ID, o.Channel), Here: u.ID == d.As.ID,
			Initial: initial(u.Name), Hue: fmt.Sprint((i*67 + 200) % 360)})
	}
	for _, c := range d.Channels {
		if c.Here {
			d.Current = c.Name
		}
	}
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return "?"
}

func (o Options) contents(d *document, p place, ws Workspace) error {
	d.IsHome, d.Channel = o.Channel == Home, o.Channel
	d.Command = o.Action("command", "")
	press := pressing{URL: o.Action("press", ""), User: d.As.ID}
	for _, v := range ws.Views() {
		if v.User == d.As.ID { // the last one lies on top
			m, err := o.modal(p, v, press)
			if err != nil {
				return err
			}
			if d.Modal != nil {
				m.Depth = d.Modal.Depth + 1
			}
			d.Modal = &m
		}
	}
	if d.IsHome {
		v, ok := ws.Home(d.As.ID)
		if !ok {
			return nil
		}
		at := p
		at.press, at.state = press, decoded(v.State)
		at.press.TS = v.ID
		var err error
		d.Home, err = at.blocks(v.Blocks)
		d.HomeRaw = indented(v)
		return err
	}
	byTS := map[string]int{}
	var replies []slack.Message
	for _, m := range ws.Messages() {
		if m.Channel != o.Channel || (m.EphemeralFor != "" && m.EphemeralFor != d.As.ID) {
			continue
		}
		if _, known := byTS[m.ThreadTS]; m.ThreadTS != "" && known {
			replies = append(replies, m)
			continue
		}
		shown, err := p.message(m, press)
		if err != nil {
			return err
		}
		byTS[m.TS] = len(d.Messages)
		d.Messages = append(d.Messages, shown)
	}
	for _, m := range replies {
		shown, err := p.message(m, press)
		if err != nil {
			return err
		}
		parent := &d.Messages[byTS[m.ThreadTS]]
		parent.Replies = append(parent.Replies, shown)
	}
	for i := len(d.Messages) - 1; i > 0; i-- { // a day is named once
		if d.Messages[i].Day == d.Messages[i-1].Day {
			d.Messages[i].Day = ""
		}
	}
	return nil
}

func (p place) message(m slack.Message, press pressing) (message, error) {
	at := p
	at.press, at.state = press, decoded(m.State)
	at.press.Channel, at.press.TS = m.Channel, m.TS
	blocks, err := at.blocks(m.Blocks)
	if err != nil {
		return message{}, fmt.Errorf("message %s: %w", m.TS, err)
	}
	var unfurled []block
	for _, link := range slices.Sorted(maps.Keys(m.Unfurls)) {
		below, err := at.blocks(m.Unfurls[link])
		if err != nil {
			return message{}, fmt.Errorf("message %s: %s: %w", m.TS, link, err)
		}
		unfurled = append(unfurled, below...)
	}
	posted := m.PostedAt.In(p.zone)
	return message{TS: m.TS, At: posted.Format("15:04"), Day: posted.Format("Monday, 2 January 2006"), Text: p.mrkdwn(m.Text), Blocks: blocks,
		From: m.From, Initial: initial(or(m.From, "Duly")), Unfurled: unfurled,
		Edited: m.Updated != nil, Ephemeral: m.EphemeralFor != "", Notification: m.Text, Raw: indented(m)}, nil
}

func (o Options) modal(p place, v slack.View, press pressing) (modal, error) {
	at := p
	at.press, at.state, at.errors, at.form = press, decoded(v.State), v.Errors, "sl-form-"+v.ID
	at.press.TS = v.ID
	blocks, err := at.blocks(v.Blocks)
	return modal{ID: v.ID, Title: emoji(v.Title), Submit: v.Submit, Close: or(v.Close, "Cancel"), User: v.User, Form: at.form,
		SubmitURL: o.Action("submit", v.ID), CloseURL: o.Action("close", v.ID), Error: v.Errors[""], Blocks: blocks, Raw: indented(v)}, err
}

// decoded is a state as JSON has it, whatever Go types it was built from.
func decoded(state map[string]map[string]any) map[string]map[string]any {
	raw, err := json.Marshal(state)
	if err != nil {
		return nil
	}
	var out map[string]map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil
	}
	return out
}

func indented(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
