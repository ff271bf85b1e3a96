package page

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/text"
)

// What the last press did about collecting.
const (
	DoneStopped = "stopped"
	DoneRenewed = "renewed"
)

// consentVersion names the text beside the box; a change of the text is a new
// version, and a test holds each to its words.
const consentVersion = "2026-11"

// Consent is the text with which a customer lets us keep what it pays with, as
// it stands on the page.
func Consent(lang, seller string, days int) o2c.ConsentText {
	w := text.In(lang)
	return o2c.ConsentText{
		Version: consentVersion, Language: w.Language(),
		Text: w.Say("page.keep") + ". " + w.Say("page.keep_text", "Seller", text.Plain(seller), "Days", days),
	}
}

// keep is the box, never ticked beforehand, with what it means.
func (f frame) keep(v o2c.CollectView, seller string) g.Node {
	if !v.Offer || v.Usable {
		return nil
	}
	return g.Group{
		h.Div(h.Class("tick"),
			h.Input(h.ID("keep"), h.Name("keep"), h.Type("checkbox"), h.Value("yes"), h.Aria("describedby", "keep-text")),
			h.Label(h.For("keep"), g.Text(f.Say("page.keep")))),
		h.P(h.Class("hint"), h.ID("keep-text"), g.Text(f.Say("page.keep_text", "Seller", text.Plain(seller), "Days", v.Days))),
	}
}

// method is a kept method as its owner knows it.
func (f frame) method(m o2c.KeptMethod) string {
	return f.Say("method."+m.Kind, "Brand", m.BrandName(), "Last4", m.Last4)
}

// collectDone says what the last press did.
func (f frame) collectDone(done string) g.Node {
	if done != DoneStopped && done != DoneRenewed {
		return nil
	}
	return note(f.Say("page.collect." + done))
}

// collecting is what is collected, from what, and how to stop it.
func (f frame) collecting(v o2c.CollectView, renew bool) g.Node {
	if v.Method == nil {
		return nil
	}
	said := f.Say("page.collect.each", "Method", f.method(*v.Method))
	if !v.Usable {
		said = upper(f.Say("page.collect.dead", "Method", f.method(*v.Method)))
	}
	return h.Section(h.Aria("labelledby", "collect"),
		h.H2(h.ID("collect"), g.Text(f.Say("page.collect.title"))),
		h.P(g.Text(said)),
		h.Form(h.Method("post"), h.Action(f.action("stop-collecting")),
			h.Button(h.Type("submit"), h.Class("second"), g.Text(f.Say("page.collect.stop"))),
			hint(f.Say("page.collect.stop_hint"))),
		g.If(renew, h.Details(h.Summary(g.Text(f.Say("page.collect.renew"))),
			h.Form(h.Method("post"), h.Action(f.action("renew")),
				h.Input(h.Type("hidden"), h.Name("keep"), h.Value("yes")),
				hint(f.Say("page.keep_text", "Seller", f.houseName(), "Days", v.Days)),
				h.Button(h.Type("submit"), h.Class("second"), g.Text(f.Say("page.collect.renew")))))))
}

// collected is when this invoice is collected.
func (p invoicePage) collected() g.Node {
	v := p.Collect
	if v.On.IsZero() || v.Method == nil || !p.Invoice.Open.IsPositive() {
		return nil
	}
	key := "page.collect.on"
	if v.Again {
		key = "page.collect.again"
	}
	return note(p.Say(key, "Date", p.full(v.On), "Method", p.method(*v.Method)))
}

// upper begins a sentence.
func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
