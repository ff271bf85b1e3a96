package chat

// englishIntake is what is said about how orders and customers come in.
var englishIntake = map[string]string{
	"lapse.title.gap":     "Orders were missing · {endpoint}",
	"lapse.title.silence": "No webhooks · {endpoint}",
	"lapse.text.open":     "{endpoint} has stopped posting its orders; {n} were read from the shop itself. Nothing is lost.",
	"lapse.text.gap":      "{endpoint} did not post some orders; {n} were read from the shop itself. Nothing is lost.",
	"lapse.text.dumb":     "{endpoint} has posted nothing since {time}, and Duly cannot ask this shop.",
	"lapse.text.problem":  "{endpoint} does not post its orders and cannot be read: {problem}",
	"lapse.text.closed":   "✓ {endpoint} posts its orders again.",
	"lapse.heard":         "*Last webhook*\n{time}",
	"lapse.heard.never":   "*Last webhook*\nnone yet",
	"lapse.skipped":       "*Numbers skipped*\n{numbers}",
	"lapse.fetched":       "*Read from the shop*\n{n}: {numbers}",
	"lapse.lost":          "The shop does not know {numbers} either: deleted there, or a test.",
	"lapse.switched":      "Switched on again: {topics}",
	"lapse.dumb":          "Orders placed since then are missing here. Look at the shop's webhooks, and send what is missing again.",
	"lapse.problem":       "*The shop cannot be read:* {problem}",
	"lapse.goes_on":       "Duly reads the shop every hour until a webhook arrives. Customers wait for nothing.",
	"lapse.reading":       "Duly is reading the shop; the rest follows within the hour.",
	"lapse.closed":        "✓ Webhooks arrive again since {time}",
	"lapse.closed.gap":    "✓ All that the shop has is here since {time}",
}
