package local

import (
	"context"
	"net/http"
	"strings"

	"duly/functions"
	"duly/infra/local/aws"
	"duly/infra/local/bank"
	"duly/infra/local/clock"
	"duly/infra/local/dynamo"
	"duly/infra/local/loopback"
	"duly/infra/local/peppol"
	"duly/infra/local/slack"
	"duly/infra/local/storecove"
	"duly/infra/local/stripe"
	"duly/infra/local/vies"
	"duly/shared/o2c"
)

// World is everything outside the functions: the clock, the table's engine, and
// the loopback services.
type World struct {
	Clock  *clock.Clock
	Engine *dynamo.Engine
	Slack  *slack.Server
	Stripe *stripe.Server
	Mail   *aws.SES
	Files  *aws.S3

	Network *peppol.AccessPoint
	Queues  *aws.SQS
	Bus     *aws.Events
	Params  *aws.SSM
	Bank    *bank.Bank
	Shops   *Shops

	outside http.Handler // the services' own addresses, below Outside
	store   loopback.Outage
	keepers []*keeper
}

// Outside is the path below which the loopback services are reached.
const Outside = "/outside"

// ArchiveBucket holds the documents that the law keeps.
const ArchiveBucket = "archive"

// Names of what the stack would create besides.
const (
	intakeBucket = "intake"
	busName      = "duly"
	parameters   = "/duly/local"
	mailDomain   = "voorbeeld.example"
	replyDomain  = "reply.voorbeeld.example"
)

func (r *Runtime) openWorld() error {
	if err := r.openServices(); err != nil {
		return err
	}
	r.Params = aws.NewSSM(r.Clock.Now, r.Secrets.parameters(parameters))
	r.Bus = aws.NewEvents(r.Clock.Now, busName)
	r.Bank = bank.New(bank.Account{
		IBAN: r.Policy.Seller.IBAN, BIC: r.Policy.Seller.BIC, Owner: r.Policy.Seller.Name, Currency: r.Policy.Currency, Zone: r.Policy.Zone,
	})
	r.Slack = slack.New(slack.Options{
		Now: r.Clock.Now, SigningSecret: r.Secrets.SlackSigning, BotToken: r.Secrets.SlackBot, Team: r.Policy.Workspace.Team, AppID: r.Policy.Workspace.App,
		BaseURL: r.outsideURL("slack"), Users: members(r.Policy), Channels: channels(r.Policy), Burst: slackBurst,
		Deliver: func(ctx context.Context, path string, header http.Header, body []byte) (int, []byte, error) {
			return r.Post(ctx, path, header, body)
		},
	})
	r.Stripe = stripe.New(stripe.Options{
		Now: r.Clock.Now, Seed: r.opt.Seed, SecretKey: r.Secrets.StripeKey, WebhookSecret: r.Secrets.StripeWebhook,
		BaseURL: r.outsideURL("stripe"), Merchant: r.Policy.Seller.Name,
		Deliver: func(ctx context.Context, header http.Header, body []byte) (int, error) {
			status, _, err := r.Post(ctx, "/webhooks/stripe", header, body)
			return status, err
		},
	})
	r.Shops = &Shops{runtime: r}
	r.openShopAPIs()
	r.keepers = []*keeper{
		{file: r.path("slack.json"), snapshot: r.Slack.Snapshot, restore: r.Slack.Restore},
		{file: r.path("stripe.json"), snapshot: r.Stripe.Snapshot, restore: r.Stripe.Restore},
		{file: r.path("bank.json"), snapshot: r.Bank.Snapshot, restore: r.Bank.Restore},
		{file: r.path("shops.json"), snapshot: r.Shops.Snapshot, restore: r.Shops.Restore},
	}
	for _, k := range r.keepers {
		if err := k.load(); err != nil {
			return err
		}
	}
	agency, err := r.openAgency()
	if err != nil {
		return err
	}
	r.outside = r.mountOutside(agency)
	return nil
}

// openServices opens those that keep themselves on disk.
func (r *Runtime) openServices() error {
	var queues []aws.Queue
	for _, f := range functions.All() {
		if f.Inbox { // as the stack makes them
			queues = append(queues, aws.Queue{Name: inbox(f.Name), Visibility: inboxHidden(f), MaxReceive: 20, DeadLetter: inbox(f.Name) + "-dead"},
				aws.Queue{Name: inbox(f.Name) + "-dead"})
		}
	}
	var err error
	if r.Queues, err = aws.NewSQS(aws.SQSOptions{Now: r.Clock.Now, Queues: queues, File: r.path("queues.json")}); err != nil {
		return err
	}
	if r.Mail, err = aws.NewSES(aws.SESOptions{Now: r.Clock.Now, Dir: r.path("mail")}); err != nil {
		return err
	}
	r.Network = peppol.New(r.Clock.Now)
	r.Files, err = aws.NewS3(aws.S3Options{
		Now: r.Clock.Now, Buckets: []string{ArchiveBucket, intakeBucket}, Notify: []string{intakeBucket}, Dir: r.path("files"),
	})
	return err
}

func inbox(function string) string { return function + "-inbox" }

// slackBurst lets a burst of cards through before Slack's one message per second
// and channel applies.
const slackBurst = 100

func members(p *o2c.Policy) []slack.User {
	users := make([]slack.User, len(p.People))
	for i, who := range p.People {
		users[i] = slack.User{ID: who.ID, Name: who.Name, Role: string(who.Role)}
	}
	return users
}

// room is the name of the channel that is for everything.
const room = "duly"

// purposes are what a house may give a channel of its own, by the names that
// people see.
func purposes() map[string]string {
	return map[string]string{"credit": "credit", "collections": "collections", "orders-exceptions": "exceptions", "cash-digest": "digest"}
}

// channels are the policy's channels by the names that people see.
func channels(p *o2c.Policy) map[string]string {
	if len(p.Channels) == 1 {
		return map[string]string{room: p.Channel("digest")}
	}
	out := map[string]string{}
	for purpose, id := range p.Channels {
		name := purpose
		for seen, is := range purposes() {
			if is == purpose {
				name = seen
			}
		}
		out[name] = id
	}
	return out
}

// Channels are the channels by name, and by the names of those that the house
// has not given a channel of their own.
func (r *Runtime) Channels() map[string]string {
	all := r.Slack.Channels()
	for name, purpose := range purposes() {
		all[name] = r.Policy.Channel(purpose)
	}
	return all
}

// outsideURL is the address of a loopback service.
func (r *Runtime) outsideURL(service string) string { return r.opt.BaseURL + Outside + "/" + service }

// mountOutside puts the services under their addresses. Those that keep no files
// of their own are kept before they answer, so that nothing the product was told
// is forgotten by a kill.
func (r *Runtime) mountOutside(agency http.Handler) http.Handler {
	mux := http.NewServeMux()
	mount := func(service string, h http.Handler) {
		mux.Handle(Outside+"/"+service+"/", http.StripPrefix(Outside+"/"+service, h))
	}
	mount("slack", r.keeping(r.Slack))
	mount("stripe", r.keeping(r.Stripe))
	mount("creditsafe", agency)
	mount("storecove", &storecove.Server{Key: accessPointKey, Entity: r.Policy.Peppol.LegalEntity, Network: r.Network})
	mount("vies", &vies.Server{}) // without a network nobody could be asked
	for _, s := range r.Policy.Shops {
		if h := r.Shops.api(s); h != nil {
			mount("shop-"+s.Endpoint, r.keeping(h))
		}
	}
	aws := aws.Endpoint(Outside+"/aws", aws.Keys{accessKey: accessSecret}, r.Mail, r.Files, r.Queues, r.Bus, r.Params)
	mux.Handle(Outside+"/aws/", aws)
	mux.Handle(Outside+"/aws", aws) // the JSON services are called without a path
	return mux
}

// Outside serves the loopback services' own addresses.
func (r *Runtime) Outside() http.Handler { return r.outside }

// wire reaches the loopback services and the table in process, whatever the
// host of an address under the base URL is.
func (r *Runtime) wire() http.RoundTripper {
	host := strings.TrimPrefix(strings.TrimPrefix(r.opt.BaseURL, "http://"), "https://")
	return loopback.Transport{host: r.outside}
}
