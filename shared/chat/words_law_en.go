package chat

// englishLaw is what is said about the days that the law sets, and about collective
// invoices.
var englishLaw = map[string]string{
	"deadline.title":    "Issue by {date} · {customer} · {amount}",
	"deadline.text":     "The invoice of {amount} to {customer} must be issued by {date}: the law says so.",
	"deadline.left":     "The law wants it issued by *{date}*: {n} days are left. It cannot be issued yet; its own card says what it lacks.",
	"deadline.left.one": "The law wants it issued by *{date}*: tomorrow. It cannot be issued yet; its own card says what it lacks.",
	"deadline.today":    "The law wants it issued *today*, {date}. It cannot be issued yet; its own card says what it lacks.",
	"deadline.late":     "The law wanted it issued by *{date}*; that is over. Issue it as soon as what it lacks is there.",
	"deadline.lacks":    "It lacks:",
	"deadline.tried":    "Nothing is missing any more, and still it is not issued. Press *Issue again*.",
	"deadline.issued":   "✓ The invoice of {amount} to {customer} is issued as {number}.",
	"deadline.void":     "✓ The invoice of {amount} to {customer} is not needed any more.",
	"draft.orders":      "{n} deliveries",
}
