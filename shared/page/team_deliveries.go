package page

import (
	"fmt"
	"unicode/utf8"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/text"
)

// Deliveries renders one list of what came in and went out. replay says whether
// this colleague may have something handled again.
func (t *Team) Deliveries(v o2c.DeliveriesView, list string, replay bool, at TeamVisit) []byte {
	f := t.frame(at, "web.deliveries")
	var rows []record
	var columns []string
	switch list {
	case o2c.DeliveriesIn:
		columns = []string{f.Say("web.message"), f.Say("web.about"), f.Say("web.sender"), f.Say("web.date")}
		for _, e := range v.In {
			rows = append(rows, f.row(g.Text(e.Type), tag(g.Text(e.Of.String())), tag(g.Text(e.Actor)), tag(g.Text(f.moment(e.At)))))
		}
	case o2c.DeliveriesOut:
		columns = []string{f.Say("web.message"), f.Say("web.about"), f.Say("web.date"), f.Say("web.answer")}
		for _, e := range v.Out {
			rows = append(rows, f.row(g.Text(e.Type), tag(g.Text(e.Of.String())), tag(g.Text(f.moment(e.At))),
				tag(g.If(replay, f.form("/deliveries/events/"+e.ID+"/replay", h.Button(h.Type("submit"), h.Class("second"), h.Aria("label", f.Say("web.replay_it", "Do", f.Say("web.replay_out"), "What", e.Type+" "+e.Of.String())), f.say("web.replay_out")))))))
		}
	default:
		columns = []string{f.Say("web.message"), f.Say("web.problem"), f.Say("web.date"), f.Say("web.answer")}
		for _, p := range v.Parked {
			rows = append(rows, f.parked(p, replay))
		}
	}
	return f.document(f.subscribers(v.Subscribers, replay), f.tabs("web.deliveries.", list, o2c.DeliveriesParked, o2c.DeliveriesIn, o2c.DeliveriesOut),
		h.P(h.Class("hint"), f.say("web.deliveries.what."+list)),
		g.If(len(rows) == 0, h.P(f.say("web.none"))), g.If(len(rows) > 0, f.table(f.Say("web.deliveries."+list), columns, rows)), f.more(v.Next, v.Looked))
}

// bodyShown bounds what is shown of a message.
const bodyShown = 4000

func (f teamFrame) parked(p o2c.ParkedData, replay bool) record {
	body := string(p.Body)
	if !utf8.ValidString(body) {
		body = fmt.Sprintf("%q", body)
	}
	if len(body) > bodyShown {
		body = body[:bodyShown] + " …"
	}
	answer := g.Node(h.Span(h.Class("soft"), f.say("web.replayed", "Time", f.moment(p.Replayed))))
	if p.Replayed.IsZero() {
		answer = g.If(replay, f.form("/deliveries/parked/"+p.ID+"/replay", h.Button(h.Type("submit"), h.Class("second"), h.Aria("label", f.Say("web.replay_it", "Do", f.Say("web.replay"), "What", p.Endpoint+" "+p.Topic)), f.say("web.replay"))))
	}
	return f.row(g.Text(p.Endpoint+" "+p.Topic), tag(g.Text(text.Plain(p.Problem)), h.Details(h.Summary(f.say("web.show_body")), h.Pre(g.Text(body)))), tag(g.Text(f.moment(p.At))), tag(answer))
}

// subscribers are who is told of events, and how it stands with them.
func (f teamFrame) subscribers(all []o2c.SubscriberState, replay bool) g.Node {
	if len(all) == 0 {
		return nil
	}
	rows := make([]record, 0, len(all))
	for _, s := range all {
		state, answer := f.Say("web.subscriber_on"), g.Node(nil)
		if !s.OffSince.IsZero() {
			state = f.Say("web.subscriber_off", "Time", f.moment(s.OffSince), "N", s.Undelivered) + " " + s.Problem
			answer = g.If(replay, f.form("/deliveries/subscribers/"+s.Subscriber.Name+"/resume", h.Button(h.Type("submit"), f.say("web.resume"))))
		}
		rows = append(rows, f.row(g.Text(s.Subscriber.Name), tag(g.Text(s.URL)), tag(g.Text(state)), tag(answer)))
	}
	return h.Section(h.H2(f.say("web.subscribers")), f.table(f.Say("web.subscribers"), []string{f.Say("web.recipient"), f.Say("web.address"), f.Say("web.status"), f.Say("web.answer")}, rows))
}

// Setting is one rule of the house: what it is, how it stands, and where that was
// said.
type Setting struct{ Group, Name, Value, Origin string }

// Settings renders the rules of the house.
func (t *Team) Settings(all []Setting, set o2c.Overrides, may bool, at TeamVisit) []byte {
	f := t.frame(at, "web.settings")
	var groups []string
	byGroup := map[string][]record{}
	for _, s := range all {
		if _, ok := byGroup[s.Group]; !ok {
			groups = append(groups, s.Group)
		}
		byGroup[s.Group] = append(byGroup[s.Group], f.row(g.Text(s.Name), tag(g.Text(text.Plain(s.Value))), tag(g.Text(s.Origin))))
	}
	return f.document(h.P(h.Class("hint"), f.say("web.settings_what")), g.Map(groups, func(name string) g.Node {
		return h.Section(h.H2(f.say("web.setting."+name)), f.table(f.Say("web.setting."+name), []string{f.Say("web.rule"), f.Say("web.value"), f.Say("web.origin")}, byGroup[name]))
	}), g.If(may, f.override(set)))
}

// override is the form of what an admin may set otherwise than duly.yaml has it.
func (f teamFrame) override(set o2c.Overrides) g.Node {
	weekly := ""
	if set.Weekly != nil {
		weekly = fmt.Sprint(*set.Weekly)
	}
	hour := func(id, key string, at *int) g.Node {
		value := ""
		if at != nil {
			value = fmt.Sprint(*at)
		}
		return f.field(id, f.Say(key), h.Name(id), h.Type("number"), h.Min("0"), h.Max("24"), h.Value(value))
	}
	say := func(o string) string {
		return map[string]string{"": f.Say("web.from_file"), "true": f.Say("web.yes"), "false": f.Say("web.no")}[o]
	}
	return h.Details(h.Summary(f.say("web.change")), f.form("/settings",
		f.choice("weekly", "weekly", f.Say("web.setting.room.weekly_charts"), weekly, []string{"", "true", "false"}, say),
		hour("from", "web.setting.room.loud_from", set.LoudFrom), hour("until", "web.setting.room.loud_until", set.LoudUntil),
		h.P(h.Class("hint"), f.say("web.change_what")), h.Button(h.Type("submit"), f.say("web.change_now"))))
}

// FrontDoor is the page of whoever is not signed in: it shows no data.
func (t *Team) FrontDoor(at TeamVisit) []byte {
	f := t.frame(at, "web.door_title")
	return f.document(h.P(f.say("web.door")), h.P(h.Class("hint"), f.say("web.door_how")))
}

// SignIn shows the button that uses a sign-in link up. It says nothing of whether
// the link is good: whoever previews links learns nothing.
func (t *Team) SignIn(token string, at TeamVisit) []byte {
	f := t.frame(at, "web.sign_in_title")
	return f.document(h.P(f.say("web.sign_in_what")), h.Form(h.Method("post"), h.Action("/sign-in/"+token), h.Button(h.Type("submit"), f.say("web.sign_in"))))
}

// Notice is a page that says one thing, below web.notice, and where to go on.
func (t *Team) Notice(key string, at TeamVisit) []byte {
	f := t.frame(at, "web.notice."+key+"_title")
	return f.document(h.P(f.say("web.notice."+key)), g.If(at.Who.ID != "", h.P(h.A(h.Href("/"), f.say("web.to_today")))))
}
