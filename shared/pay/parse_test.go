package pay

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duly/events"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every sample means what its golden file says.
func TestGolden(t *testing.T) {
	files, err := events.FS.ReadDir("stripe")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			body, err := events.FS.ReadFile("stripe/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(body)
			got := map[string]any{"id": m.ID, "type": m.Type, "live": m.Live, "known": m.Known, "means": strings.TrimPrefix(typeName(m.Event), "o2c."), "event": m.Event}
			if err != nil {
				got["problem"] = fault.Of(err).Error()
			}
			compare(t, filepath.Join("testdata", f.Name()), got)
		})
	}
}

func typeName(ev o2c.PaymentEvent) string {
	switch ev.(type) {
	case o2c.MoneyIn:
		return "MoneyIn"
	case o2c.MoneyPending:
		return "MoneyPending"
	case o2c.MoneyFailed:
		return "MoneyFailed"
	case o2c.MoneyBack:
		return "MoneyBack"
	case o2c.Chargeback:
		return "Chargeback"
	case o2c.PayoutPaid:
		return "PayoutPaid"
	case o2c.MethodKept:
		return "MethodKept"
	case o2c.MethodTold:
		return "MethodTold"
	case o2c.PageExpired:
		return "PageExpired"
	case o2c.Irrelevant:
		return "Irrelevant"
	}
	return "nothing"
}

func compare(t *testing.T, path string, got any) {
	t.Helper()
	out, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, '\n')
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Errorf("%s differs:\n%s", path, out)
	}
}

func told(kind, object string) []byte {
	return []byte(`{"id":"evt_1","object":"event","api_version":"2099-12-31.future","created":1767600000,"livemode":false,"type":"` + kind + `","data":{"object":` + object + `}}`)
}

func TestMeanings(t *testing.T) {
	for _, c := range []struct{ name, kind, object, want string }{
		{"a payment intent may be expanded", "checkout.session.completed", `{"id":"cs_1","mode":"payment","payment_status":"paid","payment_intent":{"id":"pi_1"},"amount_total":5,"currency":"eur"}`, "MoneyIn"},
		{"a mandate is no payment", "checkout.session.completed", `{"id":"cs_1","mode":"setup","payment_status":"no_payment_required","payment_intent":null}`, "Irrelevant"},
		{"a subscription's page has its own invoices", "checkout.session.completed", `{"id":"cs_1","mode":"subscription","payment_status":"paid","payment_intent":null,"amount_total":5,"currency":"eur"}`, "Irrelevant"},
		{"a free page took nothing", "checkout.session.completed", `{"id":"cs_1","mode":"payment","payment_status":"no_payment_required","payment_intent":null}`, "Irrelevant"},
		{"a page that offered transfers does not tell the amount", "checkout.session.async_payment_succeeded", `{"id":"cs_1","payment_status":"paid","payment_intent":"pi_1","payment_method_types":["sepa_debit","customer_balance"],"amount_total":5,"currency":"eur"}`, "Irrelevant"},
		{"one that did not does", "checkout.session.async_payment_succeeded", `{"id":"cs_1","payment_status":"paid","payment_intent":"pi_1","payment_method_types":["sepa_debit"],"amount_total":5,"currency":"eur"}`, "MoneyIn"},
		{"a stranger's payment is pending for nobody", "payment_intent.processing", `{"id":"pi_1","amount":5,"currency":"eur","metadata":{}}`, "Irrelevant"},
		{"an abandoned payment came to nothing", "payment_intent.canceled", `{"id":"pi_1","cancellation_reason":"abandoned","metadata":{"invoice":"i_1"}}`, "MoneyFailed"},
		{"a charge without a payment is not ours", "charge.refunded", `{"id":"ch_1","amount_refunded":5,"currency":"eur","payment_intent":null}`, "Irrelevant"},
		{"an inquiry that is closed leaves the money", "charge.dispute.closed", `{"id":"du_1","payment_intent":"pi_1","amount":5,"currency":"eur","status":"warning_closed"}`, "Chargeback"},
		{"a customer's change asks for nothing", "customer.updated", `{"id":"cus_1"}`, "Irrelevant"},
	} {
		m, err := Parse(told(c.kind, c.object))
		if err != nil || typeName(m.Event) != c.want || !m.Known {
			t.Errorf("%s: %s %+v, %v", c.name, typeName(m.Event), m, err)
		}
	}
}

// What is missing is told, whatever the API version; nothing is made up.
func TestMissingFields(t *testing.T) {
	for _, body := range [][]byte{
		nil, []byte("null"), []byte("[]"), []byte(`{"object":"event"}`), []byte(`{"id":"evt_1","object":"charge","type":"x","livemode":false}`),
		[]byte(`{"id":"evt_1","object":"event","type":"payout.paid","data":{"object":{"id":"po_1"}}}`), // neither test nor live
		told("checkout.session.completed", `{"id":"cs_1","mode":"payment","payment_status":"paid","amount_total":5,"currency":"eur"}`),
		told("checkout.session.completed", `{"id":"cs_1","mode":"payment","payment_status":"paid","payment_intent":"pi_1","currency":"eur"}`),
		told("checkout.session.completed", `{"id":"cs_1","mode":"payment","payment_status":"odd","payment_intent":"pi_1","amount_total":5,"currency":"eur"}`),
		told("payment_intent.succeeded", `{"id":"pi_1","amount_received":"five","currency":"eur"},"x":{"amount_received":5}`),
		told("payment_intent.succeeded", `{"id":"pi_1","amount_received":-5,"currency":"eur"}`),
		told("payment_intent.succeeded", `{"id":"pi_1","amount_received":5,"currency":"euro"}`),
		told("payment_intent.succeeded", `{"amount_received":5,"currency":"eur"}`),
		told("payment_intent.succeeded", `[]`), told("payment_intent.succeeded", `null`),
		told("payment_intent.payment_failed", `{}`), told("charge.refunded", `{"payment_intent":"pi_1","currency":"eur"}`),
		told("charge.dispute.created", `{"payment_intent":"pi_1","amount":5,"currency":"eur"}`), told("payout.paid", `{}`), told("checkout.session.expired", `{}`),
	} {
		if m, err := Parse(body); !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s: %+v, %v", body, m, err)
		}
	}
}

func TestFC_10_AnyVersionAnyType(t *testing.T) {
	m, err := Parse(told("payment_intent.succeeded", `{"id":"pi_1","amount_received":12345,"currency":"eur","metadata":{"invoice":"i_1"},"brand_new":{"x":[1]},"payment_method_types":"odd"}`))
	in, ok := m.Event.(o2c.MoneyIn)
	if err != nil || !ok || in.Amount != money.Of(12345, "EUR") || in.InvoiceID != "i_1" {
		t.Errorf("a later version: %+v, %v", m, err)
	}
	m, err = Parse(told("quantum.entangled", `{}`))
	if err != nil || m.Known || typeName(m.Event) != "Irrelevant" {
		t.Errorf("an unknown type: %+v, %v", m, err)
	}
}

func TestCurrenciesThatStripeCountsOtherwise(t *testing.T) {
	for _, c := range []struct {
		amount money.Amount
		units  int64
	}{{money.Of(12345, "EUR"), 12345}, {money.Of(500, "JPY"), 500}, {money.Of(500, "ISK"), 50000}, {money.Of(5000, "MGA"), 50}, {money.Of(1250, "KWD"), 1250}} {
		units, err := toStripe(c.amount)
		back, odd := fromStripe(c.units, strings.ToLower(c.amount.Currency))
		if err != nil || odd != nil || units != c.units || back != c.amount {
			t.Errorf("%s: %d, back %s, %v %v", c.amount, units, back, err, odd)
		}
	}
	if _, err := toStripe(money.Of(5050, "MGA")); err == nil {
		t.Error("half an ariary was charged")
	}
	if _, err := fromStripe(5, "ISK"); err == nil {
		t.Error("a twentieth of a króna came in")
	}
}

func FuzzParse(f *testing.F) {
	files, err := events.FS.ReadDir("stripe")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := events.FS.ReadFile("stripe/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(body)
		if err != nil {
			if c := fault.Of(err).Code; c != fault.Unreadable && c != fault.Refused {
				t.Fatalf("%v", err)
			}
			return
		}
		if m.ID == "" || m.Event == nil {
			t.Fatalf("a message without id or meaning: %+v", m)
		}
		if in, ok := m.Event.(o2c.MoneyIn); ok && (in.Ref == "" || !money.Valid(in.Amount.Currency) || in.Amount.IsNegative()) {
			t.Fatalf("money that is none: %+v", in)
		}
	})
}
