package chat

// frenchLadder is what is said about reminders and the cases that they make.
var frenchLadder = map[string]string{
	"step.nudge":        "mot avant l’échéance",
	"step.friendly":     "rappel amical",
	"step.firm":         "rappel ferme",
	"step.call":         "appel",
	"step.personal":     "lettre personnelle",
	"step.formal":       "mise en demeure",
	"step.fourteen_day": "lettre de 14 jours",
	"step.last":         "dernier avis",
	"pause.plan":        "un échéancier",
	"pause.agency":      "une société de recouvrement",
	"pause.check":       "une question avant le premier courrier",
}
