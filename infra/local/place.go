package local

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"duly/infra/backup"
	"duly/infra/local/aws"
	"duly/infra/local/dynamo"
	"duly/infra/local/loopback"
	awsboot "duly/shared/boot/aws"
	"duly/shared/o2c/fault"
	"duly/shared/store"
)

// Place is the table and the archive of a state that nobody has open, for a
// backup of it or a restoration into it.
type Place struct {
	backup.Place
	Now    time.Time // by the state's clock
	engine *dynamo.Engine
}

// OpenPlace opens a state. A fresh one gets a clock that shows start.
func OpenPlace(ctx context.Context, dir string, start time.Time) (*Place, error) {
	p := &Place{Now: time.Now()}
	clock := filepath.Join(dir, "clock.json")
	offset, known, err := readClock(clock)
	if err != nil {
		return nil, err
	}
	if !known {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		offset = start.Sub(p.Now)
		raw, _ := json.Marshal(clockFile{Offset: offset}) // a number always marshals
		if err := writeFile(clock, raw); err != nil {
			return nil, err
		}
	}
	p.Now = p.Now.Add(offset)
	now := func() time.Time { return time.Now().Add(offset) }
	p.engine, err = dynamo.Open(dynamo.Options{Path: filepath.Join(dir, "duly.db"), Sync: true, Now: now})
	if err != nil {
		return nil, fault.New(fault.StateInUse, "The state in "+dir+" cannot be opened", "a demo may have it open: "+err.Error(), "stop it first").Because(err)
	}
	wire := &http.Client{Transport: p.engine.Transport()}
	at := awssdk.Config{BaseEndpoint: awssdk.String("http://dynamodb.loopback")}
	api := awsboot.NewCall(at, awsboot.Table, wire, awsboot.Patience{Tries: 1})
	objects, bucketsErr := aws.NewS3(aws.S3Options{Now: now, Buckets: []string{ArchiveBucket, intakeBucket}, Dir: filepath.Join(dir, "files")})
	if err := errors.Join(bucketsErr, store.CreateTable(ctx, api, Table)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	const host = "aws.loopback"
	p.Place = backup.Place{
		Table: Table, API: api, Bucket: ArchiveBucket,
		Objects: s3.New(s3.Options{
			Region: aws.Region, BaseEndpoint: awssdk.String("http://" + host + "/aws"), UsePathStyle: true, Credentials: credential, Retryer: awssdk.NopRetryer{},
			HTTPClient: &http.Client{Transport: loopback.Transport{host: aws.Endpoint("/aws", nil, objects)}},
		}),
	}
	return p, nil
}

// Close lets go of the state.
func (p *Place) Close() error { return p.engine.Close() }
