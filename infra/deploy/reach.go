package deploy

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"duly/functions"
	awsboot "duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// Deployment is what a stack that stands tells of itself.
type Deployment struct {
	BaseURL string
	Table   string
	// ArchiveName is the bucket behind Archive.
	ArchiveName string
	API         awsboot.Call // of the table, with the operator's credentials
	Archive     awsboot.Bucket
	Mail        awsboot.Call // of SES
	Domain      string       // that sends
}

// Reach finds the deployment of a stage in the account.
func (c *Cloud) Reach(ctx context.Context, stage string) (Deployment, error) {
	name := functions.StackName(stage)
	status, outputs, err := c.Stack(ctx, name)
	if err != nil {
		return Deployment{}, err
	}
	if err := AtRest(name, c.Region, status, outputs); err != nil {
		return Deployment{}, err
	}
	_, domain, _ := strings.Cut(outputs["Dkim1Name"], "._domainkey.")
	objects := At(c.config, "S3")
	return Deployment{
		Mail: awsboot.NewCall(At(c.config, awsboot.SendEmail.ID), awsboot.SendEmail, nil, awsboot.Patience{Tries: 1}), Domain: domain,
		BaseURL: strings.TrimSuffix(outputs["BaseURL"], "/"), Table: outputs["TableName"], ArchiveName: outputs["ArchiveName"], API: awsboot.NewCall(At(c.config, awsboot.Table.ID), awsboot.Table, nil, awsboot.Patience{}),
		Archive: awsboot.NewBucket(objects, outputs["ArchiveName"], objects.BaseEndpoint != nil, nil, awsboot.Patience{}),
	}, nil
}

// At is a configuration for one service: an endpoint that the environment names for it prevails over one for all. Where there is one, buckets have no host names of their own.
func At(cfg aws.Config, service string) aws.Config {
	if own := awsboot.Endpoint(service); own != "" {
		cfg.BaseEndpoint = &own
	}
	return cfg
}

// AtRest refuses a stack that is not there, or half there, with what mends it.
func AtRest(name, region, status string, outputs map[string]string) error {
	if status == "" {
		return fault.New(fault.Refused, "Duly is not deployed", "there is no stack "+name+" in "+region, "choose its region with AWS_REGION, or run: "+Make("deploy", name)+` SET="--set MailDomain=example.com --set AlarmMail=you@example.com"`)
	}
	if err := atRest(name, types.StackStatus(status)); err != nil {
		return err
	}
	if outputs["BaseURL"] == "" {
		return fault.New(fault.Refused, "The stack "+name+" says no address", "it has no output BaseURL", "run: "+Make("deploy", name))
	}
	return nil
}
