package chat

// englishLaw is what is said about the days that the law sets, and about collective
// invoices.
var englishLaw = []word{
	{"deadline.title", "Issue by {date} · {customer} · {amount}"},
	{"deadline.text", "The invoice of {amount} to {customer} must be issued by {date}: the law says so."},
	{"deadline.left", "The law wants it issued by *{date}*: {n} days are left. It cannot be issued yet; its own card says what it lacks."},
	{"deadline.left.one", "The law wants it issued by *{date}*: tomorrow. It cannot be issued yet; its own card says what it lacks."},
	{"deadline.today", "The law wants it issued *today*, {date}. It cannot be issued yet; its own card says what it lacks."},
	{"deadline.late", "The law wanted it issued by *{date}*; that is over. Issue it as soon as what it lacks is there."},
	{"deadline.lacks", "It lacks:"},
	{"deadline.tried", "Nothing is missing any more, and still it is not issued. Press *Issue again*."},
	{"deadline.issued", "✓ The invoice of {amount} to {customer} is issued as {number}."},
	{"deadline.void", "✓ The invoice of {amount} to {customer} is not needed any more."},
	{"draft.orders", "{n} deliveries"},
	{"payee.none", "Nobody asks for another bank account."},
	{"payee.title", "Another bank account on our invoices?"},
	{"payee.text", "Somebody wants our customers to pay to another bank account."},
	{"payee.what", "Customers are to pay to `{is}` instead of `{was}`."},
	{"payee.asked", "Is it really ours? *Call the bank or the owner on a number that you know.* {n} different people must want it; invoices and reminders name the old account until then, and for some days more."},
	{"payee.cooling", "Approved. It takes effect on *{date}*. Until then invoices and reminders name the old account, and everybody can stop it."},
	{"payee.done", "✓ Our customers pay to `{is}` now; it was `{was}`."},
	{"payee.stopped", "✓ The change of our bank account to `{is}` was stopped by {stopper}. Invoices name `{was}` as before."},
	{"payee.by", "{name} asks for it."},
	{"payee.by_policy", "It stands in duly.yaml since the last deployment: two people must approve it."},
	{"payee.approved_by", "Approved by {approved}."},
	{"payee.confirm.title", "Let the account change?"},
	{"payee.confirm", "Customers are to pay to {is}. Approve only if you have asked the bank or the owner yourself."},
	{"payee.stop.title", "Stop the change?"},
	{"payee.stop", "Invoices go on naming {was}."},
	{"button.payee_stop", "Stop it"},
	{"missing.a VAT id that VIES has confirmed", "a VAT id that VIES has confirmed: {detail}"},
}
