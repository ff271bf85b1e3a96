// Package page owns the pages that customers see: invoice, order and statement,
// in four languages, as plain HTML that needs no script. It does not own what
// may be seen or done (the cycle does) nor how pages are reached.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

//go:embed style.css *.html
var files embed.FS

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
}

// Pages renders; it is safe for concurrent use.
type Pages struct {
	opt    Options
	all    *template.Template
	style  template.CSS
	policy string
}

// New prepares the templates and the style, which are part of the program: one
// column, system type, colours of contrast 4.5 and more, targets of 44 pixels,
// all of it growing with the reader's text size (WCAG 2.2 AA).
func New(opt Options) *Pages {
	css, err := files.ReadFile("style.css")
	if err != nil {
		panic("page: " + err.Error())
	}
	sum := sha256.Sum256(css)
	return &Pages{
		opt: opt, all: template.Must(template.ParseFS(files, "*.html")),
		style: template.CSS(css), // #nosec G203 -- our own file, allowed by its hash alone
		policy: fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; form-action %s; base-uri 'none'; frame-ancestors 'none'",
			base64.StdEncoding.EncodeToString(sum[:]), strings.TrimSpace("'self' "+opt.CheckoutOrigin)),
	}
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
	Returned bool   // the payment provider sent the customer back
}

// frame is what all pages have.
type frame struct {
	text.Words
	Style   template.CSS
	Title   string
	Path    string
	House   party.Seller // whose page it is
	Problem string       // a sentence, at the top and at its field
	At      string       // the id of the field at fault
}

func (p *Pages) frame(at Visit, language string, seller party.Seller) frame {
	if slices.Contains(text.Languages(), at.Lang) {
		language = at.Lang
	}
	return frame{Words: text.In(language), Style: p.style, Path: at.Path, House: seller}
}

// Tongue is a link to the same page in another language.
type Tongue struct {
	Lang, Name, URL string
	Current         bool
}

// Tongues lists the languages of the page.
func (f frame) Tongues() []Tongue {
	var all []Tongue
	for _, lang := range text.Languages() {
		all = append(all, Tongue{Lang: lang, Name: strings.ToUpper(lang), URL: f.Path + "?lang=" + lang, Current: lang == f.Language()})
	}
	return all
}

// Action is the address of one of the page's forms; the answer keeps the
// language.
func (f frame) Action(verb string) string { return f.Path + "/" + verb + "?lang=" + f.Language() }

// Amount, Full, Near and Plain spell values for the templates.
func (f frame) Amount(a money.Amount) string { return f.Money(a.Minor, a.Currency) }
func (f frame) Full(d calendar.Date) string  { return f.Date(text.Day(d)) }
func (f frame) Near(d calendar.Date) string  { return f.Weekday(text.Day(d)) }
func (f frame) Plain(s string) string        { return text.Plain(s) }

// MailTo is the link to an address of ours.
func (f frame) MailTo(address string) string { return "mailto:" + address }

// Phone is the link to a number of ours, of which it keeps what can be dialled.
func (f frame) Phone(number string) template.URL {
	dialled := strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return template.URL("tel:" + dialled) // #nosec G203 -- digits
}

// Line is an address on one line.
func (f frame) Line(a party.Address) string {
	return text.Plain(strings.Join([]string{a.Street, strings.TrimSpace(a.PostalCode + " " + a.City)}, ", "))
}

func (p *Pages) render(name string, view any) ([]byte, error) {
	var out bytes.Buffer
	if err := p.all.ExecuteTemplate(&out, name, view); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return out.Bytes(), nil
}
