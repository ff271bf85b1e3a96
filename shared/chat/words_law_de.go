package chat

// germanLaw is what is said about the days that the law sets, and about collective
// invoices.
var germanLaw = []word{
	{"deadline.title", "Rechnung bis {date} ausstellen · {customer} · {amount}"},
	{"deadline.text", "Die Rechnung über {amount} an {customer} ist bis {date} auszustellen: so will es das Gesetz."},
	{"deadline.left", "Das Gesetz will sie bis *{date}* ausgestellt: noch {n} Tage. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte."},
	{"deadline.left.one", "Das Gesetz will sie bis *{date}* ausgestellt: morgen. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte."},
	{"deadline.today", "Das Gesetz will sie *heute*, am {date}, ausgestellt. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte."},
	{"deadline.late", "Das Gesetz wollte sie bis *{date}* ausgestellt; das ist vorbei. Stellen Sie sie aus, sobald da ist, was fehlt."},
	{"deadline.lacks", "Es fehlt:"},
	{"deadline.tried", "Es fehlt nichts mehr, und doch ist sie nicht ausgestellt. Drücken Sie *Erneut versuchen*."},
	{"deadline.issued", "✓ Die Rechnung über {amount} an {customer} ist als {number} ausgestellt."},
	{"deadline.void", "✓ Die Rechnung über {amount} an {customer} wird nicht mehr gebraucht."},
	{"draft.orders", "{n} Lieferungen"},
	{"payee.none", "Niemand verlangt ein anderes Bankkonto."},
	{"payee.title", "Ein anderes Bankkonto auf unseren Rechnungen?"},
	{"payee.text", "Jemand will, dass unsere Kunden auf ein anderes Bankkonto zahlen."},
	{"payee.what", "Kunden sollen auf `{is}` zahlen statt auf `{was}`."},
	{"payee.asked", "Ist es wirklich unseres? *Rufen Sie die Bank oder den Inhaber unter einer Nummer an, die Sie kennen.* {n} verschiedene Personen müssen es wollen; Rechnungen und Mahnungen nennen bis dahin, und noch einige Tage, das alte Konto."},
	{"payee.cooling", "Freigegeben. Es gilt ab *{date}*. Bis dahin nennen Rechnungen und Mahnungen das alte Konto, und jeder kann es stoppen."},
	{"payee.done", "✓ Unsere Kunden zahlen jetzt auf `{is}`; es war `{was}`."},
	{"payee.stopped", "✓ Die Änderung unseres Bankkontos auf `{is}` wurde von {stopper} gestoppt. Rechnungen nennen `{was}` wie bisher."},
	{"payee.by", "{name} verlangt es."},
	{"payee.by_policy", "Es steht seit der letzten Auslieferung in duly.yaml: zwei Personen müssen es freigeben."},
	{"payee.approved_by", "Freigegeben von {approved}."},
	{"payee.confirm.title", "Konto ändern lassen?"},
	{"payee.confirm", "Kunden sollen auf {is} zahlen. Geben Sie es nur frei, wenn Sie die Bank oder den Inhaber selbst gefragt haben."},
	{"payee.stop.title", "Die Änderung stoppen?"},
	{"payee.stop", "Rechnungen nennen weiterhin {was}."},
	{"button.payee_stop", "Stoppen"},
	{"missing.a VAT id that VIES has confirmed", "eine USt-IdNr., die MIAS (VIES) bestätigt hat: {detail}"},
}
