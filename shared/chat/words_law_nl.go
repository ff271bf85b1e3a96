package chat

// dutchLaw is what is said about the days that the law sets, and about collective
// invoices.
var dutchLaw = map[string]string{
	"deadline.title":    "Factureren vóór of op {date} · {customer} · {amount}",
	"deadline.text":     "De factuur van {amount} aan {customer} moet uiterlijk {date} worden uitgereikt: dat eist de wet.",
	"deadline.left":     "De wet wil dat ze uiterlijk *{date}* wordt uitgereikt: nog {n} dagen. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart.",
	"deadline.left.one": "De wet wil dat ze uiterlijk *{date}* wordt uitgereikt: morgen. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart.",
	"deadline.today":    "De wet wil dat ze *vandaag*, {date}, wordt uitgereikt. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart.",
	"deadline.late":     "De wet wilde dat ze uiterlijk *{date}* werd uitgereikt; dat is voorbij. Reik haar uit zodra er is wat ontbreekt.",
	"deadline.lacks":    "Er ontbreekt:",
	"deadline.tried":    "Er ontbreekt niets meer, en toch is ze niet uitgereikt. Druk op *Opnieuw proberen*.",
	"deadline.issued":   "✓ De factuur van {amount} aan {customer} is uitgereikt als {number}.",
	"deadline.void":     "✓ De factuur van {amount} aan {customer} is niet meer nodig.",
	"draft.orders":      "{n} leveringen",
}
