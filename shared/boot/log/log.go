// Package log builds the functions' log: JSON lines without secrets. It does
// not own what is logged.
package log

import (
	"io"
	"log/slog"
	"regexp"
)

// secret finds keys and tokens of the services we use, wherever they stand in a
// text, and customers' links, which open what they name.
var secret = regexp.MustCompile(`(sk|rk)_(live|test)_[A-Za-z0-9]+|whsec_[A-Za-z0-9+/=]+|xox[abprs]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|/[iqos]/[a-z0-9]{20,}|(?i)bearer [a-z0-9._-]+`)

// New writes to w, one JSON object a line, secrets masked.
func New(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: redact}))
}

func redact(_ []string, a slog.Attr) slog.Attr {
	if s, ok := text(a.Value); ok {
		return slog.String(a.Key, secret.ReplaceAllString(s, "[secret]"))
	}
	return a
}

func text(v slog.Value) (string, bool) {
	switch v.Kind() {
	case slog.KindString:
		return v.String(), true
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return err.Error(), true
		}
	}
	return "", false
}
