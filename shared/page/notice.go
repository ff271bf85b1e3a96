package page

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Missing is the page behind every link that opens nothing, whatever the cause:
// who guesses learns nothing from it.
func (p *Pages) Missing(at Visit) []byte {
	var ask g.Node
	if email := p.opt.Seller.Email; email != "" {
		ask = g.Group{g.Text(" "), mailTo(email)}
	}
	at.Path = "" // not even the link itself comes back: the same bytes for all
	return p.notice(at, "missing", ask)
}

// Sorry is the page when something of ours does not work.
func (p *Pages) Sorry(at Visit) []byte { return p.notice(at, "sorry", nil) }

// NotReady is the page while a document is not rendered yet.
func (p *Pages) NotReady(at Visit, back string) []byte {
	return p.notice(at, "not_ready", nil, h.P(link(back, back)))
}

// notice is a page that says one thing.
func (p *Pages) notice(at Visit, key string, more g.Node, below ...g.Node) []byte {
	f := p.frame(at, "", p.opt.Seller)
	f.title = f.Say("page." + key + "_title")
	return f.document(h.P(f.said("page."+key), more), g.Group(below))
}
