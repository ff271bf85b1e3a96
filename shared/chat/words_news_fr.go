package chat

// frenchNews is what is said of news and of what is to come.
var frenchNews = map[string]string{
	"command.forecast":          "*Ce qui va rentrer* · {amount} ouverts",
	"command.forecast.text":     "Ce qui va rentrer : {likely} jusqu’au {date}, sur {amount} ouverts",
	"command.forecast.week":     "Jusqu’au",
	"command.forecast.likely":   "Probable",
	"command.forecast.low":      "Bas",
	"command.forecast.high":     "Haut",
	"command.forecast.later":    "Cumul de ce qui sera rentré d’ici là, d’après les échéances, le retard habituel de chaque payeur et les promesses ; sans ce qui est contesté. {amount} viendront plus tard.",
	"command.forecast.none":     "Aucune rentrée n’est attendue : rien n’est ouvert, ou ce qui l’est est contesté.",
	"help.forecast":             "ce qui va rentrer, semaine par semaine, sur 13 semaines",
	"news.payment_failed.title": "Un paiement a échoué",
	"news.payment_failed":       "Le prestataire dit : {why}. La facture reste ouverte comme avant.",
	"news.opinion.title":        "{name} dit comment c’était : {score} sur {most}",
	"news.opinion":              "Au sujet de la facture {number} : « {why} »",
	"question.title":            "Une question jusqu’au {date}",
	"question.what":             "*Comment s’est passé l’encaissement ce mois-ci ?*\n1 : mal, 5 : très bien.",
	"question.score":            "{n}",
	"question.answers":          "{n} réponses jusqu’ici",
	"question.answers.one":      "1 réponse jusqu’ici",
	"question.kept":             "Votre réponse est seulement comptée ; personne ne voit de qui elle vient.",
	"question.thanks":           "Merci, votre réponse est comptée.",
	"question.already":          "Vous avez déjà répondu ce mois-ci ; la première réponse compte.",
}
