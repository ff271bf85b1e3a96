package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"duly/infra/local"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/text"
)

// teller tells what happened, from the facts that the product recorded.
type teller struct {
	runtime *local.Runtime
	start   time.Time
	out     io.Writer
	after   uint64 // place in the table's stream
	facts   []o2c.Event
	told    map[string]bool
}

func (t *teller) open(s script, customers int, seed int64) {
	t.told = map[string]bool{}
	fmt.Fprintf(t.out, "duly — %d virtual days, %d customers, %d steps by people outside, seed %d   (store: embedded, clock: virtual)\n", s.Days, customers, len(s.Steps), seed)
}

// say prints a line of a day.
func (t *teller) say(who, format string, args ...any) {
	day := calendar.On(t.runtime.Clock.Now(), t.runtime.Policy.Zone).DaysSince(calendar.On(t.start, t.runtime.Policy.Zone))
	fmt.Fprintf(t.out, "day %2d  %-12s %s\n", day, who, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// recordsMax is how many changes of the table are read at once.
const recordsMax = 500

// tell tells the facts since the last time.
func (t *teller) tell(ctx context.Context) error {
	for {
		records, err := t.runtime.Engine.Records(local.Table, t.after, recordsMax)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records {
			t.after = r.Sequence
			if r.EventName != "INSERT" {
				continue
			}
			var item struct {
				Dynamodb struct {
					NewImage struct {
						Kind struct{ S string } `json:"kind"`
						Body struct{ S string } `json:"body"`
					}
				} `json:"dynamodb"`
			}
			if err := json.Unmarshal(r.JSON, &item); err != nil {
				return err
			}
			if item.Dynamodb.NewImage.Kind.S != "event" {
				continue
			}
			var e o2c.Event
			if err := json.Unmarshal([]byte(item.Dynamodb.NewImage.Body.S), &e); err != nil {
				return err
			}
			t.facts = append(t.facts, e)
			if tell := tellings[e.Type]; tell != nil {
				if err := tell(ctx, t, e); err != nil {
					return fmt.Errorf("tell of %s: %w", e.Type, err)
				}
			}
		}
	}
}

// first reports whether something is told for the first time: some services say
// the same thing in two messages.
func (t *teller) first(what string) bool {
	known := t.told[what]
	t.told[what] = true
	return !known
}

// buyer and customer are names for a line; a line goes without rather than fail.
func (t *teller) buyer(ctx context.Context, invoiceID string) string {
	inv, err := o2c.Read[invoice.Invoice](ctx, t.runtime.Cycle, invoiceID)
	if err != nil {
		return ""
	}
	return inv.Data().Buyer.Name
}

func (t *teller) customer(ctx context.Context, id string) string {
	c, err := o2c.Read[party.Customer](ctx, t.runtime.Cycle, id)
	if err != nil {
		return ""
	}
	return c.Data().Name
}

// telling tells one kind of fact.
type telling func(ctx context.Context, t *teller, e o2c.Event) error

var tellings = map[string]telling{
	"credit.approved":    tellCredit,
	"credit.referred":    tellCredit,
	"credit.declined":    tellCredit,
	"order.cancelled":    tellCancelled,
	"invoice.issued":     tellInvoice,
	"invoice.paid":       tellPaid,
	"invoice.part_paid":  tellPaid,
	"receipt.received":   tellReceipt,
	"receipt.kept":       tellKept,
	"payment.pending":    tellPending,
	"payment.failed":     tellFailed,
	"dunning.step_taken": tellStep,
	"dunning.held":       tellHeld,
	"dunning.taken":      tellTaken,
	"promise.made":       tellPromise,
	"promise.kept":       tellPromise,
	"promise.broken":     tellPromise,
	"payout.landed":      tellPayout,
	"message.parked":     tellParked,
	"effect.failed":      tellParked,
}

// into reads a fact's data.
func into[T any](e o2c.Event) (T, error) {
	var d T
	return d, json.Unmarshal(e.Data, &d)
}

// euro spells an amount in a column.
func euro(a money.Amount) string { return fmt.Sprintf("%12s", text.Money(a.Minor, a.Currency, "en")) }

func (t *teller) order(ctx context.Context, id string) (order.Data, error) {
	o, err := o2c.Read[order.Order](ctx, t.runtime.Cycle, id)
	if err != nil {
		return order.Data{}, err
	}
	return o.Data(), nil
}

// tellCredit tells of an order with the decision on it: the policy's comes with
// the order, a person's later.
func tellCredit(ctx context.Context, t *teller, e o2c.Event) error {
	o, err := t.order(ctx, e.Of.ID)
	if err != nil {
		return err
	}
	head := fmt.Sprintf("%-8s %-22s %s  ", o.Number, o.CustomerName, euro(o.Total))
	if strings.HasPrefix(e.Actor, "slack:") {
		d, err := into[credit.RequestData](e)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s by %s after %s", d.Status, t.runtime.Policy.NameOf(d.DecidedBy), d.DecidedAt.Sub(d.AskedAt).Round(time.Minute).String())
		if d.Conditions.TermsDays > 0 {
			line += fmt.Sprintf(", net %d days", d.Conditions.TermsDays)
		}
		t.say("slack", "%s%s", head, strings.Replace(line, "m0s", "m", 1))
		return nil
	}
	d, err := into[credit.Decision](e)
	if err != nil {
		return err
	}
	why := ""
	if len(d.Reasons) > 0 {
		why = ": " + d.Reasons[0].Text
	}
	switch e.Type {
	case "credit.approved":
		t.say(o.Source.Platform, "%scredit approved by the policy%s", head, why)
	case "credit.referred":
		t.say(o.Source.Platform, "%scredit HOLD → Slack%s", head, why)
	default:
		t.say(o.Source.Platform, "%sdeclined by the policy%s", head, why)
	}
	return nil
}

func tellCancelled(ctx context.Context, t *teller, e o2c.Event) error {
	o, err := t.order(ctx, e.Of.ID)
	if err == nil {
		t.say(o.Source.Platform, "%-8s %-22s %s  cancelled; stock and credit are free again", o.Number, o.CustomerName, euro(o.Total))
	}
	return err
}

func tellInvoice(_ context.Context, t *teller, e o2c.Event) error {
	d, err := into[invoice.Data](e)
	if err == nil {
		t.say("shipped", "%-8s %-22s %s  → invoice %s, due %s, mailed (%s)", d.OrderNo, d.Buyer.Name, euro(d.Total), d.Number, d.DueOn, d.Buyer.Language)
	}
	return err
}

func tellReceipt(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[cash.ReceiptData](e)
	if err != nil {
		return err
	}
	now, err := o2c.Read[cash.Receipt](ctx, t.runtime.Cycle, d.ID)
	if err == nil && len(now.Data().Applications) == 0 && d.Source == "bank" {
		t.say("bank", "%-8s %-22s %s  names no invoice: “%s” → Slack", "", d.Payer, euro(d.Amount), strings.TrimSpace(d.Reference+" "+d.Text))
	}
	return err
}

// methods are how people call the ways to pay.
var methods = map[string]string{"ideal": "iDEAL | Wero", "card": "card", "sepa_debit": "SEPA debit", "transfer": "transfer", "shop": "at the shop"}

func tellPaid(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[struct {
		Receipt string       `json:"receipt"`
		Amount  money.Amount `json:"amount"`
		Open    money.Amount `json:"open"`
	}](e)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, t.runtime.Cycle, e.Of.ID)
	if err != nil {
		return err
	}
	r, err := o2c.Read[cash.Receipt](ctx, t.runtime.Cycle, d.Receipt)
	if err != nil {
		return err
	}
	rest := "paid"
	if d.Open.IsPositive() {
		rest = "part paid, " + strings.TrimSpace(euro(d.Open)) + " open"
	}
	by := "matched automatically"
	if strings.HasPrefix(e.Actor, "slack:") {
		by = "matched by " + t.runtime.Policy.NameOf(e.Actor)
	}
	t.say(r.Data().Source, "%-8s %-22s %s  %s %s, %s, %s", "", inv.Data().Buyer.Name, euro(d.Amount), inv.Number(), rest, methods[r.Data().Method], by)
	return nil
}

func tellKept(ctx context.Context, t *teller, e o2c.Event) error {
	r, err := o2c.Read[cash.Receipt](ctx, t.runtime.Cycle, e.Of.ID)
	if err == nil {
		t.say("slack", "%-8s %-22s %s  kept on the customer's account by %s", "", r.Data().Payer, euro(r.Unapplied()), t.runtime.Policy.NameOf(e.Actor))
	}
	return err
}

func tellPending(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[o2c.MoneyPending](e)
	if err == nil && t.first("pending "+d.Ref) {
		t.say("stripe", "%-8s %-22s %s  under way, %s; no reminder meanwhile", "", t.buyer(ctx, d.InvoiceID), euro(d.Amount), methods[d.Method])
	}
	return err
}

func tellFailed(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[o2c.MoneyFailed](e)
	if err == nil && t.first("failed "+d.Ref) {
		t.say("stripe", "%-8s %-22s %12s  payment failed: %s", "", t.buyer(ctx, d.InvoiceID), "", d.Reason)
	}
	return err
}

func tellStep(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[struct {
		Step   string       `json:"step"`
		Number string       `json:"number"`
		Open   money.Amount `json:"open"`
	}](e)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, t.runtime.Cycle, e.Of.ID)
	if err == nil {
		t.say("dunning", "%-8s %-22s %s  %s: %s (%s) → Slack, one message", "", inv.Data().Buyer.Name, euro(d.Open), d.Number, d.Step, inv.Data().Buyer.Language)
	}
	return err
}

func tellHeld(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[struct {
		Until  calendar.Date `json:"until"`
		Reason string        `json:"reason"`
	}](e)
	if err == nil {
		t.say("slack", "%-8s %-22s %12s  no letters until %s: %s (%s)", "", t.customer(ctx, e.Of.ID), "", d.Until, d.Reason, t.runtime.Policy.NameOf(e.Actor))
	}
	return err
}

func tellTaken(ctx context.Context, t *teller, e o2c.Event) error {
	t.say("slack", "%-8s %-22s %12s  %s takes the case", "", t.customer(ctx, e.Of.ID), "", t.runtime.Policy.NameOf(e.Actor))
	return nil
}

func tellPromise(ctx context.Context, t *teller, e o2c.Event) error {
	d, err := into[dunning.PromiseData](e)
	if err != nil {
		return err
	}
	who := "dunning"
	if e.Type == "promise.made" {
		who = "customer"
		if strings.HasPrefix(e.Actor, "slack:") {
			who = "slack"
		}
	}
	t.say(who, "%-8s %-22s %s  %s: promise for %s %s", "", t.customer(ctx, d.CustomerID), euro(d.Amount), d.Number, d.Date, map[string]string{"open": "noted, letters pause", "kept": "kept", "broken": "BROKEN, letters go on"}[d.Status])
	return nil
}

func tellPayout(_ context.Context, t *teller, e o2c.Event) error {
	d, err := into[cash.PayoutData](e)
	if err == nil {
		t.say("bank", "%-31s %s  Stripe payout landed: charges %s, fees %s", "", euro(d.Net), strings.TrimSpace(euro(d.Charges)), strings.TrimSpace(euro(d.Fees)))
	}
	return err
}

func tellParked(_ context.Context, t *teller, e o2c.Event) error {
	t.say("trouble", "%s %s", e.Type, e.Data)
	return nil
}
