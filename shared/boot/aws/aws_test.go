package aws

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
)

// What clients are told of the environment.
type told struct {
	Region      string
	Keys        [3]string
	Request     sdk.RequestChecksumCalculation
	Response    sdk.ResponseChecksumValidation
	Endpoints   [5]string
	MaxAttempts int
}

func tell(t *testing.T, c sdk.Config) told {
	t.Helper()
	keys, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return told{
		Region: c.Region, Keys: [3]string{keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken},
		Request: c.RequestChecksumCalculation, Response: c.ResponseChecksumValidation,
		Endpoints: [5]string{
			sdk.ToString(dynamodb.NewFromConfig(c).Options().BaseEndpoint), sdk.ToString(s3.NewFromConfig(c).Options().BaseEndpoint),
			sdk.ToString(sqs.NewFromConfig(c).Options().BaseEndpoint), sdk.ToString(sesv2.NewFromConfig(c).Options().BaseEndpoint),
			sdk.ToString(eventbridge.NewFromConfig(c).Options().BaseEndpoint),
		},
		MaxAttempts: dynamodb.NewFromConfig(c).Options().Retryer.MaxAttempts(),
	}
}

func TestAsTheSDKsOwnLoader(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2", "AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:3",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none",
	} {
		t.Setenv(name, value)
	}
	theirs, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tell(t, theirs), tell(t, ours)); diff != "" {
		t.Error(diff)
	}
}

func TestSaysWhatIsMissing(t *testing.T) {
	for name, value := range map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "secret"} {
		t.Setenv(name, value)
	}
	if _, err := FromEnvironment(); err == nil {
		t.Error("no key, and nothing is said")
	}
}
