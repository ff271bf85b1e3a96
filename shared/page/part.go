package page

import (
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/text"
)

// href is where a link leads. What must not be followed leads nowhere.
func href(address string) g.Node { return g.If(text.MayFollow(address), h.Href(address)) }

// link is a sentence that leads somewhere.
func link(address, said string) g.Node { return h.A(href(address), g.Text(said)) }

// mailTo is an address of ours, to write to.
func mailTo(address string) g.Node { return link("mailto:"+address, address) }

// phone is the address of a number, of which it keeps what can be dialled.
func phone(number string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
}

// note is how something stands, read aloud when it changes.
func note(said string) g.Node {
	return g.If(said != "", h.P(h.Class("note"), h.Role("status"), g.Text(said)))
}

// hint is what is good to know beside something.
func hint(said string) g.Node { return h.P(h.Class("hint"), g.Text(said)) }

// field is an input with its label, its hint and what was wrong with it.
func (f frame) field(id, label, hint string, input ...g.Node) g.Node {
	wrong, about := f.at == id, id+"-hint"
	if wrong {
		about += " " + id + "-wrong"
	}
	return g.Group{
		h.Label(h.For(id), g.Text(label)),
		h.P(h.Class("hint"), h.ID(id+"-hint"), g.Text(hint)),
		g.If(wrong, h.P(h.Class("wrong"), h.ID(id+"-wrong"), g.Text(f.problem))),
		h.Input(h.ID(id), g.Group(input), h.Required(), h.Aria("describedby", about), g.If(wrong, h.Aria("invalid", "true"))),
	}
}

// wide is a table that scrolls by itself on a narrow screen, by keyboard too.
// It is named by an attribute.
func wide(name g.Node, columns []string, rows, sums g.Group) g.Node {
	return h.Div(h.Class("wide"), h.Role("region"), name, h.TabIndex("0"),
		h.Table(
			h.THead(h.Tr(g.Map(columns, func(c string) g.Node { return h.Th(h.Scope("col"), g.Text(c)) }))),
			h.TBody(rows),
			g.If(len(sums) > 0, h.TFoot(sums)),
		))
}

// row is a row of a table by its heading.
func row(heading g.Node, cells ...g.Node) g.Node {
	return h.Tr(h.Th(h.Scope("row"), heading), g.Group(cells))
}

// cell is a plain cell.
func cell(said string) g.Node { return h.Td(g.Text(said)) }

// sum is a row of a table's foot; its heading spans so many columns.
func sum(columns int, heading, amount string) g.Node {
	return h.Tr(h.Th(h.Scope("row"), h.ColSpan(strconv.Itoa(columns)), g.Text(heading)), cell(amount))
}

// total is the last sum.
func total(columns int, heading, amount string) g.Node {
	return h.Tr(h.Class("total"), h.Th(h.Scope("row"), h.ColSpan(strconv.Itoa(columns)), g.Text(heading)), cell(amount))
}
