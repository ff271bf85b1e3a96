package golive

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"duly/functions"
	"duly/infra/deploy"
)

// Enter writes a secret into the parameter store and gives its full name. With
// keep, the newest one of before counts beside it: senders change over in their
// own time. A key of Stripe that is not of the stage's kind is refused.
func Enter(ctx context.Context, stage, name, value string, keep bool) (string, error) {
	if name == functions.SecretStripeAPI {
		if err := keyFits(value, stage, stage == functions.StageLive); err != nil {
			return "", err
		}
	}
	cfg, err := deploy.Config(ctx)
	if err != nil {
		return "", err
	}
	store := ssm.NewFromConfig(cfg)
	full := functions.SecretsPath(stage) + "/" + name
	if keep {
		if value, err = beside(ctx, store, full, value); err != nil {
			return full, err
		}
	}
	if _, err := store.PutParameter(ctx, &ssm.PutParameterInput{Name: &full, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: aws.Bool(true)}); err != nil {
		return full, trouble("The parameter store", err)
	}
	return full, nil
}

// entry is the command that enters a secret of a stage.
func entry(stage, name string) string {
	command := "duly secret set " + name
	if stage != functions.StageLive { // which is where it goes unless said
		command += " --stage " + stage
	}
	return command
}

func (s *Site) entry(name string) string { return entry(s.Stage, name) }

// beside puts the newest secret of before below the new one.
func beside(ctx context.Context, store *ssm.Client, name, value string) (string, error) {
	was, err := store.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	var none *types.ParameterNotFound
	if errors.As(err, &none) {
		return value, nil
	}
	if err != nil {
		return "", trouble("The parameter store", err)
	}
	before, _, _ := strings.Cut(strings.TrimSpace(aws.ToString(was.Parameter.Value)), "\n")
	if before == value {
		return value, nil
	}
	return value + "\n" + before, nil
}
