package document

import (
	"duly/shared/o2c"
	"duly/shared/text"
)

// noted is what a letter quotes: somebody's words, or why Slack does not take what should have stood there.
func noted(v o2c.LetterView, w text.Words) string {
	if v.Reason.Key != "slack.away" {
		return plain(v.Note)
	}
	switch v.Reason.Detail {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return w.Say("mail.slack.key")
	case "missing_scope":
		return w.Say("mail.slack.scope")
	case "channel_not_found":
		return w.Say("mail.slack.channel")
	case "not_in_channel":
		return w.Say("mail.slack.absent")
	case "is_archived":
		return w.Say("mail.slack.archived")
	}
	return w.Say("mail.slack.other")
}
