package document

import (
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/text"
)

// Mail programs drop style sheets and know no layout but tables: the style
// stands on every element.
const (
	styleBody      = "margin:0;padding:0;background:#f4f6f8;color:#181c24;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
	styleSheet     = "max-width:600px;background:#ffffff;border:1px solid #d6dae0;border-radius:8px;text-align:left"
	styleLine      = "margin:0 0 20px;font-size:19px;line-height:1.4;font-weight:600"
	styleParagraph = "margin:0 0 16px"
	styleButton    = "display:inline-block;color:#ffffff;font-weight:600;text-decoration:none;padding:12px 24px;border-radius:6px;background:"
	styleLink      = "color:"
	styleFoot      = "max-width:600px;margin:16px auto 0;font-size:13px;color:#5a606c"
)

// html is the letter for mail programs that show it. gomponents escapes every
// text and attribute by construction, so that no name can bring markup along
// (row 80 of the failure catalogue).
func (l letter) html() string {
	var out strings.Builder
	_ = h.Doctype(h.HTML(h.Lang(l.Language), // a builder takes everything
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light")),
			h.TitleEl(g.Text(l.Subject)),
		),
		h.Body(h.Style(styleBody),
			frame("background:#f4f6f8", h.Td(g.Attr("align", "center"), h.Style("padding:24px 12px"),
				frame(styleSheet, h.Td(h.Style("padding:28px 24px"), l.sheet())),
				h.P(h.Style(styleFoot), g.Text(l.Foot)),
			)),
		),
	)).Render(&out)
	return out.String()
}

// frame is a table that only lays out its one cell.
func frame(style string, cell g.Node) g.Node {
	return h.Table(h.Role("presentation"), h.Width("100%"), bare(), h.Style(style), h.Tr(cell))
}

// bare is a table without the gaps that mail programs give it.
func bare() g.Node { return g.Group{g.Attr("cellpadding", "0"), g.Attr("cellspacing", "0")} }

// sheet is the letter proper.
func (l letter) sheet() g.Node {
	return g.Group{
		l.logo(),
		h.H1(h.Style(styleLine), g.Text(l.Line)),
		g.If(l.Button.URL != "", h.P(h.Style(styleParagraph), l.Button.link(styleButton+l.Look.Accent()))),
		l.links(),
		paragraph(l.Greeting),
		g.If(l.Note != "", paragraph(l.Note)),
		paragraph(l.Body),
		l.Table.html(l.Look),
		l.claim(),
		l.transfer(),
		l.signature(),
	}
}

// logoMax is the room of a logo in a letter, in pixels of the screen.
const logoMaxWidth, logoMaxHeight = 200, 56

// logo is the house's, which travels inside the letter: a picture from elsewhere
// is shown by few mail programs before somebody allows it.
func (l letter) logo() g.Node {
	if !l.Look.HasLogo() {
		return nil
	}
	w, high := fit(l.Look.Width, l.Look.Height, logoMaxWidth, logoMaxHeight)
	return h.P(h.Style("margin:0 0 20px"), h.Img(h.Src("cid:"+o2c.LogoCID), h.Alt(l.House), h.Width(strconv.Itoa(int(w))), h.Height(strconv.Itoa(int(high))), h.Style("border:0;max-width:100%")))
}

// fit is the largest size of a picture in a room, in its own proportions.
func fit(width, height int, roomWide, roomHigh float64) (wide, high float64) {
	scale := min(roomWide/float64(width), roomHigh/float64(height))
	return float64(width) * scale, float64(height) * scale
}

// claim is what the law gives on the letter's invoices.
func (l letter) claim() g.Node {
	if l.Claim.Lead == "" {
		return nil
	}
	return g.Group{paragraph(l.Claim.Lead), l.Claim.Table.html(l.Look), h.P(h.Style("margin:0 0 16px;font-size:13px;color:#5a606c"), g.Text(l.Claim.Foot))}
}

func paragraph(said string) g.Node { return h.P(h.Style(styleParagraph), g.Text(said)) }

// link leads nowhere if the address must not be followed.
func (a action) link(style string) g.Node {
	return h.A(g.If(text.MayFollow(a.URL), h.Href(a.URL)), h.Style(style), g.Text(a.Label))
}

func (l letter) links() g.Node {
	if len(l.Links) == 0 {
		return nil
	}
	var all g.Group
	for i, a := range l.Links {
		all = append(all, g.If(i > 0, g.Text(" \u00a0·\u00a0 ")), a.link(styleLink+l.Look.Accent()))
	}
	return h.P(h.Style("margin:0 0 24px;font-size:15px"), all)
}

func (t table) html(look o2c.Look) g.Node {
	if len(t.Rows) == 0 {
		return nil
	}
	var head, rows g.Group
	for i, name := range t.Head {
		gap, side := column(i)
		head = append(head, h.Th(h.Scope("col"), h.Style("padding:6px 0 6px "+gap+";border-bottom:2px solid #181c24;font-size:13px;color:#5a606c;text-align:"+side), g.Text(name)))
	}
	for _, r := range t.Rows {
		var cells g.Group
		for i, c := range r {
			cells = append(cells, c.html(i, look))
		}
		rows = append(rows, h.Tr(cells))
	}
	return h.Table(h.Width("100%"), bare(), h.Style("margin:0 0 20px;border-collapse:collapse;font-size:15px"), h.Tr(head), rows)
}

// column is a column's gap on its left, and the side that it is set to.
func column(i int) (gap, side string) {
	if i == 0 {
		return "0", "left"
	}
	return "12px", "right"
}

func (c cell) html(i int, look o2c.Look) g.Node {
	gap, side := column(i)
	tight := ""
	if c.Tight {
		tight = "white-space:nowrap;"
	}
	said := g.Text(c.Text)
	if c.URL != "" {
		said = action{Label: c.Text, URL: c.URL}.link(styleLink + look.Accent())
	}
	return h.Td(h.Style("padding:8px 0 8px "+gap+";border-bottom:1px solid #d6dae0;vertical-align:top;"+tight+"text-align:"+side), said)
}

// transfer is the particulars that a bank transfer needs, or that were agreed.
func (l letter) transfer() g.Node {
	if len(l.Pairs) == 0 {
		return nil
	}
	return g.Group{
		g.If(l.Bank != "", h.P(h.Style("margin:0 0 6px"), g.Text(l.Bank))),
		h.Table(bare(), h.Style("margin:0 0 20px;font-size:15px"), g.Map(l.Pairs, func(p [2]string) g.Node {
			return h.Tr(h.Td(h.Style("padding:2px 16px 2px 0;color:#5a606c"), g.Text(p[0])), h.Td(h.Style("padding:2px 0"), g.Text(p[1])))
		})),
	}
}

func (l letter) signature() g.Node {
	return h.P(h.Style("margin:0"), g.Text(l.Regards), g.Map(l.Sender, func(line string) g.Node {
		return g.Group{h.Br(), g.Text(line)}
	}))
}
