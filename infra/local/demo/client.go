package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duly/infra/local"
	"duly/infra/local/loopback"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Client reaches a state: through the demo that runs on it or, when none does,
// by opening its files for as long as the client lives.
type Client struct {
	Info  Info
	http  http.Client
	close func() error
	real  bool // a deployment
}

// Deployed makes a client of a deployment, which has no controls. Whatever close
// does is done when it is closed; nil does nothing.
func Deployed(base, key string, p *o2c.Policy, close func() error) *Client {
	if close == nil {
		close = func() error { return nil }
	}
	return &Client{Info: Info{BaseURL: base, APIKey: key, Policy: rules(p)}, close: close, real: true, http: http.Client{Timeout: requestMax}}
}

// requestMax bounds a request to a deployment.
const requestMax = time.Minute

// offlineURL is where a state that is opened without a demo says it is reached.
const offlineURL = "http://127.0.0.1:8700"

// answerMax is how long a running demo may take to say that it is there.
const answerMax = 2 * time.Second

// Attach makes a client of a state.
func Attach(ctx context.Context, dir string, seed int64, log slog.Handler) (*Client, error) {
	if info, err := ReadInfo(dir); err == nil {
		if info.answers(ctx) {
			return &Client{Info: info, close: func() error { return nil }}, nil
		}
	}
	if !known(dir) {
		return nil, fault.New(fault.NotFound, "There is no state in "+dir, "no demo was started on it", "run: make demo STATE="+dir)
	}
	r, err := local.Open(local.Options{Dir: dir, BaseURL: offlineURL, Seed: seed, Sync: true, Log: log})
	if err != nil {
		return nil, err
	}
	site, err := newSite(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	host, err := url.Parse(offlineURL)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &Client{
		Info: describe(r, offlineURL), http: http.Client{Transport: loopback.Transport{host.Host: site}},
		close: func() error { return errors.Join(r.Settle(context.WithoutCancel(ctx)), r.Close()) },
	}, nil
}

// answers reports whether the demo that wrote it still runs.
func (i Info) answers(ctx context.Context) bool {
	asking, cancel := context.WithTimeout(ctx, answerMax)
	defer cancel()
	c := &Client{Info: i}
	return c.Do(asking, http.MethodGet, "/v1/openapi.json", nil, nil) == nil // answers while much is under way
}

// Running reports whether a demo runs on the state, so that others can post to it.
func (c *Client) Running() bool { return c.http.Transport == nil }

// Hurry lets happen what a file set off: a running demo does it by itself.
func (c *Client) Hurry(ctx context.Context) error {
	if c.Running() {
		return nil
	}
	return c.Do(ctx, http.MethodGet, "/demo/clock", nil, nil)
}

// Close lets the state go.
func (c *Client) Close() error { return c.close() }

// Put sends a file to an address that was made for it.
func (c *Client) Put(ctx context.Context, address string, file []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(file))
	if err != nil {
		return err
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return fault.New(fault.StateInUse, "The file could not be sent", err.Error(), "try again").Because(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		raw, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // a reason, if there is one
		return fmt.Errorf("the file was refused with %d: %s", answer.StatusCode, raw)
	}
	return nil
}

// Do asks a route and decodes its answer into out, unless that is nil. Bytes go
// and come as they are.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	if c.real && strings.HasPrefix(path, "/demo/") {
		return fault.New(fault.Refused, "A deployment has no controls", "what this verb plays, the world itself does there", "leave --stage out")
	}
	var body bytes.Buffer
	if file, raw := in.([]byte); raw {
		body.Write(file)
	} else if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Info.BaseURL+path, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.Info.APIKey)
	answer, err := c.http.Do(req)
	if err != nil {
		if c.real {
			return fault.New(fault.Unavailable, c.Info.BaseURL+" does not answer", err.Error(), "look at it with: duly doctor, with the same --stage").Because(err)
		}
		return fault.New(fault.StateInUse, "The demo does not answer", err.Error(), "start it: make demo").Because(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		var problem struct{ Detail string }
		if json.Unmarshal(raw, &problem) == nil && problem.Detail != "" {
			return errors.New(problem.Detail)
		}
		return fmt.Errorf("%s %s was answered %d: %s", method, path, answer.StatusCode, raw)
	}
	if file, bytes := out.(*[]byte); bytes {
		*file = raw
		return nil
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
