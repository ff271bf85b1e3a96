// Package secrets reads the operator's secrets from the parameter store. It owns where they lie; it does not own what
// they open, nor when they are read again: whoever needs one asks.
package secrets

import (
	"context"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// environment is what the reader needs besides what Lambda sets.
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

// requestMax bounds one attempt; the store answers in tens of milliseconds.
const requestMax = 2 * time.Second

type shelf struct {
	get  aws.Call
	path string
}

func connect() (shelf, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return shelf{}, fault.New(fault.Config, "Secrets cannot be read", "the variable SECRETS is missing", "set SECRETS to the path of the stage's parameters").Because(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return shelf{}, fault.New(fault.Config, "Secrets cannot be read", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	return shelf{get: aws.NewCall(cfg, aws.GetParameter, nil, aws.Patience{Timeout: requestMax}), path: e.Path}, nil
}

func (s shelf) read(ctx context.Context, name string) (string, error) {
	var said struct{ Parameter struct{ Value string } }
	err := s.get.Do(ctx, map[string]any{"Name": s.path + "/" + name, "WithDecryption": true}, &said)
	if err == nil {
		return said.Parameter.Value, nil
	}
	if s.get.Final(err) {
		return "", fault.New(fault.Config, "The secret "+name+" cannot be read", "the parameter store refuses it", "enter it with: aws ssm put-parameter --type SecureString --overwrite --name /duly/<stage>/"+name).Because(err)
	}
	return "", fault.New(fault.Unavailable, "The secret "+name+" cannot be read", "the parameter store does not answer", "try again in a minute").Because(err)
}
