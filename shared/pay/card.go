package pay

// card is any card; Stripe adds the wallets that hold one. A payment by card can
// be charged back for months.
var card = Method{Type: "card", Settles: AtOnce, Offered: true}
