package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
)

// ask is one command as somebody typed it.
type ask struct {
	Who     o2c.Person
	Stamp   o2c.Stamp
	Object  string // behind the verb, without --here
	Channel string
	Trigger string // opens a form for 3 s
}

// verb is one word that people type behind /duly. Its help is "help.<word>" in chat's words.
type verb struct {
	answer func(desk, context.Context, ask) (chat.Message, error)
	// examples are what may be typed, the first of them also where the object is missing.
	examples []string
	// object: it needs one.
	object bool
	// action is the row of chat's action table whose roles may; "": everybody may.
	action string
	// opens a form for the object "new", or for none where none is needed; nil: there is no form.
	opens func(d desk, ctx context.Context, triggerID string, who o2c.Person) error
	// silent: what it says is for who typed it alone, whatever --here says.
	silent bool
}

// verbs is the table of them (ux.md §2.5).
var verbs = map[string]verb{
	"find":      {answer: desk.find, object: true, examples: []string{"find acme", "find SO-1042", "find 2026-0042"}},
	"customer":  {answer: desk.who, object: true, examples: []string{"customer acme"}},
	"order":     {answer: desk.order, object: true, examples: []string{"order SO-1042", "order new"}, opens: desk.openNewOrder},
	"invoice":   {answer: desk.invoice, object: true, examples: []string{"invoice 2026-0042", "invoice 2026-0042 resend", "invoice 2026-0042 pdf", "invoice 2026-0042 link"}},
	"quote":     {answer: desk.quoteAnswer, examples: []string{"quote", "quote Q2026-0001"}, opens: desk.openNewQuote},
	"settings":  {answer: desk.aboutSettings, examples: []string{"settings", "settings me"}, opens: desk.showSettings},
	"tour":      {answer: desk.tour, examples: []string{"tour", "tour again", "tour remove", "tour team"}, silent: true},
	"safe-mode": {answer: desk.safeMode, examples: []string{"safe-mode", "safe-mode on", "safe-mode off"}, silent: true},
	"dashboard": {answer: desk.aboutWeb, examples: []string{"dashboard"}, opens: desk.showWeb},
	"claim":     {answer: desk.claimOf, object: true, examples: []string{"claim 2026-0042"}},
	"overdue":   {answer: desk.overdue, examples: []string{"overdue", "overdue me", "overdue >30d", "overdue top 10"}},
	"credit":    {answer: desk.setCredit, object: true, examples: []string{"credit acme limit 15000,00", "credit acme limit default", "credit acme"}},
	"promise":   {answer: desk.recordPromise, object: true, action: chat.ActOverduePromise, examples: []string{"promise 2026-0042 12 dec", "promise 2026-0042 friday 500,00"}, silent: true},
	"dispute":   {answer: desk.recordDispute, object: true, action: chat.ActOverdueDispute, examples: []string{`dispute 2026-0042 "wrong price"`}, silent: true},
	"match":     {answer: desk.matches, action: chat.ActCashMatch, examples: []string{"match"}, silent: true},
	"kpi":       {answer: desk.kpi, examples: []string{"kpi", "kpi january", "kpi 2026-01"}},
	"week":      {answer: desk.week, examples: []string{"week"}},
	"forecast":  {answer: desk.forecast, examples: []string{"forecast"}},
	"snooze":    {answer: desk.rest, object: true, action: chat.ActOverdueSnooze, examples: []string{"snooze acme 3d", "snooze acme friday"}, silent: true},
	"clock":     {answer: desk.moveClock, object: true, examples: []string{"clock +7d"}, silent: true},
	"role":      {answer: desk.role, examples: []string{"role @name approver 5000,00"}, silent: true},
}

// words is the verb and the object that somebody typed, and whether everybody is to see the answer.
func words(text string) (word, object string, here bool) {
	var kept []string
	for _, w := range strings.Fields(text) {
		if w == "--here" || w == "—here" { // a telephone makes one dash of two
			here = true
			continue
		}
		kept = append(kept, w)
	}
	word, object, _ = strings.Cut(strings.Join(kept, " "), " ")
	return strings.ToLower(word), strings.Trim(object, ` #`), here
}

// verbOrder is the order in which the help tells of them.
var verbOrder = []string{
	"find", "customer", "order", "invoice", "quote", "claim", "overdue", "promise", "dispute", "snooze", "match", "credit", "kpi", "week", "forecast", "role", "settings", "safe-mode", "tour", "dashboard", "clock",
}

// help lists the commands with an example each, or tells of one.
func (d desk) help(object string) chat.Message {
	topic := strings.ToLower(object)
	if topic == "" {
		all := make([]chat.Topic, 0, len(verbOrder))
		for _, word := range verbOrder {
			if word == "clock" && d.Advance == nil {
				continue
			}
			all = append(all, chat.Topic{Word: word, Examples: verbs[word].examples[:1]})
		}
		return d.voice.Help(all)
	}
	v, ok := verbs[topic]
	if !ok {
		return d.voice.DidYouMean(topic, nearest(topic))
	}
	return d.voice.HelpOn(chat.Topic{Word: topic, Examples: v.examples})
}

// Command is one word behind /duly, for the reference.
type Command struct {
	Examples []string
	Does     string // in English
}

// Commands lists what people may type, in the order of the help.
func Commands() []Command {
	english := chat.NewVoice(&o2c.Policy{Language: "en"})
	all := make([]Command, 0, len(verbOrder))
	for _, word := range verbOrder {
		all = append(all, Command{Examples: verbs[word].examples, Does: english.Say("help." + word)})
	}
	return all
}
