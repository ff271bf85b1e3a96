package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"duly/shared/handler/trigger"
)

// racers is how many programs post at the same time.
const racers = 32

// rush lets racers post bodies at once, each again until it is answered, and
// counts what the decisions were. It runs outside the test's own goroutine, so
// it returns what went wrong.
func (p *program) rush(path string, bodies []map[string]any) (map[string]int, error) {
	todo := make(chan map[string]any, len(bodies))
	for _, b := range bodies {
		todo <- b
	}
	close(todo)
	var mu sync.Mutex
	var wrong error
	verdicts := map[string]int{}
	var all sync.WaitGroup
	for range racers {
		all.Go(func() {
			for body := range todo {
				verdict, err := p.insist(path, body)
				mu.Lock()
				verdicts[verdict]++
				if err != nil {
					wrong = err
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return verdicts, wrong
}

// insist posts until the answer is one: who lost five races against others is
// asked to come again, as any client would be.
func (p *program) insist(path string, body map[string]any) (string, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	for range 200 {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://duly.example"+path, nil)
		if err != nil {
			return "", err
		}
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", "application/json")
		out, err := p.handler.HTTP(ctx, trigger.Request(r, raw))
		if err != nil {
			return "", err
		}
		var answer struct {
			Code   string
			Status any
			Credit struct{ Decision string }
		}
		if err := json.Unmarshal([]byte(out.Body), &answer); err != nil {
			return "", err
		}
		switch {
		case out.StatusCode == http.StatusCreated:
			return answer.Credit.Decision, nil
		case answer.Code != "DULY-3004" && out.StatusCode != http.StatusServiceUnavailable:
			return "", fmt.Errorf("%d %s", out.StatusCode, out.Body)
		}
	}
	return "", fmt.Errorf("%v was never answered", body)
}

// TestCap_25: however many orders race, exactly as many are confirmed by
// themselves as the limit holds, of one customer and of a group of companies,
// and what people approve beyond it is exactly what they approved.
func TestCap_25_RacingOrdersNeverExceedTheLimit(t *testing.T) {
	for name, orders := range map[string]int{"100 orders": 100, "1000 orders": 1000} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t)
			const amount = 700
			limit := int64(orders) * amount / 3 // a third of them fits
			c := p.customer("Acme BV", map[string]any{"credit_limit": eur(limit)})
			bodies := make([]map[string]any, orders)
			for i := range bodies {
				bodies[i] = sale(c, fmt.Sprint(i), amount)
			}
			verdicts, err := p.rush("/v1/orders", bodies)
			if err != nil {
				t.Fatal(err)
			}
			fits := int(limit / amount)
			if verdicts["approve"] != fits || verdicts["refer"] != orders-fits {
				t.Errorf("%v, want %d approved", verdicts, fits)
			}
			p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": fits * amount, "orders": fits})
			p.approveSome(c, fits, amount)
			p.verified()
		})
	}
}

// approveSome lets people approve what the limit does not hold while further
// orders race, and holds what is confirmed against the limit and the approvals.
func (p *program) approveSome(c string, fits int, amount int64) {
	p.t.Helper()
	waiting := p.get("/v1/orders?status=received&limit=10&customer=" + c)
	var done sync.WaitGroup
	var more map[string]int
	var wrong error
	done.Go(func() {
		var bodies []map[string]any
		for i := range 64 {
			bodies = append(bodies, sale(c, fmt.Sprintf("late-%d", i), amount))
		}
		more, wrong = p.rush("/v1/orders", bodies)
	})
	approved := 0
	for i := range waiting.len("items") {
		path := "/v1/orders/" + waiting.text(fmt.Sprintf("items.%d.id", i)) + "/credit-decision"
		if _, err := p.insistOn(path, map[string]any{"decision": "approve", "as_user": "U07ADMIN", "reason": "they will pay"}); err != nil {
			p.t.Fatal(err)
		}
		approved++
	}
	done.Wait()
	if wrong != nil || more["approve"] != 0 {
		p.t.Errorf("%v confirmed beyond the limit (%v)", more, wrong)
	}
	p.get("/v1/customers/" + c).want(map[string]any{"exposure.confirmed.amount": int64(fits+approved) * amount, "orders": fits + approved})
}

// insistOn is insist for a request that answers 200.
func (p *program) insistOn(path string, body map[string]any) (answered, error) {
	for range 200 {
		a := p.post(path, body)
		if a.status == http.StatusOK {
			return a, nil
		}
		if a.text("code") != "DULY-3004" && a.status != http.StatusServiceUnavailable {
			return a, fmt.Errorf("%d %s", a.status, a.raw)
		}
	}
	return answered{}, fmt.Errorf("%s was never answered", path)
}

// TestGroupsHoldTheirLimitInARace: the members race for what one limit holds.
func TestGroupsHoldTheirLimitInARace(t *testing.T) {
	p := newProgram(t)
	head := p.customer("Holding BV", map[string]any{"group_limit": eur(50_000), "credit_limit": nil})
	members := []string{head}
	for i := range 3 {
		members = append(members, p.customer(fmt.Sprintf("Daughter %d BV", i), map[string]any{"group": head, "credit_limit": nil}))
	}
	var bodies []map[string]any
	for i := range 120 {
		bodies = append(bodies, sale(members[i%len(members)], fmt.Sprint(i), 1_100))
	}
	verdicts, err := p.rush("/v1/orders", bodies)
	if err != nil || verdicts["approve"] != 45 || verdicts["refer"] != 75 {
		t.Errorf("%v %v, want 45 approved", verdicts, err)
	}
	p.get("/v1/customers/" + head).want(map[string]any{"group_exposure.confirmed.amount": 45 * 1_100})
	p.verified()
}
