package text

import (
	"net/url"
	"slices"
	"strings"
)

// MayFollow reports whether a page or a mail may link to an address: a web
// page, a mail, a phone call, or a place on our own pages. Whoever writes a
// link asks first, since escaping alone leaves javascript: and data: what they
// are (row 80 of the failure catalogue).
func MayFollow(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "" { // "//host" and, in browsers, "/\host" lead elsewhere
		return address != "" && u.Host == "" && !strings.HasPrefix(address, `/\`)
	}
	return slices.Contains([]string{"https", "http", "mailto", "tel"}, u.Scheme)
}
