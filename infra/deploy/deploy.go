package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"duly/functions"
	"duly/shared/o2c/fault"
)

// Order is one deployment.
type Order struct {
	Stage   string
	Answers map[string]string // to the template's parameters; those of the last time are remembered by CloudFormation
	Allow   []string          // resources that may be lost, and tables of before that may be left behind
	Out     io.Writer
	// Run runs a program in the repository, its output shown.
	Run func(ctx context.Context, program string, args ...string) error
	// Ask puts a question and gives what was typed.
	Ask func(question string) (string, error)
	// Keep writes a copy of all that a deployment has, before any of it is deleted; nil: the operator has one.
	Keep func(ctx context.Context, table, archive string) error
}

const (
	cdk          = "infra/node_modules/.bin/cdk"
	assembly     = "cdk.out"
	bootstrapped = "CDKToolkit" // the stack that cdk bootstrap makes
)

func (o Order) stack() string { return functions.StackName(o.Stage) }

// Deploy brings the stack of this commit into the account: it builds, has CloudFormation work out what would change,
// stops before anything is lost, asks, changes, and looks whether the result answers.
func (c *Cloud) Deploy(ctx context.Context, o Order) error {
	before, err := c.stack(ctx, o.stack())
	if err != nil {
		return err
	}
	if err := c.ready(ctx, o, before); err != nil {
		return err
	}
	all, err := c.prepare(ctx, o, before == nil)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(o.Out, "%s in %s of account %s is as this commit has it. Nothing to do.\n", o.stack(), c.Region, c.Account)
		return c.smoke(ctx, o, before)
	}
	tell(o.Out, all)
	if err := guard(all, o.Allow); err != nil {
		return err
	}
	answer, err := o.Ask(fmt.Sprintf("Change %s in %s of account %s? [y/N] ", o.stack(), c.Region, c.Account))
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSpace(answer), "y") {
		fmt.Fprintln(o.Out, "Nothing was changed.")
		return nil
	}
	if _, err := c.stacks.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: aws.String(o.stack()), ChangeSetName: aws.String(changeSet)}); err != nil {
		return cloudTrouble("The change could not be started", err)
	}
	after, err := c.settle(ctx, o.stack())
	if err != nil {
		return err
	}
	return c.smoke(ctx, o, after)
}

// ready refuses to begin where a change would do harm: in a stack that is not at rest, or beside records of before.
func (c *Cloud) ready(ctx context.Context, o Order, before *types.Stack) error {
	if before == nil {
		return c.anew(ctx, o)
	}
	return atRest(o.stack(), before.StackStatus)
}

// Diff shows what a deployment of this commit would change, and changes nothing.
func (c *Cloud) Diff(ctx context.Context, o Order) error {
	before, err := c.stack(ctx, o.stack())
	if err != nil {
		return err
	}
	if err := c.ready(ctx, o, before); err != nil {
		return err
	}
	all, err := c.prepare(ctx, o, before == nil)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(o.Out, "%s is as this commit has it.\n", o.stack())
		return nil
	}
	tell(o.Out, all)
	if err := guard(all, o.Allow); err != nil {
		return err
	}
	if _, err := c.stacks.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{StackName: aws.String(o.stack()), ChangeSetName: aws.String(changeSet)}); err != nil {
		return cloudTrouble("The change set could not be taken back", err)
	}
	return nil
}

// prepare builds what there is to deploy and has CloudFormation work out the changes.
func (c *Cloud) prepare(ctx context.Context, o Order, first bool) ([]Change, error) {
	for _, step := range [][]string{{"npm", "--prefix", "infra", "ci", "--no-audit", "--no-fund", "--silent"}, {"make", "build"}, {"make", "synth", "STAGE=" + o.Stage}} {
		if err := o.Run(ctx, step[0], step[1:]...); err != nil {
			return nil, err
		}
	}
	args, err := o.answers(first)
	if err != nil {
		return nil, err
	}
	toolkit, err := c.stack(ctx, bootstrapped)
	if err != nil {
		return nil, err
	}
	if toolkit == nil {
		// Without --app it would synthesize cdk.json's app anew, of another stage, over the assembly.
		if err := o.Run(ctx, cdk, "bootstrap", "aws://"+c.Account+"/"+c.Region, "--app", assembly); err != nil {
			return nil, err
		}
	}
	args = append([]string{"deploy", o.stack(), "--app", assembly, "--require-approval", "never", "--method", "prepare-change-set", "--change-set-name", changeSet}, args...)
	if err := o.Run(ctx, cdk, args...); err != nil {
		return nil, err
	}
	return c.changes(ctx, o.stack())
}

// answers are the arguments that carry the parameters. The first time every parameter without a default needs one.
func (o Order) answers(first bool) ([]string, error) {
	raw, err := os.ReadFile(assembly + "/" + o.stack() + ".template.json")
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	var template struct {
		Parameters map[string]struct {
			Default     any
			Description string
		}
	}
	if err := json.Unmarshal(raw, &template); err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	var pairs, missing []string
	for name, p := range template.Parameters {
		switch answer, given := o.Answers[name]; {
		case given:
			pairs = append(pairs, name+"="+answer)
		case first && p.Default == nil:
			missing = append(missing, fmt.Sprintf("--set %s=… (%s)", name, p.Description))
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return nil, fault.New(fault.Config, "The first deployment needs answers", "the template asks for "+strings.Join(missing, " and "), "give each: go run ./infra/duly deploy --set Name=value …")
	}
	for name := range o.Answers {
		if _, known := template.Parameters[name]; !known {
			return nil, fault.New(fault.Config, "The template does not ask for "+name, "it has no parameter of that name", "see Parameters in "+assembly+"/"+o.stack()+".template.json")
		}
	}
	slices.Sort(pairs)
	var args []string
	for _, pair := range pairs {
		args = append(args, "--parameters", pair)
	}
	return args, nil
}

// output is what a stack says under a name; "" when it does not.
func output(s *types.Stack, name string) string {
	for _, out := range s.Outputs {
		if aws.ToString(out.OutputKey) == name {
			return aws.ToString(out.OutputValue)
		}
	}
	return ""
}

// smoke asks the deployment two things: its own description, and whether a message without a signature is refused.
func (c *Cloud) smoke(ctx context.Context, o Order, s *types.Stack) error {
	base := strings.TrimSuffix(output(s, "BaseURL"), "/")
	if base == "" {
		return fault.New(fault.Refused, "The stack "+o.stack()+" says no address", "it has no output BaseURL", "run: "+Make("deploy", o.stack()))
	}
	for _, probe := range []struct {
		method, path string
		want         int
	}{{http.MethodGet, "/v1/openapi.json", http.StatusOK}, {http.MethodPost, "/webhooks/stripe", http.StatusUnauthorized}} {
		r, err := http.NewRequestWithContext(ctx, probe.method, base+probe.path, strings.NewReader(""))
		if err != nil {
			return fmt.Errorf("the stack has no usable output BaseURL: %w", err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return fault.New(fault.Unavailable, "The deployment does not answer", base+probe.path+": "+err.Error(), "look at the function's log group, then: "+Make("deploy", o.stack())).Because(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != probe.want {
			return fault.New(fault.Unavailable, "The deployment answers wrongly", fmt.Sprintf("%s %s gives %d, not %d", probe.method, probe.path, res.StatusCode, probe.want), "look at the function's log group; the version before is one git checkout and make deploy away")
		}
	}
	fmt.Fprintf(o.Out, "%s answers at %s\n", o.stack(), base)
	for _, out := range s.Outputs {
		fmt.Fprintf(o.Out, "  %-14s %s  %s\n", aws.ToString(out.OutputKey), aws.ToString(out.OutputValue), aws.ToString(out.Description))
	}
	return nil
}
