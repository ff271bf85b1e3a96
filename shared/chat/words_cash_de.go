package chat

// germanCash is what is said about money without a home.
var germanCash = map[string]string{
	"button.refund":        "Erstatten…",
	"button.other":         "Nicht von einem Kunden…",
	"button.undo_match":    "Rückgängig",
	"button.refund_yes":    "Erstattung freigeben",
	"button.refund_no":     "Ablehnen",
	"modal.refund":         "Erstattung",
	"modal.other":          "Nicht von einem Kunden",
	"field.account":        "Konto in den Büchern",
	"field.iban":           "IBAN",
	"field.holder":         "Name des Inhabers",
	"hint.refund_amount":   "In {currency}, höchstens {most}. Leer: alles.",
	"hint.refund_iban":     "Ein anderes Konto als das, von dem das Geld kam, gibt eine zweite Person frei.",
	"modal.refund.what":    "Sie wartet auf die nächste Zahlungsdatei, die Sie herunterladen und Ihrer Bank geben.",
	"modal.other.what":     "Das Geld wird auf dieses Konto gebucht und fragt niemanden mehr. Auf der Karte lässt es sich rückgängig machen.",
	"cash.booked":          "{amount} auf Konto {account}: {why}",
	"cash.refund_asked":    "*{asked_by}* möchte *{amount}* an {name} erstatten, Konto … {last}, von dem das Geld nicht kam: {reason}\nEine zweite Person entscheidet.",
	"cash.refund_approved": "{amount} an {name}, Konto … {last}: freigegeben, wartet auf die nächste Zahlungsdatei.",
	"cash.refund_filed":    "{amount} an {name}, Konto … {last}: in einer Zahlungsdatei.",
	"cash.refund_paid":     "{amount} an {name}, Konto … {last}: bezahlt am {date}.",
	"cash.refund_failed":   "{amount} an {name}, Konto … {last}: zurückgekommen.",
	"cash.refund_refused":  "{amount} an {name}, Konto … {last}: abgelehnt.",
	"cash.kept":            "{amount} bleiben als Guthaben des Kunden stehen.",
}
