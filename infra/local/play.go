package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"duly/infra/local/loopback"
	"duly/infra/local/slack"
	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
)

// Card finds the newest card of a channel that says all of the words and has a
// button of that action.
func (r *Runtime) Card(channel, actionID string, words ...string) (slack.Message, bool) {
	for _, m := range slices.Backward(r.Slack.Messages()) {
		if m.Channel != channel || !strings.Contains(string(m.Blocks), `"`+actionID+`"`) {
			continue
		}
		shown := m.Text + string(m.Blocks)
		if !slices.ContainsFunc(words, func(w string) bool { // an amount is written 300,00 where the team speaks so
			return !strings.Contains(shown, w) && !strings.Contains(shown, strings.Replace(w, ".", ",", 1))
		}) {
			return m, true
		}
	}
	return slack.Message{}, false
}

// PressCard lets a member press a button of the newest card that says the words.
func (r *Runtime) PressCard(ctx context.Context, user, channel, actionID string, words ...string) (slack.Reply, error) {
	m, ok := r.Card(channel, actionID, words...)
	if !ok {
		return slack.Reply{}, fault.Missing("card with "+actionID+" about", strings.Join(words, ", "))
	}
	return r.Slack.Press(ctx, user, m.Channel, m.TS, actionID, "")
}

// customerPage finds a customer's link in a mail.
var customerPage = regexp.MustCompile(`https?://[^\s"<>]+/[ioqs]/[a-z0-9]+`)

// LinkIn is the customer's page that the newest mail with the words in its
// subject leads to.
func (r *Runtime) LinkIn(words ...string) (link string, ok bool) {
	for _, m := range slices.Backward(r.Mail.Mails()) {
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(m.Subject, w) }) {
			continue
		}
		if link := customerPage.FindString(m.Text); link != "" {
			return link, true
		}
	}
	return "", false
}

// Visit opens one of the product's pages as a browser does.
func (r *Runtime) Visit(ctx context.Context, link string) (status int, body []byte, err error) {
	answer, err := r.browse(ctx, http.MethodGet, link, nil)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// SendForm posts a form of a page and says where the answer leads.
func (r *Runtime) SendForm(ctx context.Context, link string, form url.Values) (status int, leads string, err error) {
	answer, err := r.browse(ctx, http.MethodPost, link, form)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Location"), nil
}

func (r *Runtime) browse(ctx context.Context, method, link string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, link, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return loopback.Transport{req.URL.Host: r}.RoundTrip(req)
}

// Program calls the API as a program with the demo's key does.
func (r *Runtime) Program(ctx context.Context, method, path string, body []byte) (status int, reply []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, r.opt.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+r.Secrets.APIKey)
	req.Header.Set("Content-Type", "application/json")
	answer, err := loopback.Transport{req.URL.Host: r}.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	reply, err = io.ReadAll(answer.Body)
	return answer.StatusCode, reply, err
}

// PayOnline lets a customer press Pay on the page and pay at the provider.
func (r *Runtime) PayOnline(ctx context.Context, link string, how stripe.PayRequest) (stripe.Session, error) {
	status, leads, err := r.SendForm(ctx, link+"/pay", url.Values{})
	if err != nil {
		return stripe.Session{}, err
	}
	i := strings.LastIndexByte(leads, '/')
	if status != http.StatusSeeOther || i < 0 {
		return stripe.Session{}, fmt.Errorf("pay at %s — the page answered %d — open it and see why", link, status)
	}
	return r.Stripe.Pay(ctx, leads[i+1:], how)
}
