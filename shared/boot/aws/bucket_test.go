package aws

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// put is what S3 sees of a request that matters to it.
type put struct{ Method, URL, Type, IfNone, Lock, Until string }

// The SDK's client is the referee of where objects go and under which headers.
func TestBucketAsksAsTheSDKDoes(t *testing.T) {
	for _, key := range []string{"documents/invoices/2026/2026-0042.pdf", "a b/é+&=~.xml", "x%41"} {
		for _, pathStyle := range []bool{false, true} {
			var seen []put
			client := &http.Client{Transport: into{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h := r.Header
				if scope := h.Get("Authorization"); !strings.Contains(scope, "/eu-west-1/s3/aws4_request") || h.Get("X-Amz-Content-Sha256") == "" {
					t.Errorf("signed %q", scope)
				}
				seen = append(seen, put{r.Method, r.URL.Scheme + "://" + r.URL.Host + r.URL.EscapedPath(), h.Get("Content-Type"), h.Get("If-None-Match"), h.Get("X-Amz-Object-Lock-Mode"), h.Get("X-Amz-Object-Lock-Retain-Until-Date")})
				_, _ = io.WriteString(w, "%PDF")
			})}}
			until := time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC)
			b := NewBucket(configured(client), "duly-archive", pathStyle, client, Patience{})
			header := http.Header{"Content-Type": {"application/pdf"}, "If-None-Match": {"*"}}
			header.Set("X-Amz-Object-Lock-Mode", "GOVERNANCE")
			header.Set("X-Amz-Object-Lock-Retain-Until-Date", until.Format(time.RFC3339))
			if err := b.Put(t.Context(), key, []byte("%PDF"), header); err != nil {
				t.Fatal(err)
			}
			if got, err := b.Get(t.Context(), key, 3); err != nil || string(got) != "%PDF" {
				t.Fatalf("%q %v", got, err)
			}
			theirs := s3.NewFromConfig(configured(client), func(o *s3.Options) { o.UsePathStyle = pathStyle })
			if _, err := theirs.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: sdk.String("duly-archive"), Key: &key, Body: strings.NewReader("%PDF"), ContentType: sdk.String("application/pdf"), IfNoneMatch: sdk.String("*"),
				ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: &until,
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := theirs.GetObject(t.Context(), &s3.GetObjectInput{Bucket: sdk.String("duly-archive"), Key: &key}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(seen[2:], seen[:2]); diff != "" {
				t.Errorf("%s: ours (+) differs from the SDK's (-):\n%s", key, diff)
			}
		}
	}
}

func TestPutAddressAsTheSDKMakesIt(t *testing.T) {
	cfg := configured(nil)
	ours, err := NewBucket(cfg, "duly-intake", false, nil, Patience{}).PutAddress(t.Context(), "uploads/j 1.csv", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := s3.NewPresignClient(s3.NewFromConfig(cfg)).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: sdk.String("duly-intake"), Key: sdk.String("uploads/j 1.csv")}, s3.WithPresignExpires(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	a, err := url.Parse(ours)
	if err != nil {
		t.Fatal(err)
	}
	b, err := url.Parse(theirs.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-SignedHeaders"} {
		if a.Query().Get(q) != b.Query().Get(q) {
			t.Errorf("%s: ours %q, theirs %q", q, a.Query().Get(q), b.Query().Get(q))
		}
	}
	if a.Host != b.Host || a.EscapedPath() != b.EscapedPath() || a.Query().Get("X-Amz-Signature") == "" {
		t.Errorf("ours %s\ntheirs %s", ours, theirs.URL)
	}
}

func TestBucketRefusals(t *testing.T) {
	client := &http.Client{Transport: into{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions did not hold</Message></Error>`)
	})}}
	err := NewBucket(configured(client), "b", false, client, Patience{}).Put(t.Context(), "k", nil, http.Header{})
	var said smithy.APIError
	if !errors.As(err, &said) || said.ErrorCode() != "PreconditionFailed" || !strings.HasPrefix(said.ErrorMessage(), "At least one") {
		t.Errorf("got %v", err)
	}
}
