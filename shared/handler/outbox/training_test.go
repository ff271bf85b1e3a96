package outbox

import (
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestCap_85_StreamOfASandbox: an effect of a sandbox comes through the stream under the sandbox's name, between those of the
// house; its card reaches the trainee, its letter nobody, and after the tour nothing of it is done.
func TestCap_85_StreamOfASandbox(t *testing.T) {
	w := testkit.NewWorld(t)
	h, _ := handler(w)
	who := w.Cycle.Policy.People[0]
	d, err := w.Cycle.StartTour(ctx, w.Stamp("slack:"+who.ID), who, false)
	if err != nil {
		t.Fatal(err)
	}
	stream := func(ids ...string) {
		t.Helper()
		var in events.DynamoDBEvent
		for _, id := range ids {
			in.Records = append(in.Records, inserted(id))
		}
		if out, err := h.Stream(ctx, in); err != nil || len(out.BatchItemFailures) > 0 {
			t.Fatalf("%+v %v", out, err)
		}
	}
	stream(pending(t, w, "chat.tour")...)
	inside, err := w.Cycle.Training(ctx, who.ID, d.Part())
	if err != nil {
		t.Fatal(err)
	}
	waiting := func() (ids []string) {
		t.Helper()
		page, err := inside.Store.List(ctx, o2c.Query{Queue: o2c.EffectQueue, Until: w.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Items {
			ids = append(ids, o2c.ApartPrefix+d.Part()+o2c.ApartSep+s.Key.ID)
		}
		return ids
	}
	shipped(t, w, 1)
	ids := append(append(pending(t, w, "invoice.issue"), waiting()...), pending(t, w, "mail.letter")...)
	if len(ids) < 3 {
		t.Fatalf("only %q wait", ids)
	}
	letters := len(w.Desk.Letters)
	stream(ids...)
	cards := testkit.CardsOf[o2c.CreditCard](w.Desk)
	if len(cards) != 1 || cards[0].Order.CustomerName != "TRAINING Bakkerij Vos" {
		t.Errorf("the cards are %+v", cards)
	}
	for _, l := range w.Desk.Letters[letters:] {
		if l.To == "vos@training.example" {
			t.Errorf("a letter left the sandbox: %+v", l)
		}
	}
	if _, err := inside.HandleShop(ctx, w.Arrive(order.Create, testkit.Order("late", 400_000, w.Now()))); err != nil {
		t.Fatal(err)
	}
	late := waiting()
	if err := w.Cycle.RemoveTraining(ctx, w.Stamp("slack:"+who.ID), who.ID); err != nil {
		t.Fatal(err)
	}
	stream(late...)
	if n := len(testkit.CardsOf[o2c.CreditCard](w.Desk)); n != 1 || len(late) == 0 {
		t.Errorf("after the end %d cards stand, %d effects waited", n, len(late))
	}
}
