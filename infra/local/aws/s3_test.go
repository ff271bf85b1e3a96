package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"duly/infra/local/aws"
	"duly/infra/local/loopback"
)

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

func buckets(t *testing.T, c *clock, dir string) (*aws.S3, *s3.Client) {
	t.Helper()
	s := must(aws.NewS3(aws.S3Options{Now: c.now, Dir: dir, Buckets: []string{"archive", "intake"}, Notify: []string{"intake"}}))
	return s, s3.NewFromConfig(account(t, s), pathStyle)
}

func put(client *s3.Client, bucket, key, body string, change ...func(*s3.PutObjectInput)) error {
	in := &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body), ContentType: sdk.String("application/pdf")}
	for _, c := range change {
		c(in)
	}
	_, err := client.PutObject(context.Background(), in)
	return err
}

// Both stores, in memory and on disk, behave alike.
func TestObjects(t *testing.T) {
	for name, dir := range map[string]string{"memory": "", "disk": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			s, client := buckets(t, c, dir)
			const key = "documents/2026/Faktuur é #1 (kopie).pdf"
			once := func(in *s3.PutObjectInput) {
				in.IfNoneMatch = sdk.String("*")
				in.Metadata = map[string]string{"invoice": "2026-0001"}
			}
			if err := put(client, "archive", key, "%PDF", once); err != nil {
				t.Fatal(err)
			}
			if err := put(client, "archive", key, "other", once); code(err) != "PreconditionFailed" {
				t.Errorf("a second write: %v", err)
			}
			got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: sdk.String("archive"), Key: sdk.String(key)})
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(got.Body); string(body) != "%PDF" || *got.ContentType != "application/pdf" || got.Metadata["invoice"] != "2026-0001" {
				t.Errorf("%s %+v", body, got)
			}
			head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: sdk.String("archive"), Key: sdk.String(key)})
			if err != nil || *head.ContentLength != 4 || *head.ETag == "" || !head.LastModified.Equal(c.at) {
				t.Errorf("%+v %v", head, err)
			}
			part, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: sdk.String("archive"), Key: sdk.String(key), Range: sdk.String("bytes=1-2")})
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(part.Body); string(body) != "PD" {
				t.Errorf("range: %q", body)
			}
			if body, kind, ok := s.Get("archive", key); !ok || string(body) != "%PDF" || kind != "application/pdf" {
				t.Errorf("%q %q %v", body, kind, ok)
			}
			again, _ := buckets(t, c, dir)
			if kept := len(again.List("archive", "documents/")); kept != map[string]int{"memory": 0, "disk": 1}[name] {
				t.Errorf("after a restart: %d", kept)
			}
			if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: sdk.String("archive"), Key: sdk.String(key)}); err != nil || len(s.List("archive", "")) != 0 {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func TestS3Refuses(t *testing.T) {
	c := newClock()
	_, client := buckets(t, c, "")
	var noKey *types.NoSuchKey
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: sdk.String("archive"), Key: sdk.String("x")}); !errors.As(err, &noKey) {
		t.Errorf("get: %v", err)
	}
	var notFound *types.NotFound
	if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: sdk.String("archive"), Key: sdk.String("x")}); !errors.As(err, &notFound) {
		t.Errorf("head: %v", err)
	}
	if err := put(client, "nowhere", "x", "y"); code(err) != "NoSuchBucket" {
		t.Errorf("bucket: %v", err)
	}
	if err := put(client, "archive", "x", "y", func(in *s3.PutObjectInput) { in.ContentMD5 = sdk.String("AAAAAAAAAAAAAAAAAAAAAA==") }); code(err) != "BadDigest" {
		t.Errorf("digest: %v", err)
	}
	if err := put(client, "archive", "x", "y", func(in *s3.PutObjectInput) { in.IfMatch = sdk.String("abc") }); code(err) != "NoSuchKey" {
		t.Errorf("if-match: %v", err)
	}
}

func TestObjectLock(t *testing.T) {
	c := newClock()
	_, client := buckets(t, c, "")
	lock := func(in *s3.PutObjectInput) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = types.ObjectLockModeGovernance, sdk.Time(c.at.Add(24*time.Hour))
	}
	if err := put(client, "archive", "seals/1", "head", lock); err != nil {
		t.Fatal(err)
	}
	remove := func() error {
		_, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: sdk.String("archive"), Key: sdk.String("seals/1")})
		return err
	}
	if err := remove(); code(err) != "AccessDenied" {
		t.Errorf("delete under lock: %v", err)
	}
	if err := put(client, "archive", "seals/1", "forged"); code(err) != "AccessDenied" {
		t.Errorf("overwrite under lock: %v", err)
	}
	c.advance(25 * time.Hour)
	if err := remove(); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	if err := put(client, "archive", "seals/2", "head", func(in *s3.PutObjectInput) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = types.ObjectLockModeGovernance, sdk.Time(c.at)
	}); code(err) != "InvalidArgument" {
		t.Errorf("a lock in the past: %v", err)
	}
}

func TestListPagesInKeyOrder(t *testing.T) {
	_, client := buckets(t, newClock(), "")
	for i := range 5 {
		if err := put(client, "archive", fmt.Sprintf("documents/2026/%d.pdf", i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(client, "archive", "documents/index", "x"); err != nil {
		t.Fatal(err)
	}
	var keys []string
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: sdk.String("archive"), Prefix: sdk.String("documents/2026/"), MaxKeys: sdk.Int32(2)})
	n := 0
	for ; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	if n != 3 || len(keys) != 5 || keys[0] != "documents/2026/0.pdf" || keys[4] != "documents/2026/4.pdf" {
		t.Errorf("%d pages: %v", n, keys)
	}
	grouped, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: sdk.String("archive"), Prefix: sdk.String("documents/"), Delimiter: sdk.String("/")})
	if err != nil || len(grouped.CommonPrefixes) != 1 || *grouped.CommonPrefixes[0].Prefix != "documents/2026/" || len(grouped.Contents) != 1 {
		t.Errorf("%+v %v", grouped, err)
	}
}

func TestPresignedUpload(t *testing.T) {
	s, client := buckets(t, newClock(), "")
	signed, err := s3.NewPresignClient(client).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: sdk.String("intake"), Key: sdk.String("uploads/01J/statement.xml")})
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", keys(), s)}}
	upload := func(url string) int {
		req, err := http.NewRequest(http.MethodPut, url, strings.NewReader("<Document/>"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if status := upload(signed.URL); status != 200 {
		t.Errorf("presigned: %d", status)
	}
	if body, _, ok := s.Get("intake", "uploads/01J/statement.xml"); !ok || string(body) != "<Document/>" {
		t.Errorf("%q", body)
	}
	for name, url := range map[string]string{
		"another key":    strings.Replace(signed.URL, "statement.xml", "other.xml", 1),
		"a longer time":  strings.Replace(signed.URL, "X-Amz-Expires=900", "X-Amz-Expires=90000", 1),
		"of an hour ago": presignedAnHourAgo(t),
	} {
		if status := upload(url); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	unsigned, _, _ := strings.Cut(signed.URL, "?")
	if status := upload(unsigned); status != http.StatusForbidden {
		t.Errorf("unsigned: %d", status)
	}
}

func presignedAnHourAgo(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, base+"/intake/uploads/late.xml?X-Amz-Expires=900", nil)
	if err != nil {
		t.Fatal(err)
	}
	url, _, err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).PresignHTTP(t.Context(),
		sdk.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, req, "UNSIGNED-PAYLOAD", "s3", aws.Region, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// A body that cannot be read twice is sent in signed chunks with a trailing checksum.
func TestChunkedUpload(t *testing.T) {
	c := newClock()
	s := must(aws.NewS3(aws.S3Options{Now: c.now, Buckets: []string{"archive"}}))
	client := &http.Client{Transport: loopback.Transport{"aws.local": s}}
	send := func(checksum string) int {
		body := "5\r\nhello\r\n6;chunk-signature=ab\r\n world\r\n0\r\nx-amz-checksum-crc32:" + checksum + "\r\n\r\n"
		req, err := http.NewRequest(http.MethodPut, "http://aws.local/archive/k", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260105/eu-central-1/s3/aws4_request, Signature=x")
		req.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if status := send("DUoRhQ=="); status != 200 { // CRC-32 of "hello world"
		t.Errorf("status %d", status)
	}
	if body, _, _ := s.Get("archive", "k"); !bytes.Equal(body, []byte("hello world")) {
		t.Errorf("%q", body)
	}
	if status := send("AAAAAA=="); status != http.StatusBadRequest {
		t.Errorf("a wrong checksum: %d", status)
	}
}

func TestArrivals(t *testing.T) {
	c, dir := newClock(), t.TempDir()
	s, client := buckets(t, c, dir)
	if err := put(client, "archive", "documents/1", "x"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put("intake", "mail/1", "message/rfc822", []byte("From: a@b\r\n\r\nhi")); err != nil {
		t.Fatal(err)
	}
	if err := s.Put("nowhere", "mail/1", "message/rfc822", nil); err == nil {
		t.Error("an unknown bucket took an object")
	}
	if n, err := s.Drain(t.Context(), failing); n != 0 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if at, ok := s.NextDue(); !ok || !at.Equal(c.at.Add(time.Minute)) {
		t.Errorf("tried again at %v", at)
	}
	again, _ := buckets(t, c, dir)
	c.advance(time.Minute)
	var got []aws.Event
	n, err := again.Drain(t.Context(), func(_ context.Context, e aws.Event) error { got = append(got, e); return nil })
	if n != 1 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	var detail struct {
		Bucket struct{ Name string }
		Object struct {
			Key  string
			Size int
		}
	}
	if err := json.Unmarshal(got[0].Detail, &detail); err != nil || got[0].DetailType != "Object Created" || got[0].Source != "aws.s3" ||
		detail.Bucket.Name != "intake" || detail.Object.Key != "mail/1" || detail.Object.Size != 15 {
		t.Errorf("%+v %+v %v", got[0], detail, err)
	}
	if _, ok := again.NextDue(); ok {
		t.Error("a delivered event is still due")
	}
}
