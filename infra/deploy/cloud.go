// Package deploy owns the way of the stack into an AWS account and out of it: whose account it is, what a change would
// do, the guard that stops before records are lost, the deployment and a look whether it answers. It does not own the
// template (infra/stack), nor what the CDK command does better: bootstrap, assets and change sets.
package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"duly/functions"
	"duly/shared/o2c/fault"
)

// Cloud is one account in one region.
type Cloud struct {
	Account, Region string
	Operator        string // whose credentials they are
	config          aws.Config
	stacks          *cloudformation.Client
	wait            func(context.Context) error // between two looks at a stack that changes
}

// lookEvery is how often a changing stack is looked at.
const lookEvery = 5 * time.Second

// Config is what the environment says of an account: credentials that hold a form, and a region.
func Config(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	if err != nil {
		return cfg, fault.New(fault.NoAccount, "The AWS configuration cannot be read", err.Error(), "mend the files below ~/.aws, or run: aws configure sso").Because(err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, fault.New(fault.NoAccount, "No AWS credentials found", "neither the environment nor ~/.aws has any that hold", "run: aws configure sso, then this again").Because(err)
	}
	if cfg.Region == "" {
		return cfg, fault.New(fault.NoAccount, "No AWS region is chosen", "neither AWS_REGION nor ~/.aws/config names one", "choose the one nearest to your customers: export AWS_REGION=eu-central-1")
	}
	return cfg, nil
}

// Open finds the account that the environment's credentials belong to.
func Open(ctx context.Context) (*Cloud, error) {
	cfg, err := Config(ctx)
	if err != nil {
		return nil, err
	}
	c := &Cloud{Region: cfg.Region, config: cfg, stacks: cloudformation.NewFromConfig(cfg), wait: func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
			return nil
		}
	}}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	var refused smithy.APIError
	if err != nil && !errors.As(err, &refused) {
		return nil, fault.New(fault.NoAccount, "AWS does not answer in the region "+cfg.Region, "there is no such region, or the network does not reach it", "choose the one nearest to your customers: export AWS_REGION=eu-central-1").Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.NoAccount, "AWS does not take the credentials", "they ended, or belong to nobody", "run: aws sso login, then: make deploy").Because(err)
	}
	c.Account, c.Operator = aws.ToString(who.Account), aws.ToString(who.Arn)
	return c, nil
}

// Config is how anything of the account is asked.
func (c *Cloud) Config() aws.Config { return c.config }

// stack is what CloudFormation says of a stack; nil when there is none.
func (c *Cloud) stack(ctx context.Context, name string) (*types.Stack, error) {
	out, err := c.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	var said smithy.APIError
	if errors.As(err, &said) && strings.Contains(said.ErrorMessage(), "does not exist") {
		return nil, nil //nolint:nilnil // no stack is an answer
	}
	if err != nil {
		return nil, cloudTrouble("The stack "+name+" cannot be read", err)
	}
	s := out.Stacks[0]
	if s.StackStatus == types.StackStatusReviewInProgress { // a change set was made, nothing else yet
		return nil, nil //nolint:nilnil // as above
	}
	return &s, nil
}

func cloudTrouble(what string, err error) error {
	var said smithy.APIError
	if errors.As(err, &said) && strings.Contains(said.ErrorCode(), "AccessDenied") {
		return fault.New(fault.NoAccount, what, "the credentials may not do that: "+said.ErrorMessage(), "use those of an administrator of the account").Because(err)
	}
	return fault.New(fault.Unavailable, what, "CloudFormation does not answer as it should: "+err.Error(), "try again in a minute").Because(err)
}

// atRest refuses a stack that is half there or under way, and says what mends it: one that can neither take a change now
// nor be relied on.
func atRest(name string, status types.StackStatus) error {
	what, next := "The stack "+name+" is not at rest", Make("deploy", name)
	refuse := func(why, do string) error {
		return fault.New(fault.Refused, what, why+" ("+string(status)+")", do+", then: "+next)
	}
	switch status {
	case types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusUpdateRollbackComplete, types.StackStatusImportComplete, types.StackStatusImportRollbackComplete:
		return nil
	case types.StackStatusRollbackComplete, types.StackStatusRollbackFailed, types.StackStatusCreateFailed:
		return refuse("its first deployment failed half-way and nothing in it was ever used", "run: aws cloudformation delete-stack --stack-name "+name)
	case types.StackStatusUpdateRollbackFailed:
		return refuse("a change failed and could not be taken back", "run: aws cloudformation continue-update-rollback --stack-name "+name)
	case types.StackStatusUpdateFailed, types.StackStatusImportRollbackFailed:
		return refuse("a change failed and nobody took it back", "run: aws cloudformation rollback-stack --stack-name "+name)
	case types.StackStatusDeleteFailed:
		return refuse("its deletion stopped half-way: part of it is gone, the records are not", "run: "+Make("uninstall", name)+", which goes on where it stopped")
	}
	return refuse("a change of it is under way", "wait until it is over")
}

// Make is how a target of make is run for a stack.
func Make(target, stack string) string {
	target = "make " + target
	if stage := strings.TrimPrefix(stack, functions.StackName("")); stage != functions.StageLive { // make's own
		target += " STAGE=" + stage
	}
	return target
}

// looksMax bounds how long a stack may change: an hour.
const looksMax = int(time.Hour / lookEvery)

// settle waits until a stack stands still, and says why if it does not stand where it should.
func (c *Cloud) settle(ctx context.Context, name string) (*types.Stack, error) {
	for range looksMax {
		s, err := c.stack(ctx, name) // none: the change set has not begun yet
		if err != nil {
			return nil, err
		}
		if s != nil && !strings.HasSuffix(string(s.StackStatus), "IN_PROGRESS") {
			if s.StackStatus == types.StackStatusCreateComplete || s.StackStatus == types.StackStatusUpdateComplete {
				return s, nil
			}
			return nil, fault.New(fault.Refused, "The deployment failed", c.firstFailure(ctx, name), fmt.Sprintf("mend that, then: %s (the stack is %s; what ran before runs on)", Make("deploy", name), s.StackStatus))
		}
		if err := c.wait(ctx); err != nil {
			return nil, err
		}
	}
	return nil, unsettled(name)
}

func unsettled(name string) error {
	return fault.New(fault.Unavailable, "The stack "+name+" does not come to rest", "it changes for an hour already", "look at it: aws cloudformation describe-stack-events --stack-name "+name)
}

// firstFailure is the event that the others followed from.
func (c *Cloud) firstFailure(ctx context.Context, name string) string {
	out, err := c.stacks.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: &name})
	if err != nil {
		return "CloudFormation took it back"
	}
	reason := "CloudFormation took it back"
	for _, e := range out.StackEvents { // newest first
		why := aws.ToString(e.ResourceStatusReason)
		if strings.HasSuffix(string(e.ResourceStatus), "FAILED") && !strings.Contains(why, "cancelled") {
			reason = fmt.Sprintf("%s: %s", aws.ToString(e.LogicalResourceId), why)
		}
		if aws.ToString(e.ResourceType) == "AWS::CloudFormation::Stack" && strings.HasSuffix(string(e.ResourceStatus), "_IN_PROGRESS") && aws.ToString(e.ResourceStatusReason) == "User Initiated" {
			break
		}
	}
	return reason
}

// Stack is the status and the outputs of a stack; "" when there is none.
func (c *Cloud) Stack(ctx context.Context, name string) (status string, outputs map[string]string, err error) {
	s, err := c.stack(ctx, name)
	if err != nil || s == nil {
		return "", nil, err
	}
	outputs = map[string]string{}
	for _, o := range s.Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return string(s.StackStatus), outputs, nil
}
