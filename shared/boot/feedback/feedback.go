// Package feedback puts the function of that name together: the cycle, the mails
// that SES received, and who reads them. It does not own what they do.
package feedback

import (
	"time"

	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/handler/feedback"
	"duly/shared/mail"
)

// Deps builds what the function needs from its environment.
func Deps(now func() time.Time) (feedback.Deps, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return feedback.Deps{}, err
	}
	intake, err := files.Intake()
	if err != nil {
		return feedback.Deps{}, err
	}
	return feedback.Deps{Cycle: c, Now: now, Fetch: intake.Get, Read: mail.ReadReply}, nil
}
