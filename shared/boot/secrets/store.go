package secrets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	smithytime "github.com/aws/smithy-go/time"
)

const (
	requestMax = 2 * time.Second // one attempt; the store answers in tens of milliseconds
	answerMax  = 64 << 10        // bytes; a parameter has at most 8 KB
)

// store is the parameter store, of which we make one call, GetParameter
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).
// The SDK's client has 150 of them and is 1.2 MB of every function.
type store struct {
	cfg   aws.Config
	url   string
	http  *http.Client
	again *retry.Standard // as the SDK's clients
}

// newStore reaches the store at an endpoint; "" is the region's own.
func newStore(cfg aws.Config, endpoint string) store {
	if endpoint == "" {
		endpoint = "https://ssm." + cfg.Region + ".amazonaws.com"
	}
	return store{cfg: cfg, url: strings.TrimSuffix(endpoint, "/") + "/", http: &http.Client{Timeout: requestMax}, again: retry.NewStandard()}
}

// get is a parameter's value, decrypted. What may pass is tried again.
func (s store) get(ctx context.Context, name string) (string, error) {
	for attempt := 1; ; attempt++ {
		value, err := s.ask(ctx, name)
		if err == nil || attempt == s.again.MaxAttempts() || !s.again.IsErrorRetryable(err) {
			return value, err
		}
		delay, err := s.again.RetryDelay(attempt, err)
		if err != nil {
			return "", err
		}
		if err := smithytime.SleepWithContext(ctx, delay); err != nil {
			return "", err
		}
	}
}

// refused reports whether an error is the store's last word.
func (s store) refused(err error) bool {
	var r *refusal
	return errors.As(err, &r) && !s.again.IsErrorRetryable(err)
}

func (s store) ask(ctx context.Context, name string) (string, error) {
	body, err := json.Marshal(map[string]any{"Name": name, "WithDecryption": true})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AmazonSSM.GetParameter")
	keys, err := s.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), "ssm", s.cfg.Region, time.Now()); err != nil {
		return "", err
	}
	res, err := s.http.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	return answer(res)
}

func answer(res *http.Response) (string, error) {
	var said struct {
		Parameter struct{ Value string }
		Type      string `json:"__type"` // of a refusal
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, answerMax)).Decode(&said); err != nil && res.StatusCode == http.StatusOK {
		return "", fmt.Errorf("read the parameter store's answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return "", &refusal{status: res.StatusCode, code: said.Type[strings.LastIndex(said.Type, "#")+1:]}
	}
	return said.Parameter.Value, nil
}

// refusal is an answer without a value. The SDK's retryer reads its methods.
type refusal struct {
	status int
	code   string
}

// Error is for the log.
func (r *refusal) Error() string {
	return fmt.Sprintf("the parameter store answers %d %s", r.status, r.code)
}

// ErrorCode is AWS's word, such as "ThrottlingException".
func (r *refusal) ErrorCode() string { return r.code }

// HTTPStatusCode is the answer's.
func (r *refusal) HTTPStatusCode() int { return r.status }
