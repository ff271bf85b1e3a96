package local

import (
	"net/http"
	"testing"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The demo asks its agency over the wire when the policy names one.
func TestTheDemosAgencyIsAskedOverTheWire(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	r.Policy.Credit.Report = &credit.ReportRules{Above: money.Of(0, "EUR"), AgeDays: 90, Agency: "creditsafe"}
	b := builder{Runtime: r, client: &http.Client{Transport: r.wire()}}
	agency, err := b.reports()
	if err != nil {
		t.Fatal(err)
	}
	said, err := agency.Report(t.Context(), party.Data{VATID: "DE136695976", Address: party.Address{Country: "DE"}}, "EUR")
	if err != nil || !said.Known || said.Score != 88 || said.Limit == nil || *said.Limit != money.Of(4_000_000, "EUR") {
		t.Errorf("%+v %v", said, err)
	}
}
