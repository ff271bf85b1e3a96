package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"duly/infra/deploy"
	boot "duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// Account is a place in the AWS account that the environment's credentials belong to.
func Account(ctx context.Context, table, bucket string) (Place, error) {
	if bucket == "" {
		return Place{}, fault.New(fault.Config, "The archive is not named", "--table was given without --archive", "give the stack's output ArchiveName too")
	}
	cfg, err := deploy.Config(ctx)
	if err != nil {
		return Place{}, err
	}
	objects := deploy.At(cfg, "S3")
	return Place{
		Table: table, Bucket: bucket, Objects: s3.NewFromConfig(objects, func(o *s3.Options) { o.UsePathStyle = objects.BaseEndpoint != nil }),
		API: boot.NewCall(deploy.At(cfg, boot.Table.ID), boot.Table, nil, boot.Patience{}),
	}, nil
}
