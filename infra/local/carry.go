package local

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"duly/functions"
	"duly/infra/local/aws"
	"duly/infra/local/loopback"
	"duly/shared/handler/trigger"
)

// carried gives the functions to whoever runs them elsewhere.
func (r *Runtime) carried() {
	if r.opt.Carry == nil {
		return
	}
	for _, f := range functions.All() {
		r.handlers[f.Name] = r.opt.Carry(r, f.Name, r.handlers[f.Name])
	}
}

// BaseURL is where the runtime is reached.
func (r *Runtime) BaseURL() string { return r.opt.BaseURL }

// Fire gives a function a tick, whatever the time.
func (r *Runtime) Fire(ctx context.Context, function string, tick trigger.Tick) error {
	r.take()
	defer r.drive.Unlock()
	return r.handler(function).Tick(ctx, tick)
}

// Ask sends any request to the product, without a socket.
func (r *Runtime) Ask(ctx context.Context, method, path string, header http.Header, body []byte) (status int, reply []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, r.opt.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	answer, err := loopback.Transport{req.URL.Host: r}.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	reply, err = io.ReadAll(answer.Body)
	return answer.StatusCode, reply, err
}

// Environment is what the stack would tell a function's program, with the
// loopback services as the endpoints of AWS, Slack and Stripe. The table is
// expected below the base URL at /dynamodb/.
func (r *Runtime) Environment(function string) []string {
	amazon := r.outsideURL("aws")
	env := []string{
		"AWS_REGION=" + aws.Region, "AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + accessSecret,
		"AWS_ENDPOINT_URL_DYNAMODB=" + r.opt.BaseURL + "/dynamodb/", "S3_PATH_STYLE=true",
		functions.EnvStage + "=local", functions.EnvTable + "=" + Table, functions.EnvBaseURL + "=" + r.opt.BaseURL, functions.EnvSecrets + "=" + parameters,
		functions.EnvArchive + "=" + ArchiveBucket, functions.EnvIntake + "=" + intakeBucket, functions.EnvInbox + "=" + aws.QueueURL(amazon, inbox(function)),
		functions.EnvBus + "=" + busName, functions.EnvMailDomain + "=" + mailDomain, functions.EnvReplyDomain + "=" + replyDomain,
		"SLACK_API_URL=" + r.outsideURL("slack") + "/api/", "STRIPE_API_URL=" + r.outsideURL("stripe"), "DULY_CHECKOUT_ORIGIN=" + r.opt.BaseURL,
	}
	for _, service := range []string{"S3", "SESV2", "EVENTBRIDGE", "SQS", "SSM"} {
		env = append(env, "AWS_ENDPOINT_URL_"+service+"="+amazon)
	}
	return env
}
