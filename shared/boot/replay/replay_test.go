package replay

import (
	"testing"

	"duly/events"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

func TestReplayGoesBackToItsFunction(t *testing.T) {
	w := testkit.NewWorld(t)
	replay := Parked(w.Cycle, w.Now, false)
	read := func(name string) []byte {
		t.Helper()
		body, err := events.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	shop := o2c.ParkedData{Function: "order-webhook", Endpoint: "demo-generic", Topic: "order.created", Body: read("generic/order-created.json"), At: w.Now()}
	if err := replay(t.Context(), shop); err != nil {
		t.Fatal(err)
	}
	orders, err := o2c.ListOf[order.Order](t.Context(), w.Cycle, 10, "")
	if err != nil || len(orders.Items) != 1 || orders.Items[0].Data().Number != "SO-1001" {
		t.Errorf("orders %v %v", orders, err)
	}
	stripe := o2c.ParkedData{Function: "stripe-webhook", Endpoint: "stripe", Body: read("stripe/payment_intent.succeeded.json"), At: w.Now()}
	if err := replay(t.Context(), stripe); err != nil {
		t.Errorf("a payment: %v", err)
	}
	stripe.Body = []byte("{")
	if err := replay(t.Context(), stripe); !fault.Is(err, fault.Unreadable) {
		t.Errorf("no JSON: %v", err)
	}
	if err := replay(t.Context(), o2c.ParkedData{Function: "fax"}); !fault.Is(err, fault.Refused) {
		t.Errorf("an unknown function: %v", err)
	}
}
