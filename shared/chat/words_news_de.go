package chat

// germanNews is what is said of news and of what is to come.
var germanNews = map[string]string{
	"command.forecast":          "*Was hereinkommt* · {amount} sind offen",
	"command.forecast.text":     "Was hereinkommt: {likely} bis {date}, von {amount}, die offen sind",
	"command.forecast.week":     "Bis",
	"command.forecast.likely":   "Wahrscheinlich",
	"command.forecast.low":      "Niedrig",
	"command.forecast.high":     "Hoch",
	"command.forecast.later":    "Summen dessen, was bis dahin gekommen ist, aus Fälligkeiten, aus der üblichen Verspätung jedes Zahlers und aus Zusagen; Strittiges zählt nicht. {amount} kommen später.",
	"command.forecast.none":     "Es wird kein Geld erwartet: Nichts ist offen, oder das Offene ist strittig.",
	"help.forecast":             "was hereinkommt, Woche für Woche, 13 Wochen lang",
	"news.payment_failed.title": "Eine Zahlung ist fehlgeschlagen",
	"news.payment_failed":       "Der Zahlungsdienst sagt: {why}. Die Rechnung ist offen wie zuvor.",
	"news.opinion.title":        "{name} sagt, wie es war: {score} von {most}",
	"news.opinion":              "Zur Rechnung {number}: „{why}“",
	"question.title":            "Eine Frage bis {date}",
	"question.what":             "*Wie gut ging es diesen Monat, das Geld hereinzuholen?*\n1 ist schlecht, 5 ist sehr gut.",
	"question.score":            "{n}",
	"question.answers":          "Bisher {n} Antworten",
	"question.answers.one":      "Bisher 1 Antwort",
	"question.kept":             "Deine Antwort wird nur gezählt; niemand sieht, von wem sie war.",
	"question.thanks":           "Danke, deine Antwort ist gezählt.",
	"question.already":          "Du hast diesen Monat schon geantwortet; die erste Antwort zählt.",
}
