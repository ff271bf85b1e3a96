package chat

// germanLadder is what is said about reminders and the cases that they make.
var germanLadder = map[string]string{
	"step.nudge":        "Hinweis vorab",
	"step.friendly":     "freundliche Erinnerung",
	"step.firm":         "dringende Erinnerung",
	"step.call":         "Anruf",
	"step.personal":     "persönliches Schreiben",
	"step.formal":       "Mahnung",
	"step.fourteen_day": "14-Tage-Schreiben",
	"step.last":         "letzte Mahnung",
	"pause.plan":        "ein Zahlungsplan",
	"pause.agency":      "ein Inkassobüro",
	"pause.check":       "eine Frage vor dem ersten Schreiben",
}
