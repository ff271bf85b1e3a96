package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"duly/functions"
	"duly/shared/o2c/fault"
)

// Uninstall takes the stack away, after a copy of everything was written and its name was typed. What the law keeps stays: the template retains the table
// and the buckets, and how each is deleted later is printed.
func (c *Cloud) Uninstall(ctx context.Context, o Order) error {
	s, err := c.stack(ctx, o.stack())
	if err != nil {
		return err
	}
	if s == nil {
		return fault.New(fault.NotFound, "There is nothing to uninstall", "account "+c.Account+" has no stack "+o.stack()+" in "+c.Region, "choose the account and region in which it was deployed")
	}
	if strings.HasSuffix(string(s.StackStatus), "IN_PROGRESS") {
		return atRest(o.stack(), s.StackStatus)
	}
	goes, stays, err := c.parts(ctx, o.stack())
	if err != nil {
		return err
	}
	if table := output(s, "TableName"); table != "" && o.Keep != nil { // a stack that never stood has none
		if err := o.Keep(ctx, table, output(s, "ArchiveName")); err != nil {
			return err
		}
	}
	fmt.Fprintf(o.Out, "%d resources of %s would be deleted. These stay, with all that is in them:\n", len(goes), o.stack())
	for _, r := range stays {
		fmt.Fprintf(o.Out, "  %-22s %s\n", kind(aws.ToString(r.ResourceType)), aws.ToString(r.PhysicalResourceId))
	}
	answer, err := o.Ask("Type the stack's name to delete the rest: ")
	if err != nil {
		return err
	}
	if strings.TrimSpace(answer) != o.stack() {
		fmt.Fprintln(o.Out, "That is not its name. Nothing was deleted.")
		return nil
	}
	if _, err := c.stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: s.StackId}); err != nil {
		return cloudTrouble("The stack could not be deleted", err)
	}
	if err := c.gone(ctx, o.stack(), aws.ToString(s.StackId)); err != nil {
		return err
	}
	fmt.Fprintln(o.Out, "Deleted. Left to do by hand:")
	for _, line := range leftToDo(o, stays) {
		fmt.Fprintln(o.Out, "  "+line)
	}
	return nil
}

// leftToDo is what no stack can take away.
func leftToDo(o Order, stays []types.StackResourceSummary) []string {
	lines := []string{
		"Stripe: delete the webhook endpoint and the restricted key (dashboard, Developers).",
		"Slack: remove the app (Settings, Manage apps).",
		"Shops: delete the webhooks that point here.",
		"Secrets: aws ssm delete-parameters --names $(aws ssm get-parameters-by-path --path " + functions.SecretsPath(o.Stage) + " --recursive --query 'Parameters[].Name' --output text)",
	}
	for _, r := range stays {
		id := aws.ToString(r.PhysicalResourceId)
		switch aws.ToString(r.ResourceType) {
		case "AWS::DynamoDB::Table":
			lines = append(lines, "When the law no longer keeps the books: aws dynamodb update-table --no-deletion-protection-enabled --table-name "+id+" && aws dynamodb delete-table --table-name "+id)
		case "AWS::S3::Bucket":
			lines = append(lines, "When the law no longer keeps what is in it: empty and delete the bucket "+id+" (locked documents go when their lock ends)")
		}
	}
	return lines
}

// parts are the resources that go with the stack, and those that stay.
func (c *Cloud) parts(ctx context.Context, stack string) (goes, stays []types.StackResourceSummary, err error) {
	got, err := c.stacks.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &stack})
	if err != nil {
		return nil, nil, cloudTrouble("The template cannot be read", err)
	}
	var template struct {
		Resources map[string]struct{ DeletionPolicy string }
	}
	if err := json.Unmarshal([]byte(aws.ToString(got.TemplateBody)), &template); err != nil {
		return nil, nil, fmt.Errorf("read the template: %w", err)
	}
	pages := cloudformation.NewListStackResourcesPaginator(c.stacks, &cloudformation.ListStackResourcesInput{StackName: &stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, cloudTrouble("The stack's resources cannot be read", err)
		}
		for _, r := range page.StackResourceSummaries {
			if strings.HasPrefix(template.Resources[aws.ToString(r.LogicalResourceId)].DeletionPolicy, "Retain") {
				stays = append(stays, r)
			} else {
				goes = append(goes, r)
			}
		}
	}
	slices.SortFunc(stays, func(a, b types.StackResourceSummary) int {
		return strings.Compare(aws.ToString(a.LogicalResourceId), aws.ToString(b.LogicalResourceId))
	})
	return goes, stays, nil
}

// gone waits until a deleted stack is away. It is asked for by its id: a name is free again at once.
func (c *Cloud) gone(ctx context.Context, name, id string) error {
	for range looksMax {
		s, err := c.stack(ctx, id)
		if err != nil || s == nil || s.StackStatus == types.StackStatusDeleteComplete {
			return err
		}
		if s.StackStatus == types.StackStatusDeleteFailed {
			return fault.New(fault.Refused, "The stack could not be deleted", c.firstFailure(ctx, id), "mend that, then: "+Make("uninstall", name))
		}
		if err := c.wait(ctx); err != nil {
			return err
		}
	}
	return unsettled(name)
}
