package stack

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"duly/functions"
)

// access is everything a function may do: what the manifest lists, plus what its triggers need.
func access(r *resources, f functions.Function, logs awslogs.LogGroup) awsiam.PolicyDocument {
	p := policy{}
	p.allow("Log", actions("logs:CreateLogStream", "logs:PutLogEvents"), *logs.LogGroupArn())
	// X-Ray knows no resources; this is the one "*" of the template.
	p.allow("Trace", actions("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "*")
	p.allow("Table", f.Table, *r.table.TableArn())
	p.allow("Indexes", actions("dynamodb:Query"), each(f.Indexes, *r.table.TableArn()+"/index/", "")...)
	p.clears(*r.table.TableArn(), f.Clears)
	p.secrets(r, f)
	p.objects("Archive", *r.buckets.archive.BucketArn(), f.Archive, "s3:PutObject", "s3:PutObjectRetention") // until the law's last day
	p.objects("Intake", *r.buckets.intake.BucketArn(), f.Intake, "s3:PutObject")
	p.triggers(r, f)
	if f.Publishes {
		p.allow("Publish", actions("events:PutEvents"), *r.bus.EventBusArn())
	}
	if f.SendsMail {
		// Attachments make a mail raw, which IAM names apart.
		p.allow("Mail", actions("ses:SendEmail", "ses:SendRawEmail"), r.mail.identityARN, r.mail.setARN)
	}
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &p.statements})
}

type policy struct {
	statements []awsiam.PolicyStatement
}

// allow adds a statement unless there is nothing to allow.
func (p *policy) allow(sid string, actions []string, resources ...string) {
	if len(actions) == 0 || len(resources) == 0 {
		return
	}
	p.statements = append(p.statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new(sid), Actions: pointers(actions), Resources: pointers(resources),
	}))
}

// clears lets items go whose partition keys begin with one of the prefixes; a request that names no key is refused.
func (p *policy) clears(tableARN string, prefixes []string) {
	if len(prefixes) == 0 {
		return
	}
	p.statements = append(p.statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("Clears"), Actions: pointers(actions("dynamodb:DeleteItem")), Resources: pointers([]string{tableARN}),
		Conditions: &map[string]any{
			"ForAllValues:StringLike": map[string]any{"dynamodb:LeadingKeys": each(prefixes, "", "*")},
			"Null":                    map[string]any{"dynamodb:LeadingKeys": "false"},
		},
	}))
}

// secrets are read one by one; a family ("shop/webhook/*") also as a whole, so that an unknown endpoint id in a
// forged request costs no call. Decryption needs no statement: the key of SSM itself admits whoever SSM admits.
func (p *policy) secrets(r *resources, f functions.Function) {
	var parameters, families []string
	for _, name := range f.Secrets {
		arn := secretARN(r.stack, r.stage, name)
		parameters = append(parameters, arn)
		if family, ok := strings.CutSuffix(arn, "/*"); ok {
			families = append(families, family)
		}
	}
	p.allow("Secrets", actions("ssm:GetParameter", "ssm:GetParameters"), parameters...)
	p.allow("SecretFamilies", actions("ssm:GetParametersByPath"), families...)
}

func (p *policy) objects(sid, bucketARN string, prefixes functions.Prefixes, write ...string) {
	p.allow(sid+"Read", actions("s3:GetObject"), each(prefixes.Read, bucketARN+"/", "*")...)
	p.allow(sid+"Write", write, each(prefixes.Write, bucketARN+"/", "*")...)
}

// triggers are what wakes a function: it drains its inbox itself; Lambda reads the stream in its name, and what is given
// up goes to a queue in its name too.
func (p *policy) triggers(r *resources, f functions.Function) {
	if f.Inbox {
		p.allow("Inbox", actions(
			"sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage",
		), *r.queues.inboxes[f.Name].QueueArn())
	}
	if f.Stream != "" {
		p.allow("Stream", actions(
			"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
		), *r.table.TableStreamArn())
		p.allow("Streams", actions("dynamodb:ListStreams"), *r.table.TableArn()+"/stream/*")
	}
	if f.Stream != "" || f.Async() {
		p.allow("DeadTriggers", actions("sqs:SendMessage"), *r.queues.deadTriggers.QueueArn())
	}
}

func actions(names ...string) []string { return names }

func each(names []string, before, after string) []string {
	var out []string
	for _, n := range names {
		out = append(out, before+n+after)
	}
	return out
}

func pointers(values []string) *[]*string {
	out := make([]*string, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return &out
}
