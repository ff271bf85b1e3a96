package page

import (
	"slices"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/text"
)

// saved are the colleague's own views, and, below a list that is narrowed down, the form that saves it as one.
func (f teamFrame) saved() g.Node {
	var list, keep g.Node
	if len(f.Views) > 0 {
		list = h.Nav(h.Class("views"), h.Aria("label", f.Say("web.views")), h.P(h.Strong(f.say("web.views"))), h.Ul(g.Map(f.Views, func(v SavedView) g.Node {
			here := v.Path == f.here()
			return h.Li(h.A(h.Href(v.Path), g.If(here, h.Aria("current", "page")), g.Text(text.Plain(v.Name))), g.Text(" "),
				f.form("/views/remove", f.hidden("name", v.Name), h.Button(h.Type("submit"), h.Class("second"), h.Aria("label", f.Say("web.view_drop_it", "Name", text.Plain(v.Name))), f.say("web.view_drop"))))
		})))
	}
	known := slices.ContainsFunc(f.Views, func(v SavedView) bool { return v.Path == f.here() })
	if narrowed := len(f.Query) > 0 && f.Query.Get("after") == ""; narrowed && !known {
		keep = h.Details(h.Summary(f.say("web.view_save")), f.form("/views", f.hidden("path", f.here()),
			f.field("view", f.Say("web.view_name"), h.Name("name"), h.Type("text"), h.MaxLength("40"), h.Required()),
			h.P(h.Class("hint"), f.say("web.view_hint")), h.Button(h.Type("submit"), f.say("web.view_keep"))))
	}
	return g.Group{list, keep}
}
