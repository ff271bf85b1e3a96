package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// archiveDays is how long nobody may delete a document without the right to bypass governance: the seven years of
// art. 52(4) AWR run from the end of the book year, so at most eight years, two of them leap years.
const archiveDays = 8*365 + 2

// intakeDays is how long an upload, a bank file or a mail stays after it was read into the books.
const intakeDays = 90

// buckets are two because S3's lock is per bucket by default: what the law keeps must be locked whoever writes it,
// while SES and a presigned upload by plain HTTP cannot write into a bucket that locks by default.
type buckets struct {
	archive awss3.Bucket
	intake  awss3.Bucket
}

func newBuckets(stack awscdk.Stack) buckets {
	logs := newBucket(stack, "AccessLogs", awss3.BucketProps{LifecycleRules: expire(365)})
	return buckets{
		archive: newBucket(stack, "Archive", awss3.BucketProps{
			ObjectLockEnabled:          new(true),
			ObjectLockDefaultRetention: awss3.ObjectLockRetention_Governance(awscdk.Duration_Days(new(float64(archiveDays)))),
			ServerAccessLogsBucket:     logs,
			ServerAccessLogsPrefix:     new("archive/"),
		}),
		intake: announce(newBucket(stack, "Intake", awss3.BucketProps{
			LifecycleRules:         expire(intakeDays),
			ServerAccessLogsBucket: logs,
			ServerAccessLogsPrefix: new("intake/"),
		})),
	}
}

// newBucket adds what holds for every bucket.
func newBucket(stack awscdk.Stack, id string, p awss3.BucketProps) awss3.Bucket {
	p.Encryption = awss3.BucketEncryption_S3_MANAGED
	p.BlockPublicAccess = awss3.BlockPublicAccess_BLOCK_ALL()
	p.ObjectOwnership = awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED
	p.EnforceSSL = new(true)
	p.MinimumTLSVersion = new(1.2)
	p.Versioned = new(true)
	p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	return awss3.NewBucket(stack, new(id), &p)
}

func expire(days float64) *[]*awss3.LifecycleRule {
	return &[]*awss3.LifecycleRule{{
		Id:                                  new("expire"),
		Expiration:                          awscdk.Duration_Days(new(days)),
		NoncurrentVersionExpiration:         awscdk.Duration_Days(new(30.0)),
		AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(new(1.0)),
	}}
}

// announce sends new objects to EventBridge. CDK's own switch would bring a function of its own with rights on every
// bucket of the account; the property alone does the same.
func announce(b awss3.Bucket) awss3.Bucket {
	b.Node().DefaultChild().(awss3.CfnBucket).AddPropertyOverride(
		new("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled"), true)
	return b
}
