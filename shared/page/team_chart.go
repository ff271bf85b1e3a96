package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c/money"
)

// bar is one bar of a chart: its name, its amount, and whether it is bad news.
type bar struct {
	name   string
	amount money.Amount
	count  int
	hot    bool
}

// The measures of a chart, in its own units.
const (
	chartWide  = 400
	chartNames = 100
	chartSaid  = 110
	chartStep  = 30
)

// chart draws bars, the longest across the width, from zero; beside it stands the
// same as a table, and as a file.
func (f teamFrame) chart(title, names, file string, bars []bar, counted bool) g.Node {
	most := int64(1)
	for _, b := range bars {
		most = max(most, b.amount.Minor)
	}
	drawn := make(g.Group, 0, 3*len(bars))
	rows := make([]record, 0, len(bars))
	columns := []string{names, "#" + f.Say("web.amount")}
	if counted {
		columns = append(columns, "#"+f.Say("web.count"))
	}
	for i, b := range bars {
		y, long := i*chartStep, max(0, b.amount.Minor)*(chartWide-chartNames-chartSaid)/most
		class := "bar"
		if b.hot {
			class = "bar hot"
		}
		drawn = append(drawn,
			svgText(0, y+18, b.name),
			g.If(long > 0, g.El("rect", g.Attr("class", class), at("x", chartNames), at("y", y+4), at("width", int(long)), at("height", chartStep-10))),
			svgText(chartNames+int(long)+8, y+18, f.amount(b.amount)))
		cells := []field{figure(f.amount(b.amount))}
		if counted {
			cells = append(cells, figure(fmt.Sprint(b.count)))
		}
		rows = append(rows, f.row(g.Text(b.name), cells...))
	}
	return h.Section(h.H2(g.Text(title)),
		h.Figure(
			g.El("svg", g.Attr("viewBox", fmt.Sprintf("0 0 %d %d", chartWide, len(bars)*chartStep)), g.Attr("role", "img"), h.Aria("label", title), drawn)),
		h.Details(h.Summary(f.say("web.as_table")), f.table(title, columns, rows)),
		h.P(h.A(h.Href(file), f.say("web.as_csv"))))
}

func at(name string, n int) g.Node { return g.Attr(name, fmt.Sprint(n)) }

func svgText(x, y int, said string) g.Node {
	return g.El("text", at("x", x), at("y", y), g.Text(said))
}
