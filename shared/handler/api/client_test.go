package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

var ctx = context.Background()

const secret = "duly_test_0123456789abcdef0123456789abcdef"

// program is a client with a key of both scopes, on a world of its own.
type program struct {
	*testkit.World
	t       testing.TB
	handler trigger.Handler
	log     *bytes.Buffer
	parked  []o2c.ParkedData // handed back to their function
}

func newProgram(t testing.TB) *program {
	t.Helper()
	w := testkit.NewWorld(t)
	return newProgramWith(t, w, w.Desk)
}

// newProgramWith renders with other papers than those of the desk.
func newProgramWith(t testing.TB, w *testkit.World, papers o2c.Papers) *program {
	t.Helper()
	p := &program{World: w, t: t, log: &bytes.Buffer{}}
	p.handler = New(Deps{
		Cycle: w.Cycle, Files: w.Desk, Papers: papers, Now: w.Now, Log: logTo(p.log),
		Replay: func(_ context.Context, d o2c.ParkedData) error {
			p.parked = append(p.parked, d)
			return nil
		},
	})
	if _, err := w.Cycle.CreateKey(ctx, w.Stamp("system:test"), "test", []string{o2c.ScopeRead, o2c.ScopeWrite}, secret); err != nil {
		t.Fatal(err)
	}
	return p
}

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// answered is what came back.
type answered struct {
	t      testing.TB
	asked  string
	status int
	header map[string]string
	raw    []byte
	body   map[string]any
}

// header lines for a request, alternating names and values.
type lines []string

// ask sends a request as API Gateway hands it over. A body that is no string
// is sent as JSON.
func (p *program) ask(method, path string, body any, header lines) answered {
	p.t.Helper()
	raw, isText := body.(string)
	if !isText && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		raw = string(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "https://duly.example"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out, err := p.handler.HTTP(ctx, trigger.Request(r, []byte(raw)))
	if err != nil {
		p.t.Fatal(err)
	}
	a := answered{t: p.t, asked: method + " " + path, status: out.StatusCode, header: out.Headers, raw: []byte(out.Body)}
	if out.IsBase64Encoded {
		a.raw, _ = base64.StdEncoding.DecodeString(out.Body)
	}
	if strings.Contains(out.Headers["content-type"], "json") {
		asDocumented(p.t, method, r.URL.Path, out.StatusCode, a.raw)
		numbers := json.NewDecoder(bytes.NewReader(a.raw))
		numbers.UseNumber()
		if err := numbers.Decode(&a.body); err != nil {
			p.t.Fatalf("%s answered %s: %v", a.asked, a.raw, err)
		}
	}
	return a
}

func (p *program) get(path string) answered { return p.ask("GET", path, nil, nil).is(200) }

func (p *program) post(path string, body any) answered { return p.ask("POST", path, body, nil) }

// is demands a status.
func (a answered) is(status int) answered {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s answered %d, want %d: %s", a.asked, a.status, status, a.raw)
	}
	return a
}

// at finds a value by a path such as "lines.0.unit_price.amount".
func (a answered) at(path string) any {
	a.t.Helper()
	var v any = a.body
	for step := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[step]
			if !ok {
				a.t.Fatalf("%s has no %s: %s", a.asked, path, a.raw)
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				a.t.Fatalf("%s has no %s: %s", a.asked, path, a.raw)
			}
			v = in[i]
		default:
			a.t.Fatalf("%s has no %s: %s", a.asked, path, a.raw)
		}
	}
	return v
}

func (a answered) text(path string) string { return fmt.Sprint(a.at(path)) }

func (a answered) len(path string) int {
	a.t.Helper()
	list, ok := a.at(path).([]any)
	if !ok {
		a.t.Fatalf("%s: %s is no list: %s", a.asked, path, a.raw)
	}
	return len(list)
}

// want demands values by path.
func (a answered) want(values map[string]any) answered {
	a.t.Helper()
	for path, want := range values {
		if got := a.text(path); got != fmt.Sprint(want) {
			a.t.Errorf("%s: %s is %s, want %v", a.asked, path, got, want)
		}
	}
	return a
}

// refused demands a problem by RFC 9457.
func (a answered) refused(status int, code, pointer string) {
	a.t.Helper()
	a.is(status)
	if a.header["content-type"] != problemJSON || a.text("code") != code || a.text("status") != strconv.Itoa(status) || a.text("title") == "" || a.text("detail") == "" {
		a.t.Errorf("%s answered %s %s, want %s", a.asked, a.header["content-type"], a.raw, code)
	}
	if pointer != "" && a.text("errors.0.pointer") != pointer {
		a.t.Errorf("%s points at %s, want %s", a.asked, a.text("errors.0.pointer"), pointer)
	}
}

func eur(cents int64) map[string]any { return map[string]any{"amount": cents, "currency": "EUR"} }

var dam = map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}

// customer creates one, with more fields if need be.
func (p *program) customer(name string, more map[string]any) string {
	p.t.Helper()
	body := map[string]any{"name": name, "kind": "company", "emails": []string{"finance@acme.example"}, "address": dam}
	for k, v := range more {
		body[k] = v
	}
	return p.post("/v1/customers", body).is(201).text("id")
}

// order is an order of one line without tax.
func sale(customer, externalID string, cents int64) map[string]any {
	return map[string]any{
		"customer_id": customer, "external_id": externalID, "currency": "EUR",
		"lines": []any{map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 1, "unit_price": eur(cents), "tax_rate": "0"}},
	}
}

// invoiced takes an order, ships it and lets its invoice be issued.
func (p *program) invoiced(customer, externalID string, cents int64) (number string) {
	p.t.Helper()
	o := p.post("/v1/orders", sale(customer, externalID, cents)).is(201)
	p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	p.Settle(p.t)
	return p.get("/v1/orders/" + o.text("id")).text("invoices.0")
}

// verified demands that every invariant holds.
func (p *program) verified() {
	p.t.Helper()
	p.Settle(p.t)
	report, err := p.Cycle.Verify(ctx)
	if err != nil || !report.OK() {
		p.t.Errorf("verify: %v\n%s", err, report)
	}
}

func (p *program) invoice(number string) invoice.Data {
	p.t.Helper()
	d, err := p.Cycle.InvoiceByNumber(ctx, number)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}
