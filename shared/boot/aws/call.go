package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithytime "github.com/aws/smithy-go/time"
)

// Operation is the one thing that we ask of a service. The SDK's client of it has a hundred and more, and is up to a
// megabyte of every function.
type Operation struct {
	ID     string // of the service, as in AWS_ENDPOINT_URL_<ID>
	Host   string // before the region, in the service's own address
	Signed string // the service's name in signatures
	Path   string
	Target string // the header X-Amz-Target; "" where the path says it all. Ask adds the operation's name
	Type   string // of the body, which is JSON
}

// Each is described in the service's API reference at docs.aws.amazon.com.
var (
	GetParameter  = Operation{ID: "SSM", Host: "ssm", Signed: "ssm", Path: "/", Target: "AmazonSSM.GetParameter", Type: "application/x-amz-json-1.1"}
	GetParameters = Operation{ID: "SSM", Host: "ssm", Signed: "ssm", Path: "/", Target: "AmazonSSM.GetParameters", Type: "application/x-amz-json-1.1"}
	PutEvents     = Operation{ID: "EventBridge", Host: "events", Signed: "events", Path: "/", Target: "AWSEvents.PutEvents", Type: "application/x-amz-json-1.1"}
	SQS           = Operation{ID: "SQS", Host: "sqs", Signed: "sqs", Path: "/", Target: "AmazonSQS", Type: "application/x-amz-json-1.0"}
	Table         = Operation{ID: "DynamoDB", Host: "dynamodb", Signed: "dynamodb", Path: "/", Target: "DynamoDB_20120810", Type: "application/x-amz-json-1.0"}
	SendEmail     = Operation{ID: "SESv2", Host: "email", Signed: "ses", Path: "/v2/email/outbound-emails", Type: "application/json"}
)

// Patience is how long and how often an operation is tried.
type Patience struct {
	Timeout time.Duration // of one attempt; 0 leaves it to the context
	Tries   int           // 0 is as many as the SDK's clients make
}

const answerMax = 64 << 20 // bytes; a hundred items are up to 16 MB by the table's count, and more as JSON

// Call asks for one operation.
type Call struct {
	op     Operation
	cfg    sdk.Config
	url    string
	http   *http.Client
	again  *retry.Standard // as the SDK's clients
	signer *v4.Signer      // remembers the day's keys
}

// NewCall makes the call of an operation. A client of nil is one of its own; cfg.BaseEndpoint and the environment may name
// another endpoint than AWS's own.
func NewCall(cfg sdk.Config, op Operation, client *http.Client, p Patience) Call {
	url := Endpoint(op.ID)
	if cfg.BaseEndpoint != nil {
		url = *cfg.BaseEndpoint
	}
	if url == "" {
		url = "https://" + op.Host + "." + cfg.Region + ".amazonaws.com"
	}
	return Call{op: op, cfg: cfg, url: strings.TrimSuffix(url, "/") + op.Path, http: timed(client, p), again: patient(p), signer: v4.NewSigner()}
}

func timed(client *http.Client, p Patience) *http.Client {
	if client == nil {
		client = &http.Client{}
	}
	own := *client
	own.Timeout = p.Timeout
	return &own
}

func patient(p Patience) *retry.Standard {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		if p.Tries > 0 {
			o.MaxAttempts = p.Tries
		}
	})
}

// Do sends in as JSON and reads the answer into out. What may pass is tried again. A refusal is a smithy.APIError.
func (c Call) Do(ctx context.Context, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return err
	}
	return persist(ctx, c.again, func() error { return c.ask(ctx, body, out) })
}

// encode writes a request, or lets it write itself where reflection takes too long.
func encode(in any) ([]byte, error) {
	if own, ok := in.(interface{ AppendJSON(out []byte) []byte }); ok {
		return own.AppendJSON(nil), nil
	}
	return json.Marshal(in)
}

// Ask asks for one operation of many of a service.
func (c Call) Ask(ctx context.Context, operation string, in, out any) error {
	c.op.Target += "." + operation
	return c.Do(ctx, in, out)
}

// persist tries again what may pass.
func persist(ctx context.Context, again *retry.Standard, ask func() error) error {
	for attempt := 1; ; attempt++ {
		err := ask()
		if err == nil || attempt == again.MaxAttempts() || !again.IsErrorRetryable(err) {
			return err
		}
		delay, err := again.RetryDelay(attempt, err)
		if err != nil {
			return err
		}
		if err := smithytime.SleepWithContext(ctx, delay); err != nil {
			return err
		}
	}
}

// Final reports whether an error is the service's last word.
func (c Call) Final(err error) bool {
	var r *refusal
	return errors.As(err, &r) && !c.again.IsErrorRetryable(err)
}

func (c Call) ask(ctx context.Context, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", c.op.Type)
	if c.op.Target != "" {
		r.Header.Set("X-Amz-Target", c.op.Target)
	}
	if err := c.sign(ctx, r, body); err != nil {
		return err
	}
	res, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(res.Body, answerMax))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.op.ID, err)
	}
	if sum := res.Header.Get("X-Amz-Crc32"); sum != "" && sum != strconv.FormatUint(uint64(crc32.ChecksumIEEE(said)), 10) {
		return fmt.Errorf("read the answer of %s: its checksum is not %s", c.op.ID, sum)
	}
	if res.StatusCode != http.StatusOK {
		return refused(c.op.ID, res, said)
	}
	if err := json.Unmarshal(said, out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.op.ID, err)
	}
	return nil
}

// sign signs a request. Without credentials it goes as it is, as to an engine in process, which looks at no signatures.
func (c Call) sign(ctx context.Context, r *http.Request, body []byte) error {
	if c.cfg.Credentials == nil {
		return nil
	}
	keys, err := c.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return c.signer.SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), c.op.Signed, c.cfg.Region, time.Now())
}

// refusal is an answer without a result. The SDK's retryer reads its methods.
type refusal struct {
	service, code, message string
	status                 int
	body                   []byte
}

var _ smithy.APIError = (*refusal)(nil)

// refused reads a refusal: its name is in the body or in a header, with what belongs to it around.
func refused(service string, res *http.Response, body []byte) *refusal {
	var said struct {
		Type    string `json:"__type"`
		Message string `json:"message"` // some write Message; the decoder takes either
	}
	_ = json.Unmarshal(body, &said) // a page of a proxy is a refusal too
	name := said.Type
	if name == "" {
		name = res.Header.Get("X-Amzn-Errortype")
	}
	name, _, _ = strings.Cut(name, ":")
	return &refusal{service: service, status: res.StatusCode, code: name[strings.LastIndex(name, "#")+1:], message: said.Message, body: body}
}

// Error is for the log.
func (r *refusal) Error() string {
	return fmt.Sprintf("%s answers %d %s: %s", r.service, r.status, r.code, r.message)
}

// ErrorCode is AWS's word, such as "ThrottlingException".
func (r *refusal) ErrorCode() string { return r.code }

// ErrorMessage is AWS's sentence.
func (r *refusal) ErrorMessage() string { return r.message }

// ErrorFault says who is to blame.
func (r *refusal) ErrorFault() smithy.ErrorFault {
	if r.status >= http.StatusInternalServerError {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}

// Body is the whole answer: some services say more than a code, such as which condition did not hold.
func (r *refusal) Body() []byte { return r.body }

// HTTPStatusCode is the answer's.
func (r *refusal) HTTPStatusCode() int { return r.status }
