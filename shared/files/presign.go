package files

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Uploads lets programs put files into a bucket themselves: whoever has the
// address may, until it expires.
type Uploads struct {
	client *s3.PresignClient
	bucket string
}

// NewUploads makes addresses with the rights of the client.
func NewUploads(client *s3.Client, bucket string) *Uploads {
	return &Uploads{client: s3.NewPresignClient(client), bucket: bucket}
}

// Address is where one file may be put with PUT.
func (u *Uploads) Address(ctx context.Context, key string, valid time.Duration) (string, error) {
	r, err := u.client.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(u.bucket), Key: aws.String(key)}, s3.WithPresignExpires(valid))
	if err != nil {
		return "", err
	}
	return r.URL, nil
}
