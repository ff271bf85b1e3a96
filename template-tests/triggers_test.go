package templatetests

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/functions"
)

func TestRoutesAreTheManifests(t *testing.T) {
	want, got := map[string]string{}, map[string]string{}
	for _, f := range functions.All() {
		for _, r := range f.Routes {
			want[r.Method+" "+r.Path] = pascal(f.Name) + ".Arn"
		}
	}
	for _, name := range prod().of("AWS::ApiGatewayV2::Route") {
		r := prod().Resources[name]
		integration := prod().Resources[strings.TrimPrefix(r.text("Target"), "integrations/")]
		got[r.text("RouteKey")] = integration.text("IntegrationUri")
		if integration.text("PayloadFormatVersion") != "2.0" || integration.text("IntegrationType") != "AWS_PROXY" {
			t.Errorf("%s speaks another format: %v", name, integration.Properties)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What outsiders call (interfaces.md, "Routes"), written by hand: a route that goes missing breaks a shop.
func TestOutsidersFindTheirRoutes(t *testing.T) {
	var got []string
	for _, name := range prod().of("AWS::ApiGatewayV2::Route") {
		got = append(got, prod().Resources[name].text("RouteKey"))
	}
	for _, want := range []string{
		"POST /webhooks/{endpoint}", "POST /webhooks/stripe",
		"POST /slack/actions", "POST /slack/commands", "POST /slack/events",
		"GET /q/{token}", "GET /o/{token}", "GET /i/{token}", "GET /s/{token}",
		"POST /i/{token}/pay", "POST /i/{token}/promise", "POST /i/{token}/dispute", "POST /i/{token}/po-number",
		"POST /i/{token}/instalments", "POST /i/{token}/forward", "POST /s/{token}/pay",
		"POST /i/{token}/stop-collecting", "POST /i/{token}/renew", "POST /s/{token}/stop-collecting",
		"POST /q/{token}/accept", "POST /q/{token}/decline",
		"GET /v1/{proxy+}", "POST /v1/{proxy+}", "PATCH /v1/{proxy+}", "DELETE /v1/{proxy+}", "GET /",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestOnlyItsOwnTriggersMayWakeAFunction(t *testing.T) {
	want, got := map[string]bool{}, map[string]bool{}
	for _, f := range functions.All() {
		arn := pascal(f.Name) + ".Arn "
		if len(f.Routes) > 0 {
			want[arn+"apigateway.amazonaws.com arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Gateway/*/*"] = true
		}
		if len(f.Arrivals) > 0 {
			want[arn+"events.amazonaws.com "+pascal(f.Name)+"Arrivals.Arn"] = true
		}
		if f.MailNews {
			want[arn+"events.amazonaws.com "+pascal(f.Name)+"MailNews.Arn"] = true
		}
	}
	for _, name := range prod().of("AWS::Lambda::Permission") {
		r := prod().Resources[name]
		got[r.text("FunctionName")+" "+r.text("Principal")+" "+r.text("SourceArn")] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if urls := prod().of("AWS::Lambda::Url"); len(urls) > 0 {
		t.Errorf("%v go round the gateway's limits", urls)
	}
}

func TestStreamsWakeOnInsertsOfOneKindOnly(t *testing.T) {
	records := map[string]string{
		"new effect":      record("INSERT", "effect"),
		"marked effect":   record("MODIFY", "effect"),
		"expired effect":  `{"eventName":"REMOVE","dynamodb":{"OldImage":{"kind":{"S":"effect"}}}}`,
		"new event":       record("INSERT", "event"),
		"changed event":   record("MODIFY", "event"),
		"new invoice":     record("INSERT", "invoice"),
		"changed invoice": record("MODIFY", "invoice"),
		"no kind":         `{"eventName":"INSERT","dynamodb":{"NewImage":{}}}`,
	}
	got := map[string][]string{}
	for _, name := range prod().of("AWS::Lambda::EventSourceMapping") {
		r := prod().Resources[name]
		if r.text("EventSourceArn") != "Table.StreamArn" {
			continue
		}
		filters := list(r.at("FilterCriteria", "Filters"))
		if len(filters) != 1 {
			t.Fatalf("%s has %d filters; several are one OR", name, len(filters))
		}
		for _, what := range slices.Sorted(maps.Keys(records)) {
			if passes(t, filters[0]["Pattern"].(string), records[what]) {
				got[r.text("FunctionName")] = append(got[r.text("FunctionName")], what)
			}
		}
		if r.at("BisectBatchOnFunctionError") != true || !slices.Contains(texts(r.at("FunctionResponseTypes")), "ReportBatchItemFailures") {
			t.Errorf("%s: one bad record stops its neighbours", name)
		}
		if n, ok := r.at("MaximumRetryAttempts").(float64); !ok || n < 1 || n > 100 {
			t.Errorf("%s retries %v times", name, r.at("MaximumRetryAttempts"))
		}
		if age, ok := r.at("MaximumRecordAgeInSeconds").(float64); !ok || age < 600 || age >= 86400 {
			t.Errorf("%s: gives up after %v s; the stream itself forgets after a day", name, r.at("MaximumRecordAgeInSeconds"))
		}
		if r.text("StartingPosition") != "TRIM_HORIZON" {
			t.Errorf("%s forgets what came before it", name)
		}
	}
	want := map[string][]string{"Outbox": {"new effect"}, "Digest": {"new event"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func record(name, kind string) string {
	return fmt.Sprintf(`{"eventName":%q,"dynamodb":{"NewImage":{"kind":{"S":%q},"pk":{"S":"x"}}}}`, name, kind)
}

// passes applies an EventBridge pattern of nested fields and lists of exact values, all that our filters use.
func passes(t *testing.T, pattern, record string) bool {
	var p, r any
	must(json.Unmarshal([]byte(pattern), &p))
	must(json.Unmarshal([]byte(record), &r))
	var match func(p, r any) bool
	match = func(p, r any) bool {
		switch p := p.(type) {
		case []any:
			return slices.Contains(p, r)
		case map[string]any:
			for k := range p {
				if !match(p[k], at(r, k)) {
					return false
				}
			}
			return true
		}
		t.Fatalf("the pattern %s uses more than this test knows", pattern)
		return false
	}
	return match(p, r)
}

func TestSchedulesAreTheManifests(t *testing.T) {
	type tick struct{ function, expression, zone, payload, role string }
	want, got := map[string]tick{}, map[string]tick{}
	for _, f := range functions.All() {
		for _, s := range f.Schedules {
			id := pascal(f.Name)
			want["duly-prod-"+s.Name] = tick{id + ".Arn", s.Expression, s.Timezone, s.Payload, id + "SchedulerRole.Arn"}
			if !json.Valid([]byte(s.Payload)) {
				t.Errorf("%s: the payload is not JSON", s.Name)
			}
		}
	}
	for _, name := range prod().of("AWS::Scheduler::Schedule") {
		r := prod().Resources[name]
		got[r.text("Name")] = tick{
			r.text("Target", "Arn"), r.text("ScheduleExpression"), r.text("ScheduleExpressionTimezone"),
			r.text("Target", "Input"), r.text("Target", "RoleArn"),
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tick{})); diff != "" {
		t.Error(diff)
	}
}

// An inbox that Lambda polled would cost more than all else in an idle month: its owner's schedule drains it.
func TestInboxesAreDrainedAndNotPolled(t *testing.T) {
	for _, name := range prod().of("AWS::Lambda::EventSourceMapping") {
		if from := prod().Resources[name].text("EventSourceArn"); from != "Table.StreamArn" {
			t.Errorf("%s polls %s all month", name, from)
		}
	}
	for _, f := range functions.All() {
		if !f.Inbox {
			continue
		}
		if len(f.Schedules) != 1 || f.Schedules[0].Expression != "rate(5 minutes)" {
			t.Errorf("%s: nothing drains its inbox every five minutes", f.Name)
		}
		queue := prod().Resources[pascal(f.Name)+"Inbox"]
		visible := int(queue.at("VisibilityTimeout").(float64))
		if visible < 2*f.TimeoutSeconds {
			t.Errorf("%s: a message shows again after %d s, while it may still be in work", f.Name, visible)
		}
		if visible > 280 {
			t.Errorf("%s: a message is still hidden when the next tick comes", f.Name)
		}
	}
}

func TestArrivalsAndMailNews(t *testing.T) {
	want, got := map[string]any{}, map[string]any{}
	for _, f := range functions.All() {
		if len(f.Arrivals) > 0 {
			var prefixes []any
			for _, p := range f.Arrivals {
				prefixes = append(prefixes, map[string]any{"prefix": p})
			}
			want[pascal(f.Name)+"Arrivals"] = map[string]any{
				"source": []any{"aws.s3"}, "detail-type": []any{"Object Created"},
				"detail": map[string]any{
					"bucket": map[string]any{"name": []any{"Intake"}}, "object": map[string]any{"key": prefixes},
				},
			}
		}
		if f.MailNews {
			want[pascal(f.Name)+"MailNews"] = map[string]any{
				"source":    []any{"aws.ses"},
				"resources": []any{"arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:configuration-set/duly-prod"},
			}
		}
	}
	for _, name := range prod().of("AWS::Events::Rule") {
		got[name] = prod().Resources[name].at("EventPattern")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if prod().Resources["Intake"].at("NotificationConfiguration", "EventBridgeConfiguration", "EventBridgeEnabled") != true {
		t.Error("the intake bucket announces nothing")
	}
	news := texts(prod().Resources["MailSetMailNews"].at("EventDestination", "MatchingEventTypes"))
	for _, kind := range []string{"bounce", "complaint", "delivery"} {
		if !slices.Contains(news, kind) {
			t.Errorf("nobody hears of a %s", kind)
		}
	}
}

// Every way in which something is done without a caller who waits ends in a queue that raises an alarm.
func TestEveryAsynchronousPathEndsInAWatchedQueue(t *testing.T) {
	ends := map[string]string{} // path -> queue
	for _, name := range prod().of("AWS::SQS::Queue") {
		if strings.HasSuffix(name, "Inbox") {
			ends["queue "+name] = prod().Resources[name].text("RedrivePolicy", "deadLetterTargetArn")
		}
	}
	for _, name := range prod().of("AWS::Lambda::EventSourceMapping") {
		if r := prod().Resources[name]; r.text("EventSourceArn") == "Table.StreamArn" {
			ends["stream "+name] = r.text("DestinationConfig", "OnFailure", "Destination")
		}
	}
	for _, name := range prod().of("AWS::Scheduler::Schedule") {
		ends["schedule "+name] = prod().Resources[name].text("Target", "DeadLetterConfig", "Arn")
	}
	for _, name := range prod().of("AWS::Events::Rule") {
		for _, target := range list(prod().Resources[name].at("Targets")) {
			end, _ := at(target, "DeadLetterConfig", "Arn").(string)
			ends["rule "+name] = end
		}
	}
	for _, f := range functions.All() {
		if f.Async() {
			ends["function "+f.Name] = prod().Resources[pascal(f.Name)+"Async"].text("DestinationConfig", "OnFailure", "Destination")
		}
	}
	watched := watchedQueues()
	for _, path := range slices.Sorted(maps.Keys(ends)) {
		queue := strings.TrimSuffix(ends[path], ".Arn")
		if prod().Resources[queue].Type != "AWS::SQS::Queue" {
			t.Errorf("%s: what fails is lost (%q)", path, ends[path])
		} else if !slices.Contains(watched, queue) {
			t.Errorf("%s: nobody hears of what fails into %s", path, queue)
		} else if kept := prod().Resources[queue].at("MessageRetentionPeriod"); kept != 1209600.0 {
			t.Errorf("%s: %s keeps it for %v s, want 14 days", path, queue, kept)
		}
	}
	if len(ends) < 12 {
		t.Errorf("only %d paths found: %v", len(ends), ends)
	}
}
