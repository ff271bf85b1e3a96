package stack

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"duly/functions"
)

// newOutputs prints what the operator needs next, in the order of doing.
func newOutputs(r *resources) {
	out := func(id, description string, value *string) {
		awscdk.NewCfnOutput(r.stack, new(id), &awscdk.CfnOutputProps{Description: new(description), Value: value})
	}
	out("BaseURL", "Links, webhooks and the API begin with it", r.api.baseURL)
	out("SecretsPath", "Write the secrets below this path, as SecureString", new(functions.SecretsPath(r.stage)))
	for i, record := range *r.mail.identity.DkimRecords() {
		n := strconv.Itoa(i + 1)
		out("Dkim"+n+"Name", "DNS record "+n+" of 3 that lets your domain send: CNAME", record.Name)
		out("Dkim"+n+"Value", "points to", record.Value)
	}
	out("ReplyMx", "MX record for replies", awscdk.Fn_Join(new(""), &[]*string{
		r.mail.replyDomain, new(" MX 10 inbound-smtp."), r.stack.Region(), new(".amazonaws.com"),
	}))
	out("ReplyRuleSet", "Replies arrive after: aws ses set-active-receipt-rule-set --rule-set-name", r.mail.ruleSet.Ref())
	out("TableName", "All records", r.table.TableName())
	out("ArchiveName", "Documents and seals, locked", r.buckets.archive.BucketName())
	out("IntakeName", "Put bank files under bank/", r.buckets.intake.BucketName())
	out("HasDashboard", "A dashboard in CloudWatch: USD 3 a month at list price, nothing for the first three of an account; changed with: make deploy SET=\"--set WithDashboard=yes\"", r.asked.dashboard)
}
