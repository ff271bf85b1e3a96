package local

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"duly/infra/local/slack/socket"
	awsboot "duly/shared/boot/aws"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

// Real are the services that are not played here but reached with test credentials, each by itself; the zero value
// plays them all.
type Real struct {
	Slack  *socket.Access
	Stripe *RealStripe
	Mail   *RealMail
}

// RealStripe is Stripe in test mode.
type RealStripe struct {
	Key     string // sk_test_… or rk_test_…
	Webhook string // of stripe listen; "": what happens there is read once a minute
	URL     string // another address than Stripe's, for tests
}

// RealMail is SES, for a few addresses.
type RealMail struct {
	From   string
	Allow  []string // who may get mail; all other mail stays here
	Config awssdk.Config
}

// outward bounds one request to a real service.
const outward = 20 * time.Second

// The names of the services, as the outage switch and the banner have them.
const (
	serviceSlack  = "slack"
	serviceStripe = "stripe"
	serviceMail   = "mail"
)

// Outside says of a service whether it is real; what is played is "".
func (x Real) Outside(service string) string {
	switch {
	case service == serviceSlack && x.Slack != nil:
		return "the real workspace"
	case service == serviceStripe && x.Stripe != nil:
		return "Stripe's test mode"
	case service == serviceMail && x.Mail != nil:
		return "SES, to " + strings.Join(x.Mail.Allow, ", ")
	}
	return ""
}

// NoLiveKey refuses a key that would move real money.
func NoLiveKey(key string) error {
	if strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "rk_live_") {
		return &fault.Error{Code: fault.LiveKey, What: "This is a live Stripe key; the demo never uses live keys. Unset STRIPE_SECRET_KEY or use make deploy"}
	}
	return nil
}

// RealFromEnvironment reads test credentials, and refuses what is mixed: halves, and live keys.
func RealFromEnvironment(ctx context.Context, get func(string) string, amazon func(context.Context) (awssdk.Config, error)) (Real, error) {
	var x Real
	bot, app := get("SLACK_BOT_TOKEN"), get("SLACK_APP_TOKEN")
	switch {
	case bot == "" && app == "":
	case !strings.HasPrefix(bot, "xoxb-") || !strings.HasPrefix(app, "xapp-"):
		return x, fault.New(fault.Config, "Slack is connected by half", "it takes SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…)", "set both, from the app made by duly slack manifest --socket, or neither")
	default:
		x.Slack = &socket.Access{Bot: bot, App: app, URL: get("SLACK_API_URL"), HTTP: &http.Client{Timeout: outward}}
	}
	key, webhook := get("STRIPE_SECRET_KEY"), get("STRIPE_WEBHOOK_SECRET")
	switch test := strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "rk_test_"); {
	case NoLiveKey(key) != nil:
		return x, NoLiveKey(key)
	case key == "" && webhook == "":
	case !test:
		return x, fault.New(fault.Config, "Stripe is connected by half", "STRIPE_SECRET_KEY is no test key (sk_test_… or rk_test_…)", "copy it from dashboard.stripe.com/test/apikeys, or unset STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET")
	case webhook != "" && !strings.HasPrefix(webhook, "whsec_"):
		return x, fault.New(fault.Config, "Stripe's webhook secret cannot be used", "it does not begin with whsec_", "export STRIPE_WEBHOOK_SECRET=$(stripe listen --print-secret), or unset it")
	default:
		x.Stripe = &RealStripe{Key: key, Webhook: webhook, URL: get("STRIPE_API_URL")}
	}
	from, allow := get("MAIL_FROM"), strings.FieldsFunc(get("MAIL_ALLOW"), func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case from == "" && len(allow) == 0:
	case from == "" || len(allow) == 0:
		return x, fault.New(fault.Config, "Mail is connected by half", "it takes MAIL_FROM, a sender that SES has verified, and MAIL_ALLOW, who may get mail", "set both, or neither")
	default:
		cfg, err := amazon(ctx)
		if err != nil {
			return x, err
		}
		x.Mail = &RealMail{From: from, Allow: allow, Config: cfg}
	}
	return x, nil
}

// join lets the real services take the place of played ones: the workspace's people and channels, the keys, and what
// the state began with.
func (r *Runtime) join(ctx context.Context) error {
	x := r.opt.Real
	was := map[string]string{serviceSlack: "", serviceStripe: ""} // "": played
	if x.Slack != nil {
		w, err := socket.Join(ctx, *x.Slack)
		if err != nil {
			return err
		}
		if err := r.adopt(w); err != nil {
			return err
		}
		was[serviceSlack], r.Secrets.SlackBot = w.Team, x.Slack.Bot
	}
	if x.Stripe != nil {
		if err := testMode(ctx, *x.Stripe); err != nil {
			return err
		}
		if off := time.Until(r.Clock.Now()).Abs(); off > time.Minute {
			return fault.New(fault.Config, "Stripe and this state do not share the time", "its clock is "+off.Round(time.Hour).String()+" off, and Stripe's pages and signatures are of now", "begin a fresh state: duly demo --empty --state .duly-stripe")
		}
		was[serviceStripe], r.Secrets.StripeKey = "test mode", x.Stripe.Key
		r.Secrets.StripeWebhook = cmp.Or(x.Stripe.Webhook, r.Secrets.StripeWebhook)
	}
	return r.faithful(was)
}

// adopt makes the workspace's people and channels those of the policy.
func (r *Runtime) adopt(w socket.Workspace) error {
	p := r.Policy
	p.Workspace = o2c.Workspace{Team: w.Team, App: w.App}
	var missing []string
	found := map[string]string{}
	for name, purpose := range purposes() {
		at := cmp.Or(w.Channels[name], w.Channels[room])
		if at == "" {
			missing = append(missing, "#"+name)
		}
		found[purpose] = at
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fault.New(fault.Config, "Duly is not in the channels that it posts to", strings.Join(missing, ", ")+" of "+w.Name, "make one channel #duly, or these, and write in each: /invite @Duly")
	}
	p.Channels, p.People = found, nil
	for _, u := range w.People {
		role := o2c.Viewer
		if u.IsAdmin || u.IsOwner {
			role = o2c.Admin
		}
		p.People = append(p.People, o2c.Person{ID: u.ID, Name: cmp.Or(u.RealName, u.Name), Role: role})
	}
	return nil
}

// testMode asks Stripe whose key it is (row 98 of the failure catalogue).
func testMode(ctx context.Context, x RealStripe) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, cmp.Or(x.URL, "https://api.stripe.com")+"/v1/balance", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+x.Key)
	res, err := (&http.Client{Timeout: outward}).Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, "Stripe cannot be reached", err.Error(), "look at the network, or unset STRIPE_SECRET_KEY to play it").Because(err)
	}
	defer res.Body.Close()
	var said struct {
		Live  bool `json:"livemode"`
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&said); err != nil {
		return fault.New(fault.Unavailable, "Stripe answers what is no JSON", res.Status, "try again in a minute").Because(err)
	}
	if said.Error.Message != "" {
		return fault.New(fault.Config, "Stripe does not take the key", said.Error.Message, "copy a key that holds from dashboard.stripe.com/test/apikeys into STRIPE_SECRET_KEY")
	}
	if said.Live {
		return fault.New(fault.LiveKey, "Stripe answers in live mode", "the demo moves no real money", "copy a test key into STRIPE_SECRET_KEY")
	}
	return nil
}

// faithful holds a state to the services that it began with: cards and payments of a played one are nowhere at a real
// one, and the other way round.
func (r *Runtime) faithful(now map[string]string) error {
	file := r.path("services.json")
	if file == "" {
		return nil
	}
	was := map[string]string{}
	raw, err := os.ReadFile(file)
	switch {
	case err == nil:
		err = json.Unmarshal(raw, &was)
	case errors.Is(err, os.ErrNotExist) && r.fresh:
		was, err = now, nil
	case errors.Is(err, os.ErrNotExist):
		err = nil // a state from before had played ones alone
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if was[name] != now[name] {
			return fault.New(fault.Config, "Played and real services are mixed", fmt.Sprintf("this state began with %s %s and is opened with %s", name, cmp.Or(was[name], "played"), cmp.Or(now[name], "it played")), "give the same credentials again, or begin a fresh state: duly demo --empty --state .duly-"+name)
		}
	}
	raw, _ = json.Marshal(now) // words always marshal
	return writeFile(file, raw)
}

// slackURL is the Web API's address; "" is Slack's own.
func (r *Runtime) slackURL() string {
	if x := r.opt.Real.Slack; x != nil {
		return x.URL
	}
	return r.outsideURL(serviceSlack) + "/api/"
}

// stripeURL is Stripe's address; "" is its own.
func (r *Runtime) stripeURL() string {
	if x := r.opt.Real.Stripe; x != nil {
		return x.URL
	}
	return r.outsideURL(serviceStripe)
}

// checkout is where Stripe's payment pages are.
func (r *Runtime) checkout() string {
	if x := r.opt.Real.Stripe; x != nil {
		return cmp.Or(x.URL, "https://checkout.stripe.com")
	}
	return r.opt.BaseURL
}

// Real says which services are not played.
func (r *Runtime) Real() Real { return r.opt.Real }

// Connect keeps the real services' lines until the context ends: Slack's socket, and the look at what Stripe has to
// say where no webhook reaches this machine.
func (r *Runtime) Connect(ctx context.Context) error {
	x := r.opt.Real
	if x.Stripe != nil && x.Stripe.Webhook == "" {
		go r.ask(ctx)
	}
	if x.Slack == nil {
		<-ctx.Done()
		return nil
	}
	sign := func(body []byte) (http.Header, error) {
		return signature.Sign(signature.Slack, "", body, r.Clock.Now(), r.Secrets.SlackSigning)
	}
	return socket.Listen(ctx, *x.Slack, sign, func(ctx context.Context, path string, header http.Header, body []byte) (int, []byte, error) {
		defer r.Nudge()
		return r.Post(ctx, path, header, body)
	}, r.log("socket"))
}

// askEvery is how often Stripe is asked what happened, where no webhook comes.
const askEvery = time.Minute

func (r *Runtime) ask(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.attempt(ctx, "Stripe was not read", r.AskStripe)
		}
	}
}

// AskStripe reads what happened at Stripe, as the hourly schedule does.
func (r *Runtime) AskStripe(ctx context.Context) error {
	return errors.Join(r.Fire(ctx, "reconcile", trigger.Tick{Schedule: "reconcile"}), r.Settle(ctx))
}

// chosen lets mail out to those on the list alone. Other letters stay in the demo's inbox, and what was to be sent is
// told of as refused.
type chosen struct {
	out, kept o2c.Mail
	allow     []string
}

// Send implements o2c.Mail.
func (c chosen) Send(ctx context.Context, l o2c.Letter) (string, error) {
	if slices.ContainsFunc(c.allow, func(a string) bool { return strings.EqualFold(a, l.To) }) {
		return c.out.Send(ctx, l)
	}
	if _, err := c.kept.Send(ctx, l); err != nil {
		return "", err
	}
	return "", o2c.Permanent("The letter was kept here", l.To+" is not on MAIL_ALLOW, and this is a test", "add the address there, or look at the letter in the demo's mail", nil).Keyed("mail.kept_here", l.To)
}

// ses asks SES, once: what fails is the sweeper's.
func (x RealMail) ses() awsboot.Call {
	return awsboot.NewCall(x.Config, awsboot.SendEmail, nil, awsboot.Patience{Tries: 1, Timeout: outward})
}
