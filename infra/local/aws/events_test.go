package aws_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"duly/infra/local/aws"
)

func TestPutEvents(t *testing.T) {
	c := newClock()
	bus := aws.NewEvents(c.now, "duly")
	client := eventbridge.NewFromConfig(account(t, bus))
	entry := func(detail, on string) ebtypes.PutEventsRequestEntry {
		return ebtypes.PutEventsRequestEntry{Source: sdk.String("duly"), DetailType: sdk.String("duly.invoice.issued.v1"),
			Detail: &detail, EventBusName: &on, Time: sdk.Time(c.at)}
	}
	out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{
		entry(`{"id":"1"}`, "duly"), entry(`{"id":`, "duly"), entry(`{}`, "other")}})
	if err != nil || out.FailedEntryCount != 2 || *out.Entries[0].EventId == "" || *out.Entries[1].ErrorCode != "MalformedDetail" ||
		*out.Entries[2].ErrorCode != "ResourceNotFoundException" {
		t.Fatalf("%+v %v", out, err)
	}
	got := bus.Events()
	if len(got) != 1 || got[0].DetailType != "duly.invoice.issued.v1" || string(got[0].Detail) != `{"id":"1"}` || !got[0].Time.Equal(c.at) {
		t.Errorf("%+v", got)
	}
	if _, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: make([]ebtypes.PutEventsRequestEntry, 11)}); code(err) != "ValidationException" {
		t.Errorf("eleven entries: %v", err)
	}
	large := entry(`{"x":"`+strings.Repeat("x", 256<<10)+`"}`, "duly")
	if _, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{large}}); code(err) != "ValidationException" {
		t.Errorf("too large: %v", err)
	}
}

func TestParameters(t *testing.T) {
	c := newClock()
	values := map[string]string{"/duly/local/slack/bot": "xoxb"}
	for i := range 12 {
		values[fmt.Sprintf("/duly/local/shop/webhook/%02d", i)] = fmt.Sprint("secret-", i)
	}
	store := aws.NewSSM(c.now, values)
	client := ssm.NewFromConfig(account(t, store))
	name := sdk.String("/duly/local/slack/bot")
	got, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name, WithDecryption: sdk.Bool(true)})
	if err != nil || *got.Parameter.Value != "xoxb" || got.Parameter.Type != types.ParameterTypeSecureString || !got.Parameter.LastModifiedDate.Equal(c.at) {
		t.Errorf("%+v %v", got, err)
	}
	sealed, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name})
	if err != nil || strings.Contains(*sealed.Parameter.Value, "xoxb") {
		t.Errorf("undecrypted: %+v %v", sealed, err)
	}
	var missing *types.ParameterNotFound
	if _, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: sdk.String("/x")}); !errors.As(err, &missing) {
		t.Errorf("missing: %v", err)
	}
	several, err := client.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{*name, "/x"}, WithDecryption: sdk.Bool(true)})
	if err != nil || len(several.Parameters) != 1 || several.InvalidParameters[0] != "/x" {
		t.Errorf("%+v %v", several, err)
	}
	if _, err := client.GetParameters(t.Context(), &ssm.GetParametersInput{Names: make([]string, 11)}); code(err) != "ValidationException" {
		t.Errorf("eleven names: %v", err)
	}
	pages := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{Path: sdk.String("/duly/local/shop/webhook"), WithDecryption: sdk.Bool(true)})
	found := map[string]string{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parameters {
			found[*p.Name] = *p.Value
		}
	}
	if len(found) != 12 || found["/duly/local/shop/webhook/11"] != "secret-11" {
		t.Errorf("%v", found)
	}
	store.Put(*name, "xoxb-2")
	if got, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name, WithDecryption: sdk.Bool(true)}); err != nil || *got.Parameter.Value != "xoxb-2" || got.Parameter.Version != 2 {
		t.Errorf("rotated: %+v %v", got, err)
	}
}
