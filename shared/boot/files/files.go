// Package files builds the adapters of the two buckets from the environment. It
// owns which variables say where they are; it does not own what is in them.
package files

import (
	"context"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/boot/aws"
	"duly/shared/files"
	"duly/shared/o2c/fault"
)

// environment is what the adapters read besides the SDK's own variables, of
// which AWS_ENDPOINT_URL_S3 names an endpoint other than AWS. A function is told
// only the bucket that it may use.
type environment struct {
	Archive   string `env:"ARCHIVE"`
	Intake    string `env:"INTAKE"`
	PathStyle bool   `env:"S3_PATH_STYLE"` // for endpoints without a name per bucket
}

// Lazy gives a function that builds the archive on its first call and returns
// the same one, or the same error, ever after.
func Lazy() func() (*files.Archive, error) {
	return sync.OnceValues(func() (*files.Archive, error) {
		e, err := read()
		if err != nil {
			return nil, err
		}
		return open(e, e.Archive, functions.PrefixDocuments)
	})
}

// Seals is where the audit chains are anchored.
func Seals() (*files.Archive, error) {
	e, err := read()
	if err != nil {
		return nil, err
	}
	return open(e, e.Archive, functions.PrefixSeals)
}

// Intake is what comes from outside: bank files and uploads, by their keys.
func Intake() (*files.Archive, error) {
	e, err := read()
	if err != nil {
		return nil, err
	}
	return open(e, e.Intake, "")
}

// Uploads gives the addresses where programs put files into the intake
// themselves: whoever has one may, until it expires.
func Uploads() (func(ctx context.Context, key string, valid time.Duration) (string, error), error) {
	e, err := read()
	if err != nil {
		return nil, err
	}
	b, err := bucket(e, e.Intake)
	return b.PutAddress, err
}

func read() (environment, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return e, unusable("a variable cannot be read", "check ARCHIVE, INTAKE and S3_PATH_STYLE", err)
	}
	return e, nil
}

func open(e environment, name, prefix string) (*files.Archive, error) {
	b, err := bucket(e, name)
	if err != nil {
		return nil, err
	}
	return files.New(b, prefix), nil
}

func bucket(e environment, name string) (aws.Bucket, error) {
	if name == "" {
		return aws.Bucket{}, unusable("the name of the bucket is missing", "set ARCHIVE and INTAKE to the buckets' names", nil)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return aws.Bucket{}, unusable("the AWS configuration cannot be read", "check the variables that begin with AWS_", err)
	}
	return aws.NewBucket(cfg, name, e.PathStyle, nil, aws.Patience{}), nil
}

func unusable(why, do string, cause error) error {
	return fault.New(fault.Config, "The files cannot be reached", why, do).Because(cause)
}
