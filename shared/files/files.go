// Package files owns the way to the archive in Amazon S3: legal documents are
// written once under a name and read back. It does not own their names, their
// content or how long the bucket keeps them.
package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// API is a bucket. Its refusals say their HTTPStatusCode.
type API interface {
	Put(ctx context.Context, key string, content []byte, header http.Header) error
	// Get reads at most so many bytes, and one more when there are more.
	Get(ctx context.Context, key string, most int64) ([]byte, error)
}

// Archive keeps files in a bucket, below a prefix.
type Archive struct {
	api    API
	prefix string // "documents/": what the function's role may touch
}

var _ o2c.Files = (*Archive)(nil)

// New makes an archive.
func New(api API, prefix string) *Archive { return &Archive{api: api, prefix: prefix} }

// sizeMax bounds what is read into memory; an invoice of 500 lines has 0.2 MB.
const sizeMax = 32 << 20

// Put keeps content under a name that is never given twice. S3 itself decides
// who was first (If-None-Match); whoever comes second with the same content has
// its wish, with other content it is refused for good.
// Object Lock keeps it until the day is over; without a day the bucket's default
// holds.
func (a *Archive) Put(ctx context.Context, name, contentType string, content []byte, until calendar.Date) error {
	header := http.Header{"Content-Type": {contentType}, "If-None-Match": {"*"}}
	if !until.IsZero() {
		next := until.AddDays(1)
		header.Set("X-Amz-Object-Lock-Mode", "GOVERNANCE")
		header.Set("X-Amz-Object-Lock-Retain-Until-Date", time.Date(next.Year, next.Month, next.Day, 0, 0, 0, 0, time.UTC).Format(time.RFC3339))
	}
	err := a.api.Put(ctx, a.prefix+name, content, header)
	if status(err) != http.StatusPreconditionFailed {
		return err
	}
	kept, err := a.Get(ctx, name)
	if err != nil {
		return fmt.Errorf("compare with the kept %s: %w", name, err)
	}
	if !bytes.Equal(kept, content) {
		return o2c.Permanent("The document "+name+" cannot be kept", "another content is kept under its name and legal documents never change", "tell us", nil).Keyed("file.kept", name)
	}
	return nil
}

// Get reads a file back.
func (a *Archive) Get(ctx context.Context, name string) ([]byte, error) {
	content, err := a.api.Get(ctx, a.prefix+name, sizeMax)
	if code := status(err); code == http.StatusNotFound || code == http.StatusForbidden {
		// To a role that may not list the bucket, S3 answers 403 for what is not there.
		return nil, fault.Missing("document", name).Because(err)
	}
	if err != nil {
		return nil, err
	}
	if len(content) > sizeMax {
		return nil, fault.New(fault.TooLarge, "The document "+name+" cannot be read", "it is larger than 32 MiB", "tell us")
	}
	return content, nil
}

// status is the HTTP status of S3's refusal, 0 when there is none.
func status(err error) int {
	var refusal interface {
		error
		HTTPStatusCode() int
	}
	if errors.As(err, &refusal) {
		return refusal.HTTPStatusCode()
	}
	return 0
}
