package cash

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/money"
)

// Remittance is what a transfer says of itself.
type Remittance struct {
	Amount     money.Amount
	Payer      string
	Account    string // the payer's; "" when the bank does not tell
	CustomerID string // whose it is, when that is known by other means
	Named      []Named
	Settled    string // number of a settled invoice that it names: perhaps it was paid twice
	Foreign    bool   // from outside SEPA, where banks on the way may charge
}

// Named is a number or a reference that the transfer names.
type Named struct {
	Value   string
	Checked bool // by check digits: it can hardly be anything else
}

// Proposal is where money may belong.
type Proposal struct {
	Allotment
	Score int    // of 100
	Why   string // the sentence that explains it
	named bool
}

// The points of the signs that money belongs to an item, of 100.
const (
	pointsReference = 100
	pointsNumber    = 60
	pointsAmount    = 40
	pointsPayer     = 45 // the account, or the very name
	pointsAlike     = 30
	pointsSeveral   = 90 // several items by reference, and not their sum
	pointsOthers    = 70 // of several customers
)

// proposalsMax is how many proposals are of use to anybody.
const proposalsMax = 10

// ownMax bounds the open items of one payer that are looked at for sums.
const ownMax = 60

// Propose lists where the money may belong, the best first.
func (b *Book) Propose(r Remittance, rules Rules) []Proposal {
	payers := b.payers(r)
	named, proven := b.named(r, rules, payers)
	if proven && r.Settled == "" && named[0].Score >= rules.AutoScore { // nothing else can reach the score: nobody has to look
		return named
	}
	all := append(named, b.unnamed(r, rules, payers, named)...)
	if proven || r.Settled != "" { // what it names prevails: the rest is for a person to look at
		for i := range all {
			if !all[i].named || r.Settled != "" {
				all[i].Score = min(all[i].Score, rules.AutoScore-5)
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Proposal) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(len(x.Parts), len(y.Parts)), older(x.Parts[0].Item, y.Parts[0].Item))
	})
	return all[:min(len(all), proposalsMax)]
}

// Certain is the one proposal that is good enough to be applied without a
// person: it reaches the score and no other does.
func Certain(all []Proposal, rules Rules) (Proposal, bool) {
	if len(all) == 0 || all[0].Score < rules.AutoScore || len(all) > 1 && all[1].Score >= rules.AutoScore {
		return Proposal{}, false
	}
	return all[0], true
}

// sign is why the money may be a customer's.
type sign struct {
	points int
	why    string
}

// payers are the customers whose money it may be.
func (b *Book) payers(r Remittance) map[string]sign {
	found := map[string]sign{}
	add := func(ids []string, points int, why string) {
		for _, id := range ids {
			if found[id].points < points {
				found[id] = sign{points, why}
			}
		}
	}
	add(b.accounts[r.Account], pointsPayer, "this customer has paid from the account before")
	if plain := PlainName(r.Payer); plain != "" {
		add(b.byBuyer[plain], pointsPayer, "the payer has the customer's name")
		add(b.aliases[plain], pointsPayer, "this customer has paid under the name before")
	}
	if r.CustomerID != "" {
		add([]string{r.CustomerID}, pointsPayer, "the money came from this customer")
	}
	return found
}

// named is the proposal of the items that the transfer names. proven tells that
// it needs no other sign.
func (b *Book) named(r Remittance, rules Rules, payers map[string]sign) (all []Proposal, proven bool) {
	var items []OpenItem
	var names []string
	checked := true
	for _, n := range r.Named {
		i, ok := b.byName[Squash(n.Value)]
		if !ok || b.items[i].Open.Currency != r.Amount.Currency {
			continue
		}
		if !slices.ContainsFunc(items, func(o OpenItem) bool { return o.ID == b.items[i].ID }) {
			items, names, checked = append(items, b.items[i]), append(names, n.Value), checked && n.Checked
		}
	}
	if len(items) == 0 {
		return nil, false
	}
	slices.SortStableFunc(items, older)
	p := Proposal{Allotment: rules.Allot(r.Amount, r.Foreign, items), named: true, Score: pointsNumber}
	because := []string{"the transfer names " + strings.Join(names, ", ")}
	if checked {
		p.Score = pointsReference
	}
	if p.Fit <= Charged {
		p.Score += pointsAmount
		because = append(because, p.fits(r))
	} else {
		because = append(because, p.fits(r))
	}
	if s, ok := payers[items[0].CustomerID]; ok {
		p.Score, because = p.Score+s.points, append(because, s.why)
	} else if alike(PlainName(r.Payer), PlainName(items[0].Buyer)) {
		p.Score, because = p.Score+pointsAlike, append(because, "the payer's name is like the customer's")
	}
	if len(items) > 1 && p.Fit > Charged {
		p.Score = min(p.Score, pointsSeveral)
		if !sameCustomer(items) {
			p.Score = min(p.Score, pointsOthers)
		}
	}
	p.Score, p.Why = min(p.Score, 100), strings.Join(because, "; ")
	return []Proposal{p}, checked || p.Fit <= Charged
}

func sameCustomer(items []OpenItem) bool {
	return !slices.ContainsFunc(items, func(o OpenItem) bool { return o.CustomerID != items[0].CustomerID })
}

// unnamed are the proposals by amount and payer.
func (b *Book) unnamed(r Remittance, rules Rules, payers map[string]sign, named []Proposal) []Proposal {
	var all []Proposal
	for _, id := range sortedKeys(payers) {
		all = append(all, b.ofPayer(r, rules, id, payers[id])...)
	}
	plain := PlainName(r.Payer)
	for _, i := range b.byAmount[r.Amount.Minor] {
		item := b.items[i]
		if _, known := payers[item.CustomerID]; known || item.Open.Currency != r.Amount.Currency || len(all) > proposalsMax {
			continue
		}
		p := Proposal{Allotment: rules.Allot(r.Amount, r.Foreign, []OpenItem{item}), Score: pointsAmount}
		p.Why = p.fits(r)
		if alike(plain, PlainName(item.Buyer)) {
			p.Score, p.Why = p.Score+pointsAlike, p.Why+"; the payer's name is like the customer's"
		}
		all = append(all, p)
	}
	return slices.DeleteFunc(all, func(p Proposal) bool {
		return slices.ContainsFunc(named, func(n Proposal) bool { return sameItems(n.Parts, p.Parts) })
	})
}

func sortedKeys(m map[string]sign) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sameItems(a, b []Part) bool {
	return slices.EqualFunc(a, b, func(x, y Part) bool { return x.Item.ID == y.Item.ID })
}

// ofPayer are the proposals among one customer's items: the one that the amount
// is, those whose sum it is, and the oldest, of which it may be a part.
func (b *Book) ofPayer(r Remittance, rules Rules, customerID string, s sign) []Proposal {
	var own []OpenItem
	for _, i := range b.byCustomer[customerID] {
		if b.items[i].Open.Currency == r.Amount.Currency && len(own) < ownMax {
			own = append(own, b.items[i])
		}
	}
	var all []Proposal
	add := func(points int, items ...OpenItem) {
		a := rules.Allot(r.Amount, r.Foreign, items)
		if a.Fit > Charged {
			points = 0
		}
		p := Proposal{Allotment: a, Score: min(100, s.points+points)}
		p.Why = p.fits(r) + "; " + s.why
		all = append(all, p)
	}
	for _, item := range own {
		if rules.Allot(r.Amount, r.Foreign, []OpenItem{item}).Fit <= Charged {
			add(pointsAmount, item)
		}
	}
	found, complete := sums(own, r.Amount.Minor, rules.ItemsMax, 3)
	for _, set := range found {
		items := make([]OpenItem, len(set))
		for n, i := range set {
			items[n] = own[i]
		}
		points := pointsAmount - len(items)
		if !complete {
			points = 0
		}
		add(points, items...)
	}
	if len(all) == 0 && len(own) > 0 {
		for _, item := range own[:min(len(own), 3)] {
			add(0, item)
		}
	}
	return all
}

// fits says in words how the amount fits.
func (p Proposal) fits(r Remittance) string {
	what := "what is open"
	if n := len(p.Parts); n > 1 {
		what = fmt.Sprintf("what is open on %d invoices", n)
	}
	last := p.Parts[len(p.Parts)-1]
	switch p.Fit {
	case Exact:
		return "the amount is exactly " + what
	case Discounted:
		return "the amount is exactly " + what + " less the early-payment discount of " + p.discounts().String()
	case Tolerated:
		return last.Difference.String() + " is missing of " + what + ", which is within the tolerance"
	case Charged:
		return last.Charge.String() + " is missing of " + what + ", as much as banks on the way may charge"
	case Overtaken:
		return "more discount was taken than the " + p.discounts().String() + " that there is, " + last.Item.Open.Minus(last.Settles()).String() + " stays open"
	case Over:
		return p.Rest.String() + " is more than " + what
	}
	return "the amount is a part of " + what
}

func (p Proposal) discounts() money.Amount {
	sum := p.Rest.Zero()
	for _, part := range p.Parts {
		sum = sum.Plus(part.Discount)
	}
	return sum
}
