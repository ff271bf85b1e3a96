// Package files builds the archive's adapter from the environment, when it is
// first asked for. It owns which variables say where the archive is; it does
// not own the archive.
package files

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/files"
	"duly/shared/o2c/fault"
)

// environment is what the archive reads besides the SDK's own variables, of
// which AWS_ENDPOINT_URL_S3 names an endpoint other than AWS.
type environment struct {
	Bucket    string `env:"ARCHIVE,required,notEmpty"`
	PathStyle bool   `env:"S3_PATH_STYLE"` // for endpoints without a name per bucket
}

// Lazy gives a function that builds the archive on its first call and returns
// the same one, or the same error, ever after.
func Lazy() func() (*files.Archive, error) { return sync.OnceValues(open) }

func open() (*files.Archive, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return nil, fault.New(fault.Config, "The archive cannot be reached", "the variable ARCHIVE is missing", "set ARCHIVE to the bucket's name").Because(err)
	}
	aws, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return nil, fault.New(fault.Config, "The archive cannot be reached", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	return files.New(s3.NewFromConfig(aws, func(o *s3.Options) { o.UsePathStyle = e.PathStyle }), e.Bucket, functions.PrefixDocuments), nil
}
