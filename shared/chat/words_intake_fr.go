package chat

// frenchIntake is what is said about how orders and customers come in.
var frenchIntake = map[string]string{
	"lapse.title.gap":     "Des commandes manquaient · {endpoint}",
	"lapse.title.silence": "Plus de webhooks · {endpoint}",
	"lapse.text.open":     "{endpoint} n’envoie plus ses commandes ; {n} ont été lues dans la boutique même. Rien n’est perdu.",
	"lapse.text.gap":      "{endpoint} n’a pas envoyé certaines commandes ; {n} ont été lues dans la boutique même. Rien n’est perdu.",
	"lapse.text.dumb":     "{endpoint} n’a rien envoyé depuis {time}, et Duly ne peut pas interroger cette boutique.",
	"lapse.text.problem":  "{endpoint} n’envoie pas ses commandes et ne peut pas être lue : {problem}",
	"lapse.text.closed":   "✓ {endpoint} envoie de nouveau ses commandes.",
	"lapse.heard":         "*Dernier webhook*\n{time}",
	"lapse.heard.never":   "*Dernier webhook*\naucun encore",
	"lapse.skipped":       "*Numéros sautés*\n{numbers}",
	"lapse.fetched":       "*Lues dans la boutique*\n{n} : {numbers}",
	"lapse.lost":          "La boutique ne connaît pas non plus {numbers} : supprimées là-bas, ou un essai.",
	"lapse.switched":      "Réactivés : {topics}",
	"lapse.dumb":          "Les commandes passées depuis manquent ici. Regardez les webhooks de la boutique et renvoyez ce qui manque.",
	"lapse.problem":       "*La boutique ne peut pas être lue :* {problem}",
	"lapse.goes_on":       "Duly lit la boutique toutes les heures jusqu’à l’arrivée d’un webhook. Les clients n’attendent rien.",
	"lapse.reading":       "Duly lit la boutique ; le reste suit dans l’heure.",
	"lapse.closed":        "✓ Les webhooks arrivent de nouveau depuis {time}",
	"lapse.closed.gap":    "✓ Tout ce que la boutique a est ici depuis {time}",
}
