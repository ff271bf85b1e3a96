package demo

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"duly/infra/local"
	"duly/infra/local/shop"
	"duly/shared/o2c/fault"
)

// orderAsked is an order that a customer of the cast places.
type orderAsked struct {
	Endpoint string           `json:"endpoint"`
	Customer string           `json:"customer"` // a key of the cast
	Lines    map[string]int64 `json:"lines"`    // SKU to quantity
	Number   string           `json:"number"`   // empty: the shop's next
	Note     string           `json:"note"`
	Paid     bool             `json:"paid"` // at the shop
}

// composed is the order as its shop would know it.
func (s *site) composed(in orderAsked) (shop.Order, error) {
	buyer, ok := s.cast.Buyer(in.Customer)
	if !ok {
		return shop.Order{}, fault.Bad("/customer", "nobody is called "+in.Customer, "choose a customer of the demo")
	}
	o := shop.Order{Customer: buyer.Customer(), Currency: s.runtime.Policy.Currency, Number: in.Number, Note: in.Note, Gateway: "invoice"}
	for _, sku := range slices.Sorted(maps.Keys(in.Lines)) {
		line, ok := s.cast.Line(sku, in.Lines[sku])
		if !ok || line.Quantity <= 0 {
			return shop.Order{}, fault.Bad("/lines", "nobody sells "+sku+" in that quantity", "choose an article of the demo")
		}
		o.Lines = append(o.Lines, line)
	}
	if len(o.Lines) == 0 {
		return shop.Order{}, fault.Bad("/lines", "the order is empty", "give a quantity")
	}
	if in.Paid {
		from, _ := s.runtime.Policy.Shop(in.Endpoint)
		o.FinancialStatus, o.Reference = "paid", "pay_"+s.runtime.Clock.Now().Format("20060102150405")
		o.Gateway = map[string]string{"shopify": "shopify_payments", "woocommerce": "mollie_wc_gateway_ideal", "bigcommerce": "mollie", "generic": "mollie"}[from.Platform]
	}
	return o, nil
}

// shopTold is what a shop posted, and the answer.
type shopTold struct {
	Endpoint string `json:"endpoint"`
	Number   string `json:"number"`
	Status   int    `json:"status"`
	Reply    string `json:"reply"`
}

// shopPlace lets a shop of the demo take an order and post it.
func (s *site) shopPlace(r *http.Request) (int, any, error) {
	in := orderAsked{Endpoint: tourEndpoint}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	o, err := s.composed(in)
	if err != nil {
		return 0, nil, err
	}
	sent, known, err := s.runtime.Shops.Place(r.Context(), in.Endpoint, o)
	s.remember(sent)
	return http.StatusCreated, shopTold{Endpoint: in.Endpoint, Number: known.Order.Number, Status: sent.Status, Reply: string(sent.Reply)}, err
}

// shopTell lets a shop post a change of an order.
func (s *site) shopTell(r *http.Request) (int, any, error) {
	endpoint, number := r.PathValue("endpoint"), r.PathValue("number")
	var parcel struct{ Carrier, Tracking, Reason string }
	if err := read(r, &parcel); err != nil {
		return 0, nil, err
	}
	var sent local.Sent
	var err error
	switch r.PathValue("kind") {
	case "ship":
		sent, err = s.runtime.Shops.Ship(r.Context(), endpoint, number, shop.Fulfilment{Carrier: parcel.Carrier, Tracking: parcel.Tracking})
	case "cancel":
		sent, err = s.runtime.Shops.Cancel(r.Context(), endpoint, number, parcel.Reason)
	case "again":
		sent, err = s.runtime.Shops.Again(r.Context(), endpoint, number)
	default:
		return 0, nil, fault.Missing("change", r.PathValue("kind"))
	}
	s.remember(sent)
	return http.StatusOK, shopTold{Endpoint: endpoint, Number: number, Status: sent.Status, Reply: string(sent.Reply)}, err
}

// shopHooks switches a shop's webhooks off, as platforms do that were not
// answered, or on again.
func (s *site) shopHooks(r *http.Request) (int, any, error) {
	var in struct {
		Endpoint string `json:"endpoint"`
		On       bool   `json:"on"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, in, s.runtime.Shops.SwitchHooks(in.Endpoint, in.On)
}

// diagnoses says what became of what a shop posted, oldest first.
func (s *site) diagnoses(r *http.Request) (int, any, error) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // none: all
	return http.StatusOK, map[string]any{"items": s.runtime.Diagnose(r.URL.Query().Get("endpoint"), after)}, nil
}

// checkShown is one invariant and what was found.
type checkShown struct {
	Name    string   `json:"name"`
	Checked int      `json:"checked"`
	Broken  []string `json:"broken"`
}

// health is the pulse of everything that the table can tell of.
func (s *site) health(r *http.Request) (int, any, error) {
	all, err := s.runtime.Cycle.Health(r.Context(), s.runtime.Clock.Now())
	return http.StatusOK, all, err
}

// settings are what can be set in Slack, as it holds now.
func (s *site) settings(r *http.Request) (int, any, error) {
	all, _, err := s.runtime.Cycle.Settings(r.Context())
	return http.StatusOK, map[string]any{"items": all}, err
}

// verify recomputes the books and holds them against the running totals.
func (s *site) verify(r *http.Request) (int, any, error) {
	report, err := s.runtime.Cycle.VerifyWhole(r.Context(), s.runtime.Seals)
	if err != nil {
		return 0, nil, err
	}
	checks := []checkShown{}
	for _, c := range report.Checks {
		checks = append(checks, checkShown{Name: c.Name, Checked: c.Checked, Broken: append([]string{}, c.Broken...)})
	}
	return http.StatusOK, map[string]any{"ok": report.OK(), "checks": checks}, nil
}
