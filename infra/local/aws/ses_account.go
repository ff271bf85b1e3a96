package aws

import (
	"net/http"
	"strings"
)

// unverified ends the domains that SES has not verified here; every other is.
const unverified = ".invalid"

// identity answers GetEmailIdentity.
func (s *SES) identity(name string) (any, *fault) {
	if strings.HasSuffix(name, unverified) {
		return nil, &fault{http.StatusNotFound, "NotFoundException", "Email identity " + name + " does not exist."}
	}
	kind := "DOMAIN"
	if strings.Contains(name, "@") {
		kind = "EMAIL_ADDRESS"
	}
	return map[string]any{"IdentityType": kind, "VerifiedForSendingStatus": true, "VerificationStatus": "SUCCESS"}, nil
}

// account answers GetAccount: out of the sandbox, as mail goes to anybody here.
func (s *SES) account() (any, *fault) {
	return map[string]any{"ProductionAccessEnabled": true, "SendingEnabled": true, "EnforcementStatus": "HEALTHY"}, nil
}
