package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"duly/functions"
)

// outboxAgeSecondsMax is how old the oldest effect that is due may be: one sweep late.
const outboxAgeSecondsMax = 300

// alarms tell one mailbox. Each metric that an alarm looks at costs about ten cents a month beyond the first ten, also
// within an expression, so there is one per question that a person can act on.
type alarms struct {
	topic awssns.Topic
}

func newAlarms(stack awscdk.Stack, asked parameters) alarms {
	topic := awssns.NewTopic(stack, new("Alarms"), &awssns.TopicProps{
		EnforceSSL: new(true), DisplayName: new("Duly"),
	})
	// A policy of its own replaces the topic's default one, which let the account's alarms in.
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("AlarmsAndBudget"),
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(new("cloudwatch.amazonaws.com"), nil),
			awsiam.NewServicePrincipal(new("budgets.amazonaws.com"), nil),
		},
		Actions:    pointers(actions("sns:Publish")),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}},
	}))
	mailbox := awssns.NewCfnSubscription(stack, new("AlarmMailbox"), &awssns.CfnSubscriptionProps{
		TopicArn: topic.TopicArn(), Protocol: new("email"), Endpoint: asked.alarmMail,
	})
	excuse(mailbox, ruleMailboxRedrives)
	return alarms{topic: topic}
}

// alarm is raised when the value reaches the threshold.
type alarm struct {
	says      string
	metric    awscloudwatch.IMetric
	threshold float64
	below     bool    // raised below the threshold instead
	periods   float64 // in a row; 0 = 1
	missing   awscloudwatch.TreatMissingData
}

func (a alarms) raise(stack awscdk.Stack, id string, when alarm) {
	if when.missing == "" {
		when.missing = awscloudwatch.TreatMissingData_NOT_BREACHING
	}
	comparison := awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD
	if when.below {
		comparison = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD
	}
	awscloudwatch.NewAlarm(stack, new(id+"Alarm"), &awscloudwatch.AlarmProps{
		AlarmDescription:   new(when.says),
		Metric:             when.metric,
		Threshold:          new(when.threshold),
		ComparisonOperator: comparison,
		EvaluationPeriods:  new(max(when.periods, 1)),
		TreatMissingData:   when.missing,
	}).AddAlarmAction(awscloudwatchactions.NewSnsAction(a.topic))
}

func (a alarms) watch(r *resources) {
	a.raise(r.stack, "DeadInboxes", alarm{
		says:   "What a shop or Stripe sent could not be handled after all retries and waits in DeadInboxes for 14 days; SQS takes it back to where it came from (redrive).",
		metric: r.queues.deadInboxes.MetricApproximateNumberOfMessagesVisible(nil), threshold: 1,
	})
	a.raise(r.stack, "DeadTriggers", alarm{
		says:   "A tick, an announcement or a batch of the table's stream could not be handled after all retries; DeadTriggers keeps for 14 days which. The next tick finds what it was about.",
		metric: r.queues.deadTriggers.MetricApproximateNumberOfMessagesVisible(nil), threshold: 1,
	})
	a.raise(r.stack, "OutboxAge", alarm{
		says:   "Mails, cards or payments wait too long.",
		metric: own(functions.MetricOutboxAge), threshold: outboxAgeSecondsMax, periods: 2,
	})
	// The figure above is sent when something waits; that somebody looks is AWS's own figure, which costs nothing.
	a.raise(r.stack, "Sweeper", alarm{
		says:    "The sweeper does not run: no call in twice its time. Look at its schedule: " + functions.StackName(r.stage) + "-outbox-sweep.",
		metric:  metric("AWS/Lambda", "Invocations", "Sum", map[string]*string{"FunctionName": new(functions.StackName(r.stage) + "-outbox")}),
		below:   true,
		missing: awscloudwatch.TreatMissingData_BREACHING, threshold: 1, periods: 2,
	})
	a.raise(r.stack, "Invariants", alarm{
		says: "The nightly check found books that do not balance. Run: duly verify", metric: own(functions.MetricBroken), threshold: 1,
	})
	// What a failure leaves behind has an alarm of its own: a call without an answer (Gateway5xx), a tick, an
	// announcement or a batch that no retry could handle (the queues above).
	a.raise(r.stack, "Errors", alarm{
		says:   "A function of this account fails; the page Functions of Lambda shows which. Nothing acknowledged is lost; see its log.",
		metric: metric("AWS/Lambda", "Errors", "Sum", nil), threshold: 1,
	})
	a.raise(r.stack, "Throttles", alarm{
		says:   "This account reached its limit of concurrent functions; callers get 429 or wait.",
		metric: metric("AWS/Lambda", "Throttles", "Sum", nil), threshold: 1,
	})
	for _, direction := range []string{"Read", "Write"} {
		a.raise(r.stack, "Table"+direction+"Throttles", alarm{
			says: "The table refuses requests: its ceiling (infra/stack/table.go) or one hot item.",
			metric: metric("AWS/DynamoDB", direction+"ThrottleEvents", "Sum",
				map[string]*string{"TableName": r.table.TableName()}),
			threshold: 1,
		})
	}
	a.raise(r.stack, "Gateway5xx", alarm{
		says:   "Shops, Stripe, Slack or customers get errors.",
		metric: metric("AWS/ApiGateway", "5xx", "Sum", map[string]*string{"ApiId": r.api.http.Ref()}), threshold: 1,
	})
}

// own is a figure that the functions write into their logs in CloudWatch's embedded format.
func own(name string) awscloudwatch.IMetric {
	return metric(functions.MetricNamespace, name, "Maximum", nil)
}

func metric(namespace, name, statistic string, dimensions map[string]*string) awscloudwatch.IMetric {
	p := awscloudwatch.MetricProps{
		Namespace: new(namespace), MetricName: new(name), Statistic: new(statistic), Period: seconds(300),
	}
	if dimensions != nil {
		p.DimensionsMap = &dimensions
	}
	return awscloudwatch.NewMetric(&p)
}
