package chat

import "duly/shared/o2c"

// WebLink hands a colleague the way to the team's pages, in a modal and not in a message: it is good for one use within a
// minute, by this person alone, and lies in no channel.
func (v Voice) WebLink(who o2c.Person, url string) Modal {
	return v.sheet("modal.web",
		section(v.mark("modal.web.text", "name", named(who.Name))),
		actions(button(ActWebGo, v.Say("button.web_go"), "").WithURL(url)),
		notes(v.mark("modal.web.note")))
}
