package api

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"duly/infra/local/bank"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestCap_76_GatewaysOfShops: an order that was paid at the shop waits on its
// gateway's clearing account until the settlement file and the bank line close
// it; in either order, and the file twice, nothing is left unexplained.
func TestCap_76_GatewaysOfShops(t *testing.T) {
	for gateway, c := range map[string]struct{ net, fees, left int64 }{
		"shopify_payments": {19_589, 411, 0}, "mollie": {19_965, 35, 0}, "paypal": {19_000, 858, 142}, "klarna": {19_241, 759, 0}, "adyen": {19_846, 154, 0},
	} {
		for _, bankFirst := range []bool{false, true} {
			t.Run(fmt.Sprint(gateway, " bank first ", bankFirst), func(t *testing.T) {
				p := newProgram(t)
				p.soldAtShop(t, gateway)
				raw, err := os.ReadFile("../../settle/testdata/" + gateway + ".csv")
				if err != nil {
					t.Fatal(err)
				}
				b := bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: "x", Zone: p.Cycle.Policy.Zone})
				land := func() {
					if _, err := b.Book(p.Now(), []bank.Entry{{Amount: c.net, Name: strings.ToUpper(strings.Split(gateway, "_")[0]) + " B.V.", Reference: "settlement of the week"}}); err != nil {
						t.Fatal(err)
					}
					file, err := b.Statement(p.Now())
					if err != nil {
						t.Fatal(err)
					}
					p.post("/v1/bank-statements", string(file)).is(201)
					p.Settle(t)
				}
				if bankFirst {
					land()
					if f, err := p.Cycle.Figures(ctx); err != nil || f.Unexplained() != testkit.EUR(c.net) {
						t.Errorf("%s unexplained before the file: %v", f.Unexplained(), err)
					}
				}
				p.post("/v1/settlements", string(raw)).is(201).want(map[string]any{"gateway": gateway, "new": 1, "payouts.0.problem": ""})
				p.post("/v1/settlements", string(raw)).is(200).want(map[string]any{"new": 0})
				p.Settle(t)
				if !bankFirst {
					land()
				}
				balances(t, p, "").want(map[string]int64{"clearing:" + gateway: c.left, "bank": c.net, "fees": c.fees, "unapplied": 0, "suspense": 0})
				if f, err := p.Cycle.Figures(ctx); err != nil || !f.Unexplained().IsZero() {
					t.Errorf("%s unexplained, %v", f.Unexplained(), err)
				}
				list := p.get("/v1/payouts")
				if list.len("items") != 1 {
					t.Fatalf("payouts %s", list.raw)
				}
				one := p.get("/v1/payouts/" + list.text("items.0.id"))
				one.want(map[string]any{"landed.amount": c.net, "gap.amount": 0, "parts.0.invoices.0": "2026-0001", "parts.0.in_books": true})
				p.verified()
			})
		}
	}
}

// soldAtShop is an order of 242.00 that the shop's gateway took, shipped and
// invoiced, of which the shop gave 42.00 back.
func (p *program) soldAtShop(t *testing.T, gateway string) {
	t.Helper()
	in := testkit.Order("1", 10_000, p.Now())
	in.Number = "SO-1"
	in.PaidAtShop = &order.Payment{Gateway: gateway, Reference: "ref-1"}
	taken, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	if _, err := p.Cycle.Ship(ctx, p.Stamp("slack:U02SALES"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
	back := testkit.Order("1", 10_000, p.Now())
	back.Number, back.Refunds = "SO-1", []order.IncomingRefund{{ExternalID: "rf-1", Amount: testkit.EUR(4_200)}}
	if _, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Refund, back)); err != nil {
		t.Fatal(err)
	}
	p.Settle(t)
}

// TestFC_68_ASettlementThatTheBooksContradict asks a person and names the
// movement; what the person says closes it.
func TestFC_68_ASettlementThatTheBooksContradict(t *testing.T) {
	p := newProgram(t)
	raw, err := os.ReadFile("../../settle/testdata/mollie.csv") // of an order that we never heard of
	if err != nil {
		t.Fatal(err)
	}
	a := p.post("/v1/settlements", string(raw)).is(201)
	a.want(map[string]any{"payouts.0.causes.0.kind": "charge", "payouts.0.causes.0.order": "SO-1", "payouts.0.gap.amount": 20_000})
	p.Settle(t)
	p.post("/v1/payouts/"+a.text("payouts.0.id")+"/explanation", map[string]any{"why": "sold before Duly", "account": "1300"}).is(422)
	p.post("/v1/payouts/"+a.text("payouts.0.id")+"/explanation", map[string]any{"why": "sold before Duly", "account": "8000"}).is(200).want(map[string]any{"explained": "sold before Duly"})
	p.Settle(t)
	balances(t, p, "").want(map[string]int64{"clearing:mollie": 20_000 - 35, "revenue": -20_000})
	if f, err := p.Cycle.Figures(ctx); err != nil || !f.Unexplained().IsZero() {
		t.Errorf("%s unexplained, %v", f.Unexplained(), err)
	}
	p.ask("POST", "/v1/settlements", "a,b\n1,2\n", nil).is(400)
	p.verified()
}
