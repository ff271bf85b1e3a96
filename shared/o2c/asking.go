package o2c

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/recovery"
)

// A card that asks somebody stays on the Homes of those whose work it is until it is answered, and the morning message
// counts it: a question that only stands in a channel is scrolled away.

// queueAsking has the cards that ask, the oldest question first.
const queueAsking = "asking"

// askingLooks bounds the questions that a Home or a morning message goes through.
const askingLooks = 100

// asks reports whether a card waits for somebody. Credit, late customers and money without a home have lists of their own
// on every Home, and are not asked about twice.
func asks(view Card) bool {
	switch c := view.(type) {
	case OverdueCard:
		return c.Stop != nil
	case LettersCard:
		return c.Safe && slices.ContainsFunc(c.All, func(one Coming) bool { return one.Status == "" && !one.Calls })
	case AwaitingCard:
		return c.Letter.Status == ""
	case CheckCard:
		return len(c.Doubts) > 0
	case DraftCard:
		return c.Invoice.Status == invoice.Draft
	case PayeeCard:
		return c.Payee.Change != nil && c.Payee.Change.Status == cash.ChangeAsked
	case DeliveryCard:
		return c.Delivery.Open()
	case CashCard:
		return c.Refund != nil && c.Refund.Status == cash.RefundAsked
	case BankLineCard:
		return c.Line.Booked == nil && !c.Line.Unexplained.IsZero()
	case ChargebackCard:
		return c.Case.Status == evidenceOpen && !c.Over
	case PlanCard:
		return c.Plan.Status == dunning.PlanProposed
	case DisputeCard:
		return c.Dispute.Status == dunning.DisputeOpen
	case PayoutCard:
		return !c.Payout.Unexplained().IsZero()
	case ClaimCard:
		f := c.View.File
		return f != nil && (f.HandOver.Status == recovery.Proposed || f.WriteOff.Status == recovery.Asked || f.Relief.Status == recovery.ReliefDue)
	}
	return asksAboutGoods(view)
}

// asksAboutGoods is asks for what concerns goods, shops and customers as such.
func asksAboutGoods(view Card) bool {
	switch c := view.(type) {
	case StockCard:
		return len(c.Lines) > 0 && c.WaitsBy == "" && leaves(c.Order)
	case ShipCard:
		return leaves(c.Order) && len(c.Order.Holds) == 0 && slices.ContainsFunc(c.Order.Lines, func(l order.Line) bool { return !l.Service && l.Left() > 0 })
	case ReorderCard:
		return c.Alert.ClosedAt.IsZero() && c.SeenBy == ""
	case LikenessCard:
		return c.Likeness.Status == LikeOpen
	case ParkedCard:
		return c.Parked.Replayed.IsZero()
	case ShopCard:
		return c.Lapse.ClosedAt.IsZero()
	}
	return false
}

// leaves reports whether goods of an order may still leave.
func leaves(o order.Data) bool { return o.Status == order.Confirmed || o.Status == order.PartShipped }

// Asking is a kind of card that asks, and how many of them do.
type Asking struct {
	Purpose string // a row of the card table
	Count   int
}

// Asked counts the questions that stand in the room, kind by kind in the order of their weight; beyond a hundred they are
// not counted.
func (c *Cycle) Asked(ctx context.Context) ([]Asking, error) {
	page, err := c.Store.List(ctx, Query{Queue: queueAsking, Until: farOff, Limit: askingLooks})
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, s := range page.Items {
		p, err := restore[posted](s)
		if err != nil {
			return nil, err
		}
		counts[p.data.Purpose]++
	}
	var all []Asking
	for _, purpose := range weights() {
		if n := counts[purpose]; n > 0 {
			all = append(all, Asking{Purpose: purpose, Count: n})
		}
	}
	return all, nil
}

// pressing reports whether a question is worth a morning message by itself; whether two customers are one is not.
func pressing(all []Asking) bool {
	return slices.ContainsFunc(all, func(a Asking) bool { return a.Purpose != "likeness" })
}

// weights are the kinds of cards that ask, what cannot wait first.
func weights() []string {
	return []string{
		"payee", "chargeback", "plan", "claim", "overdue", "dispute", "check", "letters", "awaiting", "cash", "payout", "bankline",
		"delivery", "draft", "stock", "ship", "reorder", "lapse", "parked", "likeness",
	}
}

// questionsOf are the cards that ask a colleague, as they are now: those of the kinds that are the colleague's work, else,
// where nobody here has that work, of whoever decides. more are those beyond the ones listed.
func (c *Cycle) questionsOf(ctx context.Context, at time.Time, who Person, team []Person) (all []Card, more int, err error) {
	page, err := c.Store.List(ctx, Query{Queue: queueAsking, Until: farOff, Limit: askingLooks})
	if err != nil {
		return nil, 0, err
	}
	var mine []postedData
	for _, s := range page.Items {
		p, err := restore[posted](s)
		if err != nil {
			return nil, 0, err
		}
		if worksOn(who, team, cards()[p.data.Purpose].asks...) {
			mine = append(mine, p.data)
		}
	}
	order := weights()
	slices.SortStableFunc(mine, func(a, b postedData) int {
		return slices.Index(order, a.Purpose) - slices.Index(order, b.Purpose)
	})
	o := &Outbox{Cycle: c, Now: func() time.Time { return at }}
	for i, p := range mine {
		if len(all) == workMax {
			return all, len(mine) - i, nil
		}
		row := cards()[p.Purpose]
		look := row.view
		if row.look != nil {
			look = row.look
		}
		view, err := look(ctx, o, Effect{Subject: p.Subject}, cardArgs{Purpose: p.Purpose})
		if err != nil {
			return nil, 0, err
		}
		if view != nil && asks(view) { // answered a moment ago: the card is drawn anew just now
			all = append(all, view)
		}
	}
	return all, 0, nil
}

// worksOn reports whether a kind of work is a colleague's: of the roles whose work it is, or, while nobody of the team has
// one of them, of those who decide.
func worksOn(who Person, team []Person, roles ...Role) bool {
	if slices.Contains(roles, who.Role) {
		return true
	}
	return who.Decides() && len(roles) > 0 && !slices.ContainsFunc(team, func(p Person) bool { return slices.Contains(roles, p.Role) })
}
