package function

import (
	"strings"
	"testing"

	"duly/shared/o2c/fault"
)

// TestFC_98_ALiveStageRefusesAPlayedVendor at its start; another stage may have one.
func TestFC_98_ALiveStageRefusesAPlayedVendor(t *testing.T) {
	for entry, refused := range map[string]bool{
		"STRIPE_API_URL=http://127.0.0.1:12111": true, "SLACK_API_URL=https://127.0.0.1/api/": true, "SLACK_API_URL=https://localhost./api/": true,
		"AWS_ENDPOINT_URL=http://localhost:4566": true, "AWS_ENDPOINT_URL_SSM=https://10.0.0.7": true, "DULY_CHECKOUT_ORIGIN=https://[::1]:8700": true,
		"STRIPE_API_URL=https://stripe.internal": true, "STRIPE_API_URL=::": true, "AWS_ENDPOINT_URL_S3=https://mock": true,
		"STRIPE_API_URL=https://api.stripe.com": false, "AWS_ENDPOINT_URL_SSM=https://ssm.cn-north-1.amazonaws.com.cn": false,
		"STRIPE_API_URL=": false, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001": false, "HOME=/": false,
	} {
		t.Setenv("STAGE", "prod")
		err := played([]string{"PATH=/bin", entry})
		if (err != nil) != refused || err != nil && (!fault.Is(err, fault.Config) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v", entry, err)
		}
		t.Setenv("STAGE", "test")
		if err := played([]string{entry}); err != nil {
			t.Errorf("%s at a stage for tests: %v", entry, err)
		}
	}
}
