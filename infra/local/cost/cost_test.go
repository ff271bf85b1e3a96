package cost_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/infra/local/cost"
	"duly/shared/o2c"
)

// TestAThousandOrdersCostLessThanFiveEuros at AWS, mail apart, by what a run is counted to ask for; every price has its
// unit, and the table its date.
func TestAThousandOrdersCostLessThanFiveEuros(t *testing.T) {
	prices, err := cost.Listed()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.DateOnly, prices.Date); err != nil || prices.EUR <= 0 {
		t.Errorf("a table without its date: %+v", prices)
	}
	for _, p := range prices.List {
		if p.What == "" || p.Unit == "" || p.Per <= 0 || p.USD != 0 && p.EUR != 0 || p.Source == "" || p.Seen == "" {
			t.Errorf("%+v", p)
		}
	}
	template := `{"Parameters":{"With":{"Default":"no"},"Most":{"Default":0}},
		"Conditions":{"Wants":{"Fn::Equals":[{"Ref":"With"},"yes"]},"Spares":{"Fn::Not":[{"Fn::Equals":[{"Ref":"Most"},"1"]}]}},
		"Resources":{"S":{"Type":"AWS::Scheduler::Schedule","Properties":{"ScheduleExpression":"rate(5 minutes)"}},
		"Asked":{"Type":"AWS::CloudWatch::Dashboard","Condition":"Wants"},"There":{"Type":"AWS::CloudWatch::Dashboard","Condition":"Spares"}`
	for i := range 9 {
		template += fmt.Sprintf(`,"A%d":{"Type":"AWS::CloudWatch::Alarm"}`, i)
	}
	template += `,"Sum":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Metrics":[{"Expression":"a+b"},{"MetricStat":{}},{"MetricStat":{}}]}}`
	standing, err := cost.Standing([]byte(template + "}}"))
	if err != nil || standing["alarm"] != 11 || standing["dashboard"] != 1 || standing["scheduler"] != 8760 {
		t.Fatalf("%v %v", standing, err)
	}
	ticks, err := cost.Idle(t.Context())
	if err != nil || ticks["lambda_request"] < 10_000 || ticks["table_read"] == 0 || ticks["queue_request"] != 4*8760 {
		t.Fatalf("%v %v", ticks, err)
	}
	order, err := cost.PerOrder(t.Context())
	if err != nil || order["api_request"] < 4 || order["table_write"] < 50 || order["mail"] < 1 || order["stripe_ideal"] != 1 {
		t.Fatalf("%v %v", order, err)
	}
	busy := standing.Plus(ticks, 1).Plus(order, 1000)
	if _, free := prices.Of(busy, cost.AWS); free > 5 {
		t.Errorf("1,000 orders cost € %.2f", free)
	}
	var out bytes.Buffer
	if prices.Print(&out, busy); !strings.Contains(out.String(), "DynamoDB write units") {
		t.Error(out.String())
	}
	if _, err := cost.Standing([]byte("no template")); err == nil {
		t.Error("a text was a template")
	}
}

func TestSchedulesTickAsOftenAsTheySay(t *testing.T) {
	for expression, want := range map[string]string{"rate(5 minutes)": "8760", "rate(1 hour)": "730", "rate(1 day)": "30", "cron(30 8 ? * MON-FRI *)": "22", "cron(15 3 * * ? *)": "30"} {
		if got := fmt.Sprintf("%.0f", cost.Ticks(expression)); got != want {
			t.Errorf("%s: %s, want %s", expression, got, want)
		}
	}
}

// TestTheHomesFigureIsTheCounted: what the Home in Slack says that an order costs is what a counted run costs at list price,
// payments apart, and no more than a third beside it.
func TestTheHomesFigureIsTheCounted(t *testing.T) {
	prices, err := cost.Listed()
	if err != nil {
		t.Fatal(err)
	}
	order, err := cost.PerOrder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, _ := prices.Of(order, func(id string) bool { return !cost.Vendor(id) })
	said := o2c.CostOfOrder.InexactFloat64()
	if list < said/1.33 || list > said*1.33 {
		t.Errorf("an order costs € %.6f, the Home says %.6f: set o2c.CostOfOrder", list, said)
	}
}
