package chat

// germanLaw is what is said about the days that the law sets, and about collective
// invoices.
var germanLaw = map[string]string{
	"deadline.title":    "Rechnung bis {date} ausstellen · {customer} · {amount}",
	"deadline.text":     "Die Rechnung über {amount} an {customer} ist bis {date} auszustellen: so will es das Gesetz.",
	"deadline.left":     "Das Gesetz will sie bis *{date}* ausgestellt: noch {n} Tage. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte.",
	"deadline.left.one": "Das Gesetz will sie bis *{date}* ausgestellt: morgen. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte.",
	"deadline.today":    "Das Gesetz will sie *heute*, am {date}, ausgestellt. Noch geht das nicht; was fehlt, steht auf ihrer eigenen Karte.",
	"deadline.late":     "Das Gesetz wollte sie bis *{date}* ausgestellt; das ist vorbei. Stellen Sie sie aus, sobald da ist, was fehlt.",
	"deadline.lacks":    "Es fehlt:",
	"deadline.tried":    "Es fehlt nichts mehr, und doch ist sie nicht ausgestellt. Drücken Sie *Erneut versuchen*.",
	"deadline.issued":   "✓ Die Rechnung über {amount} an {customer} ist als {number} ausgestellt.",
	"deadline.void":     "✓ Die Rechnung über {amount} an {customer} wird nicht mehr gebraucht.",
	"draft.orders":      "{n} Lieferungen",
}
