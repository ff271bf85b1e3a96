package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// draft asks for what an invoice lacks before the law lets us issue it.
func (v Voice) draft(c o2c.DraftCard) Message {
	d := c.Invoice
	if c.Order == "" && len(d.Supplies) > 0 {
		c.Order = v.Say("draft.orders", "n", len(d.Supplies))
	}
	about := []any{"order", named(c.Order), "customer", named(d.Buyer.Name), "amount", d.Total}
	if d.Status != invoice.Draft {
		outcome := "draft.issued"
		if d.Status == invoice.Void {
			outcome = "draft.void"
		}
		return message(v.Say(outcome, append(about, "number", d.Number)...), section(v.mark(outcome, append(about, "number", d.Number)...)))
	}
	all := []slack.Block{header(v.Say("draft.title", about...))}
	var press []*slack.ButtonBlockElement
	for _, place := range invoice.Places() {
		block := v.missing(d, place)
		if block == nil {
			continue
		}
		all = append(all, block)
		if place == invoice.AtCustomer {
			press = append(press, primary(button(ActInvoiceComplete, v.Say("button.complete"), Ref{ID: d.ID}.String())))
		}
	}
	retry := button(ActInvoiceRetry, v.Say("button.retry"), Ref{ID: d.ID}.String())
	if len(press) == 0 {
		retry = primary(retry)
	}
	return message(v.Say("draft.text", about...), append(all, notes(v.mark("draft.why")), actions(append(press, retry)...))...)
}

// missing lists what is to be mended in one place.
func (v Voice) missing(d invoice.Data, place string) slack.Block {
	var here []string
	for _, what := range d.Missing {
		if invoice.Place(what) == place {
			here = append(here, what)
		}
	}
	if len(here) == 0 {
		return nil
	}
	list := listed(v, here, listMax, func(what string) markup { return v.mark("bullet", "text", v.particular(what)) })
	return section(join("\n", v.mark("draft.at."+place), list))
}

// particular is what package invoice says is missing, in the team's language. "… of line 12" keeps its number.
func (v Voice) particular(what string) string {
	if said, ok := v.words()["missing."+what]; ok && !strings.Contains(said, "{") {
		return said
	}
	if stem, n, ok := strings.Cut(what, " of line "); ok {
		if _, known := v.words()["missing."+stem+" of line"]; known {
			return v.Say("missing."+stem+" of line", "n", n)
		}
	}
	if stem, detail, ok := strings.Cut(strings.TrimSuffix(what, ")"), " ("); ok {
		if _, known := v.words()["missing."+stem]; known {
			return v.Say("missing."+stem, "detail", detail)
		}
	}
	if _, known := v.words()["missing."+what]; known {
		return strings.TrimSuffix(strings.TrimSpace(v.Say("missing."+what, "detail", "")), ":")
	}
	return noted(what)
}
