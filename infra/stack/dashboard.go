package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"duly/functions"
)

// newDashboard is made where the operator asks for it: the first three of an account are free, but at list price it is the
// dearest thing of an idle month, and every alarm is there without it. It answers, from left to right: is money or a message
// waiting, is something failing, how busy is it.
func newDashboard(r *resources) {
	board := awscloudwatch.NewDashboard(r.stack, new("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName: new(functions.StackName(r.stage)),
	})
	board.Node().DefaultChild().(awscdk.CfnResource).CfnOptions().SetCondition(r.asked.wantsDashboard)
	board.AddWidgets(
		graph("Oldest effect that is due, seconds", own(functions.MetricOutboxAge)),
		graph("Waiting for a person", r.queues.deadInboxes.MetricApproximateNumberOfMessagesVisible(nil), r.queues.deadTriggers.MetricApproximateNumberOfMessagesVisible(nil)),
		graph("Broken invariants", own(functions.MetricBroken)),
	)
	board.AddWidgets(
		graph("Errors by function", perFunction(r, "Errors", "Sum")...),
		graph("Calls by function", perFunction(r, "Invocations", "Sum")...),
		graph("Duration p99 by function, ms", perFunction(r, "Duration", "p99")...),
	)
	gateway := map[string]*string{"ApiId": r.api.http.Ref()}
	stored := map[string]*string{"TableName": r.table.TableName()}
	board.AddWidgets(
		graph("Requests and refusals", metric("AWS/ApiGateway", "Count", "Sum", gateway),
			metric("AWS/ApiGateway", "4xx", "Sum", gateway), metric("AWS/ApiGateway", "5xx", "Sum", gateway)),
		graph("Answer p99, ms", metric("AWS/ApiGateway", "Latency", "p99", gateway)),
		graph("Table units", metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "Sum", stored),
			metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", "Sum", stored)),
	)
}

func perFunction(r *resources, name, statistic string) []awscloudwatch.IMetric {
	var out []awscloudwatch.IMetric
	for _, f := range functions.All() {
		out = append(out, metric("AWS/Lambda", name, statistic,
			map[string]*string{"FunctionName": new(functions.StackName(r.stage) + "-" + f.Name)}))
	}
	return out
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: new(title), Left: &metrics, Width: new(8.0),
	})
}
