package orderwebhook_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	orders "duly/shared/o2c/order"
	"duly/shared/testkit"
)

// said is one thing that happens to an order, by its number.
type said func(t testing.TB, k *counter, number string)

// generically is a message of the generic scheme, minutes after the order was
// placed; # is the order's number.
func generically(kind string, minutes int, data string) said {
	return func(t testing.TB, k *counter, number string) {
		t.Helper()
		stamp := k.Now().Add(time.Duration(minutes-120) * time.Minute).UTC().Format(time.RFC3339)
		k.must(t, generic, k.bare(t, kind, strings.NewReplacer("#", number, "@", stamp).Replace(data)))
	}
}

// of is an order of chairs by a business of its own.
func of(chairs int) string {
	return fmt.Sprintf(`{"external_id":"#","currency":"EUR","updated_at":"@","customer":{"name":"Buyer #","kind":"company","email":"b#@x.example","address":{"street":"Dam 1","postal_code":"1012 JS","city":"Amsterdam","country":"NL"}},`+
		`"lines":[{"external_id":"l1","sku":"CHAIR","name":"Chair","quantity":%d,"unit_price":{"amount":9995},"tax_rate":"21"},{"external_id":"l2","sku":"TEA","name":"Tea","quantity":2,"unit_price":{"amount":795},"tax_rate":"9"}],`+
		`"shipping":{"price":{"amount":495},"tax_rate":"21"}}`, chairs)
}

// paidStory is an order that is placed, changed twice, paid, sent in two parcels
// and returned in part. The change in between is told last, hours late.
func paidStory() []said {
	return []said{
		generically("order.created", 0, of(5)),
		generically("order.updated", 5, of(4)),
		generically("order.updated", 10, of(6)),
		generically("order.paid", 20, `{"external_id":"#","payment":{"gateway":"mollie","reference":"tr_#","amount":{"amount":74896,"currency":"EUR"}}}`),
		generically("order.fulfilled", 30, `{"external_id":"#","shipment":{"external_id":"p1","carrier":"PostNL","tracking":"3S#1","shipped_at":"@","lines":[{"sku":"CHAIR","quantity":2}]}}`),
		generically("order.fulfilled", 60, `{"external_id":"#","shipment":{"external_id":"p2","carrier":"PostNL","tracking":"3S#2","shipped_at":"@","lines":[{"sku":"CHAIR","quantity":4},{"sku":"TEA","quantity":2}]}}`),
		generically("order.refunded", 90, `{"external_id":"#","refund":{"external_id":"r1","amount":{"amount":12094,"currency":"EUR"},"lines":[{"external_id":"l1","quantity":1}],"refunded_at":"@"}}`),
	}
}

// heldStory is an order that waits for a colleague, while its parcels leave and
// its shop cancels it.
func heldStory() []said {
	return []said{
		generically("order.created", 0, of(30)),
		generically("order.updated", 10, of(40)),
		generically("order.fulfilled", 30, `{"external_id":"#","shipment":{"external_id":"p1","shipped_at":"@","lines":[{"sku":"CHAIR","quantity":15}]}}`),
		generically("order.fulfilled", 60, `{"external_id":"#","shipment":{"external_id":"p2","shipped_at":"@","lines":[{"sku":"CHAIR","quantity":25},{"sku":"TEA","quantity":2}]}}`),
		generically("order.cancelled", 90, `{"external_id":"#"}`),
		approve,
	}
}

// approve is a colleague who says yes to whatever is asked.
func approve(t testing.TB, k *counter, number string) {
	t.Helper()
	id := k.id(number)
	req, err := o2c.Read[credit.Request](context.Background(), k.Cycle, id)
	if fault.Is(err, fault.NotFound) || err == nil && req.Data().Status != credit.Pending {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	k.decide(t, id, credit.Approve)
}

// id is the order of a number, of the shop whose story is told.
func (k *counter) id(number string) string { return o2c.OrderID(cmp.Or(k.from, generic), number) }

// state is all that must be the same whichever message came first. Invoices
// differ in what stands on which, as each is of one parcel: what they say
// together does not.
func (k *counter) state(t testing.TB, number string) string {
	t.Helper()
	ctx := context.Background()
	o, err := o2c.Read[orders.Order](ctx, k.Cycle, k.id(number))
	if err != nil {
		t.Fatal(err)
	}
	d := o.Data()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v total %s invoiced %s committed %s told %s withdrawn %v\n", d.Status, d.Holds, d.Total, d.Invoiced, d.Committed, d.UpdatedAt.Format(time.TimeOnly), d.Withdrawn)
	for _, l := range d.Lines {
		fmt.Fprintf(&b, "%s %d for %s, %d reserved, %d shipped\n", l.Name, l.Quantity, l.Net, l.Reserved, l.Shipped)
	}
	for _, r := range d.Refunds {
		fmt.Fprintf(&b, "refund %s %s booked %s credited %s %v\n", r.ExternalID, r.Amount, r.Booked, r.Credited, r.Settled)
	}
	net, tax, open, credited, notes := testkit.EUR(0), testkit.EUR(0), testkit.EUR(0), testkit.EUR(0), 0
	for _, id := range d.Invoices {
		inv, err := o2c.Read[invoice.Invoice](ctx, k.Cycle, id)
		if err != nil {
			t.Fatal(err)
		}
		i := inv.Data()
		net, tax, open, credited, notes = net.Plus(i.Net), tax.Plus(i.Tax).Plus(i.Rounding), open.Plus(i.Open), credited.Plus(i.Credited()), notes+len(i.Notes)
	}
	fmt.Fprintf(&b, "%d invoices %s + %s, open %s, %d notes of %s\n", len(d.Invoices), net, tax, open, notes, credited)
	for _, id := range d.ShopReceipts {
		r, err := o2c.Read[cash.Receipt](ctx, k.Cycle, id)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "receipt %s, free %s, back %s\n", r.Data().Amount, r.Unapplied(), r.Data().Refunded)
	}
	parcels := slices.Sorted(slices.Values(d.Shipments))
	found, err := k.Cycle.Store.Count(ctx, o2c.Key{Kind: "exposure", ID: d.CustomerID})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%d parcels, stakes open %d confirmed %d", len(parcels), found[0].Values["open"], found[0].Values["confirmed"])
	return b.String()
}

// settleBooks performs what moves the books; letters and cards are none of it.
func (k *counter) settleBooks(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	for _, does := range []string{"invoice.issue", "order.settle"} {
		var ids []string
		page := o2c.Page{}
		for {
			var err error
			if page, err = k.Cycle.Store.List(ctx, o2c.Query{Queue: o2c.EffectQueue, Until: k.Now(), After: page.Next}); err != nil {
				t.Fatal(err)
			}
			for _, s := range page.Items {
				if strings.Contains(string(s.Body), `"does":"`+does+`"`) {
					ids = append(ids, s.Key.ID)
				}
			}
			if page.Next == "" {
				break
			}
		}
		if _, err := k.Outbox.PerformAll(ctx, ids); err != nil {
			t.Fatal(err)
		}
	}
}

// path is a state that a story can be in, a sequence of messages that leads
// there, and how many do.
type path struct {
	sequence []int
	count    int
}

// everyOrder tells a story in every order of its messages and gives the one
// state that all of them end in. The cycle is a function of what is stored and
// of the message: sequences that lead to the same documents go on alike, so each
// document state is gone on from once, and all sequences to it are counted.
// between lets the books' effects happen after every message.
func everyOrder(t *testing.T, from string, story []said, between bool) (end string, sequences, states int) {
	t.Helper()
	w := &walker{t: t, from: from, story: story, between: between}
	layer := map[int]map[string]path{0: {"": {count: 1}}}
	for range story {
		next := map[int]map[string]path{}
		for _, told := range slices.Sorted(maps.Keys(layer)) {
			for _, state := range slices.Sorted(maps.Keys(layer[told])) {
				from := layer[told][state]
				for i := range story {
					if told&(1<<i) != 0 {
						continue
					}
					sequence := append(slices.Clone(from.sequence), i)
					k, number := w.tell(sequence)
					to := k.stored(t, number)
					if next[told|1<<i] == nil {
						next[told|1<<i] = map[string]path{}
					}
					p := next[told|1<<i][to]
					next[told|1<<i][to] = path{sequence: sequence, count: p.count + from.count}
					states++
				}
			}
		}
		layer = next
	}
	for _, last := range layer[1<<len(story)-1] {
		k, number := w.tell(last.sequence)
		approve(t, k, number) // who was not asked in time
		k.settleBooks(t)
		if got := k.state(t, number); end != "" && got != end {
			t.Fatalf("%v ends in\n%s\nwant\n%s", last.sequence, got, end)
		} else {
			end = got
		}
		if len(k.tray.Messages)+len(k.parked(t)) != 0 {
			t.Fatalf("%v: %d in the inbox, parked: %s", last.sequence, len(k.tray.Messages), k.problems(t))
		}
		sequences += last.count
	}
	return end, sequences, states
}

// walker tells sequences, each to an order of its own; a world takes a few.
type walker struct {
	t       *testing.T
	from    string
	story   []said
	between bool
	k       *counter
	n       int
}

const ordersPerWorld = 25

func (w *walker) tell(sequence []int) (*counter, string) {
	w.t.Helper()
	if w.n%ordersPerWorld == 0 {
		w.k = open(w.t)
		w.k.from = w.from
		w.k.stock(w.t, "CHAIR", 1_000_000)
	}
	w.n++
	number := fmt.Sprintf("N%06d", w.n)
	for _, i := range sequence {
		w.story[i](w.t, w.k, number)
		if w.between {
			w.k.settleBooks(w.t)
		}
	}
	return w.k, number
}

// told is what differs between two orders that are alike: their ids, numbers,
// references and hashes.
var told = regexp.MustCompile(`N\d{6}|[a-z]{1,4}_[0-9a-v]{20}|RF[0-9]+|(CN)?20\d\d-\d{4}|[0-9a-f]{64}`)

// stored is every document of an order, and its customer's counters, as the
// next message finds them.
func (k *counter) stored(t testing.TB, number string) string {
	t.Helper()
	ctx := context.Background()
	id := k.id(number)
	keys := []o2c.Key{{Kind: "order", ID: id}, {Kind: "news", ID: id}, {Kind: "credit", ID: id}}
	var b strings.Builder
	if o, err := o2c.Read[orders.Order](ctx, k.Cycle, id); err == nil {
		d := o.Data()
		keys = append(keys, o2c.Key{Kind: "customer", ID: d.CustomerID})
		for _, bill := range d.Invoices {
			keys = append(keys, o2c.Key{Kind: "invoice", ID: bill})
			inv, err := o2c.Read[invoice.Invoice](ctx, k.Cycle, bill)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range inv.Data().Notes {
				keys = append(keys, o2c.Key{Kind: "receipt", ID: o2c.ReceiptID("credit_note", n.ID)})
			}
		}
		for _, r := range d.ShopReceipts {
			keys = append(keys, o2c.Key{Kind: "receipt", ID: r})
		}
		found, err := k.Cycle.Store.Count(ctx, o2c.Key{Kind: "exposure", ID: d.CustomerID})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, found[0].Values)
	}
	loaded, err := k.Cycle.Store.Load(ctx, keys...)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range loaded {
		fmt.Fprintf(&b, "%s %s\n", s.Key.Kind, s.Body)
	}
	return told.ReplaceAllString(b.String(), "*")
}

// Seven messages of an order in all their 5,040 orders: one state, which is the
// one that the shop means.
func TestCap_07_SevenMessagesInEveryOrder(t *testing.T) {
	end, sequences, states := everyOrder(t, generic, paidStory(), false)
	t.Logf("%d orders of arrival through %d states", sequences, states)
	if sequences != 5040 || end != paidEnd {
		t.Errorf("%d orders of arrival end in\n%s", sequences, end)
	}
}

const paidEnd = `closed [] total 748.96 EUR invoiced 748.96 EUR committed 0.00 EUR told 07:10:00 withdrawn false
Chair 6 for 599.70 EUR, 0 reserved, 6 shipped
Tea 2 for 15.90 EUR, 0 reserved, 2 shipped
Shipping 1 for 4.95 EUR, 0 reserved, 1 shipped
refund r1 120.94 EUR booked 120.94 EUR credited 120.94 EUR true
2 invoices 620.55 EUR + 128.41 EUR, open 0.00 EUR, 1 notes of 120.94 EUR
receipt 748.96 EUR, free 0.00 EUR, back 120.94 EUR
2 parcels, stakes open 0 confirmed 0`

// An order that waits for a decision while its parcels leave and its shop
// cancels it, told in all orders, its invoices going out in between: a tombstone
// is kept for a cancellation that comes first, and the books end the same.
func TestFC_05_CancelledAndSentInEveryOrder(t *testing.T) {
	end, sequences, states := everyOrder(t, generic, heldStory(), true)
	t.Logf("%d orders of arrival through %d states, end\n%s", sequences, states, end)
	if sequences != 720 || !strings.Contains(end, "open 0.00 EUR") || !strings.Contains(end, "stakes open 0 confirmed 0") {
		t.Errorf("%d orders of arrival end in\n%s", sequences, end)
	}
}
