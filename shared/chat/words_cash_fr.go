package chat

// frenchCash is what is said about money without a home.
var frenchCash = map[string]string{
	"button.refund":        "Rembourser…",
	"button.other":         "Pas d’un client…",
	"button.undo_match":    "Annuler",
	"button.refund_yes":    "Approuver",
	"button.refund_no":     "Refuser",
	"modal.refund":         "Remboursement",
	"modal.other":          "Pas d’un client",
	"field.account":        "Compte",
	"field.iban":           "IBAN",
	"field.holder":         "Nom du titulaire",
	"hint.refund_amount":   "En {currency}, au plus {most}. Vide : le tout.",
	"hint.refund_iban":     "Un autre compte que celui d’où vient l’argent est approuvé par une seconde personne.",
	"modal.refund.what":    "Il attend le prochain fichier de virements, que vous téléchargez et remettez à votre banque.",
	"modal.other.what":     "L’argent est comptabilisé sur ce compte et ne demande plus rien. Sur la carte, cela peut être annulé.",
	"cash.booked":          "{amount} au compte {account} : {why}",
	"cash.refund_asked":    "*{asked_by}* demande de rembourser *{amount}* à {name}, compte … {last}, d’où l’argent ne vient pas : {reason}\nUne seconde personne décide.",
	"cash.refund_approved": "{amount} à {name}, compte … {last} : approuvé, attend le prochain fichier de virements.",
	"cash.refund_filed":    "{amount} à {name}, compte … {last} : dans un fichier de virements.",
	"cash.refund_paid":     "{amount} à {name}, compte … {last} : payé le {date}.",
	"cash.refund_failed":   "{amount} à {name}, compte … {last} : revenu.",
	"cash.refund_refused":  "{amount} à {name}, compte … {last} : refusé.",
	"cash.kept":            "{amount} restent au crédit du client.",
}
