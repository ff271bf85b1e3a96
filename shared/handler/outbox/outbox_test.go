package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

var ctx = context.Background()

func handler(w *testkit.World) (trigger.Handler, *bytes.Buffer) {
	var metrics bytes.Buffer
	return New(Deps{Outbox: w.Outbox, Metrics: &metrics}), &metrics
}

// inserted is the stream's record of a new effect.
func inserted(id string) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{
		EventName: "INSERT", EventSource: "aws:dynamodb",
		Change: events.DynamoDBStreamRecord{SequenceNumber: "seq-" + id, NewImage: map[string]events.DynamoDBAttributeValue{
			"kind": events.NewStringAttribute("effect"), "id": events.NewStringAttribute(id),
		}},
	}
}

// pending lists the ids of effects that wait to do something.
func pending(t *testing.T, w *testkit.World, does string) []string {
	t.Helper()
	var ids []string
	after := ""
	for {
		page, err := w.Cycle.Store.List(ctx, o2c.Query{Queue: o2c.EffectQueue, Until: w.Now().Add(365 * 24 * time.Hour), After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Items {
			if strings.Contains(string(s.Body), `"does":"`+does+`"`) {
				ids = append(ids, s.Key.ID)
			}
		}
		if after = page.Next; after == "" {
			return ids
		}
	}
}

// shipped makes n orders of different customers and ships them; each leaves a
// draft and the effect that issues it.
func shipped(t *testing.T, w *testkit.World, n int) {
	t.Helper()
	for i := range n {
		in := testkit.Order(fmt.Sprint(i), 10_000, w.Now())
		in.Buyer.ExternalID, in.Buyer.Email, in.Buyer.KVK = fmt.Sprintf("cust-%d", i), fmt.Sprintf("c%d@acme.example", i), ""
		taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, w *testkit.World) {
	t.Helper()
	report, err := w.Cycle.Verify(ctx)
	if err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

func numbers(t *testing.T, w *testkit.World) map[string]int {
	t.Helper()
	got := map[string]int{}
	after := ""
	for {
		page, err := o2c.ListOf[invoice.Invoice](ctx, w.Cycle, 100, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, inv := range page.Items {
			got[inv.Number()]++
		}
		if after = page.Next; after == "" {
			return got
		}
	}
}

func TestCap_34_TwoHundredConcurrentIssuesAreOneToTwoHundred(t *testing.T) {
	testConcurrentIssues(t, 200)
}

func TestFC_54_NumbersUnderConcurrencyHaveNoGapAndNoDouble(t *testing.T) {
	testConcurrentIssues(t, 64)
}

// testConcurrentIssues hands each effect to an invocation of its own, all at
// once and each twice, as a stream that repeats itself does.
func testConcurrentIssues(t *testing.T, n int) {
	w := testkit.NewWorld(t)
	shipped(t, w, n)
	h, _ := handler(w)
	var wg sync.WaitGroup
	for _, id := range pending(t, w, "invoice.issue") {
		for range 2 {
			wg.Go(func() {
				for { // the event source repeats what is handed back
					out, err := h.Stream(ctx, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{inserted(id)}})
					if err != nil {
						t.Error(err)
						return
					}
					if len(out.BatchItemFailures) == 0 {
						return
					}
				}
			})
		}
	}
	wg.Wait()
	w.Advance(2 * o2c.LeaseTime) // what lost its claim to a conflict is swept up
	w.Settle(t)
	got := numbers(t, w)
	for i := 1; i <= n; i++ {
		if number := fmt.Sprintf("2026-%04d", i); got[number] != 1 {
			t.Errorf("number %s was given %d times", number, got[number])
		}
	}
	if len(got) != n {
		t.Errorf("%d numbers for %d invoices: %v", len(got), n, got[""])
	}
	verified(t, w)
}

func TestFC_55_CrashWhileNumberingLeavesNoGap(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 3)
	h, _ := handler(w)
	ids := pending(t, w, "invoice.issue")
	// The first performer claims and dies before it marks.
	dying := *w.Outbox
	dying.Cycle = &o2c.Cycle{Store: &crashing{Store: w.Cycle.Store, after: 1}, Policy: w.Cycle.Policy, Links: w.Cycle.Links, Pay: w.Cycle.Pay}
	if err := dying.Perform(ctx, ids[0]); !errors.Is(err, errCrash) {
		t.Fatalf("the performer did not die: %v", err)
	}
	for _, id := range ids { // the others go on; the dead one's is held
		if _, err := h.Stream(ctx, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{inserted(id)}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := numbers(t, w); got["2026-0002"] != 1 || got["2026-0003"] != 0 || got[""] != 1 {
		t.Errorf("before the lease ends: %v", got)
	}
	w.Advance(2 * o2c.LeaseTime)
	w.Settle(t)
	if got := numbers(t, w); got["2026-0003"] != 1 || got[""] != 0 {
		t.Errorf("after the lease ended: %v", got)
	}
	verified(t, w)
}

var errCrash = errors.New("crashed")

// crashing lets a number of updates through and then dies.
type crashing struct {
	o2c.Store
	after int
}

func (c *crashing) Update(ctx context.Context, decide func(context.Context, *o2c.Tx) error) error {
	if c.after == 0 {
		return errCrash
	}
	c.after--
	return c.Store.Update(ctx, decide)
}

func TestFC_46_DeadPerformersEffectIsDrivenAgain(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 1)
	h, metrics := handler(w)
	dying := *w.Outbox
	dying.Cycle = &o2c.Cycle{Store: &crashing{Store: w.Cycle.Store, after: 1}, Policy: w.Cycle.Policy, Links: w.Cycle.Links, Pay: w.Cycle.Pay}
	id := pending(t, w, "invoice.issue")[0]
	if err := dying.Perform(ctx, id); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	if err := h.Tick(ctx, trigger.Tick{Schedule: "outbox-sweep"}); err != nil {
		t.Fatal(err)
	}
	if got := pending(t, w, "invoice.issue"); len(got) != 1 {
		t.Fatalf("under the lease %d effects are pending", len(got))
	}
	w.Advance(5 * time.Minute)
	if err := h.Tick(ctx, trigger.Tick{Schedule: "outbox-sweep"}); err != nil {
		t.Fatal(err)
	}
	if got := pending(t, w, "invoice.issue"); len(got) != 0 {
		t.Errorf("after the sweep %d effects are pending", len(got))
	}
	if !strings.Contains(metrics.String(), `"OutboxAgeSeconds":150`) { // five minutes less the lease
		t.Errorf("the sweeper measured %s", metrics)
	}
}

func TestFC_47_NothingIsMarkedBeforeItIsSent(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 1)
	w.Desk.Fail = func(what string) error {
		if what == "mail" {
			return errors.New("the mail service hangs up")
		}
		return nil
	}
	w.Settle(t)
	if got := len(pending(t, w, "mail.invoice")); got != 1 || len(w.Desk.Letters) != 0 {
		t.Fatalf("%d mails pending, %d sent", got, len(w.Desk.Letters))
	}
	w.Desk.Fail = nil
	w.Advance(5 * time.Minute)
	w.Settle(t)
	if got := len(pending(t, w, "mail.invoice")); got != 0 || len(w.Desk.Letters) != 3 {
		t.Errorf("%d mails pending, %d sent", got, len(w.Desk.Letters))
	}
}

func TestFailingSlackHoldsNothingElseBack(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Desk.Fail = func(what string) error {
		if what == "chat" {
			return &o2c.Later{After: time.Minute, Cause: errors.New("429")}
		}
		return nil
	}
	shipped(t, w, 2)
	w.Settle(t)
	if got := len(w.Desk.Letters); got != 6 || len(w.Desk.Cards) != 0 {
		t.Errorf("%d letters and %d cards while Slack is away", got, len(w.Desk.Cards))
	}
	w.Desk.Fail = nil
	w.Advance(2 * time.Minute)
	w.Settle(t)
	if got := len(testkit.CardsOf[o2c.InvoiceCard](w.Desk)); got != 2 {
		t.Errorf("%d invoice cards once Slack is back", got)
	}
}

func TestFC_13_PoisonIsGivenUpAndToldWhileOthersProceed(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Desk.Fail = func(what string) error {
		if what == "mail" {
			return o2c.Permanent("The address does not exist", "550 5.1.1", "mend it", nil)
		}
		return nil
	}
	shipped(t, w, 1)
	w.Settle(t)
	if got := pending(t, w, "mail.invoice"); len(got) != 0 {
		t.Errorf("a hopeless mail is tried again: %v", got)
	}
	var told bool
	for _, c := range testkit.CardsOf[o2c.DeliveryCard](w.Desk) {
		told = told || c.Delivery.What == "invoice" && c.Delivery.Status == delivery.Failed && strings.Contains(c.Delivery.Reason, "The address does not exist")
	}
	if !told {
		t.Errorf("nobody was told: %+v", w.Desk.Cards)
	}
	if got := len(testkit.CardsOf[o2c.InvoiceCard](w.Desk)); got != 1 {
		t.Errorf("%d invoice cards: the others did not proceed", got)
	}
}

func TestFC_13_EffectThatNeverWorksEndsAfterItsAttempts(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Desk.Fail = func(what string) error {
		if what == "mail" {
			return errors.New("the mail service is gone")
		}
		return nil
	}
	shipped(t, w, 1)
	for range o2c.AttemptsMax + 2 {
		w.Settle(t)
		w.Advance(25 * time.Hour)
	}
	if got := pending(t, w, "mail.invoice"); len(got) != 0 {
		t.Errorf("still tried after %d attempts", o2c.AttemptsMax)
	}
	if got := len(testkit.CardsOf[o2c.NoticeCard](w.Desk)); got != 3 { // the confirmation's, the parcel's and the invoice's
		t.Errorf("%d notices", got)
	}
}

func TestFC_53_EffectsTheStreamLostAreSweptUp(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 5) // the stream is never read
	w.Advance(25 * time.Hour)
	h, _ := handler(w)
	for range 6 { // ranks follow one another
		if err := h.Tick(ctx, trigger.Tick{Schedule: "outbox-sweep"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(numbers(t, w)); got != 5 {
		t.Errorf("%d of 5 invoices have numbers", got)
	}
	if got := len(w.Desk.Letters); got != 15 {
		t.Errorf("%d letters", got)
	}
}

func TestFC_12_StreamHandsBackOnlyWhenTheTableIsAway(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 2)
	ids := pending(t, w, "mail.letter")
	away := *w.Outbox
	away.Cycle = &o2c.Cycle{Store: &crashing{Store: w.Cycle.Store, after: 3}, Policy: w.Cycle.Policy, Links: w.Cycle.Links}
	h := New(Deps{Outbox: &away, Metrics: &bytes.Buffer{}})
	out, err := h.Stream(ctx, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{inserted(ids[0]), inserted(ids[1])}})
	if err != nil || len(out.BatchItemFailures) != 1 || out.BatchItemFailures[0].ItemIdentifier != "seq-"+ids[1] {
		t.Errorf("handed back %+v, %v; want the second record", out.BatchItemFailures, err)
	}
}

func TestEffectIsDoneOnceHoweverOftenItIsAskedFor(t *testing.T) {
	w := testkit.NewWorld(t)
	shipped(t, w, 1)
	w.Settle(t)
	letters, cards := len(w.Desk.Letters), len(w.Desk.Cards)
	h, _ := handler(w)
	page, err := o2c.ListOf[invoice.Invoice](ctx, w.Cycle, 1, "")
	if err != nil || len(page.Items) != 1 {
		t.Fatal(err)
	}
	for range 5 {
		w.Advance(time.Hour)
		if err := h.Tick(ctx, trigger.Tick{Schedule: "outbox-sweep"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.Desk.Letters) != letters || len(w.Desk.Cards) != cards {
		t.Errorf("%d letters became %d, %d cards %d", letters, len(w.Desk.Letters), cards, len(w.Desk.Cards))
	}
}
