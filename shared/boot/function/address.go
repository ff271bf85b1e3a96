package function

import (
	"net/netip"
	"net/url"
	"os"
	"strings"

	"duly/functions"
	"duly/shared/o2c/fault"
)

// vendors are the variables that put another address in a vendor's place; those of
// AWS begin with awsEndpoint.
var vendors = []string{"SLACK_API_URL", "STRIPE_API_URL", "DULY_CHECKOUT_ORIGIN"}

const awsEndpoint = "AWS_ENDPOINT_URL"

// played refuses, on the stage that moves real money, an address of a vendor that
// can be no vendor's: plain HTTP, this machine, or a network of its own. What
// tests and the demo play must not answer for the world.
func played(environ []string) error {
	if os.Getenv(functions.EnvStage) != functions.StageLive {
		return nil
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		named := strings.HasPrefix(name, awsEndpoint)
		for _, v := range vendors {
			named = named || name == v
		}
		if named && value != "" && !outside(value) {
			return fault.New(fault.Config, name+" is "+value, "the live stage speaks with the vendors themselves, never with one that is played", "take the variable away from the function, or deploy under a stage of its own: make deploy STAGE=test")
		}
	}
	return nil
}

// outside says whether an address may be somebody's on the internet.
func outside(address string) bool {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "https" {
		return false
	}
	host := strings.TrimSuffix(at.Hostname(), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	for _, end := range []string{"localhost", "local", "internal", "invalid", "test", "example"} {
		if host == end || strings.HasSuffix(host, "."+end) {
			return false
		}
	}
	return strings.Contains(host, ".")
}
