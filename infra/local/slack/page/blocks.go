package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
)

// block is one Block Kit block, ready to be drawn.
type block struct {
	Kind      string
	ID        string
	Text      template.HTML
	Fields    []template.HTML
	Accessory *element
	Elements  []element
	Items     []item // context
	Label     template.HTML
	Hint      template.HTML
	Optional  bool
	Error     string
	Image     string
	Alt       string
	Level     string
	Table     *table
	Chart     template.HTML
}

// item is one element of a context block: text or a small image.
type item struct {
	Text       template.HTML
	Image, Alt string
}

// element is one thing to press or fill in.
type element struct {
	Kind        string
	Action      string
	Text        template.HTML
	Value       string
	Style       string
	URL         string
	Placeholder string
	Options     []choice
	Initial     string
	Multiline   bool
	Confirm     *confirmation
	Image, Alt  string

	// In a message or Home, pressing posts these with the value; in a modal's input, Field is the form field's name.
	Press pressing
	Field string
	Form  string // id of the form the field belongs to
	DOM   string // unique id on the page
}

type choice struct {
	Text, Description template.HTML
	Value             string
	Chosen            bool
}

type confirmation struct{ Title, Text, Yes, No template.HTML }

// pressing is where and with what an element is pressed.
type pressing struct{ URL, User, Channel, TS, Action string }

type table struct {
	Caption template.HTML
	Head    []cell
	Rows    [][]cell
}

type cell struct {
	HTML   template.HTML
	Align  string
	Button *element
}

// place is what surrounds blocks: where their presses go, what was typed so far, which errors stand beside fields.
type place struct {
	names
	press  pressing
	form   string
	state  map[string]map[string]any
	errors map[string]string
	nextID func() string
}

func (p place) blocks(raw json.RawMessage) ([]block, error) {
	var decoded []map[string]any
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return nil, fmt.Errorf("read blocks: %w", err)
	}
	out := make([]block, len(decoded))
	for i, b := range decoded {
		out[i] = p.block(b)
	}
	return out, nil
}

func (p place) block(b map[string]any) block {
	out := block{Kind: str(b, "type"), ID: str(b, "block_id"), Error: p.errors[str(b, "block_id")]}
	switch out.Kind {
	case "header", "section", "alert":
		out.Text, out.Level = p.text(b["text"]), str(b, "level")
		for _, f := range list(b["fields"]) {
			out.Fields = append(out.Fields, p.text(f))
		}
		if a, ok := b["accessory"].(map[string]any); ok {
			e := p.element(out.ID, a)
			out.Accessory = &e
		}
	case "context":
		for _, v := range list(b["elements"]) {
			if e := object(v); str(e, "type") == "image" {
				out.Items = append(out.Items, item{Image: str(e, "image_url"), Alt: str(e, "alt_text")})
			} else {
				out.Items = append(out.Items, item{Text: p.text(v)})
			}
		}
	case "actions":
		for _, e := range list(b["elements"]) {
			out.Elements = append(out.Elements, p.element(out.ID, object(e)))
		}
	case "input":
		out.Label, out.Hint, out.Optional = p.text(b["label"]), p.text(b["hint"]), b["optional"] == true
		out.Elements = []element{p.element(out.ID, object(b["element"]))}
	case "image":
		out.Text, out.Image, out.Alt = p.text(b["title"]), str(b, "image_url"), str(b, "alt_text")
	case "rich_text":
		out.Text = p.richText(b["elements"])
	case "markdown":
		out.Text = template.HTML(shown(str(b, "text"))) //nolint:gosec // escaped by shown
	case "table", "data_table":
		out.Table = p.table(out.ID, b)
	case "data_visualization":
		out.Label, out.Chart = template.HTML(shown(str(b, "title"))), chart(b) //nolint:gosec // escaped by shown
	}
	return out
}

// text renders a text object by its type.
func (p place) text(v any) template.HTML {
	t := object(v)
	if str(t, "type") == "mrkdwn" {
		return p.mrkdwn(str(t, "text"))
	}
	return template.HTML(shown(str(t, "text"))) //nolint:gosec // escaped by shown
}

func (p place) element(blockID string, e map[string]any) element {
	out := element{
		Kind: str(e, "type"), Action: str(e, "action_id"), Text: p.text(e["text"]), Value: str(e, "value"), Style: str(e, "style"),
		URL: str(e, "url"), Placeholder: str(object(e["placeholder"]), "text"), Multiline: e["multiline"] == true,
		Image: str(e, "image_url"), Alt: str(e, "alt_text"), Press: p.press, Form: p.form, DOM: p.nextID(),
	}
	out.Press.Action = out.Action
	out.Field = fieldPrefix + blockID + ":" + out.Action
	if c := object(e["confirm"]); len(c) > 0 {
		out.Confirm = &confirmation{p.text(c["title"]), p.text(c["text"]), p.text(c["confirm"]), p.text(c["deny"])}
	}
	state := object(p.state[blockID][out.Action])
	out.Initial = first(str(state, "value"), str(state, "selected_date"), str(state, "selected_time"), str(state, "selected_user"),
		str(e, "initial_value"), str(e, "initial_date"), str(e, "initial_time"), str(e, "initial_user"))
	chosen := values(state["selected_options"], state["selected_option"])
	if len(state) == 0 {
		chosen = values(e["initial_options"], e["initial_option"])
	}
	if out.Kind == "users_select" {
		for _, id := range sorted(p.users) {
			out.Options = append(out.Options, choice{Text: template.HTML(shown(p.users[id])), Value: id, Chosen: id == out.Initial}) //nolint:gosec // escaped by shown
		}
	}
	groups := append([]any{e}, list(e["option_groups"])...)
	for _, group := range groups {
		for _, v := range list(object(group)["options"]) {
			o := object(v)
			out.Options = append(out.Options, choice{Text: p.text(o["text"]), Description: p.text(o["description"]),
				Value: str(o, "value"), Chosen: slices.Contains(chosen, str(o, "value"))})
		}
	}
	return out
}

// table renders both kinds of table; the first row is the head.
func (p place) table(blockID string, b map[string]any) *table {
	out := &table{}
	if caption := str(b, "caption"); caption != "" {
		out.Caption = template.HTML(shown(caption)) //nolint:gosec // escaped by shown
	}
	columns := list(b["column_settings"])
	for i, r := range list(b["rows"]) {
		var row []cell
		for j, v := range list(r) {
			c := object(v)
			one := cell{HTML: template.HTML(shown(str(c, "text")))} //nolint:gosec // escaped by shown
			if j < len(columns) {
				one.Align = str(object(columns[j]), "align")
			}
			switch str(c, "type") {
			case "rich_text":
				one.HTML = p.richText(c["elements"])
			case "raw_number":
				one.Align = "right"
				if one.HTML == "" {
					one.HTML = template.HTML(fmt.Sprint(c["value"])) //nolint:gosec // a number
				}
			case "action_cell":
				e := p.element(blockID, object(c["element"]))
				one.Button = &e
			}
			row = append(row, one)
		}
		if i == 0 {
			out.Head = row
		} else {
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// The helpers below read decoded JSON; what is missing or of another type is empty.

func object(v any) map[string]any { o, _ := v.(map[string]any); return o }
func list(v any) []any            { l, _ := v.([]any); return l }
func decimal(v any) float64       { f, _ := v.(float64); return f }
func number(v any) int            { return int(decimal(v)) }

func str(o map[string]any, name string) string { s, _ := o[name].(string); return s }

func first(candidates ...string) string {
	for _, c := range candidates {
		if c != "" {
			return c
		}
	}
	return ""
}

// values are the options' values of a list of options and a single one.
func values(options, option any) []string {
	var out []string
	for _, o := range append(list(options), option) {
		if v := str(object(o), "value"); v != "" {
			out = append(out, v)
		}
	}
	return out
}
