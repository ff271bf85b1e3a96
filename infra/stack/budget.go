package stack

import "github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"

// newBudget tells when the month's bill nears what the owner agreed to: an alarm, not a brake. The brakes are the
// limits per route (api.go), the table's ceiling (table.go) and, if chosen, reserved concurrency.
func newBudget(r *resources) {
	awsbudgets.NewCfnBudget(r.stack, new("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
			BudgetType:  new("COST"),
			TimeUnit:    new("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: r.asked.budgetUSD, Unit: new("USD")},
		},
		NotificationsWithSubscribers: []any{
			tell(r, "ACTUAL", 80),
			tell(r, "FORECASTED", 100),
		},
	})
}

func tell(r *resources, kind string, percent float64) *awsbudgets.CfnBudget_NotificationWithSubscribersProperty {
	return &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
		Notification: &awsbudgets.CfnBudget_NotificationProperty{
			NotificationType:   new(kind),
			ComparisonOperator: new("GREATER_THAN"),
			Threshold:          new(percent),
			ThresholdType:      new("PERCENTAGE"),
		},
		Subscribers: []any{&awsbudgets.CfnBudget_SubscriberProperty{
			SubscriptionType: new("SNS"), Address: r.alarms.topic.TopicArn(),
		}},
	}
}
