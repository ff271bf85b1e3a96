package chat

// dutchLadder is what is said about reminders and the cases that they make.
var dutchLadder = map[string]string{
	"step.nudge":        "bericht vooraf",
	"step.friendly":     "vriendelijke herinnering",
	"step.firm":         "dringende herinnering",
	"step.call":         "telefoontje",
	"step.personal":     "persoonlijke brief",
	"step.formal":       "aanmaning",
	"step.fourteen_day": "veertiendagenbrief",
	"step.last":         "laatste aanmaning",
	"pause.plan":        "een betalingsregeling",
	"pause.agency":      "een incassobureau",
	"pause.check":       "een vraag vóór de eerste brief",
}
