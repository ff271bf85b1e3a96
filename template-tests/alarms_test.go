package templatetests

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duly/functions"
	"duly/infra/local/cost"
	"duly/shared/o2c"
)

// watchedQueues are the queues whose first message raises an alarm.
func watchedQueues() []string {
	var out []string
	for _, name := range prod().of("AWS::CloudWatch::Alarm") {
		r := prod().Resources[name]
		if r.text("MetricName") == "ApproximateNumberOfMessagesVisible" && r.at("Threshold") == 1.0 {
			queue := dimension(r, "QueueName")
			out = append(out, strings.TrimSuffix(queue, ".QueueName"))
		}
	}
	return out
}

func dimension(r resource, name string) string {
	for _, d := range list(r.at("Dimensions")) {
		if d["Name"] == name {
			return fmt.Sprint(d["Value"])
		}
	}
	return ""
}

func TestAlarms(t *testing.T) {
	got := map[string]string{} // question -> how it is asked
	for _, name := range prod().of("AWS::CloudWatch::Alarm") {
		r := prod().Resources[name]
		var dimensions []string
		for _, d := range list(r.at("Dimensions")) {
			dimensions = append(dimensions, fmt.Sprint(d["Value"]))
		}
		key := strings.TrimSpace(r.text("Namespace") + "/" + r.text("MetricName") + " " + strings.Join(dimensions, " "))
		got[key] = fmt.Sprintf("%v %s x%v %s", r.at("Threshold"), r.text("ComparisonOperator"), r.at("EvaluationPeriods"), r.text("TreatMissingData"))
		if !slices.Equal(texts(r.at("AlarmActions")), []string{"Alarms"}) {
			t.Errorf("%s tells nobody", name)
		}
		if len(r.text("AlarmDescription")) < 30 {
			t.Errorf("%s does not say what it means", name)
		}
	}
	const once = "1 GreaterThanOrEqualToThreshold x1 notBreaching"
	want := map[string]string{
		"AWS/Lambda/Errors":                                                 once,
		"AWS/Lambda/Throttles":                                              once,
		"AWS/DynamoDB/ReadThrottleEvents Table":                             once,
		"AWS/DynamoDB/WriteThrottleEvents Table":                            once,
		"AWS/ApiGateway/5xx Gateway":                                        once,
		"Duly/InvariantsBroken":                                             once,
		"AWS/SQS/ApproximateNumberOfMessagesVisible DeadInboxes.QueueName":  once,
		"AWS/SQS/ApproximateNumberOfMessagesVisible DeadTriggers.QueueName": once,
		"Duly/OutboxAgeSeconds":                                             "300 GreaterThanOrEqualToThreshold x2 notBreaching",
		// No call means that the sweeper does not run.
		"AWS/Lambda/Invocations duly-prod-outbox": "1 LessThanThreshold x2 breaching",
	}
	if len(got) > 10 { // ten are free
		t.Errorf("%d alarms", len(got))
	}
	for key, how := range want {
		if got[key] != how {
			t.Errorf("%s: %q, want %q", key, got[key], how)
		}
	}
}

func TestAlarmsReachAPerson(t *testing.T) {
	mailbox := prod().Resources["AlarmMailbox"]
	if mailbox.text("TopicArn") != "Alarms" || mailbox.text("Protocol") != "email" || mailbox.text("Endpoint") != "AlarmMail" {
		t.Errorf("nobody reads the alarms: %v", mailbox.Properties)
	}
	if _, optional := prod().Parameters["AlarmMail"]["Default"]; optional {
		t.Error("a stack can be deployed whose alarms nobody reads")
	}
	// A policy of its own replaces the default one, by which alarms may publish.
	may := statements(prod().Resources["AlarmsPolicy"].at("PolicyDocument"))
	for _, service := range []string{"cloudwatch.amazonaws.com", "budgets.amazonaws.com"} {
		if !slices.ContainsFunc(may, func(s statement) bool {
			return s.effect == "Allow" && slices.Contains(s.actions, "sns:Publish") &&
				slices.Contains(texts(at(s.principal, "Service")), service) &&
				at(s.condition, "StringEquals", "aws:SourceAccount") == "AWS::AccountId"
		}) {
			t.Errorf("%s may not publish", service)
		}
	}
}

func TestFC_93_EveryRouteHasALimit(t *testing.T) {
	stage := prod().Resources["Stage"]
	limits, _ := stage.at("RouteSettings").(map[string]any)
	for _, f := range functions.All() {
		for _, r := range f.Routes {
			l := limits[r.Method+" "+r.Path]
			rate, _ := at(l, "ThrottlingRateLimit").(float64)
			burst, _ := at(l, "ThrottlingBurstLimit").(float64)
			if rate != float64(f.Throttle.RatePerSecond) || burst != float64(f.Throttle.Burst) || rate < 1 || rate > 100 || burst < rate || burst > 500 {
				t.Errorf("%s %s: %v a second, %v at once", r.Method, r.Path, rate, burst)
			}
		}
	}
	if rate, _ := stage.at("DefaultRouteSettings", "ThrottlingRateLimit").(float64); rate < 1 || rate > 20 {
		t.Errorf("a route without a limit of its own takes %v a second", rate)
	}
	if stages := prod().of("AWS::ApiGatewayV2::Stage"); len(stages) != 1 {
		t.Errorf("%v: a stage without limits goes round them", stages)
	}
}

func TestFC_93_WhatAFloodCanCostIsBounded(t *testing.T) {
	table := prod().Resources["Table"]
	for _, where := range append(list(table.at("GlobalSecondaryIndexes")), table.Properties) {
		for _, unit := range []string{"MaxReadRequestUnits", "MaxWriteRequestUnits"} {
			if n, _ := at(where, "OnDemandThroughput", unit).(float64); n < 100 || n > 4000 {
				t.Errorf("%v: %s %v", where["IndexName"], unit, n)
			}
		}
	}
	for _, f := range functions.All() {
		// Small accounts refuse reserved concurrency, so that it is a choice.
		got := prod().Resources[pascal(f.Name)].at("ReservedConcurrentExecutions")
		if got != "HasReservedConcurrency ? ReservedConcurrency : AWS::NoValue" {
			t.Errorf("%s: reserved %v", f.Name, got)
		}
	}
	if got := prod().Parameters["ReservedConcurrency"]["Default"]; got != 0.0 {
		t.Errorf("%v copies are reserved by default", got)
	}
}

func TestFC_93_BudgetAlarm(t *testing.T) {
	budget := prod().Resources["Budget"]
	if budget.text("Budget", "TimeUnit") != "MONTHLY" || budget.text("Budget", "BudgetLimit", "Amount") != "MonthlyBudgetUSD" {
		t.Errorf("%v", budget.at("Budget"))
	}
	told := map[any]bool{}
	for _, n := range list(budget.at("NotificationsWithSubscribers")) {
		for _, s := range list(n["Subscribers"]) {
			if s["Address"] == "Alarms" {
				told[at(n, "Notification", "NotificationType")] = true
			}
		}
	}
	if !told["ACTUAL"] || !told["FORECASTED"] {
		t.Errorf("the owner hears of %v only", told)
	}
}

// TestAnIdleMonthCostsLessThanAEuro at list price, as the template is deployed without an answer to anything: every alarm is
// there, the dashboard for who asks for it. What the Home in Slack says of that is no more than a tenth beside it.
func TestAnIdleMonthCostsLessThanAEuro(t *testing.T) {
	prices, err := cost.Listed()
	if err != nil {
		t.Fatal(err)
	}
	standing, err := cost.Standing(prod().raw)
	if err != nil {
		t.Fatal(err)
	}
	ticks, err := cost.Idle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, _ := prices.Of(standing.Plus(ticks, 1), cost.AWS)
	if list >= 1 || standing["dashboard"] != 0 || standing["alarm"] < 10 {
		t.Errorf("€ %.2f at list price for %.0f alarms and %.0f dashboards", list, standing["alarm"], standing["dashboard"])
	}
	if said := o2c.CostOfMonth.InexactFloat64(); list < said/1.1 || list > said*1.1 {
		t.Errorf("a month costs € %.4f, the Home says %.4f: set o2c.CostOfMonth", list, said)
	}
}

// TestOnlyTheDashboardIsAChoice: its parameter takes yes and no and is no by default; no alarm depends on any answer.
func TestOnlyTheDashboardIsAChoice(t *testing.T) {
	asked := prod().Parameters["WithDashboard"]
	if asked["Default"] != "no" || fmt.Sprint(asked["AllowedValues"]) != "[no yes]" {
		t.Errorf("%v", asked)
	}
	boards := prod().of("AWS::CloudWatch::Dashboard")
	if len(boards) != 1 || prod().Resources[boards[0]].Condition != "WantsDashboard" {
		t.Errorf("dashboards %v", boards)
	}
	for _, name := range prod().of("AWS::CloudWatch::Alarm") {
		if c := prod().Resources[name].Condition; c != "" {
			t.Errorf("the alarm %s is there only if %s", name, c)
		}
	}
}
