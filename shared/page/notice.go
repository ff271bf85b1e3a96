package page

// notice is a page that says one thing.
type notice struct {
	frame
	Text  string
	Email string // whom to ask for a new link; "" nobody
	Back  string // where to go on; "" nowhere
}

// Missing is the page behind every link that opens nothing, whatever the cause:
// who guesses learns nothing from it.
func (p *Pages) Missing(at Visit) ([]byte, error) {
	n := notice{frame: p.frame(at, "", p.opt.Seller), Email: p.opt.Seller.Email}
	n.Title, n.Text = n.Say("page.missing_title"), n.Say("page.missing")
	return p.render("notice.html", n)
}

// Sorry is the page when something of ours does not work.
func (p *Pages) Sorry(at Visit) ([]byte, error) {
	n := notice{frame: p.frame(at, "", p.opt.Seller)}
	n.Title, n.Text = n.Say("page.sorry_title"), n.Say("page.sorry")
	return p.render("notice.html", n)
}

// NotReady is the page while a document is not rendered yet.
func (p *Pages) NotReady(at Visit, back string) ([]byte, error) {
	n := notice{frame: p.frame(at, "", p.opt.Seller), Back: back}
	n.Title, n.Text = n.Say("page.not_ready_title"), n.Say("page.not_ready")
	return p.render("notice.html", n)
}
