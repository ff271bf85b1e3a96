package chat

// frenchLaw is what is said about the days that the law sets, and about collective
// invoices.
var frenchLaw = map[string]string{
	"deadline.title":    "À émettre avant le {date} inclus · {customer} · {amount}",
	"deadline.text":     "La facture de {amount} à {customer} doit être émise au plus tard le {date} : la loi le veut.",
	"deadline.left":     "La loi veut qu’elle soit émise au plus tard le *{date}* : il reste {n} jours. C’est encore impossible ; ce qui manque est sur sa propre carte.",
	"deadline.left.one": "La loi veut qu’elle soit émise au plus tard le *{date}* : demain. C’est encore impossible ; ce qui manque est sur sa propre carte.",
	"deadline.today":    "La loi veut qu’elle soit émise *aujourd’hui*, le {date}. C’est encore impossible ; ce qui manque est sur sa propre carte.",
	"deadline.late":     "La loi voulait qu’elle soit émise au plus tard le *{date}* ; c’est passé. Émettez-la dès que ce qui manque est là.",
	"deadline.lacks":    "Il manque :",
	"deadline.tried":    "Il ne manque plus rien, et pourtant elle n’est pas émise. Appuyez sur *Réessayer*.",
	"deadline.issued":   "✓ La facture de {amount} à {customer} est émise sous le numéro {number}.",
	"deadline.void":     "✓ La facture de {amount} à {customer} n’est plus nécessaire.",
	"draft.orders":      "{n} livraisons",
}
