package pay

// transfer is a bank transfer to an account that Stripe opens per customer. It
// is understood and not offered: our own page offers the transfer to the
// seller's account, with the structured reference and without a fee, and Stripe
// wants a customer object for it
// (https://docs.stripe.com/payments/bank-transfers/accept-a-payment).
var transfer = Method{Type: typeTransfer, Currencies: []string{"EUR"}, Settles: InDays}

const typeTransfer = "customer_balance"
