package api

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"duly/shared/o2c"
)

func named(name string) lines { return lines{"Idempotency-Key", name} }

func TestTheFirstAnswerIsGivenAgain(t *testing.T) {
	p := newProgram(t)
	body := map[string]any{"name": "Acme BV", "address": dam}
	first := p.ask("POST", "/v1/customers", body, named("k-1")).is(201)
	p.Advance(48 * time.Hour)
	p.ask("PATCH", "/v1/customers/"+first.text("id"), map[string]any{"name": "Changed"}, nil).is(200)
	again := p.ask("POST", "/v1/customers", body, named("k-1")).is(201)
	if string(again.raw) != string(first.raw) || again.header["idempotent-replayed"] != "true" || again.header["content-type"] != first.header["content-type"] {
		t.Errorf("again %v %s", again.header, again.raw)
	}
	p.ask("POST", "/v1/customers", map[string]any{"name": "Other"}, named("k-1")).refused(422, "DULY-2005", "")
	if other := p.ask("POST", "/v1/customers", body, named("k-2")).is(201); other.text("id") == first.text("id") {
		t.Error("another key is another customer")
	}
	p.ask("POST", "/v1/products", map[string]any{"sku": "k"}, named("k-1")).is(201) // keys are a route's own
	p.ask("POST", "/v1/customers", body, named(strings.Repeat("k", 256))).refused(400, "DULY-2003", "")
	p.Advance(o2c.Remembered)
	later := map[string]any{"name": "Later"}
	p.ask("POST", "/v1/customers", later, named("k-1")).is(201)
	if p.ask("POST", "/v1/customers", later, named("k-1")).is(201).header["idempotent-replayed"] == "" {
		t.Errorf("a key that was forgotten cannot be used again: %s", p.log)
	}
}

func TestKeysOfOneProgramAreNotAnothers(t *testing.T) {
	p := newProgram(t)
	const other = "duly_test_other_0123456789abcdef"
	if _, err := p.Cycle.CreateKey(ctx, p.Stamp("system:test"), "other", []string{"read", "write"}, other); err != nil {
		t.Fatal(err)
	}
	first := p.ask("POST", "/v1/customers", map[string]any{"name": "Mine"}, named("k")).is(201)
	second := p.ask("POST", "/v1/customers", map[string]any{"name": "Theirs"}, lines{"Idempotency-Key", "k", "Authorization", "Bearer " + other}).is(201)
	if first.text("id") == second.text("id") {
		t.Error("one customer of two programs")
	}
}

func TestAProblemOfThePastIsNotKept(t *testing.T) {
	p := newProgram(t)
	o := p.post("/v1/orders", sale(p.customer("Acme BV", nil), "I-1", 300_000)).is(201).text("id")
	ship := func() answered { return p.ask("POST", "/v1/orders/"+o+"/shipments", nil, named("ship")) }
	ship().refused(409, "DULY-3007", "")
	p.post("/v1/orders/"+o+"/credit-decision", map[string]any{"decision": "approve", "as_user": "U04APPROVE"}).is(200)
	ship().is(201)
	invalid := map[string]any{"name": ""}
	first := p.ask("POST", "/v1/customers", invalid, named("bad")).is(422)
	if again := p.ask("POST", "/v1/customers", invalid, named("bad")).is(422); string(again.raw) != string(first.raw) || again.header["idempotent-replayed"] == "" {
		t.Errorf("again %s", again.raw)
	}
}

// TestARepetitionAfterACrashDoublesNothing repeats each POST under its key when
// the first answer was lost before it was kept.
func TestARepetitionAfterACrashDoublesNothing(t *testing.T) {
	p := newProgram(t)
	whole := p.handler
	cycle := *p.Cycle
	cycle.Store = forgetful{p.Cycle.Store}
	forgetting := New(Deps{Cycle: &cycle, Files: p.Desk, Papers: p.Desk, Now: p.Now, Log: logTo(p.log)})
	twice := func(path string, body any) answered {
		t.Helper()
		p.handler = forgetting
		first := p.ask("POST", path, body, named("crash"))
		if first.status > 201 {
			t.Fatalf("%s: %s", path, first.raw)
		}
		p.Advance(time.Minute)
		p.handler = whole
		again := p.ask("POST", path, body, named("crash")).is(first.status)
		if again.header["idempotent-replayed"] != "" {
			t.Fatalf("%s: the answer was kept", path)
		}
		third := p.ask("POST", path, body, named("crash")).is(first.status)
		if third.header["idempotent-replayed"] == "" || string(third.raw) != string(again.raw) {
			t.Fatalf("%s: the second answer was not kept", path)
		}
		if f, a := first.body["id"], again.body["id"]; f != a {
			t.Errorf("%s made %v and then %v", path, f, a)
		}
		return again
	}
	c := twice("/v1/customers", map[string]any{"name": "Acme BV", "address": dam, "emails": []string{"a@acme.example"}}).text("id")
	twice("/v1/products", map[string]any{"sku": "CHAIR", "stock": 10})
	body := sale(c, "", 300_000)
	delete(body, "external_id")
	body["lines"].([]any)[0].(map[string]any)["quantity"] = 2
	o := twice("/v1/orders", body)
	path := "/v1/orders/" + o.text("id")
	twice(path+"/credit-decision", decisionExample).want(map[string]any{"credit.status": "approved"})
	twice(path+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 1}}}).want(map[string]any{"lines.0.quantity": 1})
	p.get("/v1/products/CHAIR").want(map[string]any{"stock": 9, "reserved": 1})
	p.Settle(t)
	number := p.get(path).text("invoices.0")
	twice("/v1/invoices/"+number+"/promises", map[string]any{"date": "2026-01-10", "amount": eur(100)})
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testMoney(12_000), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_1", in); err != nil {
		t.Fatal(err)
	}
	receipt := p.get("/v1/unapplied").text("items.0.id")
	twice("/v1/receipts/"+receipt+"/applications", map[string]any{"invoice": number, "amount": eur(4_000)}).want(map[string]any{"unapplied.amount": 8_000})
	twice("/v1/invoices/"+number+"/credit-notes", nil).want(map[string]any{"number": "CN2026-0001"})
	if got := p.get("/v1/orders").len("items"); got != 1 {
		t.Errorf("%d orders", got)
	}
	p.verified()
}

// forgetful loses what answers would be kept, as a crash before the write does.
type forgetful struct{ o2c.Store }

var errCrash = errors.New("crashed")

func (f forgetful) Update(ctx context.Context, decide func(context.Context, *o2c.Tx) error) error {
	return f.Store.Update(ctx, func(ctx context.Context, tx *o2c.Tx) error {
		if err := decide(ctx, tx); err != nil {
			return err
		}
		for _, s := range tx.Plan().Saves {
			if s.Key.Kind == "answer" {
				return errCrash
			}
		}
		return nil
	})
}

// TestOneRequestManyTimesAtOnce sends the same application under one key from
// many places at once: the money moves once.
func TestOneRequestManyTimesAtOnce(t *testing.T) {
	p := newProgram(t)
	number := p.invoiced(p.customer("Acme BV", nil), "J-1", 10_000)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testMoney(9_000), At: p.Now()}
	if err := p.Cycle.HandlePayment(ctx, p.Now(), "evt_1", in); err != nil {
		t.Fatal(err)
	}
	path := "/v1/receipts/" + p.get("/v1/unapplied").text("items.0.id") + "/applications"
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			a := p.ask("POST", path, map[string]any{"invoice": number, "amount": eur(1_000)}, named("once"))
			if a.status != 201 && a.status != 409 { // 409: others were faster five times over
				t.Errorf("answered %d: %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	p.get("/v1/invoices/" + number).want(map[string]any{"open.amount": 9_000})
	p.verified()
}
