package chat

// germanIntake is what is said about how orders and customers come in.
var germanIntake = map[string]string{
	"lapse.title.gap":     "Es fehlten Bestellungen · {endpoint}",
	"lapse.title.silence": "Keine Webhooks · {endpoint}",
	"lapse.text.open":     "{endpoint} sendet seine Bestellungen nicht mehr; {n} wurden aus dem Shop selbst gelesen. Nichts ist verloren.",
	"lapse.text.gap":      "{endpoint} hat Bestellungen nicht gesendet; {n} wurden aus dem Shop selbst gelesen. Nichts ist verloren.",
	"lapse.text.dumb":     "{endpoint} hat seit {time} nichts gesendet, und Duly kann diesen Shop nicht fragen.",
	"lapse.text.problem":  "{endpoint} sendet seine Bestellungen nicht und kann nicht gelesen werden: {problem}",
	"lapse.text.closed":   "✓ {endpoint} sendet seine Bestellungen wieder.",
	"lapse.heard":         "*Letzter Webhook*\n{time}",
	"lapse.heard.never":   "*Letzter Webhook*\nnoch keiner",
	"lapse.skipped":       "*Übersprungene Nummern*\n{numbers}",
	"lapse.fetched":       "*Aus dem Shop gelesen*\n{n}: {numbers}",
	"lapse.lost":          "Auch der Shop kennt {numbers} nicht: dort gelöscht, oder ein Test.",
	"lapse.switched":      "Wieder eingeschaltet: {topics}",
	"lapse.dumb":          "Bestellungen seither fehlen hier. Prüfen Sie die Webhooks des Shops und senden Sie Fehlendes noch einmal.",
	"lapse.problem":       "*Der Shop kann nicht gelesen werden:* {problem}",
	"lapse.goes_on":       "Duly liest den Shop stündlich, bis ein Webhook kommt. Kunden warten auf nichts.",
	"lapse.reading":       "Duly liest den Shop; der Rest folgt innerhalb einer Stunde.",
	"lapse.closed":        "✓ Seit {time} kommen wieder Webhooks",
	"lapse.closed.gap":    "✓ Seit {time} ist alles hier, was der Shop hat",
}
