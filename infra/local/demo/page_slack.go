package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duly/infra/local/slack"
	slackpage "duly/infra/local/slack/page"
)

// slackPage is the workspace as one member sees it.
func (s *site) slackPage(r *http.Request) (any, error) {
	q := r.URL.Query()
	as, channel := q.Get("as"), q.Get("channel")
	if as == "" {
		as = s.firstApprover()
	}
	if channel == "" {
		channel = s.runtime.Policy.Channel("credit")
	}
	if channel == slackpage.Home { // Slack tells the app each time
		if _, err := s.runtime.Slack.OpenHome(r.Context(), as); err != nil {
			return nil, err
		}
	}
	return slackpage.Fragment(s.runtime.Slack, slackpage.Options{
		Title: s.runtime.Policy.Seller.Name, As: as, Channel: channel, Notice: q.Get("said"), Zone: s.runtime.Policy.Zone,
		Link: s.slackURL,
		Action: func(verb, id string) string {
			address := "/demo/pages/slack/" + url.PathEscape(verb)
			if id != "" {
				address += "/" + url.PathEscape(id)
			}
			return address + "?from=" + url.QueryEscape(channel)
		},
	})
}

// firstApprover is who looks at Slack first: somebody who may decide.
func (s *site) firstApprover() string {
	for _, who := range s.runtime.Policy.People {
		if who.Role == "approver" {
			return who.ID
		}
	}
	return ""
}

// slackURL leads a member to the newest message of a channel.
func (s *site) slackURL(as, channel string) string {
	address := "/demo/pages/slack?" + url.Values{"as": {as}, "channel": {channel}}.Encode()
	for _, m := range slices.Backward(s.runtime.Slack.Messages()) {
		if m.Channel == channel && m.ThreadTS == "" && (m.EphemeralFor == "" || m.EphemeralFor == as) {
			return address + "#m" + m.TS
		}
	}
	return address
}

// slackDoor is where the tab leads: to the questions that wait.
func (s *site) slackDoor() string {
	return s.slackURL(s.firstApprover(), s.runtime.Policy.Channel("credit"))
}

// slackAct does what a member pressed, submitted or typed.
func (s *site) slackAct(r *http.Request) (back, said string, err error) {
	if err := r.ParseForm(); err != nil {
		return "/demo/pages/slack", "", err
	}
	user, channel := r.PostForm.Get("user"), r.URL.Query().Get("from")
	back = s.slackURL(user, channel)
	do := map[string]func(ctx context.Context) (slack.Reply, error){
		"press": func(ctx context.Context) (slack.Reply, error) {
			value := strings.Join(slices.DeleteFunc(slices.Clone(r.PostForm["value"]), func(v string) bool { return v == "" }), ",")
			return s.runtime.Slack.Press(ctx, user, r.PostForm.Get("channel"), r.PostForm.Get("ts"), r.PostForm.Get("action_id"), value)
		},
		"submit": func(ctx context.Context) (slack.Reply, error) {
			return s.runtime.Slack.Submit(ctx, r.PathValue("id"), user, slackpage.Values(r.PostForm))
		},
		"close": func(ctx context.Context) (slack.Reply, error) {
			return s.runtime.Slack.CloseView(ctx, r.PathValue("id"), user)
		},
		"command": func(ctx context.Context) (slack.Reply, error) {
			text := r.PostForm.Get("text")
			if strings.HasPrefix(text, "http") {
				_, reply, err := s.runtime.Slack.Paste(ctx, user, r.PostForm.Get("channel"), text)
				return reply, err
			}
			return s.runtime.Slack.CommandIn(ctx, user, r.PostForm.Get("channel"), text)
		},
	}[r.PathValue("verb")]
	if do == nil {
		return back, "", fmt.Errorf("nothing is done by %q", r.PathValue("verb"))
	}
	reply, err := do(r.Context())
	if err == nil && reply.Status >= http.StatusBadRequest {
		said = fmt.Sprintf("Slack would show a warning: the app answered %d.", reply.Status)
	}
	return back, said, err
}
