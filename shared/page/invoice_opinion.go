package page

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
)

// opinion asks, once it is paid, how it was; afterwards it thanks.
func (p invoicePage) opinion() g.Node {
	if p.Opinion != nil {
		return note(p.Say("page.opinion_thanks", "Score", p.Opinion.Score, "Most", o2c.ScoreMax))
	}
	if !p.Asks {
		return nil
	}
	wrong := p.at == SaidScore
	var choices g.Group
	for n := 1; n <= o2c.ScoreMax; n++ {
		id := SaidScore
		if n > 1 {
			id += strconv.Itoa(n)
		}
		choices = append(choices, h.Label(h.For(id), h.Input(h.ID(id), h.Name("score"), h.Type("radio"), h.Value(strconv.Itoa(n)), h.Required()), g.Text(strconv.Itoa(n))))
	}
	about := "score-hint"
	if wrong {
		about += " score-wrong"
	}
	return h.Section(h.Aria("labelledby", "opinion"), h.H2(h.ID("opinion"), p.said("page.opinion")),
		p.form("opinion",
			h.FieldSet(h.Aria("describedby", about), h.Legend(p.said("page.opinion_label")),
				h.P(h.Class("hint"), h.ID("score-hint"), p.said("page.opinion_hint")),
				g.If(wrong, h.P(h.Class("wrong"), h.ID("score-wrong"), g.Text(p.problem))),
				h.Div(h.Class("tick scores"), choices)),
			p.labelled("opinion-text", p.Say("page.opinion_text"), "", func(about ...g.Node) g.Node {
				return h.Textarea(h.ID("opinion-text"), h.Name("text"), h.Rows("2"), h.MaxLength(strconv.Itoa(o2c.OpinionWords)), g.Group(about))
			}),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.opinion_button"))))
}
