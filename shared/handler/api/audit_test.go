package api

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/shared/testkit"
)

// TestCap_90_WhoDidWhatWhenAndWhy: the trail of a document says for each event
// who, when, why, and each field before and after; it is chained, and an event
// that is gone is missed.
func TestCap_90_WhoDidWhatWhenAndWhy(t *testing.T) {
	p := newProgram(t)
	who := p.customer("Acme BV", map[string]any{"credit_limit": eur(5_000)})
	p.ask("PATCH", "/v1/customers/"+who, map[string]any{"phone": "+31 20 7654321"}, nil).is(200)
	trail := p.get("/v1/audit/customer/" + who)
	if trail.text("items.1.actor") != "api:test" || trail.text("items.1.type") != "customer.amended" || trail.text("items.1.changes.0.field") != "phone" || trail.text("items.1.changes.0.after") != "+31 20 7654321" {
		t.Errorf("%s", trail.raw)
	}
	o := p.post("/v1/orders", sale(who, "7", 12_100)).is(201)
	p.Advance(time.Hour)
	p.post("/v1/orders/"+o.text("id")+"/credit-decision", map[string]any{"decision": "decline", "reason": "They moved away.", "as_user": "U04APPROVE"}).is(200)
	declined := p.get("/v1/audit/order/7")
	said := string(declined.raw)
	for _, want := range []string{`"why":"They moved away."`, `"type":"order.declined"`, `"field":"status","before":"received","after":"declined"`, `"intact":true`} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	p.ask("GET", "/v1/audit/order/8", nil, nil).is(404)
	p.ask("GET", "/v1/audit/invoice/2026-0001", nil, nil).is(404)

	number := p.invoiced(p.customer("Beta BV", nil), "9", 100)
	of := p.get("/v1/audit/invoice/" + number).text("subject")
	row := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: strings.Replace(of, ":", "#", 1)}, "sk": &types.AttributeValueMemberS{Value: "event#0000000001"}}
	if _, err := testkit.Intruder(p.Engine.Transport()).DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(testkit.Table), Key: row}); err != nil {
		t.Fatal(err)
	}
	if broken := p.get("/v1/audit/invoice/" + number); !strings.Contains(string(broken.raw), `"intact":false,"items"`) {
		t.Errorf("an event is gone, and nobody says so: %.200s", broken.raw)
	}
}

// TestCap_90_ExportedByDays: the trail of any days can be taken out whole, and is
// kept as long as the table: no event has a time to live.
func TestCap_90_ExportedByDays(t *testing.T) {
	p := newProgram(t)
	p.customer("Acme BV", nil)
	p.Advance(24 * time.Hour)
	p.customer("Beta BV", nil)
	for query, want := range map[string]int{"": 2, "?from=2026-01-05&to=2026-01-05": 1, "?from=2026-01-06": 1, "?from=2026-01-07": 0, "?to=2026-01-06": 2} {
		created := strings.Count(string(p.get("/v1/events"+query).raw), `"customer.created"`)
		if created != want {
			t.Errorf("%q lists %d", query, created)
		}
	}
	p.ask("GET", "/v1/events?from=2026-01-06&to=yesterday", nil, nil).is(422)
	out, err := testkit.Intruder(p.Engine.Transport()).Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(testkit.Table)})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range out.Items {
		if sk := it["sk"].(*types.AttributeValueMemberS).Value; strings.HasPrefix(sk, "event#") && it["ttl"] != nil {
			t.Errorf("%s of %v expires", sk, it["pk"])
		}
	}
}
