// Package secrets reads the operator's secrets from the parameter store. It owns where they lie; it does not own what
// they open, nor when they are read again: whoever needs one asks.
package secrets

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// environment is what the reader needs besides what Lambda sets.
type environment struct {
	Path string `env:"SECRETS,required,notEmpty"` // before "/"+name
}

// Reader gives a function that reads one secret by its name below the stage's path, decrypted, as it stands now.
func Reader() func(ctx context.Context, name string) (string, error) { return reader() }

// Links is Reader for what makes customers' links: the link key is asked for at once.
func Links() func(ctx context.Context, name string) (string, error) {
	return reader(functions.SecretLinkKey)
}

// Room is Reader for what speaks with the team: the bot's token and the link key, both needed at the start, are asked for
// at once and in one request.
func Room() func(ctx context.Context, name string) (string, error) {
	return reader(functions.SecretLinkKey, functions.SecretSlackBot)
}

// Pages is Reader for what customers open: the link key and the payment provider's are asked for at once and in one request.
func Pages() func(ctx context.Context, name string) (string, error) {
	return reader(functions.SecretLinkKey, functions.SecretStripeAPI)
}

// reader asks for several secrets at once, while the function is still being built: a start is as long as the longer of the
// two. Each of those values is given once: who asks again wants it as it stands then.
func reader(first ...string) func(ctx context.Context, name string) (string, error) {
	open := sync.OnceValues(connect)
	var asked sync.WaitGroup
	var mu sync.Mutex
	var had map[string]string
	if len(first) > 0 {
		asked.Go(func() {
			if s, err := open(); err == nil { // who reads is told why not
				had = s.readAll(context.Background(), first)
			}
		})
	}
	return func(ctx context.Context, name string) (string, error) {
		s, err := open()
		if err != nil {
			return "", err
		}
		asked.Wait()
		mu.Lock()
		defer mu.Unlock()
		if value, ok := had[name]; ok {
			delete(had, name)
			return value, nil
		}
		return s.read(ctx, name)
	}
}

// requestMax bounds one attempt; the store answers in tens of milliseconds.
const requestMax = 2 * time.Second

type shelf struct {
	get, all aws.Call
	path     string
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
	patience := aws.Patience{Timeout: requestMax}
	return shelf{get: aws.NewCall(cfg, aws.GetParameter, nil, patience), all: aws.NewCall(cfg, aws.GetParameters, nil, patience), path: e.Path}, nil
}

// readAll reads several; what is not among them, for whatever reason, is told when it is read by itself.
func (s shelf) readAll(ctx context.Context, names []string) map[string]string {
	var paths []string
	for _, name := range names {
		paths = append(paths, s.path+"/"+name)
	}
	var said struct {
		Parameters []struct{ Name, Value string }
	}
	values := map[string]string{}
	if err := s.all.Do(ctx, map[string]any{"Names": paths, "WithDecryption": true}, &said); err != nil {
		return values
	}
	for _, p := range said.Parameters {
		values[strings.TrimPrefix(p.Name, s.path+"/")] = p.Value
	}
	return values
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
