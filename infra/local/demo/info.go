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
	Key    string `json:"key,omitzero"` // to the played one's API
}

// SlackInfo is the workspace.
type SlackInfo struct {
	ActionsURL    string            `json:"actions_url"`
	CommandsURL   string            `json:"commands_url"`
	EventsURL     string            `json:"events_url"`
	SigningSecret string            `json:"signing_secret"`
	BotToken      string            `json:"bot_token,omitzero"` // of the played one
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
	if r.Real().Stripe == nil { // a real key is kept by who has it
		info.Stripe.Key = r.Secrets.StripeKey
	}
	if r.Real().Slack == nil {
		info.Slack.BotToken = r.Secrets.SlackBot
	}
	for _, s := range p.Shops {
		info.Shops = append(info.Shops, ShopInfo{Endpoint: s.Endpoint, Platform: s.Platform, URL: base + "/webhooks/" + s.Endpoint, Secret: r.Secrets.Shops[s.Endpoint]})
	}
	return info
}

func rules(p *o2c.Policy) PolicyInfo {
	return PolicyInfo{AutoApprove: p.Credit.AutoApprove, DefaultLimit: p.Credit.DefaultLimit, DefaultTerms: p.TermsDays, Ladder: slices.Clone(p.Ladder.Steps)}
}

// writeInfo replaces demo.json at once; it holds the demo's secrets.
func writeInfo(dir string, info Info) error {
	raw, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, "."+infoFile)
	if err := os.WriteFile(temp, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, infoFile))
}

// ReadInfo finds the demo that runs on a state.
func ReadInfo(dir string) (Info, error) {
	var info Info
	raw, err := os.ReadFile(filepath.Join(dir, infoFile))
	if err != nil {
		return info, err
	}
	return info, json.Unmarshal(raw, &info)
}
