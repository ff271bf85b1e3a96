package main

import (
	"encoding/json"
	"net/url"
	"strings"
)

// slackVerb is about the Slack app.
type slackVerb struct {
	Manifest manifestVerb `cmd:"" help:"Print the app's manifest: paste it at api.slack.com/apps → Create New App → From a manifest."`
}

// manifestVerb prints the app (docs.slack.dev/reference/app-manifest).
type manifestVerb struct {
	BaseURL string `placeholder:"https://…" help:"Where Duly is reached: the stack's output BaseURL." xor:"way" required:""`
	Socket  bool   `help:"For the demo: the app connects by itself (Socket Mode), and needs no address." xor:"way" required:""`
	Name    string `default:"Duly" help:"What the app is called in the workspace."`
}

type settings = map[string]any

// Run prints exactly what Duly uses: no more scopes, and the three addresses that
// it answers, or none where the app connects by itself.
func (v *manifestVerb) Run(c *console) error {
	addressed := func(part settings, key, route string) settings {
		if !v.Socket {
			part[key] = strings.TrimSuffix(v.BaseURL, "/") + "/slack/" + route
		}
		return part
	}
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	features, heard := settings{
		"app_home":       settings{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": true},
		"bot_user":       settings{"display_name": v.Name, "always_online": true},
		"slash_commands": []settings{addressed(settings{"command": "/duly", "description": "Find, look and act", "usage_hint": "help", "should_escape": true}, "url", "commands")},
	}, []string{"app_home_opened", "file_shared"}
	if at, err := url.Parse(v.BaseURL); err == nil && at.Host != "" { // an address of this machine unfurls for nobody else
		features["unfurl_domains"], heard = []string{at.Hostname()}, append(heard, "link_shared")
	}
	return enc.Encode(settings{
		"display_information": settings{"name": v.Name, "description": "Order to cash: approve credit, follow up invoices, match money"},
		"features":            features,
		"oauth_config": settings{"scopes": settings{"bot": []string{
			"channels:read", "chat:write", "commands", "files:read", "groups:read", "links:read", "links:write", "usergroups:read", "users:read",
		}}},
		"settings": settings{
			"event_subscriptions":    addressed(settings{"bot_events": heard}, "request_url", "events"),
			"interactivity":          addressed(settings{"is_enabled": true}, "request_url", "actions"),
			"org_deploy_enabled":     false,
			"socket_mode_enabled":    v.Socket,
			"token_rotation_enabled": false,
		},
	})
}
