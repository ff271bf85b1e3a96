package pay

// ideal is the Dutch banks' online payment, which is moving to the European Wero
// and carries both brands meanwhile
// (https://docs.stripe.com/payments/ideal).
var ideal = Method{Type: "ideal", Label: "iDEAL | Wero", Currencies: []string{"EUR"}, Settles: AtOnce, Offered: true}
