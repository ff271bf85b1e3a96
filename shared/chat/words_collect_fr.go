package chat

// frenchCollect is what is said of invoices that are collected from a kept
// method.
var frenchCollect = []word{
	{"case.mandate", "{by} nous laisse prélever les factures ({to}), chacune à son échéance."},
	{"case.mandate_stopped", "{by} a arrêté le prélèvement ({to}) ; les factures sont payées comme avant."},
	{"case.card_expires", "{to}, d’où les factures sont prélevées, expire le {date}. Le client a reçu un courriel."},
	{"case.card_renewed", "Le réseau a remplacé la carte d’où les factures sont prélevées : {to}."},
	{"case.charge_again", "Le prélèvement de {amount} pour {numbers} a échoué : {why}. Nouvel essai le {date}."},
	{"case.charge_failed", "Le prélèvement de {amount} pour {numbers} a échoué : {why}. Il n’est pas réessayé ; le client a reçu un courriel et les relances continuent."},
	{"news.charge_ended.title", "{number} n’a pas pu être prélevée"},
	{"news.charge_ended", "{amount} de {name} : {why}. Ce n’est pas réessayé ; le client a reçu un courriel avec le lien de paiement, et les relances continuent à leur étape."},
	{"pause.charge", "prélèvement"},
	{"news.failed.charge", "Une facture n’a pas pu être prélevée"},
	{"news.failed.method", "Un moyen de paiement conservé n’a pas pu être lu"},
	{"news.failed.detach", "Un moyen de paiement conservé n’a pas pu être retiré chez le prestataire"},
	{"because.charge.funds", "provision insuffisante"},
	{"because.charge.limit", "le plafond était atteint"},
	{"because.charge.bank", "la banque a refusé sans motif"},
	{"because.charge.expired", "la carte a expiré"},
	{"because.charge.details", "le numéro de carte ou de compte est faux"},
	{"because.charge.confirm", "la banque veut que le client confirme"},
	{"because.charge.closed", "le compte est clôturé ou bloqué"},
	{"because.charge.withdrawn", "le prélèvement n’est pas (ou plus) autorisé"},
	{"because.charge.removed", "le moyen de paiement n’est plus conservé"},
	{"because.charge.trouble", "un problème technique à la banque"},
	{"because.charge.not_accepted", "ce type de paiement n’est pas admis"},
	{"overdue.collects", "Les factures sont prélevées : {method}."},
	{"invoice.collects", "Sera prélevée le {date} : {method}."},
	{"button.stop_collecting", "Arrêter de prélever"},
}
