package chat

// englishLadder is what is said about reminders and the cases that they make.
var englishLadder = map[string]string{
	"step.nudge":        "reminder before the due date",
	"step.friendly":     "friendly reminder",
	"step.firm":         "firm reminder",
	"step.call":         "call",
	"step.personal":     "personal letter",
	"step.formal":       "formal notice",
	"step.fourteen_day": "14-day letter",
	"step.last":         "last notice",
	"pause.plan":        "a payment plan",
	"pause.agency":      "a collection agency",
	"pause.check":       "a question before the first letter",
}
