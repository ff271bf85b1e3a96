package files_test

import (
	"net/http"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"duly/infra/local/aws"
	"duly/infra/local/loopback"
	boot "duly/shared/boot/aws"
	"duly/shared/files"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func archive(t *testing.T) (*aws.S3, *files.Archive) {
	t.Helper()
	store, err := aws.NewS3(aws.S3Options{Now: func() time.Time { return noon }, Buckets: []string{"archive"}})
	if err != nil {
		t.Fatal(err)
	}
	bucket := boot.NewBucket(sdk.Config{Region: aws.Region, BaseEndpoint: sdk.String("http://aws.local/aws"), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")},
		"archive", true, &http.Client{Transport: loopback.Transport{"aws.local": aws.Endpoint("/aws", nil, store)}}, boot.Patience{Tries: 1})
	return store, files.New(bucket, "documents/")
}

// last is the last day on which the documents of 2026 must be kept.
var last = calendar.Date{Year: 2033, Month: time.December, Day: 31}

const name = "invoices/2026/2026-0042.pdf"

func TestPutOnceAndGet(t *testing.T) {
	store, a := archive(t)
	for range 2 { // the same content again changes nothing
		if err := a.Put(t.Context(), name, "application/pdf", []byte("%PDF one"), last); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Put(t.Context(), name, "application/pdf", []byte("%PDF two"), last); !fault.Is(err, fault.Refused) {
		t.Errorf("other content: %v", err)
	}
	got, err := a.Get(t.Context(), name)
	if err != nil || string(got) != "%PDF one" {
		t.Errorf("%q %v", got, err)
	}
	if body, kind, ok := store.Get("archive", "documents/"+name); !ok || string(body) != "%PDF one" || kind != "application/pdf" {
		t.Errorf("%q %q %v", body, kind, ok)
	}
}

func TestMissing(t *testing.T) {
	_, a := archive(t)
	if _, err := a.Get(t.Context(), name); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

func TestOutage(t *testing.T) {
	store, a := archive(t)
	if err := store.Fail(loopback.Fail500, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := a.Put(t.Context(), name, "application/pdf", []byte("x"), last); err == nil || fault.Is(err, fault.Refused) {
		t.Errorf("put: %v", err)
	}
	if _, err := a.Get(t.Context(), name); err == nil || fault.Is(err, fault.NotFound) {
		t.Errorf("get: %v", err)
	}
}

// A write whose answer was lost is found done by the next try.
func TestLostAnswer(t *testing.T) {
	store, a := archive(t)
	if err := store.Fail(loopback.Lost, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := a.Put(t.Context(), name, "application/pdf", []byte("x"), last); err == nil {
		t.Error("the lost answer arrived")
	}
	if err := store.Fail(loopback.Fail500, noon); err != nil {
		t.Fatal(err)
	}
	if err := a.Put(t.Context(), name, "application/pdf", []byte("x"), last); err != nil {
		t.Error(err)
	}
}
