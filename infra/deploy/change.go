package deploy

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"duly/shared/o2c/fault"
)

// Change is what a deployment would do to one resource, as CloudFormation itself works it out.
type Change struct {
	Resource string // logical id
	Type     string // such as AWS::DynamoDB::Table
	Action   types.ChangeAction
	Replaced types.Replacement // of a change: whether another resource takes its place
	Because  []string          // properties that change
}

// holds says what is lost with a resource of a type, where that is more than work to do again.
var holds = map[string]string{
	"AWS::DynamoDB::Table":    "every record",
	"AWS::S3::Bucket":         "documents that the law keeps",
	"AWS::SQS::Queue":         "messages that wait",
	"AWS::SES::EmailIdentity": "your domain's right to send mail",
	"AWS::KMS::Key":           "whatever it encrypts",
}

// loses reports whether a change takes something away that nothing brings back.
func (c Change) loses() bool {
	_, stateful := holds[c.Type]
	return stateful && (c.Action == types.ChangeActionRemove || c.Action == types.ChangeActionModify && c.Replaced != types.ReplacementFalse)
}

// changeSet is the name of the change set that is looked at before it is executed.
const changeSet = "duly-next"

// changes reads the change set; none when it would change nothing.
func (c *Cloud) changes(ctx context.Context, stack string) ([]Change, error) {
	var all []Change
	set := changeSet
	pages := cloudformation.NewDescribeChangeSetPaginator(c.stacks, &cloudformation.DescribeChangeSetInput{StackName: &stack, ChangeSetName: &set})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, cloudTrouble("What would change cannot be read", err)
		}
		if page.Status == types.ChangeSetStatusFailed {
			if why := aws.ToString(page.StatusReason); !strings.Contains(why, "didn't contain changes") && !strings.Contains(why, "No updates") {
				return nil, fault.New(fault.Refused, "CloudFormation refuses the template", why, "mend that, then: "+Make("deploy", stack))
			}
			return nil, nil
		}
		for _, one := range page.Changes {
			if r := one.ResourceChange; r != nil {
				all = append(all, changeOf(r))
			}
		}
	}
	return all, nil
}

func changeOf(r *types.ResourceChange) Change {
	c := Change{Resource: aws.ToString(r.LogicalResourceId), Type: aws.ToString(r.ResourceType), Action: r.Action, Replaced: r.Replacement}
	for _, d := range r.Details {
		if d.Target == nil {
			continue
		}
		name := aws.ToString(d.Target.Name)
		if name == "" {
			name = strings.ToLower(string(d.Target.Attribute))
		}
		if !slices.Contains(c.Because, name) {
			c.Because = append(c.Because, name)
		}
	}
	slices.Sort(c.Because)
	return c
}

// verbs are how a change is told.
var verbs = map[types.ChangeAction]string{types.ChangeActionAdd: "new", types.ChangeActionModify: "changed", types.ChangeActionRemove: "removed"}

// tell writes what would change, in plain English: counted by kind, and what is lost in full.
func tell(out io.Writer, all []Change) {
	count := map[string][]string{}
	for _, c := range all {
		verb := verbs[c.Action]
		if c.Action == types.ChangeActionModify && c.Replaced == types.ReplacementTrue {
			verb = "replaced"
		}
		about := c.Resource
		if len(c.Because) > 0 {
			about += " (" + strings.Join(c.Because, ", ") + ")"
		}
		key := verb + " " + kind(c.Type)
		count[key] = append(count[key], about)
	}
	keys := make([]string, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		slices.Sort(count[k])
		fmt.Fprintf(out, "  %-32s %s\n", fmt.Sprintf("%d × %s", len(count[k]), k), shortened(count[k]))
	}
}

// namesMax is how many resources of a kind are named.
const namesMax = 6

func shortened(names []string) string {
	if len(names) <= namesMax {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:namesMax], ", ") + fmt.Sprintf(" and %d more", len(names)-namesMax)
}

// kind is a type as people say it: "Lambda function".
func kind(resource string) string {
	parts := strings.Split(resource, "::")
	if len(parts) < 3 {
		return resource
	}
	return parts[1] + strings.ToLower(wordStart.ReplaceAllString(parts[2], " $0"))
}

var wordStart = regexp.MustCompile(`[A-Z]+[a-z]*`)

// guard stops before records are lost. allowed names the resources of which the operator said: yes, these.
func guard(all []Change, allowed []string) error {
	var lost []string
	for _, c := range all {
		if c.loses() && !slices.Contains(allowed, c.Resource) {
			lost = append(lost, fmt.Sprintf("%s (%s) would be %s, and with it %s", c.Resource, kind(c.Type), map[bool]string{true: "removed", false: "replaced by an empty one"}[c.Action == types.ChangeActionRemove], holds[c.Type]))
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return fault.New(fault.Harmful, "This deployment is stopped", strings.Join(lost, "; "),
		"deploy the version that runs now, or, when it is meant and a backup is there, name each with --allow")
}
