package store

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"duly/infra/local/dynamo"
	"duly/shared/boot/aws"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	table "duly/shared/store"
)

func TestLazyReachesTheTableOfTheEnvironment(t *testing.T) {
	engine, err := dynamo.Open(dynamo.Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"TABLE": "duly-test", "AWS_ENDPOINT_URL_DYNAMODB": server.URL, "AWS_REGION": "eu-west-1",
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if err := table.CreateTable(context.Background(), aws.NewCall(cfg, aws.Table, nil, aws.Patience{}), "duly-test"); err != nil {
		t.Fatal(err)
	}
	get := Lazy()
	s, err := get()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(context.Background(), o2c.Key{Kind: "order", ID: "o_1"}); err != nil {
		t.Error(err)
	}
	if again, err := get(); again != s || err != nil {
		t.Errorf("built twice: %v", err)
	}
}

func TestLazySaysWhatIsMissing(t *testing.T) {
	t.Setenv("TABLE", "")
	if _, err := Lazy()(); !fault.Is(err, fault.Config) {
		t.Errorf("got %v", err)
	}
}
