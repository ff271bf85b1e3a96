package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

func TestKeys(t *testing.T) {
	p := newProgram(t)
	const reader = "duly_test_reader_0123456789abcdef"
	const writer = "duly_test_writer_0123456789abcdef"
	read, err := p.Cycle.CreateKey(ctx, p.Stamp("system:test"), "reader", []string{o2c.ScopeRead}, reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Cycle.CreateKey(ctx, p.Stamp("system:test"), "writer", []string{o2c.ScopeWrite}, writer); err != nil {
		t.Fatal(err)
	}
	with := func(value string) lines { return lines{"Authorization", value} }
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Basic " + secret, secret, "Bearer " + secret + "x", "Bearer " + read.Hash} {
		a := p.ask("GET", "/v1/customers", nil, with(header))
		a.refused(401, "DULY-2004", "")
		if a.header["www-authenticate"] == "" {
			t.Errorf("%q: no challenge", header)
		}
	}
	p.ask("GET", "/v1/customers", nil, with("bearer "+reader)).is(200)
	p.ask("POST", "/v1/customers", map[string]any{"name": "x"}, with("Bearer "+reader)).refused(403, "DULY-3005", "")
	p.ask("PATCH", "/v1/customers/c_x", map[string]any{"name": "x"}, with("Bearer "+reader)).refused(403, "DULY-3005", "")
	p.ask("DELETE", "/v1/receipts/r_x/applications/1", nil, with("Bearer "+reader)).refused(403, "DULY-3005", "")
	p.ask("POST", "/v1/customers", map[string]any{"name": "x"}, with("Bearer "+writer)).is(201)
	p.ask("GET", "/v1/customers", nil, with("Bearer "+writer)).refused(403, "DULY-3005", "")
	p.ask("GET", "/v1/nothing", nil, with("")).refused(401, "DULY-2004", "")
	if err := p.Cycle.RevokeKey(ctx, p.Stamp("system:test"), read.Hash); err != nil {
		t.Fatal(err)
	}
	p.ask("GET", "/v1/customers", nil, with("Bearer "+reader)).refused(401, "DULY-2004", "")
}

func TestKeysAreHashedAtRest(t *testing.T) {
	p := newProgram(t)
	k, err := p.Cycle.KeyFor(ctx, secret)
	if err != nil || k.Name != "test" || k.Hash == secret {
		t.Fatalf("%+v %v", k, err)
	}
	stored, err := p.Cycle.Store.Load(ctx, o2c.Key{Kind: "apikey", ID: k.Hash})
	if err != nil || len(stored[0].Body) == 0 || strings.Contains(string(stored[0].Body), secret) {
		t.Errorf("stored %s %v", stored[0].Body, err)
	}
	again, err := p.Cycle.CreateKey(ctx, p.Stamp("system:test"), "other", []string{o2c.ScopeRead}, secret)
	if err != nil || again.Name != "test" {
		t.Errorf("created again: %+v %v", again, err)
	}
	for _, bad := range []struct {
		name, secret string
		scopes       []string
	}{{"", secret + "1", []string{"read"}}, {"x", "short", []string{"read"}}, {"x", secret + "2", nil}, {"x", secret + "3", []string{"all"}}} {
		if _, err := p.Cycle.CreateKey(ctx, p.Stamp("system:test"), bad.name, bad.scopes, bad.secret); err == nil {
			t.Errorf("created %+v", bad)
		}
	}
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	p := newProgram(t)
	p.ask("GET", "/v1/nothing", nil, nil).refused(404, "DULY-3002", "")
	p.ask("GET", "/v1/disputes", nil, nil).refused(404, "DULY-3002", "")
	a := p.ask("DELETE", "/v1/customers", nil, nil)
	a.refused(405, "DULY-3002", "")
	if a.header["allow"] != "GET, POST" {
		t.Errorf("allow %q", a.header["allow"])
	}
	p.ask("PUT", "/v1/orders/x/shipments", nil, nil).refused(405, "DULY-3002", "")
}

func TestABodyOfMoreThan256KiBIsRefused(t *testing.T) {
	p := newProgram(t)
	fits := `{"name": "` + strings.Repeat("x", 100) + `"` + strings.Repeat(" ", 256<<10-112) + `}`
	if len(fits) != 256<<10 {
		t.Fatal(len(fits))
	}
	p.post("/v1/customers", fits).is(201)
	p.post("/v1/customers", fits+" ").refused(413, "DULY-2002", "")
}

func TestForeignBodiesAndOriginsAreRefused(t *testing.T) {
	p := newProgram(t)
	p.ask("POST", "/v1/customers", "name=x", lines{"Content-Type", "application/x-www-form-urlencoded"}).refused(415, "DULY-2003", "")
	a := p.ask("GET", "/v1/customers", nil, lines{"Origin", "https://evil.example"})
	for name := range a.header {
		if strings.HasPrefix(name, "access-control") {
			t.Errorf("header %s", name)
		}
	}
}

func TestADefectCostsOneRequestAndSaysNothing(t *testing.T) {
	p := newProgram(t)
	cycle := *p.Cycle
	cycle.Store = brokenStore{p.Cycle.Store}
	deps := Deps{Cycle: &cycle, Files: p.Desk, Papers: p.Desk, Now: p.Now, Log: logTo(p.log)}
	p.handler = New(deps)
	p.ask("GET", "/v1/customers", nil, nil).refused(500, "DULY-5000", "")
	if !strings.Contains(p.log.String(), "the table burns") {
		t.Errorf("log %s", p.log)
	}
	deps.Files = nil // a defect: the archive was not wired
	deps.Cycle = p.Cycle
	p.handler = New(deps)
	number := p.invoiced(p.customer("Acme BV", nil), "X-1", 100)
	a := p.ask("GET", "/v1/invoices/"+number+"/pdf", nil, nil)
	a.refused(500, "DULY-5000", "")
	if strings.Contains(string(a.raw), "nil pointer") {
		t.Errorf("told %s", a.raw)
	}
}

// brokenStore loses lists.
type brokenStore struct{ o2c.Store }

func (brokenStore) List(context.Context, o2c.Query) (o2c.Page, error) {
	return o2c.Page{}, errors.New("the table burns")
}

// TestTheFunctionIsInvokedAsLambdaDoes takes the event's JSON.
func TestTheFunctionIsInvokedAsLambdaDoes(t *testing.T) {
	p := newProgram(t)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://duly.example"+openAPIPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(trigger.Request(r, nil))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := p.handler.Invoke(ctx, event); err != nil || !strings.Contains(mustJSON(t, out), "openapi") {
		t.Errorf("%v %v", out, err)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
