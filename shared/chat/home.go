package chat

import (
	"encoding/json"
	"time"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// Home is what a colleague's own tab of the app shows.
type Home struct{ view slack.HomeTabViewRequest }

// MarshalJSON is the view as Slack reads it.
func (h Home) MarshalJSON() ([]byte, error) { return json.Marshal(h.view) }

// Home draws a colleague's tab: the work that waits, the money today, and how old the figures are. It works without any
// message in a channel.
func (v Voice) Home(who o2c.Person, today o2c.DigestCard, at time.Time) Home {
	about := []any{"name", named(who.Name), "decisions", v.count("digest.decisions", today.Decisions), "promises", v.count("digest.promises", today.Promises)}
	return home(
		header(v.Say("home.work", about...)),
		section(v.mark("digest.work", about...)),
		header(v.Say("home.money")),
		v.figures(today),
		v.ageing(today.Ageing),
		section(v.mark("home.help")),
		v.starts(who),
		notes(v.mark("home.footer", "role", string(who.Role), "time", at)))
}

// starts are what a colleague may begin from here.
func (v Voice) starts(who o2c.Person) slack.Block {
	if row, _ := ActionOf(ActQuoteNew); !row.May(who.Role, false) {
		return nil
	}
	value := Ref{ID: "new"}.String()
	return actions(button(ActOrderNew, v.Say("button.order_new"), value), button(ActQuoteNew, v.Say("button.quote"), value))
}

// Stranger is the Home of somebody whom the policy does not name.
func (v Voice) Stranger() Home { return home(section(v.mark("stranger"))) }

func home(all ...slack.Block) Home {
	return Home{view: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks(all...)}}}
}
