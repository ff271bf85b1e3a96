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
	about := []any{"order", named(c.Order), "customer", named(d.Buyer.Name), "amount", d.Total}
	if d.Status != invoice.Draft {
		outcome := "draft.issued"
		if d.Status == invoice.Void {
			outcome = "draft.void"
		}
		return message(v.Say(outcome, append(about, "number", d.Number)...), section(v.mark(outcome, append(about, "number", d.Number)...)))
	}
	return message(v.Say("draft.text", about...),
		header(v.Say("draft.title", about...)),
		v.missing(d),
		notes(v.mark("draft.why")),
		actions(primary(button(ActInvoiceRetry, v.Say("button.retry"), Ref{ID: d.ID}.String()))))
}

func (v Voice) missing(d invoice.Data) slack.Block {
	if len(d.Missing) == 0 {
		return nil
	}
	list := listed(v, d.Missing, listMax, func(what string) markup { return v.mark("bullet", "text", v.particular(what)) })
	return section(join("\n", v.mark("draft.lacks"), list))
}

// particular is what package invoice says is missing, in the team's language. "… of line 12" keeps its number.
func (v Voice) particular(what string) string {
	if said, ok := v.words["missing."+what]; ok {
		return said
	}
	if stem, n, ok := strings.Cut(what, " of line "); ok {
		if _, known := v.words["missing."+stem+" of line"]; known {
			return v.Say("missing."+stem+" of line", "n", n)
		}
	}
	return noted(what)
}
