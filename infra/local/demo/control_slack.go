package demo

import (
	"net/http"
	"slices"

	"duly/infra/local/slack"
	"duly/shared/o2c/fault"
)

// messageShown is a message with every field that the control promises, empty or
// not.
type messageShown struct {
	slack.Message
	ThreadTS     *string `json:"thread_ts"`
	EphemeralFor *string `json:"ephemeral_for"`
}

func (s *site) slackMessages(r *http.Request) (int, any, error) {
	var all []messageShown
	for _, m := range slices.Backward(s.runtime.Slack.Messages()) {
		all = append(all, messageShown{Message: m, ThreadTS: orNull(m.ThreadTS), EphemeralFor: orNull(m.EphemeralFor)})
	}
	return list(r, all, func(m messageShown) string { return m.Channel + "/" + m.TS })
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s *site) slackViews(r *http.Request) (int, any, error) {
	all := s.runtime.Slack.Views()
	slices.Reverse(all)
	return list(r, all, func(v slack.View) string { return v.ID })
}

// slackHome is a member's App Home; opening it is what makes the product draw
// it, so a member whose Home was never drawn opens it here.
func (s *site) slackHome(r *http.Request) (int, any, error) {
	user := r.URL.Query().Get("user")
	if _, err := s.runtime.Slack.OpenHome(r.Context(), user); err != nil {
		return 0, nil, err
	}
	home, ok := s.runtime.Slack.Home(user)
	if !ok {
		return 0, nil, fault.Missing("App Home of", user)
	}
	return http.StatusOK, home, nil
}

// act names who does what; each control reads the fields that it needs.
type act struct {
	User     string         `json:"user"`
	Channel  string         `json:"channel"`
	TS       string         `json:"ts"`
	ActionID string         `json:"action_id"`
	Value    string         `json:"value"`
	Values   map[string]any `json:"values"`
	Text     string         `json:"text"`
}

func (s *site) acting(r *http.Request, do func(a act) (slack.Reply, error)) (int, any, error) {
	var a act
	if err := read(r, &a); err != nil {
		return 0, nil, err
	}
	reply, err := do(a)
	return http.StatusOK, reply, err
}

func (s *site) slackPress(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) {
		return s.runtime.Slack.Press(r.Context(), a.User, a.Channel, a.TS, a.ActionID, a.Value)
	})
}

func (s *site) slackSubmit(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) {
		return s.runtime.Slack.Submit(r.Context(), r.PathValue("id"), a.User, a.Values)
	})
}

func (s *site) slackClose(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) {
		return s.runtime.Slack.CloseView(r.Context(), r.PathValue("id"), a.User)
	})
}

// slackFile shares a file in a channel: its name in value, its content in text.
func (s *site) slackFile(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) {
		_, reply, err := s.runtime.Slack.Share(r.Context(), a.User, a.Channel, a.Value, []byte(a.Text))
		return reply, err
	})
}

func (s *site) slackCommand(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) {
		return s.runtime.Slack.CommandIn(r.Context(), a.User, a.Channel, a.Text)
	})
}

func (s *site) slackOpenHome(r *http.Request) (int, any, error) {
	return s.acting(r, func(a act) (slack.Reply, error) { return s.runtime.Slack.OpenHome(r.Context(), a.User) })
}
