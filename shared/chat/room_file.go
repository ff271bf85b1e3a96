package chat

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// roomFileMax bounds what is downloaded, in bytes: a day of a busy account has a tenth of it.
const roomFileMax = 20 << 20

// strange are endings of files that are no bank's: people share pictures and papers all day.
var strange = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".svg", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".mp4", ".mov", ".mp3", ".m4a", ".go", ".js", ".html", ".md"}

var _ o2c.RoomFiles = (*Client)(nil)

// RoomFile reads a file that somebody shared (docs.slack.dev/reference/methods/files.info, scope files:read); its address
// answers to our token alone.
func (c *Client) RoomFile(ctx context.Context, id string) (o2c.RoomFile, error) {
	info, _, _, err := c.api.GetFileInfoContext(ctx, id, 0, 0)
	var said slack.SlackErrorResponse
	if errors.As(err, &said) && (said.Err == "file_not_found" || said.Err == "file_deleted") {
		return o2c.RoomFile{}, fault.Missing("file", id)
	}
	if err != nil {
		return o2c.RoomFile{}, failure("look at a file", err)
	}
	ending := strings.ToLower(path.Ext(info.Name))
	for _, s := range strange {
		if ending == s {
			return o2c.RoomFile{}, fault.Missing("bank file", id)
		}
	}
	at, shared := sharedAt(info)
	if !shared || info.Size > roomFileMax || info.IsExternal {
		return o2c.RoomFile{}, fault.Missing("bank file", id)
	}
	var content bytes.Buffer
	if err := c.api.GetFileContext(ctx, info.URLPrivateDownload, &content); err != nil {
		return o2c.RoomFile{}, failure("download a file", err)
	}
	return o2c.RoomFile{Name: info.Name, At: at, Content: content.Bytes()}, nil
}

// sharedAt is the first message that has the file in a channel; a file in a conversation of two is nobody else's.
func sharedAt(f *slack.File) (o2c.Place, bool) {
	best := o2c.Place{}
	for _, all := range []map[string][]slack.ShareFileInfo{f.Shares.Public, f.Shares.Private} {
		for channel, shares := range all {
			for _, s := range shares {
				if best.TS == "" || s.Ts < best.TS || s.Ts == best.TS && channel < best.Channel {
					best = o2c.Place{Channel: channel, TS: s.Ts}
				}
			}
		}
	}
	return best, best.TS != ""
}

// fileLine says in a file's thread what became of it.
func (v Voice) fileLine(c o2c.FileLine) Message {
	about := []any{"name", named(c.Name), "account", named(c.Account), "entries", c.Entries, "new", c.New, "applied", c.Applied, "unmatched", c.Unmatched}
	key := "file.booked"
	switch {
	case c.Problem != "":
		key, about = "file.refused", append(about, "why", noted(v.Cause(c.Reason, c.Problem)))
	case c.New == 0:
		key = "file.known"
	}
	return message(v.Say(key, about...), section(v.mark(key, about...)))
}
