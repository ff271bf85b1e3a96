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
}
