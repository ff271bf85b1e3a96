package pay

// sepaDebit is SEPA Direct Debit: under way for days, and the debtor's bank can
// take it back for eight weeks without a reason
// (https://docs.stripe.com/payments/sepa-debit).
var sepaDebit = Method{Type: "sepa_debit", Label: "SEPA", Currencies: []string{"EUR"}, Settles: InDays, Offered: true}
