package stack

import "github.com/aws/aws-cdk-go/awscdk/v2"

// parameters are the answers that CloudFormation asks for at the first deployment and remembers.
type parameters struct {
	mailDomain  *string
	alarmMail   *string
	budgetUSD   *float64
	concurrency awscdk.IResolvable // reserved per function, or no value
	domain      *string
	certificate *string
	hasDomain   awscdk.CfnCondition

	dashboard      *string // yes or no
	wantsDashboard awscdk.CfnCondition
}

// Below, a pattern with a leading "|" also takes the empty answer.
const (
	patternDomain = `^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`
	patternMail   = `^[^@\s]+@[^@\s]+\.[^@\s]+$`
)

func newParameters(stack awscdk.Stack) parameters {
	ask := func(id string, props awscdk.CfnParameterProps) awscdk.CfnParameter {
		return awscdk.NewCfnParameter(stack, new(id), &props)
	}
	concurrency := ask("ReservedConcurrency", awscdk.CfnParameterProps{
		Type: new("Number"), Default: 0.0, MinValue: new(0.0), MaxValue: new(100.0),
		Description: new("Most copies of each function at once; 0 = not reserved, as small accounts cannot spare any."),
	})
	domain := ask("Domain", awscdk.CfnParameterProps{
		Default: "", AllowedPattern: new("|" + patternDomain),
		Description: new("Host name of links and webhooks, such as pay.example.com; empty = API Gateway's own."),
	})
	certificate := ask("CertificateArn", awscdk.CfnParameterProps{
		Default: "", AllowedPattern: new("|^arn:[a-z-]+:acm:.*$"),
		Description: new("ACM certificate of Domain, in this region."),
	})
	capped := awscdk.NewCfnCondition(stack, new("HasReservedConcurrency"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(concurrency.ValueAsString(), "0")),
	})
	dashboard := ask("WithDashboard", awscdk.CfnParameterProps{
		Default: "no", AllowedValues: pointers([]string{"no", "yes"}),
		Description: new("A dashboard in CloudWatch: USD 3 a month at list price, nothing for the first three of an account."),
	})
	wantsDashboard := awscdk.NewCfnCondition(stack, new("WantsDashboard"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(dashboard.ValueAsString(), "yes"),
	})
	hasDomain := awscdk.NewCfnCondition(stack, new("HasDomain"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(domain.ValueAsString(), "")),
	})
	return parameters{
		mailDomain: ask("MailDomain", awscdk.CfnParameterProps{
			AllowedPattern: new(patternDomain),
			Description:    new("Domain that sends the invoices, such as example.com."),
		}).ValueAsString(),
		alarmMail: ask("AlarmMail", awscdk.CfnParameterProps{
			AllowedPattern: new(patternMail),
			Description:    new("Who is told when something stops or costs too much."),
		}).ValueAsString(),
		budgetUSD: ask("MonthlyBudgetUSD", awscdk.CfnParameterProps{
			Type: new("Number"), Default: 25.0, MinValue: new(1.0),
			Description: new("AWS bill per month, in US dollars, above which an alarm is sent."),
		}).ValueAsNumber(),
		concurrency: awscdk.Fn_ConditionIf(capped.LogicalId(), concurrency.ValueAsNumber(), awscdk.Aws_NO_VALUE()),
		domain:      domain.ValueAsString(),
		certificate: certificate.ValueAsString(),
		hasDomain:   hasDomain,

		dashboard:      dashboard.ValueAsString(),
		wantsDashboard: wantsDashboard,
	}
}
