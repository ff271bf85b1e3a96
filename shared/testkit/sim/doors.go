package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/bank"
	boot "duly/shared/boot/webhook"
	"duly/shared/chat"
	"duly/shared/handler/api"
	"duly/shared/handler/digest"
	"duly/shared/handler/dunning"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/handler/outbox"
	"duly/shared/handler/portal"
	"duly/shared/handler/reconcile"
	"duly/shared/handler/slack"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/page"
	"duly/shared/signature"
)

// wire builds a function in its environment, with the run's vendors.
func (w *world) wire(e *environment) {
	var err error
	switch e.function {
	case "outbox":
		e.handler = outbox.New(outbox.Deps{Metrics: io.Discard, Outbox: &o2c.Outbox{
			Cycle: e.cycle, Mail: w.desk, Chat: w.desk, Files: w.desk, Papers: papers{}, Bus: w.desk, Hooks: w.desk, Now: e.Now,
		}})
	case "dunning":
		e.handler = dunning.New(dunning.Deps{Cycle: e.cycle, Now: e.Now, Log: silent()})
	case "digest":
		e.handler = digest.New(digest.Deps{Cycle: e.cycle, Now: e.Now, Seals: w.desk})
	case "reconcile":
		e.handler = reconcile.New(reconcile.Deps{Cycle: e.cycle, Now: e.Now, Log: silent(), Fetch: w.teller.fetch, Read: bank.Read, Missed: w.provider.gateway.Missed})
	case "order-webhook":
		e.handler = orderwebhook.New(w.webhook(e, boot.ShopSecret))
	case "stripe-webhook":
		e.handler = stripewebhook.New(w.webhook(e, boot.StripeSecret), false)
	case "slack":
		e.handler, err = slack.New(slack.Deps{Cycle: e.cycle, Views: views{w}, Members: views{w}, Workspace: workspace, Now: e.Now, Log: silent(), Signed: w.signedBySlack})
	case "api":
		e.handler = api.New(api.Deps{Cycle: e.cycle, Files: w.desk, Papers: papers{}, Now: e.Now, Log: silent()})
	case "portal":
		e.handler = portal.New(portal.Deps{Cycle: e.cycle, Pages: page.New(page.Options{Seller: w.policy.Seller}), Files: w.desk, Now: e.Now, Log: silent()})
	}
	w.must(err)
}

// webhook is what the functions that senders post to have alike.
func (w *world) webhook(e *environment, name func(string) string) webhook.Deps {
	return webhook.Deps{Cycle: e.cycle, Now: e.Now, Secrets: boot.NewKeyring(w.vault.read, name, e.Now), Inbox: w.inbox(e.function), Log: silent()}
}

// vault is the parameter store with the webhooks' secrets. A sender that takes
// a new one signs with it at once; the old one is dropped a day later.
type vault struct {
	world   *world
	secrets map[string][]string // by name, newest first
}

func newVault(w *world) *vault {
	v := &vault{world: w, secrets: map[string][]string{boot.StripeSecret(""): {secretStripe}}}
	for endpoint, secret := range map[string]string{"demo-shopify": secretShopify, "demo-woocommerce": secretWoo, "demo-generic": secretGeneric} {
		v.secrets[boot.ShopSecret(endpoint)] = []string{secret}
	}
	return v
}

func (v *vault) read(_ context.Context, name string) (secret string, err error) {
	err = v.world.desk.call("secret "+name, func() error {
		raw, err := json.Marshal(v.secrets[name])
		secret = string(raw)
		return err
	})
	return secret, err
}

// newest is what a sender signs with.
func (v *vault) newest(name string) string { return v.secrets[name][0] }

// begin takes new secrets now and then, when that kind of fault is on.
func (v *vault) begin() {
	w := v.world
	for n := 1; n <= 5; n++ {
		if !w.faults.on(SecretRotation) {
			return
		}
		w.after(w.faults.chance.between(0, 20*day), "new secrets", func() {
			w.faults.hits[SecretRotation]++
			for _, name := range []string{boot.StripeSecret(""), boot.ShopSecret("demo-generic")} {
				next := fmt.Sprintf("whsec_%032d", w.faults.chance.below(1<<30)) // base64 of 24 bytes for the generic shop
				v.secrets[name] = []string{next, v.secrets[name][0]}
			}
		})
	}
}

// inbox is a webhook function's own queue, which its schedule drains.
type inbox struct {
	world    *world
	function string
	kept     []*waiting
	planned  bool // a tick is coming
	count    int
}

// waiting is one message.
type waiting struct {
	webhook.Kept
	hidden time.Time // until then
}

// The inbox as the stack has it: how often it is drained, how long a message hides,
// and after how many tries it is a dead letter.
const (
	inboxEvery  = 5 * time.Minute
	inboxHidden = 58 * time.Second
	inboxMax    = 20
)

func (w *world) inbox(function string) *inbox {
	if w.inboxes[function] == nil {
		w.inboxes[function] = &inbox{world: w, function: function}
	}
	return w.inboxes[function]
}

// Put keeps a message.
func (q *inbox) Put(_ context.Context, message string) error {
	return q.world.desk.call("inbox", func() error {
		q.keep(message)
		return nil
	})
}

func (q *inbox) keep(message string) {
	q.count++
	q.kept = append(q.kept, &waiting{Kept: webhook.Kept{Message: message, Receipt: strconv.Itoa(q.count)}})
	q.plan()
}

// plan lets the next tick come when there is something for it.
func (q *inbox) plan() {
	if q.planned || len(q.kept) == 0 {
		return
	}
	q.planned = true
	w := q.world
	w.after(inboxEvery-w.now.Sub(w.start)%inboxEvery, "the inbox of "+q.function, func() {
		w.invoke(q.function, func(ctx context.Context, e *environment) error {
			return e.handler.Tick(ctx, trigger.Tick{Schedule: "inbox"})
		}, func(*invocation) {
			q.planned = false
			q.plan()
		})
	})
}

// Take gives what shows; what was taken too often goes to the dead letters, from
// where a person takes it back.
func (q *inbox) Take(context.Context) (batch []webhook.Kept, err error) {
	w := q.world
	err = w.desk.call("inbox", func() error {
		left := q.kept[:0]
		for _, m := range q.kept {
			switch {
			case m.hidden.After(w.now) || len(batch) == 10:
			case m.Tries == inboxMax:
				w.faults.hits[DeadLetter]++
				w.after(w.faults.chance.between(time.Hour, 9*time.Hour), "again from the dead letters of "+q.function, func() { q.keep(m.Message) })
				continue
			default:
				m.Tries++
				m.hidden = w.now.Add(inboxHidden)
				batch = append(batch, m.Kept)
			}
			left = append(left, m)
		}
		q.kept = left
		return nil
	})
	return batch, err
}

// Done forgets a message.
func (q *inbox) Done(_ context.Context, k webhook.Kept) error {
	return q.world.desk.call("inbox", func() error {
		q.kept = slices.DeleteFunc(q.kept, func(m *waiting) bool { return m.Receipt == k.Receipt })
		return nil
	})
}

// workspace is the run's Slack.
var workspace = slack.Workspace{Team: "T1", App: "A1"}

const secretSlack = "8f742231b10e8888abcd99yyyzzz85a5"

func (w *world) signedBySlack(_ context.Context, header http.Header, body []byte, at time.Time) error {
	v, err := signature.New(signature.Slack, secretSlack)
	if err != nil {
		return err
	}
	return v.Verify(header, body, at)
}

// interaction is what Slack posts when somebody presses or submits, signed.
func (w *world) interaction(payload map[string]any) events.APIGatewayV2HTTPRequest {
	payload["api_app_id"], payload["team"], payload["trigger_id"] = workspace.App, map[string]string{"id": workspace.Team}, "t."+strconv.Itoa(w.invocations)
	raw, err := json.Marshal(payload)
	w.must(err)
	body := []byte(url.Values{"payload": {string(raw)}}.Encode())
	return w.posted("/slack/actions", body, func() (http.Header, error) {
		return signature.Sign(signature.Slack, "", body, w.now, secretSlack)
	})
}

// posted is a POST as API Gateway hands it over.
func (w *world) posted(path string, body []byte, sign func() (http.Header, error)) events.APIGatewayV2HTTPRequest {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://duly.example"+path, http.NoBody)
	w.must(err)
	r.Header, err = sign()
	w.must(err)
	return trigger.Request(r, body)
}

// form is a form that a customer sends.
func (w *world) form(path string, body []byte) events.APIGatewayV2HTTPRequest {
	return w.posted(path, body, func() (http.Header, error) {
		return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, nil
	})
}

// views opens forms, which nobody of the run fills in.
type views struct{ world *world }

// Open shows a form.
func (v views) Open(context.Context, string, chat.Modal) error {
	return v.world.desk.call("views.open", func() error { return nil })
}

// Member is everybody: nobody leaves the team during a run.
func (v views) Member(_ context.Context, id string) (chat.Member, error) {
	return chat.Member{ID: id, Team: workspace.Team}, nil
}

// Group has nobody in it.
func (v views) Group(context.Context, string) ([]string, error) { return nil, nil }

// Publish draws the Home.
func (v views) Publish(context.Context, string, chat.Home) error {
	return v.world.desk.call("views.publish", func() error { return nil })
}
