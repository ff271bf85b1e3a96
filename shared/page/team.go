package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// teamStyle is many columns where there is room and one where there is none.
//
//go:embed team.css
var teamStyle string

// Team renders the team's own pages; it is safe for concurrent use.
type Team struct {
	house  string
	zone   *time.Location
	names  func(actor string) string
	policy string
}

// NewTeam prepares the policy, which allows our style by its hash, our own forms
// and nothing else.
func NewTeam(p *o2c.Policy) *Team {
	sum := sha256.Sum256([]byte(teamStyle))
	return &Team{house: p.Seller.Name, zone: p.Zone, names: p.NameOf, policy: fmt.Sprintf(
		"default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", base64.StdEncoding.EncodeToString(sum[:]))}
}

// Headers are the headers of every page: nothing may run in it or frame it, and
// no browser and no proxy keeps it.
func (t *Team) Headers() map[string]string {
	return map[string]string{
		"Content-Type":              "text/html; charset=utf-8",
		"Content-Security-Policy":   t.policy,
		"Referrer-Policy":           "no-referrer",
		"X-Robots-Tag":              "noindex, nofollow",
		"X-Content-Type-Options":    "nosniff",
		"Cache-Control":             "no-store",
		"Strict-Transport-Security": "max-age=31536000",
	}
}

// TeamVisit is one look of a colleague at a page.
type TeamVisit struct {
	Lang    string
	Path    string     // of the page
	Query   url.Values // what it is narrowed down to
	Who     o2c.Person // nobody before the sign-in
	Done    string     // what the last press did: a key below web.done
	Problem string     // why the last press did nothing, in words
	Views   []SavedView
	Once    string // names the forms of this page, so that one that is sent twice counts once
	May     func(action string, customerOwner string) bool
}

// SavedView is a list that the colleague narrowed down and keeps.
type SavedView = o2c.SavedView

// teamFrame is what all the team's pages have.
type teamFrame struct {
	text.Words
	*Team
	TeamVisit
	title string
}

func (t *Team) frame(at TeamVisit, title string, values ...any) teamFrame {
	f := teamFrame{Words: text.In(at.Lang), Team: t, TeamVisit: at}
	f.title = f.Say(title, values...)
	return f
}

// sections are the pages, in the order of the menu.
var sections = []struct{ path, key string }{
	{"/", "web.today"}, {"/customers", "web.customers"}, {"/invoices", "web.invoices"}, {"/cash", "web.cash"},
	{"/deliveries", "web.deliveries"}, {"/settings", "web.settings"},
}

// document is a page's HTML: its own part in the frame.
func (f teamFrame) document(own ...g.Node) []byte {
	var out bytes.Buffer
	_ = h.Doctype(h.HTML(h.Lang(f.Language()), // a buffer takes everything
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("robots"), h.Content("noindex, nofollow")),
			h.TitleEl(g.Text(f.title+" · Duly")),
			h.StyleEl(g.Raw(teamStyle)), //nolint:forbidigo // our own file, allowed by its hash alone
		),
		h.Body(
			h.A(h.Class("skip"), h.Href("#main"), f.say("web.skip")),
			f.header(),
			h.Main(h.ID("main"), f.outcome(), h.H1(g.Text(f.title)), g.Group(own)),
			h.Footer(h.P(f.say("web.footer", "House", text.Plain(f.house)))),
		),
	)).Render(&out)
	return out.Bytes()
}

// header is who looks, in which language, and the way to the other pages.
func (f teamFrame) header() g.Node {
	var who, menu g.Node
	if f.Who.ID != "" {
		who = h.Form(h.Method("post"), h.Action("/sign-out"), h.Span(g.Text(f.Who.Name+" · "+f.word("web.role.", string(f.Who.Role)))), h.Button(h.Type("submit"), f.say("web.sign_out")))
		menu = h.Nav(h.Aria("label", f.Say("web.menu")), h.Ul(g.Map(sections, func(s struct{ path, key string }) g.Node {
			here := f.Path == s.path || s.path != "/" && strings.HasPrefix(f.Path, s.path+"/")
			return h.Li(h.A(h.Href(s.path), g.If(here, h.Aria("current", "page")), f.say(s.key)))
		})))
	}
	return h.Header(
		h.Div(h.Class("who"),
			h.P(h.Strong(g.Text("Duly")), g.Text(" · "+text.Plain(f.house))),
			h.Div(h.Class("tools"), f.languages(), who)),
		menu)
}

// languages are buttons and not links: the choice is kept.
func (f teamFrame) languages() g.Node {
	return h.Form(h.Method("post"), h.Action("/language"), h.Aria("label", f.Say("page.language")),
		f.hidden("back", f.here()),
		g.Map(text.Languages(), func(lang string) g.Node {
			return h.Button(h.Type("submit"), h.Name("lang"), h.Value(lang), h.Lang(lang), g.If(lang == f.Language(), h.Aria("current", "true")), g.Text(strings.ToUpper(lang)))
		}))
}

// here is the page with what it is narrowed down to.
func (f teamFrame) here() string {
	if len(f.Query) == 0 {
		return f.Path
	}
	return f.Path + "?" + f.Query.Encode()
}

// outcome is what came of the last press.
func (f teamFrame) outcome() g.Node {
	switch {
	case f.Problem != "":
		return h.Div(h.Class("problem"), h.Role("alert"), h.H2(f.say("page.problem")), h.P(g.Text(f.Problem)))
	case f.Done != "":
		return h.Div(h.Class("done"), h.Role("status"), h.P(f.say("web.done."+f.Done)))
	}
	return nil
}

func (f teamFrame) say(key string, values ...any) g.Node { return g.Text(f.Say(key, values...)) }

// word says a code of ours; one that has no words is said as it stands.
func (f teamFrame) word(prefix, code string) string {
	if said := f.Say(prefix + code); said != prefix+code {
		return said
	}
	return strings.ReplaceAll(code, "_", " ")
}

func (f teamFrame) amount(a money.Amount) string {
	if a.Currency == "" {
		return ""
	}
	return f.Money(a.Minor, a.Currency)
}

func (f teamFrame) day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return f.Date(text.Day(d))
}

// moment is a day and an hour where the seller is.
func (f teamFrame) moment(at time.Time) string {
	return f.Date(text.Day(calendar.On(at, f.zone))) + " " + at.In(f.zone).Format("15:04")
}

// by names an actor.
func (f teamFrame) by(actor string) string {
	if name := f.names(actor); name != actor {
		return name
	}
	kind, rest, _ := strings.Cut(actor, ":")
	switch kind {
	case "system", "policy":
		return "Duly"
	case "portal":
		return f.Say("web.by.customer")
	}
	if rest == "" {
		return kind
	}
	return rest
}

func (f teamFrame) hidden(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// form posts to a verb; sent twice it counts once.
func (f teamFrame) form(action string, parts ...g.Node) g.Node {
	return h.Form(h.Method("post"), h.Action(action), f.hidden("back", f.here()), f.hidden("once", f.Once), g.Group(parts))
}

// field is an input with its label.
func (f teamFrame) field(id, label string, input ...g.Node) g.Node {
	return g.Group{h.Label(h.For(id), g.Text(label)), h.Input(h.ID(id), g.Group(input))}
}

// choice is a list to choose from.
func (f teamFrame) choice(id, name, label, chosen string, options []string, say func(string) string) g.Node {
	return g.Group{
		h.Label(h.For(id), g.Text(label)),
		h.Select(h.ID(id), h.Name(name), g.Map(options, func(o string) g.Node {
			return h.Option(h.Value(o), g.If(o == chosen, h.Selected()), g.Text(say(o)))
		})),
	}
}

// cell is a cell of a table; row is a line of one by its heading.
type (
	field struct {
		class string
		said  g.Group
	}
	record struct {
		head  g.Group
		cells []field
	}
)

// table has named columns; those whose name begins with "#" hold numbers. Where
// the screen is narrow each row becomes a block, whose cells tell their column's
// name; the roles keep it a table for who hears it.
func (f teamFrame) table(label string, columns []string, rows []record, foot ...g.Node) g.Node {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = strings.TrimPrefix(c, "#")
	}
	return h.Div(h.Class("wide"), h.Role("region"), h.Aria("label", label), h.TabIndex("0"),
		h.Table(h.Role("table"),
			h.THead(h.Role("rowgroup"), h.Tr(h.Role("row"), g.Map(columns, func(c string) g.Node {
				name, number := strings.CutPrefix(c, "#")
				return h.Th(h.Scope("col"), h.Role("columnheader"), g.If(number, h.Class("n")), g.Text(name))
			}))),
			h.TBody(h.Role("rowgroup"), g.Map(rows, func(r record) g.Node {
				cells := g.Group{h.Th(h.Scope("row"), h.Role("rowheader"), r.head)}
				for i, c := range r.cells {
					cells = append(cells, h.Td(h.Role("cell"), g.If(c.class != "", h.Class(c.class)), g.Attr("data-label", names[min(i+1, len(names)-1)]), h.Div(c.said)))
				}
				return h.Tr(h.Role("row"), cells)
			})),
			g.If(len(foot) > 0, h.TFoot(h.Role("rowgroup"), g.Group(foot))),
		))
}

// row is a line by its heading.
func (f teamFrame) row(head g.Node, cells ...field) record {
	return record{head: g.Group{head}, cells: cells}
}

// figure is a cell with a number.
func figure(said string) field { return field{class: "n", said: g.Group{g.Text(said)}} }

// tag is a plain cell.
func tag(nodes ...g.Node) field { return field{said: nodes} }

// more leads to the next page of a list, and says how far this one looked.
func (f teamFrame) more(next string, looked int) g.Node {
	if next == "" {
		return nil
	}
	q := url.Values{}
	for name, values := range f.Query {
		q[name] = values
	}
	q.Set("after", next)
	return h.P(h.A(h.Href(f.Path+"?"+q.Encode()), f.say("web.more")), g.If(looked > 0, h.Span(h.Class("soft"), g.Text(" "+f.Say("web.looked", "N", looked)))))
}

// sum is one figure with its name.
func (f teamFrame) sum(name, value, what string) g.Node {
	return h.Div(h.Dt(g.Text(name)), h.Dd(g.Text(value)), g.If(what != "", h.Dd(h.Class("what"), g.Text(what))))
}

// may asks the action table of the team; without one nothing is offered.
func (f teamFrame) may(action, owner string) bool { return f.May != nil && f.May(action, owner) }
