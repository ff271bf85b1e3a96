package aws_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"duly/infra/local/aws"
	"duly/infra/local/loopback"
)

// clock is the virtual time of a test.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newClock() *clock { return &clock{at: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)} }

const base = "http://aws.local/aws"

// account configures the unchanged SDK clients against loopback services, in process and without waiting between tries.
func account(t *testing.T, services ...aws.Service) sdk.Config {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion(aws.Region), config.WithBaseEndpoint(base), config.WithRetryMaxAttempts(1),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("local", "local", "")))
	if err != nil {
		t.Fatal(err)
	}
	// set afterwards: with AWS_CA_BUNDLE in the environment the loader insists on a client of its own kind
	cfg.HTTPClient = &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", keys(), services...)}}
	return cfg
}

func keys() aws.Keys { return aws.Keys{"local": "local"} }

func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestEndpointNamesTheServiceByItsSignature(t *testing.T) {
	c := newClock()
	queues := must(aws.NewSQS(aws.SQSOptions{Now: c.now, Queues: []aws.Queue{{Name: "inbox"}}}))
	cfg := account(t, queues)
	if _, err := s3.NewFromConfig(cfg, pathStyle).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: sdk.String("b")}); err == nil {
		t.Error("a service that is not there answered")
	}
	client := &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("", nil, queues)}}
	resp, err := client.Get("http://aws.local/")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("an unsigned request: %v %v", resp, err)
	}
}

// Every other test runs with signatures checked; this one shows that a wrong one is refused.
func TestSignatures(t *testing.T) {
	c := newClock()
	buckets := must(aws.NewS3(aws.S3Options{Now: c.now, Buckets: []string{"archive"}}))
	queues := must(aws.NewSQS(aws.SQSOptions{Now: c.now, Queues: []aws.Queue{{Name: "inbox"}}}))
	for name, tt := range map[string]struct{ key, secret, want string }{
		"right":       {"local", "local", ""},
		"secret":      {"local", "guessed", "SignatureDoesNotMatch"},
		"unknown key": {"other", "local", "InvalidAccessKeyId"},
	} {
		cfg := account(t, buckets, queues)
		cfg.Credentials = credentials.NewStaticCredentialsProvider(tt.key, tt.secret, "")
		if err := put(s3.NewFromConfig(cfg, pathStyle), "archive", "a b/é+=&.pdf", "x"); code(err) != tt.want {
			t.Errorf("%s: s3: %v, want %q", name, err, tt.want)
		}
		_, err := sqs.NewFromConfig(cfg).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: sdk.String(aws.QueueURL(base, "inbox")), MessageBody: sdk.String("x")})
		if code(err) != tt.want {
			t.Errorf("%s: sqs: %v, want %q", name, err, tt.want)
		}
	}
}

func TestOutageOfEachService(t *testing.T) {
	c := newClock()
	queues := must(aws.NewSQS(aws.SQSOptions{Now: c.now, Queues: []aws.Queue{{Name: "inbox"}}}))
	buckets := must(aws.NewS3(aws.S3Options{Now: c.now, Buckets: []string{"archive"}}))
	cfg := account(t, queues, buckets)
	send := func() error {
		_, err := sqs.NewFromConfig(cfg).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: sdk.String(aws.QueueURL(base, "inbox")), MessageBody: sdk.String("x")})
		return err
	}
	head := func() error {
		_, err := s3.NewFromConfig(cfg, pathStyle).GetObject(t.Context(), &s3.GetObjectInput{Bucket: sdk.String("archive"), Key: sdk.String("k")})
		return err
	}
	for how, want := range map[string][2]string{
		"500": {"InternalFailure", "InternalError"},
		"429": {"ThrottlingException", "SlowDown"},
	} {
		_ = queues.Fail(how, c.at.Add(time.Minute))
		_ = buckets.Fail(how, c.at.Add(time.Minute))
		if got := [2]string{code(send()), code(head())}; got != want {
			t.Errorf("%s: %v, want %v", how, got, want)
		}
	}
	_ = queues.Fail("lost", c.at.Add(time.Minute))
	var timeout interface{ Timeout() bool }
	if err := send(); !errors.As(err, &timeout) || len(queues.Messages("inbox")) != 1 {
		t.Errorf("lost: %v, %d messages", err, len(queues.Messages("inbox")))
	}
	c.advance(time.Minute)
	if err := send(); err != nil {
		t.Error(err)
	}
}

func failing(context.Context, aws.Event) error { return errors.New("the function failed") }
