// Package page owns the pages that customers and the team see: documents, lists and charts,
// in four languages, as plain HTML that needs no script. It does not own what
// may be seen or done (the cycle does) nor how pages are reached.
//
// Pages are Go functions that give nodes (gomponents), which escape every text
// and every attribute by construction: no name can bring markup along (row 80
// of the failure catalogue). html/template does so too, but calls methods by
// their names, and the linker then keeps all methods of all SDK clients.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/party"
)

// style is one column, system type, colours of contrast 4.5 and more, targets
// of 44 pixels, all of it growing with the reader's text size (WCAG 2.2 AA).
//
//go:embed style.css
var style string

// Options are what differs between deployments.
type Options struct {
	// CheckoutOrigin is where the payment provider's pages are, such as
	// "https://checkout.stripe.com": the pay form's answer leads there, and
	// browsers hold redirects of a form to the policy as well.
	CheckoutOrigin string
	// Brand is what bank payment is called at the provider. The name changes by
	// the scheme's calendar and not with our releases: "iDEAL | Wero". Without
	// one there is no provider, and the page offers the bank transfer alone.
	Brand string
	// Seller is whom to ask when a link opens nothing.
	Seller party.Seller
	// Look is its logo and its colour.
	Look o2c.Look
}

// Pages renders; it is safe for concurrent use.
type Pages struct {
	opt    Options
	policy string
	style  string
}

// New prepares the policy, which allows our style by its hash and nothing else.
func New(opt Options) *Pages {
	p := &Pages{opt: opt, style: strings.Replace(style, "--blue: #144ea0", "--blue: "+opt.Look.Accent(), 1)}
	sum, pictures := sha256.Sum256([]byte(p.style)), ""
	if opt.Look.HasLogo() {
		pictures = "img-src data:; "
	}
	p.policy = fmt.Sprintf("default-src 'none'; %sstyle-src 'sha256-%s'; form-action %s; base-uri 'none'; frame-ancestors 'none'",
		pictures, base64.StdEncoding.EncodeToString(sum[:]), strings.TrimSpace("'self' "+opt.CheckoutOrigin))
	return p
}

// Headers are the headers of every page: nothing may run in it or frame it, and
// its address, which is the key to it, is told to nobody and kept nowhere
// (row 85 of the failure catalogue).
func (p *Pages) Headers() map[string]string {
	return map[string]string{
		"Content-Type":              "text/html; charset=utf-8",
		"Content-Security-Policy":   p.policy,
		"Referrer-Policy":           "no-referrer",
		"X-Robots-Tag":              "noindex, nofollow",
		"X-Content-Type-Options":    "nosniff",
		"Cache-Control":             "no-store",
		"Strict-Transport-Security": "max-age=31536000",
	}
}

// Visit is one look at a page.
type Visit struct {
	Lang     string // asked for with ?lang=; "" is the customer's own
	Path     string // of the page, without a query
	Said     string // a key of page.error: what came of the last press; "" nothing to say
	Done     string // what the last press did, where the page does not show it by itself
	Returned bool   // the payment provider sent the customer back
}

// document is a page's HTML: its own part in the frame that all have.
func (f frame) document(own ...g.Node) []byte {
	var out bytes.Buffer
	_ = h.Doctype(h.HTML(h.Lang(f.Language()), // a buffer takes everything
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("robots"), h.Content("noindex, nofollow")),
			h.Meta(h.Name("referrer"), h.Content("no-referrer")),
			h.TitleEl(g.Text(f.title+" · "+f.houseName())),
			h.StyleEl(g.Raw(f.pages.style)), //nolint:forbidigo // our own file, allowed by its hash alone
		),
		h.Body(f.header(), h.Main(f.failure(), h.H1(g.Text(f.title)), g.Group(own)), f.footer()),
	)).Render(&out)
	return out.Bytes()
}
