package chat

// dutchIntake is what is said about how orders and customers come in.
var dutchIntake = map[string]string{
	"lapse.title.gap":     "Er ontbraken bestellingen · {endpoint}",
	"lapse.title.silence": "Geen webhooks · {endpoint}",
	"lapse.text.open":     "{endpoint} stuurt zijn bestellingen niet meer; {n} zijn uit de winkel zelf gelezen. Er is niets verloren.",
	"lapse.text.gap":      "{endpoint} heeft bestellingen niet gestuurd; {n} zijn uit de winkel zelf gelezen. Er is niets verloren.",
	"lapse.text.dumb":     "{endpoint} heeft sinds {time} niets gestuurd, en Duly kan deze winkel niets vragen.",
	"lapse.text.problem":  "{endpoint} stuurt zijn bestellingen niet en is niet te lezen: {problem}",
	"lapse.text.closed":   "✓ {endpoint} stuurt zijn bestellingen weer.",
	"lapse.heard":         "*Laatste webhook*\n{time}",
	"lapse.heard.never":   "*Laatste webhook*\nnog geen",
	"lapse.skipped":       "*Overgeslagen nummers*\n{numbers}",
	"lapse.fetched":       "*Uit de winkel gelezen*\n{n}: {numbers}",
	"lapse.lost":          "De winkel kent {numbers} ook niet: daar gewist, of een test.",
	"lapse.switched":      "Weer ingeschakeld: {topics}",
	"lapse.dumb":          "Bestellingen van sindsdien ontbreken hier. Kijk naar de webhooks van de winkel en stuur opnieuw wat ontbreekt.",
	"lapse.problem":       "*De winkel is niet te lezen:* {problem}",
	"lapse.goes_on":       "Duly leest de winkel elk uur tot er weer een webhook komt. Klanten wachten nergens op.",
	"lapse.reading":       "Duly leest de winkel; de rest volgt binnen het uur.",
	"lapse.closed":        "✓ Sinds {time} komen er weer webhooks",
	"lapse.closed.gap":    "✓ Alles wat de winkel heeft is hier sinds {time}",
}
