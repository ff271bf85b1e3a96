package cost

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/functions"
	"duly/infra/local"
	"duly/infra/local/stripe"
	"duly/shared/handler/trigger"
)

// Assumed of each invocation: what cannot be counted on one machine.
const (
	tookMS    = 120.0 // with the ways between the services
	logBytes  = 700.0 // START, END, REPORT and our own line
	pdfBytes  = 60e3
	tracedPer = 0.05 // X-Ray's default sampling: five in a hundred
)

// counter counts what a run asks for.
type counter struct {
	mu  sync.Mutex
	use Use
}

func (c *counter) add(id string, n float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.use[id] += n
}

// invoked counts one invocation of a function.
func (c *counter) invoked(f functions.Function) {
	c.add("lambda_request", 1)
	c.add("lambda_gbs", tookMS/1000*float64(f.MemoryMB)/1024)
	c.add("log_gb", logBytes/1e9)
	c.add("trace", tracedPer)
}

// carry counts every call of a function.
func (c *counter) carry(_ *local.Runtime, name string, h trigger.Handler) trigger.Handler {
	var f functions.Function
	for _, one := range functions.All() {
		if one.Name == name {
			f = one
		}
	}
	if do := h.HTTP; do != nil {
		h.HTTP = func(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			c.invoked(f)
			c.add("api_request", 1)
			return do(ctx, in)
		}
	}
	if do := h.Stream; do != nil {
		h.Stream = func(ctx context.Context, in events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
			c.invoked(f)
			return do(ctx, in)
		}
	}
	if do := h.Tick; do != nil {
		h.Tick = func(ctx context.Context, t trigger.Tick) error {
			c.invoked(f)
			return do(ctx, t)
		}
	}
	if do := h.News; do != nil {
		h.News = func(ctx context.Context, in events.CloudWatchEvent) error {
			c.invoked(f)
			return do(ctx, in)
		}
	}
	return h
}

// observe counts the table's units.
func (c *counter) observe(_ string, read, write float64) {
	c.add("table_read", read)
	c.add("table_write", write)
}

// Idle counts a month of schedules over a table with nothing due; PerOrder counts
// what an order takes from its webhook to its payment, mails apart.
func Idle(ctx context.Context) (Use, error) {
	r, c, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	idle := Use{}
	for _, f := range functions.All() {
		for _, s := range f.Schedules {
			var t trigger.Tick
			if err := json.Unmarshal([]byte(s.Payload), &t); err != nil {
				return nil, err
			}
			if strings.HasPrefix(s.Expression, "rate(") { // the first tick of all writes what the next ones find
				if err := r.Fire(ctx, f.Name, t); err != nil {
					return nil, err
				}
			}
			c.use = Use{}
			if err := r.Fire(ctx, f.Name, t); err != nil {
				return nil, err
			}
			if f.Inbox {
				c.add("queue_request", looks)
			}
			idle = idle.Plus(c.use, Ticks(s.Expression))
		}
	}
	return idle, nil
}

// looks is how often a tick asks an inbox that is empty.
const looks = 2

func open() (*local.Runtime, *counter, error) {
	c := &counter{use: Use{}}
	r, err := local.Open(local.Options{BaseURL: "http://127.0.0.1:8700", Start: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Seed: 42, Manual: true, Carry: c.carry, Observe: c.observe})
	return r, c, err
}

// sampled is how many orders are counted.
const sampled = 20

// PerOrder is what one order takes from its webhook to the bank, with its mails.
func PerOrder(ctx context.Context) (Use, error) {
	r, c, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var customer struct{ ID string }
	body := `{"name":"Acme BV","kind":"company","emails":["a@acme.example"],"credit_limit":null,"address":{"street":"Dam 1","postal_code":"1012 JS","city":"Amsterdam","country":"NL"}}`
	if err := ask(ctx, r, http.MethodPost, "/v1/customers", body, &customer); err != nil {
		return nil, err
	}
	c.use = Use{}
	for i := range sampled {
		if err := one(ctx, r, customer.ID, i); err != nil {
			return nil, err
		}
	}
	files := len(r.Files.List(local.ArchiveBucket, ""))
	c.add("s3_put", float64(files))
	c.add("s3_gb", float64(files)*pdfBytes/1e9*12) // after a year
	c.add("mail", float64(len(r.Mail.Mails())))
	c.add("mail_gb", float64(len(r.Mail.Mails()))*pdfBytes/1e9)
	c.add("bus_event", float64(len(r.Bus.Events())))
	c.add("stripe_ideal", sampled)
	return Use{}.Plus(c.use, 1.0/sampled), nil
}

func ask(ctx context.Context, r *local.Runtime, method, path, body string, out any) error {
	status, raw, err := r.Program(ctx, method, path, []byte(body))
	if err != nil || status >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %d %s %w", method, path, status, raw, err)
	}
	if err := r.Settle(ctx); err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

// one takes, ships and collects an order.
func one(ctx context.Context, r *local.Runtime, customer string, n int) error {
	var o struct {
		ID       string
		Invoices []string
	}
	body := fmt.Sprintf(`{"customer_id":%q,"external_id":"C-%d","currency":"EUR","lines":[{"sku":"CHAIR","name":"Chair","quantity":1,"unit_price":{"amount":1210,"currency":"EUR"},"tax_rate":"21"}]}`, customer, n)
	if err := ask(ctx, r, http.MethodPost, "/v1/orders", body, &o); err != nil {
		return err
	}
	if err := ask(ctx, r, http.MethodPost, "/v1/orders/"+o.ID+"/shipments", `{}`, &struct{}{}); err != nil {
		return err
	}
	if err := ask(ctx, r, http.MethodGet, "/v1/orders/"+o.ID, "", &o); err != nil {
		return err
	}
	if len(o.Invoices) == 0 {
		return fmt.Errorf("order %d was not invoiced", n)
	}
	var inv struct {
		URL string `json:"portal_url"`
	}
	if err := ask(ctx, r, http.MethodGet, "/v1/invoices/"+o.Invoices[0], "", &inv); err != nil {
		return err
	}
	if _, err := r.PayOnline(ctx, inv.URL, stripe.PayRequest{Method: stripe.IDEAL}); err != nil {
		return err
	}
	return r.Settle(ctx)
}
