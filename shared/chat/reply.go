package chat

import "encoding/json"

// What is answered in the body of Slack's own request.

// Ephemeral answers a slash command; only who typed it sees the answer.
func Ephemeral(m Message) []byte {
	return reply(struct {
		Type string `json:"response_type"`
		Message
	}{"ephemeral", m})
}

// InChannel answers a slash command; everybody where it was typed sees the answer.
func InChannel(m Message) []byte {
	return reply(struct {
		Type string `json:"response_type"`
		Message
	}{"in_channel", m})
}

// Refuse keeps a modal open, with what was typed, and puts a sentence beside each field.
func Refuse(errs Errors) []byte {
	return reply(map[string]any{"response_action": "errors", "errors": errs})
}

// Replace shows another view in the modal's place.
func Replace(m Modal) []byte {
	return reply(map[string]any{"response_action": "update", "view": m})
}

func reply(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("chat: " + err.Error()) // blocks are plain data
	}
	return b
}
