package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"duly/infra/local"
	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/money"
)

// infoFile is what a program needs to play the outside world; its name and
// shape are a contract with others.
const infoFile = "demo.json"

// playedFile stands beside it.
const playedFile = "played.json"

// Info is the content of demo.json.
type Info struct {
	BaseURL string      `json:"base_url"`
	Shops   []ShopInfo  `json:"shops"`
	Stripe  StripeInfo  `json:"stripe"`
	Slack   SlackInfo   `json:"slack"`
	APIKey  string      `json:"api_key"`
	Company CompanyInfo `json:"company"`
	Policy  PolicyInfo  `json:"policy"`
}

// ShopInfo is where a shop posts and with which secret.
type ShopInfo struct {
	Endpoint string `json:"endpoint"`
	Platform string `json:"platform"`
	URL      string `json:"url"`
	Secret   string `json:"secret"`
}

// StripeInfo is where Stripe posts.
type StripeInfo struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// SlackInfo is the workspace.
type SlackInfo struct {
	ActionsURL    string            `json:"actions_url"`
	CommandsURL   string            `json:"commands_url"`
	EventsURL     string            `json:"events_url"`
	SigningSecret string            `json:"signing_secret"`
	Team          string            `json:"team"`
	AppID         string            `json:"app_id"`
	Channels      map[string]string `json:"channels"`
	Users         []slack.User      `json:"users"`
}

// CompanyInfo is the seller.
type CompanyInfo struct {
	Name  string `json:"name"`
	IBAN  string `json:"iban"`
	BIC   string `json:"bic"`
	VATID string `json:"vat_id"`
}

// PolicyInfo is what decides on orders and reminders.
type PolicyInfo struct {
	AutoApprove  money.Amount   `json:"auto_approve"`
	DefaultLimit *money.Amount  `json:"default_limit"`
	DefaultTerms int            `json:"default_terms"` // days
	Ladder       []dunning.Step `json:"ladder"`
}

// describe says what there is.
func describe(r *local.Runtime, base string) Info {
	p := r.Policy
	info := Info{
		BaseURL: base, APIKey: r.Secrets.APIKey,
		Stripe: StripeInfo{URL: base + "/webhooks/stripe", Secret: r.Secrets.StripeWebhook},
		Slack: SlackInfo{
			ActionsURL: base + "/slack/actions", CommandsURL: base + "/slack/commands", EventsURL: base + "/slack/events",
			SigningSecret: r.Secrets.SlackSigning, Team: p.Workspace.Team, AppID: p.Workspace.App, Channels: r.Channels(), Users: r.Slack.Users(),
		},
		Company: CompanyInfo{Name: p.Seller.Name, IBAN: p.Seller.IBAN, BIC: p.Seller.BIC, VATID: p.Seller.VATID},
		Policy:  rules(p),
	}
	for _, s := range p.Shops {
		info.Shops = append(info.Shops, ShopInfo{Endpoint: s.Endpoint, Platform: s.Platform, URL: base + "/webhooks/" + s.Endpoint, Secret: r.Secrets.Shops[s.Endpoint]})
	}
	return info
}

func rules(p *o2c.Policy) PolicyInfo {
	return PolicyInfo{AutoApprove: p.Credit.AutoApprove, DefaultLimit: p.Credit.DefaultLimit, DefaultTerms: p.TermsDays, Ladder: slices.Clone(p.Ladder.Steps)}
}

// Played is the content of played.json: the keys that Duly itself has to the
// services that are played, for whoever enters them as an owner would.
type Played struct {
	Stripe string `json:"stripe_key,omitzero"`
	Slack  string `json:"slack_bot_token,omitzero"`
}

// playedBy says them; a real key is kept by who has it.
func playedBy(r *local.Runtime) (p Played) {
	if r.Real().Stripe == nil {
		p.Stripe = r.Secrets.StripeKey
	}
	if r.Real().Slack == nil {
		p.Slack = r.Secrets.SlackBot
	}
	return p
}

// tell writes what is told of a running demo, which holds its secrets: demo.json
// last, which says that all is ready.
func tell(dir string, played Played, info Info) error {
	if err := replaceFile(dir, playedFile, played); err != nil {
		return err
	}
	return replaceFile(dir, infoFile, info)
}

// replaceFile writes a file at once.
func replaceFile(dir, name string, content any) error {
	raw, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, "."+name)
	if err := os.WriteFile(temp, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, name))
}

// ReadInfo finds the demo that runs on a state.
func ReadInfo(dir string) (info Info, err error) {
	err = readFile(dir, infoFile, &info)
	return info, err
}

// ReadPlayed finds its keys to the services that are played.
func ReadPlayed(dir string) (played Played, err error) {
	err = readFile(dir, playedFile, &played)
	return played, err
}

func readFile(dir, name string, into any) error {
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}
