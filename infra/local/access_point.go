package local

import (
	"context"

	"duly/functions"
	"duly/shared/epost"
	"duly/shared/o2c"
)

// The demo's account with the access point.
const accessPointKey = "storecove-demo-key"

// accessPoint is where e-invoices go: over the wire to the one that the policy
// names, else to the network on this machine.
func (b builder) accessPoint() o2c.EPost {
	if b.Policy.Peppol.AccessPoint == "" {
		return b.Network
	}
	return epost.Storecove{
		URL: b.outsideURL("storecove") + "/api/v2", HTTP: b.client, Entity: b.Policy.Peppol.LegalEntity,
		Key: func(ctx context.Context) (string, error) { return b.secret(ctx, functions.SecretAccessPoint) },
	}
}
