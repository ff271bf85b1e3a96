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
	"news.opinion.title":        "{name} says how it was: {score} of {most}",
	"news.opinion":              "About invoice {number}: “{why}”",
	"question.title":            "One question until {date}",
	"question.what":             "*How well did getting the money in go this month?*\n1 is badly, 5 is very well.",
	"question.score":            "{n}",
	"question.answers":          "{n} answers so far",
	"question.answers.one":      "1 answer so far",
	"question.kept":             "Your answer is only counted; nobody sees whose it was.",
	"question.thanks":           "Thank you, your answer is counted.",
	"question.already":          "You have answered this month already; the first answer counts.",
}
