package chat

import (
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
)

// graph is a data_visualization block (docs.slack.dev/reference/block-kit/blocks/data-visualization-block). It is ours
// because the library's takes floating-point numbers, and these are money.
type graph struct {
	Type  slack.MessageBlockType `json:"type"`
	Title string                 `json:"title"`
	Chart graphChart             `json:"chart"`
}

type graphChart struct {
	Type   string        `json:"type"` // "bar" or "line"
	Series []graphSeries `json:"series"`
	Axis   struct {
		Categories []string `json:"categories"`
		YLabel     string   `json:"y_label,omitempty"`
	} `json:"axis_config"`
}

type graphSeries struct {
	Name string       `json:"name"`
	Data []graphPoint `json:"data"`
}

type graphPoint struct {
	Label string      `json:"label"`
	Value json.Number `json:"value"` // in major units
}

// The limits of a chart, the smaller figure where Slack's pages disagree.
const (
	graphTitleMax  = 50
	graphLabelMax  = 20
	graphPointsMax = 20
)

// BlockType and ID make the graph a block.
func (g graph) BlockType() slack.MessageBlockType { return g.Type }
func (g graph) ID() string                        { return "" }

func newGraph(kind, title, unit string) graph {
	g := graph{Type: "data_visualization", Title: clip(title, graphTitleMax), Chart: graphChart{Type: kind}}
	g.Chart.Axis.YLabel = clip(unit, graphTitleMax)
	return g
}

// series adds a row of points; all rows have the same labels.
func (g graph) series(name string, labels []string, values []money.Amount) graph {
	row := graphSeries{Name: clip(name, graphLabelMax)}
	g.Chart.Axis.Categories = nil
	for i, v := range values[:min(len(values), graphPointsMax)] {
		label := clip(labels[i], graphLabelMax)
		g.Chart.Axis.Categories = append(g.Chart.Axis.Categories, label)
		row.Data = append(row.Data, graphPoint{Label: label, Value: json.Number(v.Decimal().String())})
	}
	g.Chart.Series = append(g.Chart.Series, row)
	return g
}

// topTable lists who owes most, a row each, in Slack's own table.
func (v Voice) topTable(top []o2c.Debtor) slack.Block {
	if len(top) == 0 {
		return nil
	}
	row := func(cells ...string) []slack.DataTableCell {
		out := make([]slack.DataTableCell, len(cells))
		for i, c := range cells {
			out[i] = slack.NewDataTableRawTextCell(rawCell.Replace(c))
		}
		return out
	}
	t := slack.NewDataTableBlock(v.Say("digest.top"))
	t.PageSize = topRowsMax
	t.Rows = append(t.Rows, row(v.Say("digest.top.customer"), v.Say("digest.top.overdue"), v.Say("digest.top.oldest"), v.Say("digest.top.owner")))
	for _, d := range top[:min(len(top), topRowsMax)] {
		owner := "–"
		if d.Owner != "" {
			owner = named(v.people("slack:" + d.Owner))
		}
		t.Rows = append(t.Rows, row(named(d.Name), v.spell(d.Overdue), v.count("days", d.Oldest), owner))
	}
	return t
}

// rawCell takes Slack's control characters out of a cell of raw text: whether Slack decodes entities there its pages do not
// say, and a name is to be readable either way.
var rawCell = strings.NewReplacer("&", "+", "<", "‹", ">", "›")

// topRowsMax is how many customers the table has, all on one page.
const topRowsMax = 5

// topLines is the same as text.
func (v Voice) topLines(top []o2c.Debtor) slack.Block {
	if len(top) == 0 {
		return nil
	}
	return section(join("\n", v.mark("digest.top.title"), listed(v, top, topRowsMax, v.debtor)))
}
