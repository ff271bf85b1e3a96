// Package store builds the table's adapter from the environment, when it is
// first asked for. It owns which variables say where the table is; it does not
// own the table.
package store

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/o2c/fault"
	table "duly/shared/store"
)

// requestMax bounds one request. A second one still fits into the 2.5 s that a
// shop's webhook has; DynamoDB answers in milliseconds or not at all.
const requestMax = time.Second

// environment is what the store reads. Besides these the
// package aws reads its own: region, credentials, and AWS_ENDPOINT_URL_DYNAMODB
// for an endpoint other than AWS.
type environment struct {
	Table    string `env:"TABLE,required,notEmpty"`
	Instance string `env:"AWS_LAMBDA_LOG_STREAM_NAME"` // unique per Lambda environment
}

// Lazy gives a function that builds the store on its first call and returns the
// same one, or the same error, ever after.
func Lazy() func() (*table.Store, error) { return sync.OnceValues(open) }

func open() (*table.Store, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return nil, fault.New(fault.Config, "The table cannot be reached", "the variable TABLE is missing", "set TABLE to the table's name").Because(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return nil, fault.New(fault.Config, "The table cannot be reached", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	if e.Instance == "" { // not in Lambda
		host, err := os.Hostname()
		if err != nil {
			return nil, fault.New(fault.Config, "The table cannot be reached", "this machine has no name", "set AWS_LAMBDA_LOG_STREAM_NAME to anything unique").Because(err)
		}
		e.Instance = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	return table.New(aws.NewCall(cfg, aws.Table, nil, aws.Patience{Timeout: requestMax, Tries: 1}), e.Table, table.Options{Instance: e.Instance}), nil
}
