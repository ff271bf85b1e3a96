package shop

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/events"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

func rational(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

// fuzz holds for any body: a sound order within the cycle's bounds, or a
// failure with a sentence; never a panic, here or where the order is priced.
func fuzz(f *testing.F, platform string, topics ...string) {
	files, err := events.FS.ReadDir(platform)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for i := range topics {
			f.Add(i, sample(f, platform+"/"+file.Name()))
		}
	}
	p, _ := Find(platform)
	f.Fuzz(func(t *testing.T, n int, body []byte) {
		topic := topics[((n%len(topics))+len(topics))%len(topics)]
		m, err := p.Translate(topic, body)
		if err != nil {
			if c := fault.Of(err).Code; c != fault.Unreadable && c != fault.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := m.Order.Check(); err != nil {
			return
		}
		if o, err := order.Take(m.Order, order.Intake{ID: "o_1", At: time.Unix(1767600000, 0)}); o != nil {
			o.Data().Total.Minus(o.Data().Rounding)
		} else if err == nil {
			t.Fatal("neither an order nor a reason")
		}
	})
}

func FuzzShopify(f *testing.F) {
	fuzz(f, "shopify", "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "fulfillments/create", "refunds/create")
}

func FuzzWooCommerce(f *testing.F) {
	fuzz(f, "woocommerce", "order.created", "order.updated", "order.deleted")
}

func FuzzBigCommerce(f *testing.F) {
	fuzz(f, "bigcommerce", "", "store/order/updated", "store/product/inventory/updated")
}

func FuzzGeneric(f *testing.F) { fuzz(f, "generic", "") }
