package bus_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"duly/infra/local/aws"
	"duly/infra/local/loopback"
	boot "duly/shared/boot/aws"
	"duly/shared/bus"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// open gives the bus that is there, and the adapter of the named one.
func open(name string) (*aws.Events, *bus.Bus) {
	events := aws.NewEvents(func() time.Time { return noon }, "duly")
	client := boot.NewCall(sdk.Config{Region: aws.Region, BaseEndpoint: sdk.String("http://aws.local/aws"), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")},
		boot.PutEvents, &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", nil, events)}}, boot.Patience{Tries: 1})
	return events, bus.New(client, name)
}

func event(n int) o2c.Published {
	return o2c.Published{
		ID: fmt.Sprintf("ev-%02d", n), Type: "duly.invoice.issued.v1", Subject: "invoice:i_1", Time: noon.Add(time.Duration(n) * time.Millisecond),
		Data: []byte(`{"number":"2026-0042","total":{"amount":124000,"currency":"EUR"}}`),
	}
}

func TestPublish(t *testing.T) {
	there, b := open("duly")
	var in []o2c.Published
	for n := range 23 {
		in = append(in, event(n))
	}
	if err := b.Publish(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	got := there.Events()
	if len(got) != 23 {
		t.Fatalf("%d events", len(got))
	}
	if e := got[0]; e.Source != "duly" || e.DetailType != "duly.invoice.issued.v1" {
		t.Errorf("%+v", e)
	}
	var detail any
	if err := json.Unmarshal(got[22].Detail, &detail); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"specversion": "1.0", "id": "ev-22", "source": "duly", "type": "duly.invoice.issued.v1", "subject": "invoice:i_1",
		"time": "2026-01-05T12:00:00.022Z", "datacontenttype": "application/json",
		"data": map[string]any{"number": "2026-0042", "total": map[string]any{"amount": 124000.0, "currency": "EUR"}},
	}
	if diff := cmp.Diff(want, detail); diff != "" {
		t.Error(diff)
	}
}

func TestNothingToPublish(t *testing.T) {
	there, b := open("duly")
	if err := b.Publish(t.Context(), nil); err != nil || len(there.Events()) != 0 {
		t.Errorf("%v, %d events", err, len(there.Events()))
	}
}

func TestLargeEventsTravelApart(t *testing.T) {
	there, b := open("duly")
	large := event(1)
	large.Data = []byte(`"` + strings.Repeat("x", 200<<10) + `"`)
	if err := b.Publish(t.Context(), []o2c.Published{large, large, event(2)}); err != nil {
		t.Fatal(err)
	}
	if n := len(there.Events()); n != 3 {
		t.Errorf("%d events", n)
	}
	large.Data = []byte(`"` + strings.Repeat("x", 300<<10) + `"`)
	if err := b.Publish(t.Context(), []o2c.Published{large}); !fault.Is(err, fault.Refused) {
		t.Errorf("too large: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	_, b := open("other") // the entries fail one by one, the call succeeds
	if err := b.Publish(t.Context(), []o2c.Published{event(1)}); err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("partial failure: %v", err)
	}
	there, b := open("duly")
	bad := event(1)
	bad.Data = []byte("{")
	if err := b.Publish(t.Context(), []o2c.Published{bad}); !fault.Is(err, fault.Refused) {
		t.Errorf("bad data: %v", err)
	}
	if err := there.Fail(loopback.Throttle, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), []o2c.Published{event(1)}); err == nil || fault.Is(err, fault.Refused) {
		t.Errorf("throttled: %v", err)
	}
}
