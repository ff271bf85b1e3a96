package shop

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// fields is a JSON object whose keys keep their order, so that bodies read as
// the platforms write them. It alternates names and values.
type fields []any

// MarshalJSON writes the fields in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := 0; i < len(f); i += 2 {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:", f[i])
		value, err := json.Marshal(f[i+1])
		if err != nil {
			return nil, err
		}
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// phpEncoded spells JSON as PHP does: slashes escaped, nothing but ASCII.
func phpEncoded(body []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(body) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r < 0x80:
			out.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, unit)
			}
		}
	}
	return out.Bytes()
}

// number derives a stable number below limit from words, so that the same
// order has the same ids in each of its messages.
func number(limit int64, words ...string) int64 {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return int64(binary.BigEndian.Uint64(sum[:8])>>1) % limit
}

// token derives a stable hexadecimal token of n characters from words.
func token(n int, words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

// uuid derives a stable version-4-shaped UUID from words.
func uuid(words ...string) string {
	t := []byte(token(32, words...))
	t[12], t[16] = '4', '8'
	return fmt.Sprintf("%s-%s-%s-%s-%s", t[:8], t[8:12], t[12:16], t[16:20], t[20:])
}

// orNull turns an empty string into JSON null.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// names splits a person's name at the first space.
func names(full string) (first, last string) {
	first, last, _ = strings.Cut(full, " ")
	return first, last
}

// countryName is the English name of the countries that the demo ships to.
func countryName(code string) string {
	known := map[string]string{"NL": "Netherlands", "BE": "Belgium", "DE": "Germany", "FR": "France", "GB": "United Kingdom", "US": "United States"}
	if name, ok := known[code]; ok {
		return name
	}
	return code
}

func (a Address) country() string {
	if a.Country == "" {
		return "NL"
	}
	return a.Country
}
