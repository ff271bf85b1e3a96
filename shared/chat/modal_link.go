package chat

// PayLink shows a customer's link to the one colleague who asked. It is shown in a modal and not in a message, because
// a message would first be an effect, and so the link would lie in the table (design §5: a token is kept nowhere).
func (v Voice) PayLink(number, url string) Modal {
	return v.sheet("modal.pay_link",
		section(v.mark("modal.pay_link.text", "number", number)),
		section("`"+markup(escape(clean(url)))+"`"),
		actions(opens(v, url)))
}
