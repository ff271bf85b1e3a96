package local

import (
	"context"
	"net/http"
	"strconv"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	awsboot "duly/shared/boot/aws"
	"duly/shared/store"
)

// The one access key of the loopback account.
const accessKey, accessSecret = "AKIDLOCAL", "duly-local"

// credential is what the SDK signs with.
var credential = credentials.NewStaticCredentialsProvider(accessKey, accessSecret, "")

// openStore makes the table if need be and gives the store on it.
func (r *Runtime) openStore() (*store.Store, error) {
	client := &http.Client{Transport: tableWire{runtime: r, engine: r.Engine.Transport()}}
	api := awsboot.NewCall(awssdk.Config{BaseEndpoint: awssdk.String("http://dynamodb.loopback")}, awsboot.Table, client, awsboot.Patience{Tries: 1})
	if err := store.CreateTable(context.Background(), api, Table); err != nil {
		return nil, err
	}
	// A process of its own among those that ever wrote to the file.
	o := store.Options{Observe: r.opt.Observe, Instance: "local/" + strconv.FormatInt(time.Now().UnixNano(), 36)}
	o.Sleep = r.pause
	return store.New(api, Table, o), nil
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
