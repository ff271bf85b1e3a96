package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"

	"duly/functions"
)

// mail is the company's domain at SES: what goes out, what is said about it, and the replies.
type mail struct {
	identity    awsses.EmailIdentity
	set         awsses.ConfigurationSet
	identityARN string
	setARN      string
	replyDomain *string
	ruleSet     awsses.CfnReceiptRuleSet
}

func newMail(stack awscdk.Stack, stage string, asked parameters, b buckets) mail {
	name := functions.StackName(stage)
	set := awsses.NewConfigurationSet(stack, new("MailSet"), &awsses.ConfigurationSetProps{
		ConfigurationSetName: new(name),
		TlsPolicy:            awsses.ConfigurationSetTlsPolicy_REQUIRE,
		ReputationMetrics:    new(true),
		SuppressionReasons:   awsses.SuppressionReasons_COMPLAINTS_ONLY, // of bounces we keep our own list, which a person can mend
	})
	set.AddEventDestination(new("MailNews"), &awsses.ConfigurationSetEventDestinationOptions{
		Destination: awsses.EventDestination_EventBus(awsevents.EventBus_FromEventBusName(stack, new("DefaultBus"), new("default"))),
		Events: &[]awsses.EmailSendingEvent{
			awsses.EmailSendingEvent_BOUNCE, awsses.EmailSendingEvent_COMPLAINT, awsses.EmailSendingEvent_DELIVERY,
			awsses.EmailSendingEvent_DELIVERY_DELAY, awsses.EmailSendingEvent_REJECT,
		},
	})
	m := mail{
		set: set,
		identity: awsses.NewEmailIdentity(stack, new("MailDomainIdentity"), &awsses.EmailIdentityProps{
			Identity:         awsses.Identity_Domain(asked.mailDomain),
			ConfigurationSet: set,
		}),
		identityARN: sesARN(stack, "identity", *asked.mailDomain),
		setARN:      sesARN(stack, "configuration-set", name),
		replyDomain: awscdk.Fn_Join(new("."), &[]*string{new("reply"), asked.mailDomain}),
	}
	m.ruleSet = receive(stack, name, m.replyDomain, b)
	return m
}

// receive puts customers' replies into the intake bucket. SES keeps one rule set active per region, and
// CloudFormation cannot activate it: an output tells the command.
func receive(stack awscdk.Stack, name string, domain *string, b buckets) awsses.CfnReceiptRuleSet {
	set := awsses.NewCfnReceiptRuleSet(stack, new("ReplyRules"), &awsses.CfnReceiptRuleSetProps{RuleSetName: new(name)})
	b.intake.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        new("ReceivedMail"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(new("ses.amazonaws.com"), nil)},
		Actions:    pointers(actions("s3:PutObject")),
		Resources:  pointers([]string{*b.intake.BucketArn() + "/" + functions.PrefixMail + "*"}),
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"aws:SourceAccount": stack.Account(),
			"aws:SourceArn":     sesARN(stack, "receipt-rule-set", name+":receipt-rule/replies"),
		}},
	}))
	rule := awsses.NewCfnReceiptRule(stack, new("Replies"), &awsses.CfnReceiptRuleProps{
		RuleSetName: set.Ref(),
		Rule: &awsses.CfnReceiptRule_RuleProperty{
			Name:        new("replies"),
			Enabled:     true,
			ScanEnabled: true,
			TlsPolicy:   new("Optional"), // a customer's old mail server is no reason to lose a dispute
			Recipients:  &[]*string{domain},
			Actions: []any{&awsses.CfnReceiptRule_ActionProperty{
				S3Action: &awsses.CfnReceiptRule_S3ActionProperty{
					BucketName: b.intake.BucketName(), ObjectKeyPrefix: new(functions.PrefixMail),
				},
			}},
		},
	})
	rule.Node().AddDependency(b.intake.Policy()) // SES tries a write when the rule is made
	return set
}

func sesARN(stack awscdk.Stack, resource, name string) string {
	return *stack.FormatArn(&awscdk.ArnComponents{
		Service: new("ses"), Resource: new(resource), ResourceName: new(name),
	})
}
