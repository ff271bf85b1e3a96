package chat

// englishNews is what is said of news and of what is to come.
var englishNews = map[string]string{
	"command.forecast":          "*What comes in* · {amount} is open",
	"command.forecast.text":     "What comes in: {likely} until {date}, of {amount} that is open",
	"command.forecast.week":     "Until",
	"command.forecast.likely":   "Likely",
	"command.forecast.low":      "Low",
	"command.forecast.high":     "High",
	"command.forecast.later":    "Sums of what has come by then, from due dates, from how late each payer usually is, and from promises; disputed parts are left out. {amount} comes later.",
	"command.forecast.none":     "No money is expected: nothing is open, or what is open is disputed.",
	"help.forecast":             "what comes in, week by week, for 13 weeks",
	"news.payment_failed.title": "A payment failed",
	"news.payment_failed":       "The provider says: {why}. The invoice is open as before.",
}
