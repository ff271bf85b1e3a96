package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	awsboot "duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// anew stops a first deployment where an earlier one of the stage left its records: the new table would begin empty, and
// its invoices again at the first number of their series, which the law forbids.
func (c *Cloud) anew(ctx context.Context, o Order) error {
	left, err := c.left(ctx, o.stack())
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(table string) bool { return slices.Contains(o.Allow, table) })
	if len(left) == 0 {
		return nil
	}
	archive, err := c.archiveLeft(ctx, o.stack())
	if err != nil {
		return err
	}
	table := left[0]
	return fault.New(fault.Harmful, "This deployment is stopped", o.stack()+" was here before and left its records in the table "+table+"; the new one would begin empty, and its invoices again at their first number",
		fmt.Sprintf(`run: duly backup before.tar.gz --table %s --archive %s, then: %s SET="--allow %s …" and: duly restore before.tar.gz --stage %s`, table, archive, Make("deploy", o.stack()), table, o.Stage))
}

// left are the tables with records that earlier stacks of the name retained. CloudFormation names a table after its stack
// and its logical id.
func (c *Cloud) left(ctx context.Context, stack string) ([]string, error) {
	api := awsboot.NewCall(At(c.config, awsboot.Table.ID), awsboot.Table, nil, awsboot.Patience{})
	var full []string
	for from := ""; ; {
		ask := map[string]any{}
		if from != "" {
			ask["ExclusiveStartTableName"] = from
		}
		var page struct {
			TableNames             []string
			LastEvaluatedTableName string
		}
		if err := api.Ask(ctx, "ListTables", ask, &page); err != nil {
			return nil, cloudTrouble("What an earlier deployment left cannot be looked for", err)
		}
		for _, name := range page.TableNames {
			if !strings.HasPrefix(name, stack+"-Table") {
				continue
			}
			var one struct{ Items []json.RawMessage }
			if err := api.Ask(ctx, "Scan", map[string]any{"TableName": name, "Limit": 1}, &one); err != nil {
				return nil, cloudTrouble("The table "+name+" cannot be read", err)
			}
			if len(one.Items) > 0 {
				full = append(full, name)
			}
		}
		if from = page.LastEvaluatedTableName; from == "" {
			return full, nil
		}
	}
}

// archiveLeft is the archive that stayed with a table: bucket names are in small letters.
func (c *Cloud) archiveLeft(ctx context.Context, stack string) (string, error) {
	listed, err := s3.NewFromConfig(At(c.config, "S3")).ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return "", cloudTrouble("The buckets cannot be listed", err)
	}
	for _, b := range listed.Buckets {
		if name := aws.ToString(b.Name); strings.HasPrefix(name, stack+"-archive") {
			return name, nil
		}
	}
	return "ITS-BUCKET", nil // it was deleted by hand; the operator may know another copy
}
