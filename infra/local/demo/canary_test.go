package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/functions"
	"duly/infra/local"
	"duly/shared/boot/log"
	"duly/shared/testkit"
)

// tape is a log that many may write to.
type tape struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (t *tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Write(b)
}

func (t *tape) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String()
}

func openLogged(t *testing.T) (place, *tape) {
	t.Helper()
	heard := &tape{}
	return heardBy(t, log.Redacting(heard).WithAttrs([]slog.Attr{slog.String("run", "canary")})), heard
}

// people are what the canary customer is known by.
var people = []string{"zonneveld", "kanariestraat", "+31612345678", "31612345678", "NL02ABNA0123456789"}

// TestFC_89_NoSecretAndNobodyInAnyOutput: a customer who is nothing but canaries
// buys, pays and is written to while every service fails in turn and strangers
// knock. No secret is in the log, in an answer, in a mail, in Slack, in the
// archive or in the table; nobody is in the log.
func TestFC_89_NoSecretAndNobodyInAnyOutput(t *testing.T) {
	p, heard := openLogged(t)
	key := []string{"Authorization", "Bearer " + p.runtime.Secrets.APIKey}
	var answers strings.Builder
	ask := func(method, path string, body any, header ...string) map[string]any {
		_, raw, _ := p.raw(method, path, body, header...)
		answers.Write(raw)
		var out map[string]any
		_ = json.Unmarshal(raw, &out) // some are none
		return out
	}
	who := ask(http.MethodPost, "/v1/customers", object{
		"name": "Zonneveld", "kind": "consumer", "emails": []string{"zonneveld@canary.example"}, "phone": "+31612345678", "language": "nl",
		"address": object{"street": "Kanariestraat 12", "postal_code": "1234 AB", "city": "Canary", "country": "NL"},
	}, key...)["id"]
	for i, service := range []string{"", "store", "mail", "slack", "stripe"} {
		if service != "" {
			p.call(http.MethodPost, "/demo/fail", object{"service": service, "for": "2h", "how": "500"})
		}
		o := ask(http.MethodPost, "/v1/orders", object{"customer_id": who, "external_id": fmt.Sprint(i), "currency": "EUR", "lines": []object{{"sku": "X", "name": "X", "quantity": 1, "unit_price": object{"amount": 9000, "currency": "EUR"}, "tax_rate": "21"}}}, key...)
		ask(http.MethodPost, fmt.Sprintf("/v1/orders/%v/shipments", o["id"]), nil, key...)
		ask(http.MethodPost, "/v1/customers", object{"name": "Zonneveld", "emails": []string{"zonneveld at canary"}, "kind": "nobody"}, key...)
		ask(http.MethodPost, "/demo/slack/command", object{"user": "U04APPROVE", "text": "customer Zonneveld"})
		ask(http.MethodPost, "/demo/bank", object{"entries": []object{{"amount": 777, "reference": "Zonneveld", "name": "Zonneveld", "iban": "NL02ABNA0123456789"}}})
		if link, ok := p.runtime.LinkIn("2026-0001"); ok {
			ask(http.MethodPost, strings.TrimPrefix(link, p.base)+"/pay", url.Values{})
		}
		p.call(http.MethodPost, "/demo/clock", object{"advance": "26h"})
	}
	for _, path := range []string{"/webhooks/demo-shopify", "/webhooks/demo-generic", "/webhooks/stripe", "/slack/actions", "/slack/commands"} {
		ask(http.MethodPost, path, object{"email": "zonneveld@canary.example"}, "Webhook-Signature", "v1,"+p.runtime.Secrets.StripeWebhook, "Stripe-Signature", p.runtime.Secrets.StripeWebhook, "X-Slack-Signature", p.runtime.Secrets.SlackSigning)
	}
	ask(http.MethodGet, "/v1/customers", nil, "Authorization", "Bearer "+p.runtime.Secrets.StripeKey)
	p.call(http.MethodPost, "/demo/clock", object{"advance": "40d"})

	logged := heard.text()
	if !strings.Contains(logged, "run") || len(logged) < 1000 {
		t.Fatalf("little was logged: %s", logged)
	}
	for _, canary := range people {
		if i := strings.Index(strings.ToLower(logged), strings.ToLower(canary)); i >= 0 {
			t.Errorf("%s is in the log: …%.300s", canary, logged[max(0, i-150):])
		}
	}
	outputs := map[string]string{
		"log": logged, "answers": answers.String(), "table": tableOf(t, p), "archive": archiveOf(p),
		"mail": fmt.Sprint(p.items("/demo/mail")), "Slack": fmt.Sprint(p.items("/demo/slack/messages")),
	}
	for name, secret := range secretsOf(p) {
		for where, said := range outputs {
			if i := strings.Index(said, secret); i >= 0 {
				t.Errorf("the secret %s is in %s: …%.200s", name, where, said[max(0, i-150):])
			}
		}
	}
	if !strings.Contains(outputs["mail"], "zonneveld@canary.example") || !strings.Contains(outputs["table"], "Kanariestraat") {
		t.Error("the canary customer went nowhere: nothing was tested")
	}
}

func secretsOf(p place) map[string]string {
	s := p.runtime.Secrets
	all := map[string]string{"stripe webhook": s.StripeWebhook, "stripe key": s.StripeKey, "slack signing": s.SlackSigning, "slack bot": s.SlackBot, "api key": s.APIKey, "link key": string(s.LinkKeys[0].Secret)}
	for _, some := range []map[string]string{s.Shops, s.ShopKeys, s.Subscribers} {
		for name, secret := range some {
			all[name+" "+secret[:4]] = secret
		}
	}
	return all
}

// tableOf is every row of the table, as text.
func tableOf(t *testing.T, p place) string {
	t.Helper()
	var all strings.Builder
	client := testkit.Intruder(p.runtime.Engine.Transport())
	in := &dynamodb.ScanInput{TableName: aws.String(local.Table)}
	for {
		out, err := client.Scan(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Items {
			for name, v := range it {
				if s, ok := v.(*types.AttributeValueMemberS); ok {
					all.WriteString(name + "=" + s.Value + "\n")
				}
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return all.String()
		}
	}
}

func archiveOf(p place) string {
	var all strings.Builder
	for _, o := range p.runtime.Files.List(local.ArchiveBucket, functions.PrefixDocuments) {
		if body, _, ok := p.runtime.Files.Get(local.ArchiveBucket, o.Key); ok {
			all.Write(body)
		}
	}
	return all.String()
}
