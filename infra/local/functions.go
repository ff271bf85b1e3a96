package local

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	netmail "net/mail"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"duly/functions"
	"duly/infra/local/aws"
	"duly/shared/bank"
	awsboot "duly/shared/boot/aws"
	"duly/shared/boot/crew"
	outboxboot "duly/shared/boot/outbox"
	shopboot "duly/shared/boot/shop"
	slackboot "duly/shared/boot/slack"
	"duly/shared/bus"
	"duly/shared/chat"
	"duly/shared/document"
	"duly/shared/export"
	"duly/shared/files"
	"duly/shared/handler/api"
	"duly/shared/handler/digest"
	"duly/shared/handler/dunning"
	"duly/shared/handler/feedback"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/handler/outbox"
	"duly/shared/handler/portal"
	"duly/shared/handler/reconcile"
	"duly/shared/handler/roll"
	"duly/shared/handler/slack"
	"duly/shared/handler/trigger"
	"duly/shared/handler/web"
	"duly/shared/hook"
	"duly/shared/mail"
	"duly/shared/o2c"
	"duly/shared/page"
	"duly/shared/pay"
	"duly/shared/signature"
	"duly/shared/upload"
	"duly/shared/vies"
)

// build makes every function of the manifest, each with its real adapters on
// the loopback services: what functions/*/main.go does from the environment.
func (r *Runtime) build() error {
	table, err := r.openStore()
	if err != nil {
		return err
	}
	b := builder{Runtime: r, client: &http.Client{Transport: r.wire()}}
	if b.agency, err = b.reports(); err != nil {
		return err
	}
	b.stripe = pay.New(pay.Options{Key: r.Secrets.StripeKey, URL: r.stripeURL(), HTTP: b.to(serviceStripe)})
	r.Cycle = &o2c.Cycle{Store: table, Policy: r.Policy, Links: r.Secrets.LinkKeys, Pay: b.stripe, Sandboxes: table, Crew: crew.Together}
	r.Seals = files.New(b.bucket(ArchiveBucket), functions.PrefixSeals)
	if err := r.admit(); err != nil {
		return err
	}
	r.handlers = map[string]trigger.Handler{
		"outbox":    b.outbox(),
		"dunning":   dunning.New(dunning.Deps{Cycle: r.Cycle, Now: r.Clock.Now, Log: r.log("dunning")}),
		"reconcile": b.reconcile(),
		"digest":    digest.New(digest.Deps{Cycle: r.Cycle, Now: r.Clock.Now, Seals: r.Seals}),
		"feedback": feedback.New(feedback.Deps{
			Cycle: r.Cycle, Now: r.Clock.Now, Read: mail.ReadReply, Fetch: func(ctx context.Context, key string) ([]byte, error) {
				return b.bucket(intakeBucket).Get(ctx, key, intakeMax)
			},
		}),
		"web":    b.web(),
		"portal": b.portal(),
		"api":    b.api(),
	}
	r.handlers["order-webhook"], r.handlers["stripe-webhook"] = b.doors()
	if r.handlers["slack"], err = b.slack(); err != nil {
		return err
	}
	r.carried()
	r.openRoutes()
	return nil
}

// builder makes functions.
type builder struct {
	*Runtime
	client *http.Client
	stripe *pay.Gateway
	agency o2c.Reports
}

// admit lets the demo's own program use the API.
func (r *Runtime) admit() error {
	_, err := r.Cycle.CreateKey(context.Background(), o2c.Stamp{At: r.Clock.Now(), Actor: "system:local"}, "demo", []string{o2c.ScopeRead, o2c.ScopeWrite}, r.Secrets.APIKey)
	return err
}

// amazon is the endpoint of the loopback AWS services.
func (b builder) amazon() *string { return awssdk.String(b.outsideURL("aws")) }

// call asks a loopback service once: what fails is the sweeper's.
func (b builder) call(op awsboot.Operation) awsboot.Call {
	return awsboot.NewCall(awssdk.Config{Region: aws.Region, BaseEndpoint: b.amazon(), Credentials: credential}, op, b.client, awsboot.Patience{Tries: 1})
}

func (b builder) bucket(name string) awsboot.Bucket {
	return awsboot.NewBucket(awssdk.Config{Region: aws.Region, BaseEndpoint: b.amazon(), Credentials: credential}, name, true, b.client, awsboot.Patience{Tries: 1})
}

func (b builder) chat() *chat.Client {
	return chat.Connect(chat.Access{Token: b.Secrets.SlackBot, APIURL: b.slackURL(), HTTP: b.to(serviceSlack)}, chat.NewVoice(b.Policy))
}

// to reaches a service: a played one in process, a real one over the network.
func (b builder) to(service string) *http.Client {
	if b.opt.Real.Outside(service) != "" {
		return &http.Client{Timeout: outward}
	}
	return b.client
}

func (b builder) mail() o2c.Mail {
	sender := mail.Options{From: netmail.Address{Name: cmp.Or(b.Policy.Look.Sender, b.Policy.Seller.Name), Address: "invoices@" + mailDomain}, ReplyTo: b.Policy.Seller.Email, Logo: mail.LogoOf(b.Policy.Look)}
	played := mail.New(b.call(awsboot.SendEmail), sender)
	x := b.opt.Real.Mail
	if x == nil {
		return played
	}
	sender.From.Address = x.From
	return chosen{out: mail.New(x.ses(), sender), kept: played, allow: x.Allow}
}

func (b builder) outbox() trigger.Handler {
	return outbox.New(outbox.Deps{
		Outbox: &o2c.Outbox{
			Cycle:   b.Cycle,
			Mail:    b.mail(),
			Chat:    b.chat(),
			Links:   b.chat(),
			Direct:  b.chat().Direct,
			Room:    b.chat(),
			Intake:  files.New(b.bucket(intakeBucket), ""),
			Files:   b.archive(),
			Papers:  document.Papers{Look: b.Policy.Look},
			Bus:     bus.New(b.call(awsboot.PutEvents), busName),
			Hooks:   hook.New(hook.Options{Secrets: outboxboot.Subscribers(b.secret), Now: b.Clock.Now, Loopback: true}),
			Reports: b.agency,
			VIES:    vies.Register{URL: b.outsideURL("vies"), HTTP: b.client},
			EPost:   b.accessPoint(),
			Look:    orderwebhook.Look(b.Cycle, shopboot.APIs(b.secret, b.client)),
			Exports: export.Exporter{},
			Now:     b.Clock.Now,
		},
		Metrics: io.Discard,
	})
}

func (b builder) reconcile() trigger.Handler {
	return reconcile.New(reconcile.Deps{
		Cycle: b.Cycle, Now: b.Clock.Now, Log: b.log("reconcile"),
		Fetch: func(ctx context.Context, key string) ([]byte, error) {
			return b.bucket(intakeBucket).Get(ctx, key, intakeMax)
		},
		Read:   bank.Read,
		Missed: b.stripe.Missed,
		Shop:   shopboot.APIs(b.secret, b.client),
		Sheet:  upload.Read,
		Files:  func() (o2c.Files, error) { return b.archive(), nil },
	})
}

func (b builder) archive() *files.Archive {
	return files.New(b.bucket(ArchiveBucket), functions.PrefixDocuments)
}

func (b builder) api() trigger.Handler {
	return api.New(api.Deps{
		Cycle: b.Cycle, Files: b.archive(), Papers: document.Papers{Look: b.Policy.Look}, Now: b.Clock.Now, Log: b.log("api"), Replay: b.replay,
		Upload: b.bucket(intakeBucket).PutAddress,
	})
}

func (b builder) portal() trigger.Handler {
	return portal.New(portal.Deps{
		Cycle: b.Cycle, Files: b.archive(), Slips: document.Papers{Look: b.Policy.Look}, Now: b.Clock.Now, Log: b.log("portal"),
		Pages: page.New(page.Options{CheckoutOrigin: b.checkout(), Brand: "iDEAL | Wero", Seller: b.Policy.Seller, Look: b.Policy.Look}),
	})
}

func (b builder) web() trigger.Handler {
	log := b.log("web")
	return web.New(web.Deps{
		Cycle: b.Cycle, Files: b.archive(), Intake: files.New(b.bucket(intakeBucket), ""), Cards: b.chat(), Roll: roll.New(b.Cycle, b.chat(), b.Policy.Workspace.Team, b.Clock.Now, log), Now: b.Clock.Now, Log: log, Replay: b.replay,
	})
}

// intakeMax bounds a file of the intake, in bytes.
const intakeMax = 64 << 20

// answered is when an answer that is given now has arrived, on the wall's clock.
const answered = time.Second / 2

func (b builder) slack() (trigger.Handler, error) {
	log, signed, client := b.log("slack"), slackboot.Signed(b.secret), b.chat()
	return slack.New(slack.Deps{
		Cycle: b.Cycle, Views: client, Members: client, Workspace: slack.Workspace(b.Policy.Workspace), Now: b.Clock.Now, Log: log,
		Advance: func(days int) { // after the answer, whose time Slack takes by this clock
			time.AfterFunc(answered, func() {
				b.attempt(context.Background(), "the clock was not moved", func(ctx context.Context) error {
					return b.Advance(ctx, time.Duration(days)*24*time.Hour)
				})
			})
		},
		Signed: func(ctx context.Context, header http.Header, body []byte, at time.Time) error {
			return proven(ctx, log, signed(ctx, header, body, at))
		},
	})
}

// proven says in the log alone why a signature was refused.
func proven(ctx context.Context, log *slog.Logger, err error) error {
	if err != nil {
		log.WarnContext(ctx, "refused: the signature does not verify", "cause", string(signature.CauseOf(err)))
	}
	return err
}
