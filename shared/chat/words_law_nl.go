package chat

// dutchLaw is what is said about the days that the law sets, and about collective
// invoices.
var dutchLaw = []word{
	{"deadline.title", "Factureren vóór of op {date} · {customer} · {amount}"},
	{"deadline.text", "De factuur van {amount} aan {customer} moet uiterlijk {date} worden uitgereikt: dat eist de wet."},
	{"deadline.left", "De wet wil dat ze uiterlijk *{date}* wordt uitgereikt: nog {n} dagen. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart."},
	{"deadline.left.one", "De wet wil dat ze uiterlijk *{date}* wordt uitgereikt: morgen. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart."},
	{"deadline.today", "De wet wil dat ze *vandaag*, {date}, wordt uitgereikt. Dat kan nog niet; wat er ontbreekt, staat op haar eigen kaart."},
	{"deadline.late", "De wet wilde dat ze uiterlijk *{date}* werd uitgereikt; dat is voorbij. Reik haar uit zodra er is wat ontbreekt."},
	{"deadline.lacks", "Er ontbreekt:"},
	{"deadline.tried", "Er ontbreekt niets meer, en toch is ze niet uitgereikt. Druk op *Opnieuw proberen*."},
	{"deadline.issued", "✓ De factuur van {amount} aan {customer} is uitgereikt als {number}."},
	{"deadline.void", "✓ De factuur van {amount} aan {customer} is niet meer nodig."},
	{"draft.orders", "{n} leveringen"},
	{"payee.none", "Niemand vraagt om een andere bankrekening."},
	{"payee.title", "Een andere bankrekening op onze facturen?"},
	{"payee.text", "Iemand wil dat onze klanten naar een andere bankrekening betalen."},
	{"payee.what", "Klanten moeten betalen op `{is}` in plaats van `{was}`."},
	{"payee.asked", "Is die echt van ons? *Bel de bank of de eigenaar op een nummer dat je kent.* {n} verschillende mensen moeten het willen; facturen en herinneringen noemen tot dan, en nog enkele dagen langer, de oude rekening."},
	{"payee.cooling", "Goedgekeurd. Het gaat in op *{date}*. Tot dan noemen facturen en herinneringen de oude rekening, en iedereen kan het stoppen."},
	{"payee.done", "✓ Onze klanten betalen nu op `{is}`; dat was `{was}`."},
	{"payee.stopped", "✓ De wijziging van onze bankrekening in `{is}` is gestopt door {stopper}. Facturen noemen `{was}` zoals voorheen."},
	{"payee.by", "{name} vraagt erom."},
	{"payee.by_policy", "Het staat sinds de laatste uitrol in duly.yaml: twee mensen moeten het goedkeuren."},
	{"payee.approved_by", "Goedgekeurd door {approved}."},
	{"payee.confirm.title", "Rekening laten wijzigen?"},
	{"payee.confirm", "Klanten moeten betalen op {is}. Keur alleen goed als je zelf de bank of de eigenaar hebt gevraagd."},
	{"payee.stop.title", "De wijziging stoppen?"},
	{"payee.stop", "Facturen blijven {was} noemen."},
	{"button.payee_stop", "Stoppen"},
	{"missing.a VAT id that VIES has confirmed", "een btw-nummer dat VIES heeft bevestigd: {detail}"},
}
