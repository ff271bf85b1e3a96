package stripe

// words are the texts of the hosted page in one language.
type words struct {
	Lang, TestMode, PayTo, Reference, Method, AtOnce, FourDays, OneDay, Card, SEPA, Transfer string
	Pay, Decline, DeclineHint, Declined, DeclinedHow, Back                                   string
	Expired, ExpiredHow, Paid, PaidHow, Processing, ProcessingHow, Unknown, UnknownHow       string
}

// wordsFor returns the texts of a language (its first two letters count), else English.
func wordsFor(lang string) words {
	if len(lang) > 2 {
		lang = lang[:2]
	}
	switch lang {
	case "nl":
		return dutch()
	case "de":
		return german()
	case "fr":
		return french()
	}
	return english()
}

func english() words {
	return words{Lang: "en", TestMode: "Test mode: no money moves", PayTo: "Pay", Reference: "Reference", Method: "How do you want to pay?",
		AtOnce: "paid at once", FourDays: "settles in 4 days", OneDay: "arrives after 1 day",
		Card: "Card", SEPA: "SEPA direct debit", Transfer: "Bank transfer",
		Pay: "Pay", Decline: "Let this payment fail", DeclineHint: "For testing: the bank will refuse.",
		Declined: "The payment was declined", DeclinedHow: "Nothing was charged. Try again, or choose another way to pay.", Back: "Back to",
		Expired: "This payment page has expired", ExpiredHow: "Nothing was charged. Go back to the invoice and press Pay again.",
		Paid: "This payment is complete", PaidHow: "You do not need to do anything here. Go back to see your invoice.",
		Processing: "This payment is under way", ProcessingHow: "Your bank is carrying it out. Do not pay a second time.",
		Unknown: "This payment page does not exist", UnknownHow: "Check the link, or go back to the invoice and press Pay again."}
}

func dutch() words {
	return words{Lang: "nl", TestMode: "Testmodus: er wordt geen geld overgemaakt", PayTo: "Betaal aan", Reference: "Kenmerk", Method: "Hoe wilt u betalen?",
		AtOnce: "direct betaald", FourDays: "afgerond na 4 dagen", OneDay: "ontvangen na 1 dag",
		Card: "Kaart", SEPA: "SEPA-incasso", Transfer: "Overboeking",
		Pay: "Betaal", Decline: "Laat deze betaling mislukken", DeclineHint: "Om te testen: de bank weigert.",
		Declined: "De betaling is geweigerd", DeclinedHow: "Er is niets afgeschreven. Probeer het opnieuw of kies een andere betaalwijze.", Back: "Terug naar",
		Expired: "Deze betaalpagina is verlopen", ExpiredHow: "Er is niets afgeschreven. Ga terug naar de factuur en druk opnieuw op Betaal.",
		Paid: "Deze betaling is voltooid", PaidHow: "U hoeft hier niets meer te doen. Ga terug om uw factuur te zien.",
		Processing: "Deze betaling is onderweg", ProcessingHow: "Uw bank voert haar uit. Betaal niet nog een keer.",
		Unknown: "Deze betaalpagina bestaat niet", UnknownHow: "Controleer de link, of ga terug naar de factuur en druk opnieuw op Betaal."}
}

func german() words {
	return words{Lang: "de", TestMode: "Testmodus: es fließt kein Geld", PayTo: "Zahlung an", Reference: "Referenz", Method: "Wie möchten Sie bezahlen?",
		AtOnce: "sofort bezahlt", FourDays: "abgeschlossen nach 4 Tagen", OneDay: "Eingang nach 1 Tag",
		Card: "Karte", SEPA: "SEPA-Lastschrift", Transfer: "Banküberweisung",
		Pay: "Bezahlen:", Decline: "Diese Zahlung scheitern lassen", DeclineHint: "Zum Testen: die Bank lehnt ab.",
		Declined: "Die Zahlung wurde abgelehnt", DeclinedHow: "Es wurde nichts abgebucht. Versuchen Sie es erneut oder wählen Sie eine andere Zahlungsart.", Back: "Zurück zu",
		Expired: "Diese Zahlungsseite ist abgelaufen", ExpiredHow: "Es wurde nichts abgebucht. Gehen Sie zurück zur Rechnung und starten Sie die Zahlung neu.",
		Paid: "Diese Zahlung ist abgeschlossen", PaidHow: "Sie müssen hier nichts mehr tun. Gehen Sie zurück zu Ihrer Rechnung.",
		Processing: "Diese Zahlung ist unterwegs", ProcessingHow: "Ihre Bank führt sie aus. Bitte zahlen Sie nicht noch einmal.",
		Unknown: "Diese Zahlungsseite gibt es nicht", UnknownHow: "Prüfen Sie den Link oder starten Sie die Zahlung auf der Rechnung neu."}
}

func french() words {
	return words{Lang: "fr", TestMode: "Mode test : aucun argent n’est transféré", PayTo: "Payer à", Reference: "Référence", Method: "Comment souhaitez-vous payer ?",
		AtOnce: "payé immédiatement", FourDays: "réglé en 4 jours", OneDay: "reçu après 1 jour",
		Card: "Carte", SEPA: "Prélèvement SEPA", Transfer: "Virement bancaire",
		Pay: "Payer", Decline: "Faire échouer ce paiement", DeclineHint: "Pour tester : la banque refusera.",
		Declined: "Le paiement a été refusé", DeclinedHow: "Rien n’a été débité. Réessayez ou choisissez un autre moyen de paiement.", Back: "Retour à",
		Expired: "Cette page de paiement a expiré", ExpiredHow: "Rien n’a été débité. Retournez à la facture et appuyez de nouveau sur Payer.",
		Paid: "Ce paiement est terminé", PaidHow: "Vous n’avez plus rien à faire ici. Retournez à votre facture.",
		Processing: "Ce paiement est en cours", ProcessingHow: "Votre banque l’exécute. Ne payez pas une seconde fois.",
		Unknown: "Cette page de paiement n’existe pas", UnknownHow: "Vérifiez le lien, ou retournez à la facture et appuyez de nouveau sur Payer."}
}
