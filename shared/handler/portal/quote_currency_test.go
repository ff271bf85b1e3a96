package portal

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestCap_01_AQuoteInTheCustomersCurrency: offered, decided on in the books' currency at the day's rate, accepted and
// ordered in the customer's own.
func TestCap_01_AQuoteInTheCustomersCurrency(t *testing.T) {
	s := openShop(t)
	body := `{"customer": {"name": "Acme Inc", "kind": "company", "email": "ap@acme.example", "language": "fr", "address": {"street": "1 Main Street", "postal_code": "10001", "city": "New York", "country": "US"}},
		"currency": "USD", "lines": [{"name": "Chair", "quantity": 4, "unit_price": {"amount": 10000, "currency": "USD"}, "tax_rate": "0"}]}`
	var q offered
	if r := s.program("POST", "/v1/quotes", body, &q); r.StatusCode != 201 {
		t.Fatalf("draft: %d %s", r.StatusCode, r.Body)
	}
	s.send(q.ID)
	s.Settle(t)
	q = s.read(q.ID)
	if q.Status != "sent" || q.Total.Amount != 40_000 {
		t.Fatalf("%+v", q)
	}
	req, err := o2c.Read[credit.Request](t.Context(), s.Cycle, q.ID)
	if err != nil || req.Data().Decision.Input.Amount.Currency != "EUR" || req.Data().Decision.Input.Foreign == nil {
		t.Errorf("decided on %+v, %v", req.Data().Decision.Input, err)
	}
	path := s.path(q.PortalURL, nil)
	s.wants("its page", s.get(path), 200, "400,00\u00a0$US", "Devis "+q.Number)
	s.leads("accept", s.post(path+"/accept", yes("Ada Lovelace")), path)
	s.Settle(t)
	all := testkit.Listed[order.Order](t, s.World, "order")
	if len(all) != 1 || all[0].Data().Total.Currency != "USD" || all[0].Data().Rate == nil || all[0].Status() != order.Confirmed {
		t.Fatalf("%d orders %+v", len(all), all)
	}
	odd := strings.ReplaceAll(body, "USD", "XOF")
	if r := s.program("POST", "/v1/quotes", odd, nil); r.StatusCode != 422 || !strings.Contains(r.Body, "rate of XOF") {
		t.Errorf("a currency without a rate: %d %s", r.StatusCode, r.Body)
	}
}
