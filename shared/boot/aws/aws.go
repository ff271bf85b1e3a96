// Package aws owns how functions reach AWS: the region, the keys and the
// endpoints, from the environment as Lambda fills it. It does not own what is
// asked of AWS.
//
// The SDK's own loader also knows profiles, single sign-on and instance roles.
// Lambda has none of them, and their four service clients are 1.9 MB of every
// function. Elsewhere `aws configure export-credentials --format env` puts any
// of them into the environment.
package aws

import (
	"context"
	"os"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/caarlos0/env/v11"
)

// environment is what Lambda sets.
type environment struct {
	Region  string `env:"AWS_REGION,required,notEmpty"`
	KeyID   string `env:"AWS_ACCESS_KEY_ID,required,notEmpty"`
	Secret  string `env:"AWS_SECRET_ACCESS_KEY,required,notEmpty"`
	Session string `env:"AWS_SESSION_TOKEN"`
}

// FromEnvironment is the configuration of any client. Besides what Lambda sets,
// AWS_ENDPOINT_URL_<SERVICE> names an endpoint other than AWS, as with the SDK's
// own loader.
func FromEnvironment() (sdk.Config, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return sdk.Config{}, err
	}
	return sdk.Config{
		Region: e.Region,
		Credentials: sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{AccessKeyID: e.KeyID, SecretAccessKey: e.Secret, SessionToken: e.Session, Source: "environment"}, nil
		}),
		ConfigSources: []any{endpoints{}},
		// As the SDK's own loader; locked objects are refused without a checksum.
		RequestChecksumCalculation: sdk.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: sdk.ResponseChecksumValidationWhenSupported,
	}, nil
}

// Endpoint is the endpoint that the environment names for a service, such as
// "SSM"; "" is AWS's own.
func Endpoint(service string) string {
	return os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
}

// endpoints tells the SDK's clients of other endpoints: it is the provider that
// they look for among a configuration's sources.
type endpoints struct{}

// GetServiceBaseEndpoint is the SDK's question, by the service's id.
func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := Endpoint(service)
	return url, url != "", nil
}
