package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// Bucket is one bucket of S3, of which we put and get whole objects. The SDK's client is 0.7 MB of every function.
type Bucket struct {
	cfg   sdk.Config
	base  string // before an object's key, with a slash at its end
	http  *http.Client
	again *retry.Standard // as the SDK's clients
}

// NewBucket reaches a bucket. pathStyle is for endpoints without a name per bucket; see NewCall for the rest.
func NewBucket(cfg sdk.Config, name string, pathStyle bool, client *http.Client, p Patience) Bucket {
	endpoint := Endpoint("S3")
	if cfg.BaseEndpoint != nil {
		endpoint = *cfg.BaseEndpoint
	}
	if endpoint == "" {
		endpoint = "https://s3." + cfg.Region + ".amazonaws.com"
	}
	endpoint = strings.TrimSuffix(endpoint, "/")
	if pathStyle {
		endpoint += "/" + name
	} else {
		endpoint = strings.Replace(endpoint, "://", "://"+name+".", 1)
	}
	return Bucket{cfg: cfg, base: endpoint + "/", http: timed(client, p), again: patient(p)}
}

// Put writes an object under headers such as If-None-Match. A refusal is a smithy.APIError with an HTTPStatusCode.
func (b Bucket) Put(ctx context.Context, key string, content []byte, header http.Header) error {
	sum := sha256.Sum256(content)
	header = header.Clone()
	header.Set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(sum[:])) // a lock needs one
	return persist(ctx, b.again, func() error {
		_, err := b.ask(ctx, http.MethodPut, key, header, content, 0)
		return err
	})
}

// Get reads an object, and one byte more than most when it is larger than that.
func (b Bucket) Get(ctx context.Context, key string, most int64) (content []byte, err error) {
	err = persist(ctx, b.again, func() error {
		content, err = b.ask(ctx, http.MethodGet, key, http.Header{}, nil, most+1)
		return err
	})
	return content, err
}

// PutAddress is where anybody may put one object, until it expires.
func (b Bucket) PutAddress(ctx context.Context, key string, valid time.Duration) (string, error) {
	r, err := b.request(ctx, http.MethodPut, key, nil)
	if err != nil {
		return "", err
	}
	r.URL.RawQuery = url.Values{"X-Amz-Expires": {strconv.Itoa(int(valid / time.Second))}}.Encode()
	keys, err := b.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	address, _, err := v4.NewSigner().PresignHTTP(ctx, keys, r, "UNSIGNED-PAYLOAD", "s3", b.cfg.Region, time.Now(), unescaped)
	return address, err
}

// unescaped: S3 alone signs paths as they are sent.
func unescaped(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

func (b Bucket) request(ctx context.Context, method, key string, body io.Reader) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, method, b.base+httpbinding.EscapePath(key, false), body)
}

func (b Bucket) ask(ctx context.Context, method, key string, header http.Header, content []byte, most int64) ([]byte, error) {
	r, err := b.request(ctx, method, key, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	r.Header = header.Clone()
	sum := sha256.Sum256(content)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	keys, err := b.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), "s3", b.cfg.Region, time.Now(), unescaped); err != nil {
		return nil, err
	}
	res, err := b.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= http.StatusMultipleChoices {
		said, _ := io.ReadAll(io.LimitReader(res.Body, answerMax)) // without a word it is a refusal too
		return nil, &refusal{service: "S3", status: res.StatusCode, code: between(string(said), "<Code>", "</Code>"), message: between(string(said), "<Message>", "</Message>")}
	}
	got, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return got, nil
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}
