// Package secrets reads the operator's secrets from the parameter store. It owns where they lie; it does not own what
// they open, nor when they are read again: whoever needs one asks.
package secrets

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/caarlos0/env/v11"

	"duly/shared/o2c/fault"
)

// environment is what the reader needs besides the SDK's own variables.
type environment struct {
	Path string `env:"SECRETS,required,notEmpty"` // before "/"+name
}

// Reader gives a function that reads one secret by its name below the stage's path, decrypted, as it stands now.
func Reader() func(ctx context.Context, name string) (string, error) {
	open := sync.OnceValues(connect)
	return func(ctx context.Context, name string) (string, error) {
		s, err := open()
		if err != nil {
			return "", err
		}
		return s.read(ctx, name)
	}
}

type shelf struct {
	api  *ssm.Client
	path string
}

func connect() (shelf, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return shelf{}, fault.New(fault.Config, "Secrets cannot be read", "the variable SECRETS is missing", "set SECRETS to the path of the stage's parameters").Because(err)
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return shelf{}, fault.New(fault.Config, "Secrets cannot be read", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	return shelf{api: ssm.NewFromConfig(cfg), path: e.Path}, nil
}

func (s shelf) read(ctx context.Context, name string) (string, error) {
	out, err := s.api.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(s.path + "/" + name), WithDecryption: aws.Bool(true)})
	if err != nil {
		return "", fault.New(fault.Config, "The secret "+name+" cannot be read", "the parameter store refuses it", "enter it with: duly secret set "+name).Because(err)
	}
	return aws.ToString(out.Parameter.Value), nil
}
