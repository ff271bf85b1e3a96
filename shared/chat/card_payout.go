package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
)

// payout is M9: what a gateway paid out is not what the books expect. Nothing is booked to make it fit (row 68): the
// card names the smallest set of movements that explains the gap, and a person says what it was.
func (v Voice) payout(c o2c.PayoutCard) Message {
	d := c.Payout
	about := []any{"payout", named(d.Reference), "gateway", named(gatewayName(d.Gateway)), "expected", d.Expected, "actual", d.Actual(), "difference", d.Gap}
	switch {
	case d.Code == "":
		return message(v.Say("payout.fits", about...), section(v.mark("payout.fits", about...)))
	case d.Explained != "":
		about = append(about, "name", named(c.Found), "why", noted(d.Explained))
		return message(v.Say("payout.explained", about...), section(v.mark("payout.explained", about...)))
	}
	ref := Ref{ID: d.ID}.String()
	take := button(ActPayoutTake, v.Say("button.take"), ref)
	var owned markup
	if c.Owner != "" {
		take, owned = nil, v.mark("payout.owner", "name", named(c.Owner))
	}
	return message(v.Say("payout.text", about...),
		header(v.Say("payout.title", about...)),
		fields(v.mark("payout.expected", about...), v.mark("payout.actual", about...), v.mark("payout.difference", about...), v.mark("payout.why."+d.Code)),
		v.causes(d),
		notes(v.mark("payout.kept"), owned),
		actions(primary(button(ActPayoutExplain, v.Say("button.explain"), ref)), take))
}

// causes is the smallest set that explains the gap.
func (v Voice) causes(d cash.PayoutData) slack.Block {
	if len(d.Causes) == 0 {
		return section(v.mark("payout.no_causes"))
	}
	return section(join("\n", v.mark("payout.causes"), listed(v, d.Causes, listMax, func(p cash.Movement) markup {
		line := []markup{v.mark("payout.part."+p.Kind, "amount", p.Amount)}
		if len(p.Invoices) > 0 {
			line = append(line, v.mark("payout.invoices", "numbers", strings.Join(p.Invoices, ", ")))
		}
		for _, s := range []string{p.Customer, p.Ref} {
			if s != "" {
				line = append(line, v.mark("payout.of", "name", named(s)))
			}
		}
		return join(" · ", line...)
	})))
}

// gatewayName is a gateway as people write it.
func gatewayName(gateway string) string {
	words := strings.Fields(strings.ReplaceAll(gateway, "_", " "))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
