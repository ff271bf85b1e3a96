package chat

import (
	"cmp"
	"errors"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// refusals are Slack's codes for what a person has to mend, in plain words (M13). All of them are tried again: nothing
// is lost while somebody mends it.
var refusals = map[string][2]string{
	"invalid_auth":         {"Slack refuses our key", "install the app again and set the secret slack/bot"},
	"not_authed":           {"Slack got no key from us", "set the secret slack/bot"},
	"token_revoked":        {"Slack's key was withdrawn", "install the app again and set the secret slack/bot"},
	"token_expired":        {"Slack's key has expired", "install the app again and set the secret slack/bot"},
	"account_inactive":     {"Slack's key belongs to an account that is switched off", "install the app again and set the secret slack/bot"},
	"missing_scope":        {"our Slack app may not do this", "install the app again with the manifest's scopes"},
	"channel_not_found":    {"the channel does not exist", "correct the channel in duly.yaml"},
	"not_in_channel":       {"our app is not in the channel", "invite the app to the channel"},
	"is_archived":          {"the channel is archived", "take it out of the archive, or name another in duly.yaml"},
	"trigger_expired":      {"it took longer than the 3 seconds that Slack gives", "press again"},
	"exchanged_trigger_id": {"the press was answered before", "press again"},
}

// failure says what went wrong in our terms. Slack's own error text may quote a request, so only its code is told.
func failure(what string, err error) error {
	if err == nil {
		return nil
	}
	what = "Slack could not " + what
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return &o2c.Later{After: limited.RetryAfter, Cause: fault.New(fault.Unavailable, what, "it asks us to wait", "nothing; it is tried again").Because(err).Keyed("slack.away", "ratelimited")}
	}
	code := codeOf(err)
	if code == "message_not_found" || code == "thread_not_found" {
		return fault.New(fault.NotFound, what, "the message was deleted", "").Keyed("slack.gone").Because(err)
	}
	if code == "cannot_unfurl_url" || code == "cannot_unfurl_message" || code == "cannot_find_message" {
		return o2c.Permanent(what, "Slack lets nobody add to this message", "", err).Keyed("slack.closed")
	}
	if code == "user_not_in_channel" { // who is not in the room hears no whisper there, however often it is tried
		return o2c.Permanent(what, "the person is not in the channel", "invite the person to the channel", err).Keyed("slack.absent")
	}
	if told, ok := refusals[code]; ok {
		return fault.New(fault.Unavailable, what, told[0], told[1]).Because(err).Keyed("slack.away", code)
	}
	why := "it does not answer"
	if code != "" {
		why = "it says " + code
	}
	return fault.New(fault.Unavailable, what, why, "nothing; it is tried again").Because(err).Keyed("slack.away", cmp.Or(code, "…"))
}

// codeOf is Slack's code of an error, "" for what is none of Slack's.
func codeOf(err error) string {
	var refused slack.SlackErrorResponse
	if errors.As(err, &refused) {
		return refused.Err
	}
	return ""
}
