package document

import "strings"

// plain says the same as the HTML, in the same order.
func (l letter) plain() string {
	var out strings.Builder
	para := func(lines ...string) {
		out.WriteString(strings.Join(lines, "\n") + "\n\n")
	}
	para(l.Line)
	if l.Button.URL != "" {
		para(l.Button.Label + l.colon() + l.Button.URL)
	}
	for _, a := range l.Links {
		out.WriteString(a.Label + l.colon() + a.URL + "\n")
	}
	if len(l.Links) > 0 {
		out.WriteString("\n")
	}
	para(l.Greeting)
	if l.Note != "" {
		para(l.Note)
	}
	para(l.Body)
	if len(l.Table.Rows) > 0 {
		para(l.Table.plain()...)
	}
	if l.Claim.Lead != "" {
		para(append([]string{l.Claim.Lead}, l.Claim.Table.plain()...)...)
		para(l.Claim.Foot)
	}
	if len(l.Pairs) > 0 {
		lines := nonEmpty(l.Bank)
		for _, p := range l.Pairs {
			lines = append(lines, p[0]+l.colon()+p[1])
		}
		para(lines...)
	}
	para(append([]string{l.Regards}, l.Sender...)...)
	out.WriteString("-- \n" + l.Foot + "\n") // RFC 3676: what follows is no part of the letter's body
	return out.String()
}

// colon stands between a name and its value; French has a blank before it.
func (l letter) colon() string {
	if l.Language == "fr" {
		return "\u00a0: "
	}
	return ": "
}

func (t table) plain() []string {
	lines := []string{strings.Join(t.Head, " | ")}
	for _, row := range t.Rows {
		var parts []string
		for _, c := range row {
			if c.Text != "" {
				parts = append(parts, c.Text)
			}
		}
		line := strings.Join(parts, " | ")
		if row[0].URL != "" {
			line += "\n  " + row[0].URL
		}
		lines = append(lines, line)
	}
	return lines
}
