package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"duly/infra/local/demo"
)

// doors are the three ways by which an order comes that no shop posts.
type doors struct {
	t   *testing.T
	dir string
}

func (d doors) do(method, path string, in, out any) error {
	d.t.Helper()
	c, err := demo.Attach(d.t.Context(), d.dir, 42, slog.DiscardHandler)
	if err != nil {
		d.t.Fatal(err)
	}
	err = c.Do(d.t.Context(), method, path, in, out)
	if closing := c.Close(); closing != nil {
		d.t.Fatal(closing)
	}
	return err
}

// api, command and slack enter an order and give what was said.
func (d doors) api(customer, lines string) string {
	line := map[string]any{}
	if err := json.Unmarshal([]byte(lines), &line); err != nil {
		d.t.Fatal(err)
	}
	var o struct{ Status string }
	if err := d.do(http.MethodPost, "/v1/orders", map[string]any{"external_id": "A-" + lines, "currency": "EUR", "customer_id": customer, "lines": []any{line}}, &o); err != nil {
		return err.Error()
	}
	return o.Status
}

func (d doors) command(customer, line string) string {
	_, out, problems := run("order", "new", "--state", d.dir, "--customer", customer, "--line", line)
	return out + problems
}

func (d doors) slack(user, customer, email, line string) string {
	var answer struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"` // a text, or what Slack shows
	}
	if err := d.do(http.MethodPost, "/demo/slack/command", map[string]string{"user": user, "text": "order new"}, &answer); err != nil || answer.Status != 200 {
		d.t.Fatalf("%+v %v", answer, err)
	}
	if len(answer.Body) > 2 {
		return string(answer.Body)
	}
	var views struct {
		Items []struct{ ID, CallbackID, User string }
	}
	raw := map[string]any{}
	if err := d.do(http.MethodGet, "/demo/slack/views", nil, &raw); err != nil {
		d.t.Fatal(err)
	}
	text, _ := json.Marshal(raw)
	_ = json.Unmarshal(text, &views)
	if len(views.Items) == 0 {
		d.t.Fatalf("no form is open: %s", text)
	}
	values := map[string]any{"customer": customer, "lines": line, "how": "phone"}
	if email != "" {
		values["email"] = email
	}
	if err := d.do(http.MethodPost, "/demo/slack/views/"+views.Items[0].ID+"/submit", map[string]any{"user": user, "values": values}, &answer); err != nil {
		d.t.Fatal(err)
	}
	return string(answer.Body)
}

// TestCap_10_OneDoorForEveryOrder: by Slack's form, by command and by the API the same is taken and the same is refused.
func TestCap_10_OneDoorForEveryOrder(t *testing.T) {
	d := doors{t, stopped(t)}
	var cust struct{ ID string }
	if err := d.do(http.MethodPost, "/v1/customers", map[string]any{"name": "Bakkerij Vos", "email": "inkoop@vos.example", "kvk": "12345678"}, &cust); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ typed, sent, want string }{
		{"3 x CHAIR @ 12,50 21%", `{"sku":"CHAIR","quantity":3,"unit_price":{"amount":1250,"currency":"EUR"},"tax_rate":"21"}`, "confirmed"},
		{"300 x CHAIR @ 12,50 21%", `{"sku":"CHAIR","quantity":300,"unit_price":{"amount":1250,"currency":"EUR"},"tax_rate":"21"}`, "received"},
		{"2000000 x CHAIR @ 1,00 21%", `{"sku":"CHAIR","quantity":2000000,"unit_price":{"amount":100,"currency":"EUR"},"tax_rate":"21"}`, "a quantity of 2000000"},
		{"1 x NOWHERE", `{"sku":"NOWHERE","quantity":1}`, "the price is missing"},
	} {
		for door, said := range map[string]string{
			"API": d.api(cust.ID, tt.sent), "command": d.command("vos", tt.typed), "Slack": d.slack("U02SALES", "vos", "", tt.typed),
		} {
			if !strings.Contains(said, tt.want) {
				t.Errorf("%s, %s: %s", tt.typed, door, said)
			}
		}
	}
	for want, said := range map[string]string{
		"Is this 1240.00 or 1.24? Write 1240,00.": d.slack("U02SALES", "vos", "", "1 x CHAIR @ 1.240"),
		"is this 1240.00 or 1.24?":                d.command("vos", "1 x CHAIR @ 1.240"),
		"I know no customer called Nobody":        d.slack("U02SALES", "Nobody", "", "1 x CHAIR @ 1,00"),
		"of Somebody for €1.21 is confirmed":      d.slack("U02SALES", "Somebody", "some@body.example", "1 x CHAIR @ 1,00 21%"),
		"There is no customer Nobody":             d.command("Nobody", "1 x CHAIR @ 1,00"),
		"You are viewer":                          strings.ReplaceAll(d.slack("U01VIEWER", "vos", "", "1 x CHAIR @ 1,00"), "*", ""),
	} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q: %s", want, said)
		}
	}
	var list struct {
		Items []struct{ Number, Source string }
	}
	raw := map[string]any{}
	if err := d.do(http.MethodGet, "/v1/orders?limit=100", nil, &raw); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(raw["items"])
	_ = json.Unmarshal(text, &list.Items)
	if n := strings.Count(string(text), `"received_at"`); n != 7 || strings.Contains(string(text), `"Guest"`) {
		t.Errorf("%d orders: %s", n, text)
	}
}
