package story

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duly/infra/local"
	"duly/infra/local/shop"
	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// step is one thing that somebody outside does.
type step struct {
	At       string        `yaml:"at"`
	Order    *orderStep    `yaml:"order"`
	Press    *pressStep    `yaml:"press"`
	Ship     *shipStep     `yaml:"ship"`
	Cancel   *cancelStep   `yaml:"cancel"`
	Again    *againStep    `yaml:"again"`
	Forge    *orderStep    `yaml:"forge"`
	Pay      *payStep      `yaml:"pay"`
	Transfer *transferStep `yaml:"transfer"`
	Promise  *promiseStep  `yaml:"promise"`
	Payout   bool          `yaml:"payout"`
}

func (s step) play(ctx context.Context, p *player) error {
	switch {
	case s.Order != nil:
		return p.place(ctx, *s.Order)
	case s.Press != nil:
		return p.press(ctx, *s.Press)
	case s.Ship != nil:
		return p.ship(ctx, *s.Ship)
	case s.Cancel != nil:
		o := p.orders[s.Cancel.Order]
		return taken(p.Shops.Cancel(ctx, o.Endpoint, o.Number, s.Cancel.Reason))
	case s.Again != nil:
		return p.repeat(ctx, *s.Again)
	case s.Forge != nil:
		return p.forge(ctx, *s.Forge)
	case s.Pay != nil:
		return p.pay(ctx, *s.Pay)
	case s.Transfer != nil:
		return p.transfer(ctx, *s.Transfer)
	case s.Promise != nil:
		return p.promise(ctx, *s.Promise)
	case s.Payout:
		return p.payOut(ctx)
	}
	return fmt.Errorf("the step does nothing")
}

// taken is how a webhook must be answered.
func taken(sent local.Sent, err error) error {
	if err == nil && !sent.OK() {
		err = fmt.Errorf("%s answered %d: %s", sent.Path, sent.Status, sent.Reply)
	}
	return err
}

// orderStep lets a customer order at a shop.
type orderStep struct {
	Ref      string           `yaml:"ref"`
	Shop     string           `yaml:"shop"`
	Customer string           `yaml:"customer"`
	Lines    map[string]int64 `yaml:"lines"`
	Paid     string           `yaml:"paid"` // the gateway that took the money
}

func (p *player) compose(s orderStep) (shop.Order, error) {
	buyer, ok := p.cast.Buyer(s.Customer)
	if !ok {
		return shop.Order{}, fmt.Errorf("nobody is called %q", s.Customer)
	}
	o := shop.Order{Customer: buyer.Customer(), Currency: p.Policy.Currency, Gateway: "invoice"}
	for _, sku := range slices.Sorted(maps.Keys(s.Lines)) {
		line, ok := p.cast.Line(sku, s.Lines[sku])
		if !ok {
			return shop.Order{}, fmt.Errorf("nobody sells %q", sku)
		}
		if buyer.Country != "" && buyer.Country != "NL" && buyer.VATID != "" {
			line.TaxRatePercent = "0" // the buyer's country taxes it (directive 2006/112/EC, article 138)
		}
		o.Lines = append(o.Lines, line)
	}
	if s.Paid != "" {
		o.FinancialStatus, o.Gateway, o.Reference = "paid", s.Paid, "tr_"+s.Ref
	}
	return o, nil
}

func (p *player) place(ctx context.Context, s orderStep) error {
	o, err := p.compose(s)
	if err != nil {
		return err
	}
	sent, known, err := p.Shops.Place(ctx, s.Shop, o)
	p.orders[s.Ref] = placed{Endpoint: s.Shop, Number: known.Order.Number}
	return taken(sent, err)
}

// forgedNumber is the order number that nobody gave.
const forgedNumber = "SO-6666"

// forge posts an order that was changed by one byte after it was signed.
func (p *player) forge(ctx context.Context, s orderStep) error {
	o, err := p.compose(s)
	if err != nil {
		return err
	}
	o.Number, o.PlacedAt = forgedNumber, p.Clock.Now()
	message, err := p.Shops.Message(local.ShopOrder{Endpoint: s.Shop, Order: o}, local.Placed)
	if err != nil {
		return err
	}
	message.Body = slices.Clone(message.Body)
	i := strings.LastIndexAny(string(message.Body), "123456789")
	message.Body[i] = '0' + (message.Body[i]-'0')%9 + 1
	sent, err := p.Shops.Post(ctx, s.Shop, message)
	if err != nil {
		return err
	}
	p.forged = append(p.forged, sent)
	p.teller.say(strings.TrimPrefix(s.Shop, "demo-"), "%-31s %-12s  forged by one byte → %d, nothing written", o.Number, "", sent.Status)
	return nil
}

// againStep lets a shop repeat its first word about an order.
type againStep struct {
	Order string `yaml:"order"`
	Times int    `yaml:"times"`
}

func (p *player) repeat(ctx context.Context, s againStep) error {
	o := p.orders[s.Order]
	for range s.Times {
		sent, err := p.Shops.Again(ctx, o.Endpoint, o.Number)
		if err := taken(sent, err); err != nil {
			return err
		}
		p.again[s.Order] = append(p.again[s.Order], sent)
	}
	p.teller.say(strings.TrimPrefix(o.Endpoint, "demo-"), "%-31s %-12s  the same webhook %d times more → one order", o.Number, "", s.Times)
	return nil
}

// shipStep lets a parcel leave, and the shop tell of it.
type shipStep struct {
	Order    string           `yaml:"order"`
	Carrier  string           `yaml:"carrier"`
	Tracking string           `yaml:"tracking"`
	Lines    map[string]int64 `yaml:"lines"` // none: all that is left
}

func (p *player) ship(ctx context.Context, s shipStep) error {
	o := p.orders[s.Order]
	parcel := shop.Fulfilment{Carrier: s.Carrier, Tracking: s.Tracking}
	for _, sku := range slices.Sorted(maps.Keys(s.Lines)) {
		parcel.Lines = append(parcel.Lines, shop.Fulfilled{SKU: sku, Quantity: s.Lines[sku]})
	}
	return taken(p.Shops.Ship(ctx, o.Endpoint, o.Number, parcel))
}

type cancelStep struct {
	Order  string `yaml:"order"`
	Reason string `yaml:"reason"`
}

// pressStep lets a colleague press a button in Slack, and fill the form that it
// opens.
type pressStep struct {
	Who     string            `yaml:"who"`
	Channel string            `yaml:"channel"` // its purpose
	Action  string            `yaml:"action"`
	About   []string          `yaml:"about"` // what the card says; names of the script's orders and customers
	Form    map[string]string `yaml:"form"`
	Refused bool              `yaml:"refused"` // the role does not allow it
}

func (p *player) press(ctx context.Context, s pressStep) error {
	i := slices.IndexFunc(p.Policy.People, func(who o2c.Person) bool { return who.Name == s.Who })
	if i < 0 {
		return fmt.Errorf("no colleague is called %q", s.Who)
	}
	user, words := p.Policy.People[i].ID, p.words(s.About)
	before := len(p.Slack.Messages())
	reply, err := p.PressCard(ctx, user, p.Policy.Channel(s.Channel), s.Action, words...)
	if err := answered(reply, err); err != nil {
		return err
	}
	if s.Refused {
		return p.whispered(ctx, user, before)
	}
	if s.Form == nil {
		return nil
	}
	views := p.Slack.Views()
	if len(views) == 0 {
		return fmt.Errorf("%s opened no form", s.Action)
	}
	values, err := p.fill(ctx, s.Form)
	if err != nil {
		return err
	}
	view := views[len(views)-1]
	if err := answered(p.Slack.Submit(ctx, view.ID, user, values)); err != nil {
		return err
	}
	if left := p.Slack.Views(); len(left) > 0 && len(left[len(left)-1].Errors) > 0 {
		return fmt.Errorf("the form of %s was refused: %v", s.Action, left[len(left)-1].Errors)
	}
	return nil
}

func answered(reply slack.Reply, err error) error {
	if err == nil && reply.Status != http.StatusOK {
		err = fmt.Errorf("the product answered Slack with %d: %s", reply.Status, reply.Body)
	}
	return err
}

// whispered expects that the presser alone is told why nothing happened.
func (p *player) whispered(ctx context.Context, user string, before int) error {
	if err := p.settle(ctx); err != nil {
		return err
	}
	all := p.Slack.Messages()
	for _, m := range all[min(before, len(all)):] {
		if m.EphemeralFor == user {
			p.refused++
			p.teller.say("slack", "%s", "whispered: “"+m.Text+"”")
			return nil
		}
	}
	return fmt.Errorf("nobody told the presser why nothing happened")
}

// words are what a card must say to be about the script's orders and customers.
func (p *player) words(about []string) []string {
	var out []string
	for _, name := range about {
		if o, ok := p.orders[name]; ok {
			out = append(out, o.Number)
		} else if b, ok := p.cast.Buyer(name); ok {
			out = append(out, b.Label())
		} else {
			out = append(out, name)
		}
	}
	return out
}

// fill turns a form of the script into what is typed: "+7" in a date is a week
// from today, the name of an order is its invoice, "number of" it the number.
func (p *player) fill(ctx context.Context, form map[string]string) (map[string]any, error) {
	values := map[string]any{}
	for field, value := range form {
		ref, byNumber := strings.CutPrefix(value, "number of ")
		if _, ok := p.orders[ref]; ok {
			inv, err := p.invoiceOf(ctx, ref, 1)
			if err != nil {
				return nil, err
			}
			if value = inv.ID; byNumber {
				value = inv.Number
			}
		}
		if n, err := strconv.Atoi(strings.TrimPrefix(value, "+")); err == nil && strings.HasPrefix(value, "+") {
			value = calendar.On(p.Clock.Now(), p.Policy.Zone).AddDays(n).String()
		}
		values[field] = value
	}
	return values, nil
}

// orderOf reads an order of the script.
func (p *player) orderOf(ctx context.Context, ref string) (order.Data, error) {
	known, ok := p.orders[ref]
	if !ok {
		return order.Data{}, fmt.Errorf("the story has no order %q so far", ref)
	}
	keys, err := p.Cycle.Store.Resolve(ctx, o2c.Alias{Space: "order-number", Value: known.Endpoint + ":" + known.Number})
	if err != nil {
		return order.Data{}, err
	}
	o, err := o2c.Read[order.Order](ctx, p.Cycle, keys[0].ID)
	if err != nil {
		return order.Data{}, err
	}
	return o.Data(), nil
}

// invoiceOf reads the nth invoice of an order.
func (p *player) invoiceOf(ctx context.Context, ref string, n int) (invoice.Data, error) {
	o, err := p.orderOf(ctx, ref)
	if err != nil {
		return invoice.Data{}, err
	}
	n = max(n, 1)
	if len(o.Invoices) < n {
		return invoice.Data{}, fmt.Errorf("order %s has %d invoices", ref, len(o.Invoices))
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, p.Cycle, o.Invoices[n-1])
	if err != nil {
		return invoice.Data{}, err
	}
	return inv.Data(), nil
}
