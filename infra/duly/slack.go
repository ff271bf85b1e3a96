package main

import (
	"encoding/json"
	"strings"
)

// slackVerb is about the Slack app.
type slackVerb struct {
	Manifest manifestVerb `cmd:"" help:"Print the app's manifest: paste it at api.slack.com/apps → Create New App → From a manifest."`
}

// manifestVerb prints the app (docs.slack.dev/reference/app-manifest).
type manifestVerb struct {
	BaseURL string `required:"" placeholder:"https://…" help:"Where Duly is reached: the stack's output BaseURL."`
	Name    string `default:"Duly" help:"What the app is called in the workspace."`
}

type settings = map[string]any

// Run prints exactly what Duly uses: no more scopes, and the three addresses that
// it answers.
func (v *manifestVerb) Run(c *console) error {
	at := strings.TrimSuffix(v.BaseURL, "/") + "/slack/"
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(settings{
		"display_information": settings{"name": v.Name, "description": "Order to cash: approve credit, follow up invoices, match money"},
		"features": settings{
			"app_home":       settings{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": true},
			"bot_user":       settings{"display_name": v.Name, "always_online": true},
			"slash_commands": []settings{{"command": "/duly", "url": at + "commands", "description": "Find, look and act", "usage_hint": "help", "should_escape": true}},
		},
		"oauth_config": settings{"scopes": settings{"bot": []string{
			"channels:read", "chat:write", "commands", "groups:read", "usergroups:read", "users:read",
		}}},
		"settings": settings{
			"event_subscriptions":    settings{"request_url": at + "events", "bot_events": []string{"app_home_opened"}},
			"interactivity":          settings{"is_enabled": true, "request_url": at + "actions"},
			"org_deploy_enabled":     false,
			"socket_mode_enabled":    false,
			"token_rotation_enabled": false,
		},
	})
}
