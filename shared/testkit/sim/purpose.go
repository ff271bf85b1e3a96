package sim

import (
	"fmt"
	"time"

	"duly/infra/local/shop"
)

// Story is what people mean to do in a run.
type Story interface {
	Begin(w *world)
}

// purpose is one order with all that its people mean to do about it.
type purpose struct {
	platform int
	order    shop.Order // as the shop keeps it
	arrives  time.Duration
	amends   time.Duration // after it arrived; 0: never
	cancels  time.Duration
	paysShop time.Duration

	verdict verdict       // of a colleague, should one be asked
	credits time.Duration // after which the bookkeeper takes an invoice back; 0: never
	ships   []parcel
	pays    payment

	told   [fulfilled + 1]int // messages that were taken
	newest time.Time          // of the messages about the order's content that were taken
	unsaid bool               // a message was lost for good: nobody can act on it
	left   bool               // the warehouse heard that it may ship
}

// took is a message that was taken; it told how the order was at that instant.
func (p *purpose) took(t topic, at time.Time) {
	p.told[t]++
	if at = at.Truncate(time.Second); (t == created || t == updated) && at.After(p.newest) {
		p.newest = at
	}
}

func (p *purpose) missed(topic) { p.unsaid = true }

// verdict is what a colleague decides.
type verdict int

const (
	approves verdict = iota
	declines
	silentForEver
)

// parcel is what leaves how long after the order was confirmed.
type parcel struct {
	after time.Duration
	lines []shop.Fulfilled // none: all that is left
	shop  bool             // the shop tells; else the warehouse says so itself
}

// payment is how a customer pays an invoice.
type payment struct {
	way    way
	after  time.Duration // since the invoice was read
	factor int           // of what is owed, in percent
	back   time.Duration // a refund or chargeback so long after; 0: none
	lost   bool          // it is a chargeback
	word   bool          // the customer gives its word once it is reminded
}

// way is how money comes.
type way int

const (
	byPage           way = iota // the payment page, at once
	byDebit                     // the payment page, by direct debit that settles in days
	byDebitThatFails            // which fails, and then at once
	byPageTwice                 // and again by transfer
	byReference                 // transfer with the RF reference
	byNumber                    // transfer with the number in the text
	byNothing                   // transfer that says nothing
	onReminder                  // transfer once a reminder came
	atTheShop                   // paid before it was sent
	notAtAll
	ways
)

const day = 24 * time.Hour

// drawn is a story drawn from the seed.
type drawn struct{ orders int }

// Begin draws buyers, goods and purposes. Orders come in clumps, so that those
// of all race for stock and numbers; in a rush one customer orders several times
// within a blink, and they race for its limit.
func (s drawn) Begin(w *world) {
	w.provider.begin(7 * day)
	c := &chance{w.seed ^ 0x5709}
	goods := w.warehouse.stock(c)
	buyers := make([]shop.Customer, 2+s.orders/4)
	for i := range buyers {
		buyers[i] = buyer(c, i)
	}
	var clump, spread time.Duration
	var rush *shop.Customer
	for i := range s.orders {
		if i == 0 || c.in(250) {
			clump, spread, rush = c.between(0, 10*day), 2*time.Second, nil
			if c.in(500) {
				rush, spread = &buyers[c.below(len(buyers))], 20*time.Millisecond
			}
		}
		p := draw(c, goods)
		p.order.Number, p.order.Customer, p.arrives = fmt.Sprint(1001+i), pick(c, buyers...), clump+c.between(0, spread)
		if rush != nil {
			p.platform, p.order.Customer = 0, *rush
			p.order.Lines[0].UnitPriceMinor, p.order.Lines[0].Quantity = int64(30_000+c.below(9_000)), 5
			p.order.Lines = p.order.Lines[:1]
			p.ships = drawParcels(c, p.order)
		}
		w.shops.open(p)
	}
}

// straight is the straight way of design §4: one order above what the policy
// approves alone, approved, sent, invoiced, paid on the payment page, paid out.
type straight struct{}

// Begin places the order.
func (straight) Begin(w *world) {
	w.provider.begin(day)
	w.shops.open(&purpose{
		order: shop.Order{
			Number: "1001", Currency: "EUR", Gateway: "manual", Customer: buyer(&chance{1}, 0),
			Lines: []shop.Line{{SKU: "CHAIR", Name: "Chair", Quantity: 2, UnitPriceMinor: 400_000}},
		},
		arrives: time.Minute, ships: []parcel{{after: time.Hour, shop: true}}, pays: payment{way: byPage, after: time.Hour, factor: 100},
	})
}

// buyer is a customer: two of three are companies.
func buyer(c *chance, i int) shop.Customer {
	b := shop.Customer{
		ID: 2_071_195_510_842_133_00 + int64(i), Name: fmt.Sprintf("Kim de Koper %d", i), Email: fmt.Sprintf("kim%d@koper.example", i), Locale: pick(c, "nl-NL", "en-GB", "de-DE"),
		Address: shop.Address{Street: fmt.Sprintf("Koperstraat %d", 1+i), PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"},
	}
	if c.in(120) { // its invoice lacks a particular
		b.Address.Street, b.Address.PostalCode = "", ""
	}
	if !c.in(333) {
		b.Company, b.KVK, b.Kind = fmt.Sprintf("Koper %d BV", i), fmt.Sprintf("%08d", 10_000_000+i), "company"
	}
	return b
}

func draw(c *chance, goods []string) *purpose {
	p := &purpose{platform: pick(c, 0, 0, 1, 1, 2), order: shop.Order{Currency: "EUR", Gateway: "manual", TermsDays: 30}}
	first := c.below(len(goods))
	for i := range 1 + c.below(3) {
		p.order.Lines = append(p.order.Lines, shop.Line{
			SKU: goods[(first+i)%len(goods)], Name: "Goods", Quantity: int64(1 + c.below(6)), UnitPriceMinor: int64(500 + c.below(60_000)), TaxRatePercent: pick(c, "21", "9"),
		})
	}
	if c.in(400) {
		p.order.Shipping = shop.Shipping{PriceMinor: 695, TaxRatePercent: "21"}
	}
	p.verdict = pick(c, approves, approves, approves, approves, declines, silentForEver)
	p.pays = drawPayment(c)
	if c.in(80) {
		p.credits = c.between(time.Hour, 20*day)
	}
	if p.pays.way == atTheShop {
		p.order.Gateway, p.order.Reference = "mollie_wc_gateway_ideal", "tr_early"
		if c.in(500) {
			p.order.FinancialStatus = "paid"
		} else {
			p.paysShop = c.between(0, 4*time.Hour)
		}
	}
	if c.in(150) {
		p.amends = pick(c, c.between(time.Second, 5*time.Second), c.between(0, day))
	}
	if c.in(120) {
		p.cancels = c.between(0, 3*day)
	}
	p.ships = drawParcels(c, p.order)
	return p
}

func drawPayment(c *chance) payment {
	p := payment{way: way(c.below(int(ways))), after: c.between(time.Minute, 10*day), factor: 100}
	if c.in(250) {
		p.after = c.between(30*day, 55*day)
	}
	p.word = c.in(300)
	if c.in(120) {
		p.factor = pick(c, 30, 50, 99, 101, 150)
	}
	if p.way <= byPageTwice && c.in(150) {
		p.back, p.lost = c.between(time.Hour, 10*day), c.in(500)
	}
	return p
}

// drawParcels sends an order in one or two parcels, or one part of it for ever.
func drawParcels(c *chance, o shop.Order) []parcel {
	all := parcel{after: c.between(time.Hour, 3*day), shop: c.in(600)}
	first := o.Lines[0]
	if first.Quantity < 2 || !c.in(250) {
		return []parcel{all}
	}
	part := parcel{after: c.between(time.Minute, day), shop: all.shop, lines: []shop.Fulfilled{{SKU: first.SKU, Quantity: 1}}}
	if c.in(150) {
		return []parcel{part}
	}
	all.after += day
	return []parcel{part, all}
}
