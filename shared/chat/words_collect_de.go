package chat

// germanCollect is what is said of invoices that are collected from a kept
// method.
var germanCollect = []word{
	{"case.mandate", "{by} lässt uns Rechnungen einziehen ({to}), jede am Tag ihrer Fälligkeit."},
	{"case.mandate_stopped", "{by} hat den Einzug beendet ({to}); Rechnungen werden bezahlt wie zuvor."},
	{"case.card_expires", "{to}, wovon Rechnungen eingezogen werden, läuft am {date} ab. Der Kunde bekam eine Mail."},
	{"case.card_renewed", "Das Kartennetz hat die Karte ersetzt, von der Rechnungen eingezogen werden: {to}."},
	{"case.charge_again", "Der Einzug von {amount} für {numbers} ist gescheitert: {why}. Am {date} wird es erneut versucht."},
	{"case.charge_failed", "Der Einzug von {amount} für {numbers} ist gescheitert: {why}. Es wird nicht noch einmal versucht; der Kunde bekam eine Mail, und die Mahnungen gehen weiter."},
	{"news.charge_ended.title", "{number} konnte nicht eingezogen werden"},
	{"news.charge_ended", "{amount} von {name}: {why}. Es wird nicht noch einmal versucht; der Kunde bekam eine Mail mit dem Zahlungslink, und die Mahnungen gehen bei ihrem Schritt weiter."},
	{"pause.charge", "Einzug"},
	{"news.failed.charge", "Eine Rechnung konnte nicht eingezogen werden"},
	{"news.failed.method", "Ein hinterlegtes Zahlungsmittel konnte nicht gelesen werden"},
	{"news.failed.detach", "Ein hinterlegtes Zahlungsmittel konnte beim Zahlungsdienst nicht entfernt werden"},
	{"because.charge.funds", "nicht genug Geld"},
	{"because.charge.limit", "das Limit war erreicht"},
	{"because.charge.bank", "die Bank lehnte ohne Grund ab"},
	{"because.charge.expired", "die Karte ist abgelaufen"},
	{"because.charge.details", "die Karten- oder Kontonummer stimmt nicht"},
	{"because.charge.confirm", "die Bank will, dass der Kunde bestätigt"},
	{"because.charge.closed", "das Konto ist aufgelöst oder gesperrt"},
	{"because.charge.withdrawn", "die Abbuchung ist nicht (mehr) erlaubt"},
	{"because.charge.removed", "das Zahlungsmittel ist nicht mehr hinterlegt"},
	{"because.charge.trouble", "eine technische Störung bei der Bank"},
	{"because.charge.not_accepted", "diese Art von Zahlung ist nicht erlaubt"},
	{"overdue.collects", "Rechnungen werden eingezogen: {method}."},
	{"invoice.collects", "Wird am {date} eingezogen: {method}."},
	{"button.stop_collecting", "Einzug beenden"},
}
