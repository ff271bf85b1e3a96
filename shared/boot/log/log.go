// Package log builds the functions' log: JSON lines without secrets and without
// what people are known by. It does not own what is logged.
package log

import (
	"encoding/json"
	"io"
	"log/slog"

	"duly/shared/o2c/lazy"
)

// secret finds keys and tokens of the services we use, wherever they stand in a
// text, and customers' links, which open what they name.
var secret = lazy.Pattern(`(sk|rk|pk)_(live|test)_[A-Za-z0-9]+|whsec_[A-Za-z0-9+/=_-]+|xox[abeprs]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|shp(at|ca|pa|ss)_[A-Za-z0-9]+|c[ks]_[A-Za-z0-9]{16,}|duly_(live|test)_[A-Za-z0-9]+|AKIA[A-Z0-9]{16}|/[iqos]/[a-z0-9]{20,}|(?i)(bearer|basic) [a-z0-9._~+/=-]{6,}|(?i)(password|secret|token|signature)["']?[=:]["']?[^\s"',&}\\]+`)

// person finds what leads to a person or an account, by the form that it has:
// mail addresses, IBANs (ISO 13616), card numbers (ISO/IEC 7812) and telephone
// numbers in international form (E.164).
var person = lazy.Pattern(`[A-Za-z0-9._%+'-]+(@|%40)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?\b|\b\d(?:[ -]?\d){14,18}\b|\+\d{1,3}[ -]?\(?\d(?:[ ()-]?\d){6,12}\b`)

// named are the attributes whose values are a person's, whatever their form.
var named = map[string]bool{
	"name": true, "to": true, "email": true, "emails": true, "phone": true, "address": true, "street": true, "city": true, "postal_code": true,
	"iban": true, "body": true, "note": true, "subject": true, "password": true, "secret": true, "token": true, "authorization": true, "signature": true,
}

// New writes to w, one JSON object a line, redacted.
func New(w io.Writer) *slog.Logger { return slog.New(Redacting(w)) }

// Redacting is the handler below New's logger.
func Redacting(w io.Writer) slog.Handler {
	return slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: redact})
}

// Masked is a text as the log shows it.
func Masked(s string) string {
	return person().ReplaceAllString(secret().ReplaceAllString(s, "[secret]"), "[person]")
}

func redact(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if named[a.Key] {
		return slog.String(a.Key, "[person]")
	}
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Masked(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, Masked(err.Error()))
		}
		raw, err := json.Marshal(v.Any()) // as the handler below would write it
		if err != nil {
			return slog.String(a.Key, "[unprintable]")
		}
		return slog.String(a.Key, Masked(string(raw)))
	}
	return a
}
