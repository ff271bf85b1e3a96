package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"duly/infra/golive"
	"duly/infra/local"
	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// goLiveVerb goes through the list of what stands between a checkout and the
// first real order.
type goLiveVerb struct {
	Stage string `default:"prod" env:"STAGE" help:"Names the deployment; only prod may hold live keys."`
	File  string `default:"shared/boot/config/duly.yaml" help:"The policy that is deployed."`
	State string `placeholder:".duly" help:"Try the list: the demo that runs on this state stands in the deployment's place, and plays Slack and Stripe. The account may be a mock's (AWS_ENDPOINT_URL)."`
}

// vendorTime bounds one question to a vendor.
const vendorTime = 20 * time.Second

// Run checks one step after the other and stops at the first that fails.
func (v *goLiveVerb) Run(c *console) error {
	s := goLiveSite(v.Stage, v.File)
	if v.State != "" {
		demo, err := demo.Attach(c.ctx, v.State, 0, c.log)
		if err != nil {
			return err
		}
		defer func() { _ = demo.Close() }()
		stateAsSite(s, v.State, demo)
	}
	done, err := s.Run(c.ctx, c.out)
	if err != nil {
		fmt.Fprintf(c.out, "%d of %d done\n", done, golive.Count())
		return err
	}
	fmt.Fprintf(c.out, "All %d done. Connect each shop (duly connect shopify), bring what is open (duly import open-invoices), and begin.\n", done)
	return nil
}

// goLiveSite is a stage as the list looks at it, with the vendors that the environment names.
func goLiveSite(stage, file string) *golive.Site {
	return &golive.Site{
		Stage: stage, Open: golive.Amazon(stage), Slack: os.Getenv("SLACK_API_URL"), Stripe: os.Getenv("STRIPE_API_URL"), HTTP: &http.Client{Timeout: vendorTime},
		Policy: func() (*o2c.Policy, error) {
			p, _, err := readPolicy(file)
			return p, err
		},
		Books: func(ctx context.Context) (golive.Books, error) {
			at, err := reach(ctx, stage)
			return golive.Table(at.cycle), err
		},
	}
}

// stateAsSite puts a demo in the deployment's place.
func stateAsSite(s *golive.Site, state string, d *demo.Client) {
	s.State, s.Address = state, d.Info.BaseURL
	s.Books = func(context.Context) (golive.Books, error) { return stateBooks{d}, nil }
	played := d.Info.BaseURL + local.Outside
	s.Slack, s.Stripe = cmp.Or(s.Slack, played+"/slack/api/"), cmp.Or(s.Stripe, played+"/stripe")
}

// stateBooks are a demo's books, as its API tells of them.
type stateBooks struct{ demo *demo.Client }

// Bank is the pulse of that name.
func (b stateBooks) Bank(ctx context.Context) (o2c.Pulse, error) {
	var all []o2c.Pulse
	err := b.demo.Do(ctx, http.MethodGet, "/demo/health", nil, &all)
	i := slices.IndexFunc(all, func(p o2c.Pulse) bool { return p.Name == "bank" })
	if err != nil || i < 0 {
		return o2c.Pulse{}, err
	}
	return all[i], nil
}

// Newest is the newest invoice that has a number.
func (b stateBooks) Newest(ctx context.Context) (string, error) {
	var page struct{ Items []api.Invoice }
	if err := b.demo.Do(ctx, http.MethodGet, "/v1/invoices?limit=1", nil, &page); err != nil || len(page.Items) == 0 {
		return "", err
	}
	return page.Items[0].Number, nil
}

// SafeMode is the switch.
func (b stateBooks) SafeMode(ctx context.Context) (o2c.SafeModeData, error) {
	var said api.SafeMode
	err := b.demo.Do(ctx, http.MethodGet, "/v1/safe-mode", nil, &said)
	d := o2c.SafeModeData{On: said.On, By: said.By}
	if said.Since != nil {
		d.Since = *said.Since
	}
	return d, err
}

// secretVerb is about the operator's secrets.
type secretVerb struct {
	Set secretSetVerb `cmd:"" help:"Enter a secret, read from the standard input and never shown."`
}

// secretSetVerb enters one into the parameter store.
type secretSetVerb struct {
	Name  string `arg:"" help:"Below the stage's path, such as stripe/api or shop/webhook/my-shop."`
	Stage string `default:"prod" env:"STAGE" help:"Names the deployment."`
	Keep  bool   `help:"Rotate a signing secret without downtime: the one before is believed too, until the next is entered without this."`
}

// Run replaces the secret; functions read it anew within a minute of the first
// signature that the old one does not fit.
func (v *secretSetVerb) Run(c *console) error {
	raw, err := io.ReadAll(io.LimitReader(os.Stdin, 4096))
	if err != nil {
		return err
	}
	value := strings.TrimSpace(string(raw))
	if value == "" {
		return fault.New(fault.Invalid, "There is no secret to enter", "the standard input was empty", "pipe it in, such as: pbpaste | duly secret set "+v.Name)
	}
	name, err := golive.Enter(c.ctx, v.Stage, v.Name, value, v.Keep)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s is entered\n", name)
	return nil
}
