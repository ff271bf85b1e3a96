package chat

// frenchLaw is what is said about the days that the law sets, and about collective
// invoices.
var frenchLaw = []word{
	{"deadline.title", "À émettre avant le {date} inclus · {customer} · {amount}"},
	{"deadline.text", "La facture de {amount} à {customer} doit être émise au plus tard le {date} : la loi le veut."},
	{"deadline.left", "La loi veut qu’elle soit émise au plus tard le *{date}* : il reste {n} jours. C’est encore impossible ; ce qui manque est sur sa propre carte."},
	{"deadline.left.one", "La loi veut qu’elle soit émise au plus tard le *{date}* : demain. C’est encore impossible ; ce qui manque est sur sa propre carte."},
	{"deadline.today", "La loi veut qu’elle soit émise *aujourd’hui*, le {date}. C’est encore impossible ; ce qui manque est sur sa propre carte."},
	{"deadline.late", "La loi voulait qu’elle soit émise au plus tard le *{date}* ; c’est passé. Émettez-la dès que ce qui manque est là."},
	{"deadline.lacks", "Il manque :"},
	{"deadline.tried", "Il ne manque plus rien, et pourtant elle n’est pas émise. Appuyez sur *Réessayer*."},
	{"deadline.issued", "✓ La facture de {amount} à {customer} est émise sous le numéro {number}."},
	{"deadline.void", "✓ La facture de {amount} à {customer} n’est plus nécessaire."},
	{"draft.orders", "{n} livraisons"},
	{"payee.none", "Personne ne demande un autre compte bancaire."},
	{"payee.title", "Un autre compte bancaire sur nos factures ?"},
	{"payee.text", "Quelqu’un veut que nos clients paient sur un autre compte bancaire."},
	{"payee.what", "Les clients doivent payer sur `{is}` au lieu de `{was}`."},
	{"payee.asked", "Est-ce vraiment le nôtre ? *Appelez la banque ou le propriétaire à un numéro que vous connaissez.* {n} personnes différentes doivent le vouloir ; d’ici là, et quelques jours encore, factures et relances portent l’ancien compte."},
	{"payee.cooling", "Approuvé. Il prend effet le *{date}*. D’ici là, factures et relances portent l’ancien compte, et chacun peut l’arrêter."},
	{"payee.done", "✓ Nos clients paient désormais sur `{is}` ; c’était `{was}`."},
	{"payee.stopped", "✓ Le changement de notre compte bancaire en `{is}` a été arrêté par {stopper}. Les factures portent `{was}` comme avant."},
	{"payee.by", "{name} le demande."},
	{"payee.by_policy", "Il est dans duly.yaml depuis le dernier déploiement : deux personnes doivent l’approuver."},
	{"payee.approved_by", "Approuvé par {approved}."},
	{"payee.confirm.title", "Laisser changer le compte ?"},
	{"payee.confirm", "Les clients doivent payer sur {is}. N’approuvez que si vous avez interrogé vous-même la banque ou le propriétaire."},
	{"payee.stop.title", "Arrêter le changement ?"},
	{"payee.stop", "Les factures continuent de porter {was}."},
	{"button.payee_stop", "Arrêter"},
	{"missing.a VAT id that VIES has confirmed", "un numéro de TVA confirmé par VIES : {detail}"},
}
