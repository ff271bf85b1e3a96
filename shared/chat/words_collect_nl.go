package chat

// dutchCollect is what is said of invoices that are collected from a kept
// method.
var dutchCollect = []word{
	{"case.mandate", "{by} laat ons facturen incasseren van {to}, elk op de vervaldag."},
	{"case.mandate_stopped", "{by} stopte het incasseren ({to}); facturen worden betaald als voorheen."},
	{"case.card_expires", "{to}, waarvan facturen worden geïncasseerd, verloopt op {date}. De klant kreeg een mail."},
	{"case.card_renewed", "Het kaartnetwerk verving de kaart waarvan facturen worden geïncasseerd: {to}."},
	{"case.charge_again", "{amount} voor {numbers} incasseren mislukte: {why}. Op {date} wordt het opnieuw geprobeerd."},
	{"case.charge_failed", "{amount} voor {numbers} incasseren mislukte: {why}. Het wordt niet opnieuw geprobeerd; de klant kreeg een mail en de herinneringen gaan door."},
	{"news.charge_ended.title", "{number} kon niet worden geïncasseerd"},
	{"news.charge_ended", "{amount} van {name}: {why}. Het wordt niet opnieuw geprobeerd; de klant kreeg een mail met de betaallink en de herinneringen gaan door op hun stap."},
	{"pause.charge", "incasso"},
	{"news.failed.charge", "Een factuur kon niet worden geïncasseerd"},
	{"news.failed.method", "Een bewaarde betaalwijze kon niet worden gelezen"},
	{"news.failed.detach", "Een bewaarde betaalwijze kon bij de betaaldienst niet worden verwijderd"},
	{"because.charge.funds", "niet genoeg geld"},
	{"because.charge.limit", "de limiet was bereikt"},
	{"because.charge.bank", "de bank weigerde zonder reden"},
	{"because.charge.expired", "de kaart is verlopen"},
	{"because.charge.details", "het kaart- of rekeningnummer klopt niet"},
	{"because.charge.confirm", "de bank wil dat de klant bevestigt"},
	{"because.charge.closed", "de rekening is opgeheven of geblokkeerd"},
	{"because.charge.withdrawn", "de afschrijving is niet (meer) toegestaan"},
	{"because.charge.removed", "de betaalwijze wordt niet meer bewaard"},
	{"because.charge.trouble", "een technisch probleem bij de bank"},
	{"because.charge.not_accepted", "dit soort betaling is niet toegestaan"},
	{"overdue.collects", "Facturen worden geïncasseerd van {method}."},
	{"invoice.collects", "Wordt op {date} geïncasseerd van {method}."},
	{"button.stop_collecting", "Stop incasseren"},
}
