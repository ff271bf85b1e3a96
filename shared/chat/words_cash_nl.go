package chat

// dutchCash is what is said about money without a home.
var dutchCash = map[string]string{
	"button.refund":        "Terugbetalen…",
	"button.other":         "Niet van een klant…",
	"button.undo_match":    "Ongedaan",
	"button.refund_yes":    "Goedkeuren",
	"button.refund_no":     "Afwijzen",
	"modal.refund":         "Terugbetalen",
	"modal.other":          "Niet van een klant",
	"field.account":        "Rekening in de boeken",
	"field.iban":           "IBAN",
	"field.holder":         "Naam van de houder",
	"hint.refund_amount":   "In {currency}, hoogstens {most}. Leeg: alles.",
	"hint.refund_iban":     "Een andere rekening dan waar het geld vandaan kwam keurt een tweede persoon goed.",
	"modal.refund.what":    "Het wacht op het volgende betaalbestand, dat u downloadt en aan uw bank geeft.",
	"modal.other.what":     "Het geld wordt op deze rekening geboekt en vraagt niets meer. Op de kaart kan het ongedaan worden gemaakt.",
	"cash.booked":          "{amount} op rekening {account}: {why}",
	"cash.refund_asked":    "*{asked_by}* wil *{amount}* terugbetalen aan {name}, rekening … {last}, waar het geld niet vandaan kwam: {reason}\nEen tweede persoon beslist.",
	"cash.refund_approved": "{amount} aan {name}, rekening … {last}: goedgekeurd, wacht op het volgende betaalbestand.",
	"cash.refund_filed":    "{amount} aan {name}, rekening … {last}: in een betaalbestand.",
	"cash.refund_paid":     "{amount} aan {name}, rekening … {last}: betaald op {date}.",
	"cash.refund_failed":   "{amount} aan {name}, rekening … {last}: teruggekomen.",
	"cash.refund_refused":  "{amount} aan {name}, rekening … {last}: afgewezen.",
	"cash.kept":            "{amount} blijft staan als tegoed van de klant.",
}
