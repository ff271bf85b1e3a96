package chat

// englishCollect is what is said of invoices that are collected from a kept
// method.
var englishCollect = []word{
	{"case.mandate", "{by} lets us collect invoices from {to}, each on the day it falls due."},
	{"case.mandate_stopped", "{by} stopped collecting ({to}); invoices are paid as before."},
	{"case.card_expires", "{to}, from which invoices are collected, expires on {date}. The customer was mailed."},
	{"case.card_renewed", "The card network replaced the card from which invoices are collected: {to}."},
	{"case.charge_again", "Collecting {amount} for {numbers} failed: {why}. It is tried again on {date}."},
	{"case.charge_failed", "Collecting {amount} for {numbers} failed: {why}. It is not tried again; the customer was mailed, and reminders go on."},
	{"news.charge_ended.title", "{number} could not be collected"},
	{"news.charge_ended", "{amount} from {name}: {why}. It is not tried again; the customer was mailed with the pay link, and reminders go on at their step."},
	{"pause.charge", "collecting"},
	{"news.failed.charge", "An invoice could not be collected"},
	{"news.failed.method", "A kept payment method could not be read"},
	{"news.failed.detach", "A kept payment method could not be removed at the payment provider"},
	{"because.charge.funds", "not enough money"},
	{"because.charge.limit", "the limit was reached"},
	{"because.charge.bank", "the bank declined without a reason"},
	{"because.charge.expired", "the card has expired"},
	{"because.charge.details", "the card or account number is wrong"},
	{"because.charge.confirm", "the bank wants the customer to confirm"},
	{"because.charge.closed", "the account is closed or blocked"},
	{"because.charge.withdrawn", "the debit is not allowed (any more)"},
	{"because.charge.removed", "the method is not kept any more"},
	{"because.charge.trouble", "a technical problem at the bank"},
	{"because.charge.not_accepted", "this kind of payment is not allowed"},
	{"overdue.collects", "Invoices are collected from {method}."},
	{"invoice.collects", "Collected from {method} on {date}."},
	{"button.stop_collecting", "Stop collecting"},
}
