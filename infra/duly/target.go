package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"duly/infra/deploy"
	"duly/infra/local/demo"
	"duly/shared/o2c"
	"duly/shared/store"
)

// target is what a verb is about: a state of this machine, or a deployment.
type target struct {
	State string `default:".duly" env:"STATE" help:"Folder that keeps the state."`
	Seed  int64  `default:"42" env:"SEED" help:"What the state's secrets are derived from."`
	Stage string `placeholder:"prod" help:"Instead of a state: the deployment of that stage in your AWS account."`
}

// with does something with the state: through the demo that runs on it, or by
// opening its files. A deployment is asked through its API, as programs do.
func (t target) with(c *console, do func(*demo.Client) error) error {
	open := func() (*demo.Client, error) { return demo.Attach(c.ctx, t.State, t.Seed, c.log) }
	if t.Stage != "" {
		open = func() (*demo.Client, error) { return deployed(c.ctx, t.Stage) }
	}
	client, err := open()
	if err != nil {
		return err
	}
	return errors.Join(do(client), client.Close())
}

// site is a deployment and who works on it.
type site struct {
	deploy.Deployment
	cycle *o2c.Cycle
	by    string
}

// reach finds the deployment of a stage by the credentials of the environment.
func reach(ctx context.Context, stage string) (site, error) {
	p, _, err := readPolicy("")
	if err != nil {
		return site{}, err
	}
	cloud, err := deploy.Open(ctx)
	if err != nil {
		return site{}, err
	}
	at, err := cloud.Reach(ctx, stage)
	if err != nil {
		return site{}, err
	}
	p.BaseURL = at.BaseURL
	instance := fmt.Sprintf("operator/%d/%d", os.Getpid(), time.Now().UnixNano())
	return site{Deployment: at, cycle: &o2c.Cycle{Store: store.New(at.API, at.Table, store.Options{Instance: instance}), Policy: p}, by: "operator:" + cloud.Operator}, nil
}

// key makes a key of the API; who made it stands in its audit trail.
func (s site) key(ctx context.Context, name string, scopes []string) (secret string, d o2c.KeyData, err error) {
	secret = "duly_" + rand.Text()
	d, err = s.cycle.CreateKey(ctx, o2c.Stamp{At: time.Now(), Actor: s.by}, name, scopes, secret)
	return secret, d, err
}

// deployed is a client of a deployment. Without DULY_API_KEY it makes a key of
// its own, which ends with it.
func deployed(ctx context.Context, stage string) (*demo.Client, error) {
	s, err := reach(ctx, stage)
	if err != nil {
		return nil, err
	}
	if own := os.Getenv("DULY_API_KEY"); own != "" {
		return demo.Deployed(s.BaseURL, own, s.cycle.Policy, nil), nil
	}
	secret, d, err := s.key(ctx, "duly on "+cmp.Or(os.Getenv("HOSTNAME"), "this machine"), []string{o2c.ScopeRead, o2c.ScopeWrite})
	if err != nil {
		return nil, err
	}
	return demo.Deployed(s.BaseURL, secret, s.cycle.Policy, func() error {
		return s.cycle.RevokeKey(context.WithoutCancel(ctx), o2c.Stamp{At: time.Now(), Actor: s.by}, d.Hash)
	}), nil
}

// keyVerb is about the keys of programs.
type keyVerb struct {
	Create keyCreateVerb `cmd:"" help:"Make a key of the API for a program; it is shown this once."`
	Revoke keyRevokeVerb `cmd:"" help:"End a key for good."`
}

// keyCreateVerb makes one.
type keyCreateVerb struct {
	Name     string `arg:"" help:"Which program it is for."`
	Stage    string `default:"prod" help:"Names the deployment."`
	ReadOnly bool   `help:"It may look and change nothing."`
}

// Run prints the key and how it is ended.
func (v *keyCreateVerb) Run(c *console) error {
	s, err := reach(c.ctx, v.Stage)
	if err != nil {
		return err
	}
	scopes := []string{o2c.ScopeRead, o2c.ScopeWrite}
	if v.ReadOnly {
		scopes = scopes[:1]
	}
	secret, d, err := s.key(c.ctx, v.Name, scopes)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s\nFor %s at %s; it is kept nowhere but with you. To end it: duly key revoke %s --stage %s\n", secret, v.Name, s.BaseURL, d.Hash, v.Stage)
	return nil
}

// keyRevokeVerb ends one.
type keyRevokeVerb struct {
	Hash  string `arg:"" help:"As duly key create named it."`
	Stage string `default:"prod" help:"Names the deployment."`
}

// Run ends the key.
func (v *keyRevokeVerb) Run(c *console) error {
	s, err := reach(c.ctx, v.Stage)
	if err != nil {
		return err
	}
	if err := s.cycle.RevokeKey(c.ctx, o2c.Stamp{At: time.Now(), Actor: s.by}, v.Hash); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "It opens nothing any more.")
	return nil
}
