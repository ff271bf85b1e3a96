package chat

// dutchNews is what is said of news and of what is to come.
var dutchNews = map[string]string{
	"command.forecast":          "*Wat er binnenkomt* · {amount} staat open",
	"command.forecast.text":     "Wat er binnenkomt: {likely} tot en met {date}, van {amount} die openstaat",
	"command.forecast.week":     "Tot en met",
	"command.forecast.likely":   "Waarschijnlijk",
	"command.forecast.low":      "Laag",
	"command.forecast.high":     "Hoog",
	"command.forecast.later":    "Sommen van wat er dan binnen is, uit vervaldata, uit hoe laat ieder meestal betaalt en uit toezeggingen; betwiste delen tellen niet mee. {amount} komt later.",
	"command.forecast.none":     "Er wordt geen geld verwacht: er staat niets open, of wat openstaat wordt betwist.",
	"help.forecast":             "wat er binnenkomt, week voor week, 13 weken lang",
	"news.payment_failed.title": "Een betaling is mislukt",
	"news.payment_failed":       "De betaaldienst zegt: {why}. De factuur staat open als tevoren.",
	"news.opinion.title":        "{name} zegt hoe het was: {score} van {most}",
	"news.opinion":              "Over factuur {number}: “{why}”",
	"question.title":            "Eén vraag tot en met {date}",
	"question.what":             "*Hoe goed ging het binnenhalen van het geld deze maand?*\n1 is slecht, 5 is heel goed.",
	"question.score":            "{n}",
	"question.answers":          "{n} antwoorden tot nu toe",
	"question.answers.one":      "1 antwoord tot nu toe",
	"question.kept":             "Je antwoord wordt alleen geteld; niemand ziet van wie het was.",
	"question.thanks":           "Dank je, je antwoord is geteld.",
	"question.already":          "Je hebt deze maand al geantwoord; het eerste antwoord telt.",
}
