package chat

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/party"
)

// Home is what a colleague's own tab of the app shows.
type Home struct{ view slack.HomeTabViewRequest }

// MarshalJSON is the view as Slack reads it.
func (h Home) MarshalJSON() ([]byte, error) { return json.Marshal(h.view) }

// Home draws a colleague's tab (ux.md §2.6): the work that waits with the buttons of its cards, the money today, and how
// old the figures are; live says that real money moves. Who was never trained is invited above all of it. It works without
// any message in a channel.
func (v Voice) Home(who o2c.Person, w o2c.Workday, trained o2c.TourData, at time.Time, live bool, mine HomeExtras) Home {
	var all []slack.Block
	if trained.Run == 0 {
		all = append(all, section(v.mark("home.tour")), actions(primary(button(ActTourStart, v.Say("button.tour"), Ref{ID: "new"}.String()))), slack.NewDividerBlock())
	}
	all = append(append(all, header(v.Say("home.work", "n", w.Count()))), v.work(who, w)...)
	all = append(all,
		slack.NewDividerBlock(),
		header(v.Say("home.money")),
		v.figures(w.Figures.DigestCard),
		v.ageing(w.Figures.Ageing),
		section(join("\n", v.trend(w.Figures), v.falling(w.Figures))),
		v.lookUps(who))
	if len(mine.Views) > 0 {
		all = append(all, section(v.mark("home.views")))
	}
	for _, one := range mine.Views { // a block each: buttons of one block need names of their own
		b := section(v.mark("home.views.line", "name", named(one.Name), "page", v.known("page.", pageOf(one.Path))))
		b.Accessory = slack.NewAccessory(button(ActWebView, v.Say("button.view_open"), Ref{ID: one.Path}.String()))
		all = append(all, b)
	}
	return home(append(all,
		v.starts(who),
		notes(v.mark("home.help")),
		notes(join(" · ", v.standingAt(who, w.Figures.Verified, at, live), v.costing(mine.Cost))))...)
}

// HomeExtras is what stands on a colleague's tab beside the work and the money.
type HomeExtras struct {
	Views []o2c.SavedView
	Cost  *o2c.MonthCost // nil: nothing says it
}

// pageOf is the name of the page that a saved view is of.
func pageOf(path string) string {
	page, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "?")
	return page
}

// costing is what Duly costs its house this month.
func (v Voice) costing(c *o2c.MonthCost) markup {
	if c == nil {
		return ""
	}
	return v.mark("home.cost", "amount", c.Amount, "orders", v.count("home.orders", c.Orders))
}

// work is what waits, kind by kind.
func (v Voice) work(who o2c.Person, w o2c.Workday) []slack.Block {
	var all []slack.Block
	kind := func(key string, n int) {
		if n > 0 {
			all = append(all, section(v.mark(key)))
		}
	}
	kind("home.credit", len(w.Questions))
	for _, q := range w.Questions {
		why := v.mark("credit.why", "reasons", v.reasons(q.Request.Decision.Reasons))
		line := v.mark("home.credit.line", "order", orderNumber(q.Order), "customer", named(q.Order.CustomerName), "amount", q.Request.Amount)
		all = append(all, section(join("\n", line, why)), v.questions(q))
	}
	if w.More > 0 {
		all = append(all, notes(v.mark("home.rest", "n", w.More)))
	}
	kind("home.cards", len(w.Cards))
	for _, c := range w.Cards {
		all = append(all, v.asking(who, c)...)
	}
	if w.MoreCards > 0 {
		all = append(all, notes(v.mark("home.cards.rest", "n", w.MoreCards)))
	}
	kind("home.promises", len(w.Promises))
	for _, p := range w.Promises {
		ref := Ref{ID: p.CustomerID}.String()
		all = append(all, section(v.mark("home.promises.line", "number", p.Number, "amount", p.Amount)),
			actions(button(ActOverdueCall, v.Say("button.call"), ref), button(ActOverduePromise, v.Say("button.promise"), ref)))
	}
	kind("home.debtors", len(w.Debtors))
	for _, d := range w.Debtors {
		all = append(all, v.late(d), v.overdueActions(o2c.OverdueCard{Customer: party.Data{ID: d.CustomerID}, Owner: d.Owner}))
	}
	if !w.Whole {
		all = append(all, notes(v.mark("home.debtors.rest")))
	}
	kind("home.cash", len(w.Money))
	for _, r := range w.Money {
		all = append(all, section(v.mark("home.cash.line", "payer", v.payer(r), "amount", r.Unapplied, "date", r.ValueOn)))
		if likely, ok := w.Guesses[r.ID]; ok {
			all = append(all, v.candidate(r, 1, likely))
		}
		all = append(all, v.otherwise(o2c.CashCard{Receipt: r}))
	}
	if len(all) == 0 {
		return []slack.Block{section(v.mark("home.work.none"))}
	}
	return all
}

// late is one customer who is late, and how to reach it.
func (v Voice) late(d o2c.Debtor) slack.Block {
	line := v.mark("home.debtors.line", "customer", named(d.Name), "amount", d.Overdue, "days", v.count("days", d.Oldest), "invoices", v.count("home.invoices", d.Invoices))
	contact := markup("")
	if d.Contact != "" {
		contact = markup(escape(named(d.Contact)))
	}
	return section(join("\n", line, join(" · ", contact, v.owned(d.Owner), v.callBy(d.CallBy))))
}

// lookUps are the views that are asked for most: commands, each behind a button.
func (v Voice) lookUps(who o2c.Person) slack.Block {
	look := func(action, label, command string) *slack.ButtonBlockElement {
		return button(action, v.Say(label), Ref{ID: command}.String())
	}
	var match, mine *slack.ButtonBlockElement
	if row, _ := ActionOf(ActCashMatch); row.May(who.Role, false) {
		match = look(ActHomeMatch, "button.view_match", "match")
	}
	if row, _ := ActionOf(ActOverdueTake); row.May(who.Role, true) {
		mine = look(ActHomeMine, "button.view_me", "overdue me")
	}
	return actions(look(ActHomeTop, "button.view_top", "overdue top 20"), look(ActHomeDays, "button.view_days", "overdue >30d"), mine, match,
		look(ActHomeDue, "button.view_forecast", "forecast"), look(ActHomeFigures, "button.view_kpi", "kpi"), look(ActHomeWeek, "button.view_week", "week"))
}

// starts are what a colleague may begin from here.
func (v Voice) starts(who o2c.Person) slack.Block {
	value := Ref{ID: "new"}.String()
	var set *slack.ButtonBlockElement
	if row, _ := ActionOf(ActSettings); row.May(who.Role, false) {
		set = button(ActSettings, v.Say("button.settings"), value)
	}
	var team *slack.ButtonBlockElement
	if row, _ := ActionOf(ActTourTeam); row.May(who.Role, false) {
		team = button(ActTourTeam, v.Say("button.tour_team"), Ref{ID: "tour team"}.String())
	}
	mine := button(ActPersonal, v.Say("button.personal"), value)
	web, again := button(ActWebOpen, v.Say("button.web"), Ref{ID: "web"}.String()), button(ActHomeAgain, v.Say("button.home_again"), value)
	if row, _ := ActionOf(ActQuoteNew); !row.May(who.Role, false) {
		return actions(web, set, mine, team, again)
	}
	return actions(web, button(ActOrderNew, v.Say("button.order_new"), value), button(ActQuoteNew, v.Say("button.quote"), value), set, mine, team, again)
}

// standingAt is who reads, as of when, whether money is real, and what the nightly check of the books found.
func (v Voice) standingAt(who o2c.Person, last *o2c.VerifiedData, at time.Time, live bool) markup {
	mode := "home.mode.test"
	if live {
		mode = "home.mode.live"
	}
	var checked markup
	if last != nil {
		checked = v.mark("home.verified", "time", last.At, "checks", last.Checks, "broken", last.Broken)
	}
	return join(" · ", v.mark("home.footer", "role", v.roleOf(string(who.Role)), "time", at, "mode", v.mark(mode)), checked)
}

// View is a modal that shows the answer to a command.
func (v Voice) View(m Message) Modal { return v.sheet("modal.view", m.Blocks...) }

// Stranger is the Home of somebody whom the policy does not name.
func (v Voice) Stranger() Home { return home(section(v.mark("stranger"))) }

func home(all ...slack.Block) Home {
	some := blocks(all...)
	return Home{view: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: some[:min(len(some), viewBlocksMax)]}}}
}
