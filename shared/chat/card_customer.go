package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/party"
)

// likeness asks whether two customers are one. It says what they have in common, and what joining does and does not.
func (v Voice) likeness(c o2c.LikenessCard) Message {
	l := c.Likeness
	about := []any{"name", named(c.Customer.Name), "other", named(c.Other.Name), "by", named(c.By), "time", l.DecidedAt, "why", v.common(l, c.Customer)}
	answered := v.mark("likeness.note", about...)
	if l.Status != o2c.LikeOpen {
		answered = v.mark("likeness."+l.Status, about...)
	}
	return message(v.Say("likeness.text."+l.Status, about...),
		header(v.Say("likeness.title", about...)),
		fields(v.whoIs(c.Customer), v.whoIs(c.Other)),
		section(answered),
		v.likenessButtons(l))
}

// common is what two customers have in common, in words.
func (v Voice) common(l o2c.LikenessData, c party.Data) string {
	var all []string
	for _, why := range l.Why {
		mail := ""
		if len(c.Emails) > 0 {
			mail = c.Emails[0]
		}
		all = append(all, v.Say("likeness.why."+why, "mail", named(mail)))
	}
	return strings.Join(all, ", ")
}

// whoIs is a customer in a few lines.
func (v Voice) whoIs(c party.Data) markup {
	lines := []markup{v.mark("likeness.who", "name", named(c.Name), "kind", v.known("likeness.kind.", string(c.Kind)))}
	for _, said := range []string{strings.Join(c.Emails, ", "), c.Address.Street, strings.TrimSpace(c.Address.PostalCode + " " + c.Address.City), c.VATID, c.KVK} {
		if said != "" {
			lines = append(lines, markup(escape(named(said))))
		}
	}
	return join("\n", append(lines, v.mark("likeness.since", "date", c.CreatedAt))...)
}

func (v Voice) likenessButtons(l o2c.LikenessData) slack.Block {
	value := Ref{ID: l.ID}.String()
	switch l.Status {
	case o2c.LikeOpen:
		return actions(primary(button(ActCustomerSame, v.Say("button.same"), value)), button(ActCustomerDifferent, v.Say("button.different"), value))
	case o2c.LikeSame:
		return actions(button(ActCustomerDifferent, v.Say("button.separate"), value))
	}
	return actions(button(ActCustomerSame, v.Say("button.join"), value))
}
