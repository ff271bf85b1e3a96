package golive

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duly/functions"
	"duly/infra/deploy"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/pay"
)

// answerMax bounds what a vendor may answer.
const answerMax = 4 << 20

// ask sends a request with a bearer key and reads the JSON.
func (s *Site) ask(ctx context.Context, method, address, key string, form url.Values, out any) error {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		address += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.HTTP.Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, req.URL.Host+" cannot be reached", err.Error(), "look at the network, then: duly go-live").Because(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, answerMax))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fault.New(fault.Unavailable, req.URL.Host+" answers what is no JSON", res.Status, "try again in a minute").Because(err)
	}
	return nil
}

// slack calls a method of Slack's Web API.
func (s *Site) slack(ctx context.Context, method string, form url.Values, out any) error {
	token, err := s.account.Secret(ctx, functions.SecretSlackBot)
	if err != nil {
		return err
	}
	if token == "" {
		return fault.New(fault.Config, "Slack's bot token is not entered", "nobody entered "+functions.SecretSlackBot, "make the app from the manifest (duly slack manifest), install it, copy the Bot User OAuth Token, then run: "+s.entry(functions.SecretSlackBot))
	}
	return s.ask(ctx, http.MethodPost, strings.TrimSuffix(cmp.Or(s.Slack, "https://slack.com/api/"), "/")+"/"+method, token, form, out)
}

// said is how Slack answers.
type said struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
}

// identity is whose token it is.
type identity struct {
	said
	Team   string `json:"team"`
	TeamID string `json:"team_id"`
}

// room is a channel.
type room struct {
	said
	Channel struct {
		Name     string `json:"name"`
		Member   bool   `json:"is_member"`
		Archived bool   `json:"is_archived"`
	} `json:"channel"`
}

// member is a person of the workspace.
type member struct {
	said
	User struct {
		Deleted bool `json:"deleted"`
		Bot     bool `json:"is_bot"`
	} `json:"user"`
}

func (s *Site) slackApp(ctx context.Context) (string, error) {
	var who identity
	if err := s.slack(ctx, "auth.test", nil, &who); err != nil {
		return "", err
	}
	if !who.OK {
		return "", fault.New(fault.Config, "Slack does not take our token", "it says "+who.Error, "install the app again, copy the new Bot User OAuth Token, then run: "+s.entry(functions.SecretSlackBot))
	}
	if who.TeamID != s.policy.Workspace.Team {
		return "", fault.New(fault.Config, "The token is of another workspace", who.Team+" is "+who.TeamID+", duly.yaml names "+s.policy.Workspace.Team, "write slack.team: "+who.TeamID+" and slack.app into duly.yaml, then: "+deploy.Make("deploy", s.name()))
	}
	signing, err := s.account.Secret(ctx, functions.SecretSlackSigning)
	if err == nil && signing == "" {
		err = fault.New(fault.Config, "Slack's signing secret is not entered", "without it no press is believed", "copy it from the app's Basic Information, then run: "+s.entry(functions.SecretSlackSigning))
	}
	return cmp.Or(who.Team, who.TeamID) + " (the free plan will do: it hides messages after 90 days, the records stay)", err
}

func (s *Site) slackChannels(ctx context.Context) (string, error) {
	var names []string
	for _, purpose := range slices.Sorted(maps.Keys(s.policy.Channels)) {
		id := s.policy.Channels[purpose]
		var c room
		if err := s.slack(ctx, "conversations.info", url.Values{"channel": {id}}, &c); err != nil {
			return "", err
		}
		switch {
		case !c.OK || c.Channel.Archived:
			return "", fault.New(fault.Config, "The channel for "+purpose+" is not there", id+": "+cmp.Or(c.Error, "it is archived"), "make it, copy its id from its details, write channels."+purpose+" into duly.yaml, then: "+deploy.Make("deploy", s.name()))
		case !c.Channel.Member:
			return "", fault.New(fault.Config, "Duly is not in #"+c.Channel.Name, "it can post only where it is a member", "write in that channel: /invite @Duly")
		}
		names = append(names, "#"+c.Channel.Name)
	}
	return strings.Join(names, " "), nil
}

func (s *Site) slackPeople(ctx context.Context) (string, error) {
	roles := map[o2c.Role]int{}
	for _, p := range s.policy.People {
		var u member
		if err := s.slack(ctx, "users.info", url.Values{"user": {p.ID}}, &u); err != nil {
			return "", err
		}
		if !u.OK || u.User.Deleted || u.User.Bot {
			return "", fault.New(fault.Config, p.Name+" is nobody in the workspace", p.ID+": "+cmp.Or(u.Error, "left, or a bot"), "copy the member id from the person's profile into people in duly.yaml, then: "+deploy.Make("deploy", s.name()))
		}
		roles[p.Role]++
	}
	if roles[o2c.Admin] == 0 || roles[o2c.Approver]+roles[o2c.Admin] == 0 {
		return "", fault.New(fault.Config, "Nobody may decide", "duly.yaml names no admin", "give yourself the role admin under people in duly.yaml, then: "+deploy.Make("deploy", s.name()))
	}
	return fmt.Sprintf("%d people, %d approvers, %d admins", len(s.policy.People), roles[o2c.Approver], roles[o2c.Admin]), nil
}

func (s *Site) stripe(ctx context.Context, pathname string, form url.Values, out any) error {
	key, err := s.account.Secret(ctx, functions.SecretStripeAPI)
	if err != nil {
		return err
	}
	return s.ask(ctx, http.MethodGet, strings.TrimSuffix(cmp.Or(s.Stripe, "https://api.stripe.com"), "/")+pathname, key, form, out)
}

// keyFits wants a key of the stage's kind (row 98 of the failure catalogue): it is asked before the key is entered, and of
// the one that is.
func keyFits(key, stage string, real bool) error {
	live := strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "rk_live_")
	test := strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "rk_test_")
	enterKey := ", then run: " + entry(stage, functions.SecretStripeAPI)
	switch {
	case live && !real:
		return fault.New(fault.LiveKey, "Stripe's key is refused", "it is a live key (…"+key[len(key)-4:]+") and the stage "+stage+" moves no real money", "copy a test key"+enterKey)
	case test && stage == functions.StageLive:
		return fault.New(fault.Config, "Stripe's key is refused", "it is a test key (…"+key[len(key)-4:]+") and the stage "+stage+" moves real money", "copy the live key"+enterKey)
	case !live && !test:
		return fault.New(fault.Config, "Stripe's key cannot be used", "it begins with neither sk_ nor rk_", "copy the secret or restricted key"+enterKey)
	}
	return nil
}

// stripeKey wants a key of the stage's kind (row 98 of the failure catalogue).
func (s *Site) stripeKey(ctx context.Context) (string, error) {
	key, err := s.account.Secret(ctx, functions.SecretStripeAPI)
	if err != nil {
		return "", err
	}
	if key == "" {
		return "", fault.New(fault.Config, "Stripe's key is not entered", "nobody entered "+functions.SecretStripeAPI, "make a restricted key (Checkout Sessions, PaymentIntents, PaymentMethods, SetupIntents, Customers, Refunds: write; Charges, Payouts, Balance, Events, Disputes: read), then run: "+s.entry(functions.SecretStripeAPI))
	}
	if err := keyFits(key, s.Stage, s.live() && !loopback(s.Stripe)); err != nil {
		return "", err
	}
	var balance struct {
		Live  bool `json:"livemode"`
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := s.stripe(ctx, "/v1/balance", nil, &balance); err != nil {
		return "", err
	}
	if balance.Error.Message != "" {
		return "", fault.New(fault.Config, "Stripe does not take the key", balance.Error.Message, "copy a key that holds, then run: "+s.entry(functions.SecretStripeAPI))
	}
	if balance.Live != s.live() {
		return "", fault.New(fault.LiveKey, "Stripe answers in the other mode", fmt.Sprintf("livemode is %t, the stage is %s", balance.Live, s.Stage), "copy the key of the right mode, then run: "+s.entry(functions.SecretStripeAPI))
	}
	return map[bool]string{true: "live", false: "test"}[balance.Live] + " mode, …" + key[len(key)-4:], nil
}

// endpoint is a webhook endpoint as Stripe has it.
type endpoint struct {
	URL     string   `json:"url"`
	Status  string   `json:"status"`
	Events  []string `json:"enabled_events"`
	Version string   `json:"api_version"`
}

func (s *Site) stripeWebhook(ctx context.Context) (string, error) {
	address := s.base() + "/webhooks/stripe"
	var list struct {
		Data []endpoint `json:"data"`
	}
	if err := s.stripe(ctx, "/v1/webhook_endpoints", url.Values{"limit": {"100"}}, &list); err != nil {
		return "", err
	}
	i := slices.IndexFunc(list.Data, func(e endpoint) bool { return e.URL == address })
	create := "run: stripe webhook_endpoints create --url " + address + ` -d "enabled_events[]=` + strings.Join(pay.Heard(), `" -d "enabled_events[]=`) + `"; keep its secret with: ` + s.entry(functions.SecretStripeWebhook)
	if i < 0 {
		return "", fault.New(fault.Config, "Stripe does not tell us of payments", "no webhook endpoint has the address "+address, create)
	}
	e := list.Data[i]
	missing := slices.DeleteFunc(pay.Heard(), func(t string) bool { return slices.Contains(e.Events, t) || slices.Contains(e.Events, "*") })
	switch {
	case e.Status == "disabled":
		return "", fault.New(fault.Config, "Stripe has switched our webhook off", "too many deliveries failed", "switch it on in the dashboard below Developers → Webhooks; what was missed is fetched by itself")
	case len(missing) > 0:
		return "", fault.New(fault.Config, "Stripe does not tell us everything", "the webhook lacks "+strings.Join(missing, ", "), "add them in the dashboard below Developers → Webhooks")
	}
	secret, err := s.account.Secret(ctx, functions.SecretStripeWebhook)
	if err == nil && !strings.HasPrefix(strings.TrimSpace(secret), "whsec_") {
		err = fault.New(fault.Config, "The webhook's signing secret is not entered", "it begins with whsec_", "reveal it in the dashboard, then run: "+s.entry(functions.SecretStripeWebhook))
	}
	return fmt.Sprintf("%d types of events, API version %s", len(e.Events), cmp.Or(e.Version, "of the account")), err
}

func (s *Site) shops(ctx context.Context) (string, error) {
	var all []string
	for _, shop := range s.policy.Shops {
		secret, err := s.account.Secret(ctx, "shop/webhook/"+shop.Endpoint)
		if err != nil {
			return "", err
		}
		if secret == "" {
			return "", fault.New(fault.Config, "The shop "+shop.Endpoint+" cannot be believed", "its signing secret is not entered", "run: duly connect "+shop.Platform+" for the steps, then: "+s.entry("shop/webhook/"+shop.Endpoint)+" — or take the shop out of duly.yaml")
		}
		if shop.URL != "" {
			if key, err := s.account.Secret(ctx, "shop/api/"+shop.Endpoint); err != nil || key == "" {
				return "", cmp.Or(err, error(fault.New(fault.Config, "The shop "+shop.Endpoint+" cannot be read", "duly.yaml names its address, and its key is not entered", "run: "+s.entry("shop/api/"+shop.Endpoint))))
			}
		}
		all = append(all, shop.Endpoint)
	}
	if len(all) == 0 {
		return "none: orders come by the API, files and Slack", nil
	}
	return strings.Join(all, " "), nil
}

func (s *Site) accessPoint(ctx context.Context) (string, error) {
	p := s.policy.Peppol
	if p.AccessPoint == "" {
		return "none: e-invoices go by mail, not over Peppol; with an account at Storecove, write peppol: { access_point: storecove, legal_entity: … } into duly.yaml", nil
	}
	key, err := s.account.Secret(ctx, functions.SecretAccessPoint)
	if err == nil && strings.TrimSpace(key) == "" {
		err = fault.New(fault.Config, "The access point cannot be asked", "duly.yaml names "+p.AccessPoint+", and its key is not entered", "run: "+s.entry(functions.SecretAccessPoint)+" — a key of the sandbox first — or take peppol out of duly.yaml")
	}
	return fmt.Sprintf("%s, legal entity %d; make its webhooks pull mode (Storecove: Webhooks → Pull), they are read every five minutes", p.AccessPoint, p.LegalEntity), err
}
