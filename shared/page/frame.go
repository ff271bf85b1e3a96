package page

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// frame is what all pages have.
type frame struct {
	text.Words
	pages   *Pages
	title   string
	path    string
	house   party.Seller // whose page it is
	problem string       // a sentence, at the top and at its field
	at      string       // the id of the field at fault
}

func (p *Pages) frame(at Visit, language string, seller party.Seller) frame {
	if slices.Contains(text.Languages(), at.Lang) {
		language = at.Lang
	}
	return frame{Words: text.In(language), pages: p, path: at.Path, house: seller}
}

// header is the seller's name and the same page in the other languages.
func (f frame) header() g.Node {
	return h.Header(
		h.P(h.Class("seller"), f.logo()),
		h.Nav(h.Aria("label", f.Say("page.language")), g.Map(text.Languages(), func(lang string) g.Node {
			return h.A(href(f.path+"?lang="+lang), h.Lang(lang), g.Attr("hreflang", lang),
				g.If(lang == f.Language(), h.Aria("current", "true")), g.Text(strings.ToUpper(lang)))
		})),
	)
}

// logoHigh is the room of a logo in the header, in pixels.
const logoWide, logoHigh = 200, 56

// logo is the house's, or its name. It stands in the page: an address of its own
// would tell who looks at which page.
func (f frame) logo() g.Node {
	l := f.pages.opt.Look
	if !l.HasLogo() {
		return g.Text(f.houseName())
	}
	scale := min(float64(logoWide)/float64(l.Width), float64(logoHigh)/float64(l.Height))
	return h.Img(h.Src("data:image/"+l.Kind+";base64,"+base64.StdEncoding.EncodeToString(l.Logo)), h.Alt(f.houseName()),
		h.Width(strconv.Itoa(int(float64(l.Width)*scale))), h.Height(strconv.Itoa(int(float64(l.Height)*scale))))
}

// failure is what was wrong with the last press, with the way to the field at
// fault where there is one.
func (f frame) failure() g.Node {
	if f.problem == "" {
		return nil
	}
	said := g.Text(f.problem)
	if slices.Contains([]string{SaidAmount, SaidDate, SaidName, SaidAgree, SaidDisputed, SaidWrong, SaidPO, SaidParts, SaidEmail}, f.at) {
		said = h.A(href("#"+f.at), said)
	}
	return h.Div(h.Class("problem"), h.Role("alert"), h.ID("problem"), h.TabIndex("-1"),
		h.H2(f.said("page.problem")), h.P(said))
}

// footer is whom to ask, and who the seller is by law.
func (f frame) footer() g.Node {
	company := []string{f.houseName(), line(f.house.Address)}
	if f.house.VATID != "" {
		company = append(company, f.Say("pdf.vat_id")+" "+f.house.VATID)
	}
	if f.house.KVK != "" {
		company = append(company, f.Say("pdf.kvk")+" "+f.house.KVK)
	}
	return h.Footer(f.help(), h.P(h.Class("company"), g.Text(strings.Join(company, " · "))))
}

func (f frame) help() g.Node {
	if f.house.Phone == "" && f.house.Email == "" {
		return nil
	}
	return g.Group{
		h.H2(f.said("page.help")),
		h.P(h.Class("help"),
			g.If(f.house.Phone != "", h.A(href(phone(f.house.Phone)), g.Text(f.house.Phone))), g.Text(" "),
			g.If(f.house.Email != "", mailTo(f.house.Email))),
	}
}

// action is the address of one of the page's forms; the answer keeps the
// language.
func (f frame) action(verb string) string { return f.path + "/" + verb + "?lang=" + f.Language() }

// amount, full and near spell values; said is a sentence of the catalogue.
func (f frame) amount(a money.Amount) string { return f.Money(a.Minor, a.Currency) }
func (f frame) full(d calendar.Date) string  { return f.Date(text.Day(d)) }
func (f frame) near(d calendar.Date) string  { return f.Weekday(text.Day(d)) }
func (f frame) said(key string, values ...any) g.Node {
	return g.Text(f.Say(key, values...))
}

func (f frame) houseName() string { return text.Plain(f.house.Name) }

// line is an address on one line.
func line(a party.Address) string {
	return text.Plain(strings.Join([]string{a.Street, strings.TrimSpace(a.PostalCode + " " + a.City)}, ", "))
}
