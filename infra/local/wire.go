package local

import (
	"context"
	"net/http"
	"strconv"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"duly/infra/local/aws"
	"duly/shared/store"
)

// The one access key of the loopback account.
const accessKey, accessSecret = "AKIDLOCAL", "duly-local"

// credential is what the SDK signs with.
var credential = credentials.NewStaticCredentialsProvider(accessKey, accessSecret, "")

// openStore makes the table if need be and gives the store on it.
func (r *Runtime) openStore() (*store.Store, error) {
	client := dynamodb.New(dynamodb.Options{
		Region: aws.Region, BaseEndpoint: awssdk.String("http://dynamodb.loopback"), Credentials: credential, Retryer: awssdk.NopRetryer{},
		HTTPClient: &http.Client{Transport: tableWire{runtime: r, engine: r.Engine.Transport()}},
	})
	if err := store.CreateTable(context.Background(), client, Table); err != nil {
		return nil, err
	}
	// A process of its own among those that ever wrote to the file.
	o := store.Options{Instance: "local/" + strconv.FormatInt(time.Now().UnixNano(), 36)}
	o.Sleep = r.pause
	return store.New(client, Table, o), nil
}

// pause waits between two attempts at the table. On a clock that stands still it
// waits for nothing, and neither while the table is out of order: that ends by
// virtual time.
func (r *Runtime) pause(ctx context.Context, d time.Duration) error {
	if r.opt.Manual || r.store.Mode(r.Clock.Now()) != "" {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
