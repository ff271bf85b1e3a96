package chat

// englishCash is what is said about money without a home.
var englishCash = map[string]string{
	"button.refund":        "Refund…",
	"button.other":         "Not from a customer…",
	"button.undo_match":    "Undo",
	"button.refund_yes":    "Approve refund",
	"button.refund_no":     "Refuse",
	"modal.refund":         "Refund by transfer",
	"modal.other":          "Not from a customer",
	"field.account":        "Account",
	"field.iban":           "IBAN",
	"field.holder":         "Name of its holder",
	"hint.refund_amount":   "In {currency}, at most {most}. Empty: all of it.",
	"hint.refund_iban":     "Another account than the money came from is approved by a second person.",
	"modal.refund.what":    "It waits for the next payment file, which you download and give to your bank.",
	"modal.other.what":     "The money is booked to this account and asks nobody any more. It can be undone on its card.",
	"cash.booked":          "{amount} to account {account}: {why}",
	"cash.refund_asked":    "*{asked_by}* asks to refund *{amount}* to {name}, account … {last}, which is not where the money came from: {reason}\nA second person decides.",
	"cash.refund_approved": "{amount} to {name}, account … {last}: approved, waits for the next payment file.",
	"cash.refund_filed":    "{amount} to {name}, account … {last}: in a payment file.",
	"cash.refund_paid":     "{amount} to {name}, account … {last}: paid on {date}.",
	"cash.refund_failed":   "{amount} to {name}, account … {last}: came back.",
	"cash.refund_refused":  "{amount} to {name}, account … {last}: refused.",
	"cash.kept":            "{amount} is kept as the customer’s credit.",
}
