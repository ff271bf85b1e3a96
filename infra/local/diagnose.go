package local

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/shop"
	"duly/shared/signature"
)

// The causes of a webhook that was not taken, as whoever connects a shop must
// tell them apart.
const (
	CauseSecret = "secret"
	CauseBody   = "raw body altered"
	CauseClock  = "clock"
	CauseTopic  = "topic"
	CauseOrder  = "order"
	CauseOurs   = "duly"
)

// Diagnosis is what became of a delivery, and why. It is made from the journal,
// which lives in memory: a request that proves nothing writes nothing.
type Diagnosis struct {
	ID       int      `json:"id"`
	Endpoint string   `json:"endpoint"`
	Status   int      `json:"status"`
	Topic    string   `json:"topic"`
	OK       bool     `json:"ok"`
	Trial    bool     `json:"trial,omitempty"`  // the platform tried the address out
	Number   string   `json:"number,omitempty"` // of the order that it tells of
	Ignored  []string `json:"ignored"`          // fields that say nothing to us
	Cause    string   `json:"cause,omitempty"`
	Says     string   `json:"says"` // a sentence
}

// Diagnose says of each delivery of a shop what became of it, oldest first.
func (r *Runtime) Diagnose(endpoint string, after int) []Diagnosis {
	out := []Diagnosis{}
	for _, d := range slices.Backward(r.Deliveries()) {
		if d.ID > after && d.Status != 0 && d.Path == "/webhooks/"+endpoint {
			out = append(out, r.diagnose(d))
		}
	}
	return out
}

func (r *Runtime) diagnose(d Delivery) Diagnosis {
	out := Diagnosis{ID: d.ID, Endpoint: path.Base(d.Path), Status: d.Status, Ignored: []string{}}
	from, ok := r.Policy.Shop(out.Endpoint)
	platform, known := shop.Find(from.Platform)
	if !ok || !known {
		return out.because(CauseSecret, "duly.yaml knows no shop "+out.Endpoint+" — check the end of the URL")
	}
	out.Topic = d.Header.Get(platform.TopicHeader)
	switch {
	case platform.Trial != nil && platform.Trial(d.Header, d.Body) && d.Status == http.StatusOK:
		out.OK, out.Trial, out.Says = true, true, "the shop reached this address; its webhook is saved. Place a test order now"
		return out
	case d.Status == http.StatusUnauthorized:
		return r.whyRefused(out, d, from, platform.Scheme)
	case d.Status == http.StatusRequestEntityTooLarge:
		return out.because(CauseBody, "the body is larger than 256 KiB — send fewer lines in one order")
	case d.Status >= http.StatusInternalServerError:
		return out.because(CauseOurs, "Duly could not take it; the shop sends it again — look at the log")
	}
	return r.whatItSaid(out, d, from, platform)
}

func (d Diagnosis) because(cause, says string) Diagnosis {
	d.Cause, d.Says = cause, says
	return d
}

// whyRefused tells the reasons apart for which a signature does not verify. The
// sender is told none of them.
func (r *Runtime) whyRefused(out Diagnosis, d Delivery, from o2c.Shop, scheme signature.Scheme) Diagnosis {
	verify := func(scheme signature.Scheme, secret string, body []byte) error {
		v, err := signature.New(scheme, secret)
		if err != nil {
			return err
		}
		return v.Verify(d.Header, body, d.At)
	}
	secret := r.Secrets.Shops[from.Endpoint]
	switch signature.CauseOf(verify(scheme, secret, d.Body)) {
	case signature.Missing:
		return out.because(CauseSecret, "no signature is sent — enter the secret in the shop")
	case signature.Malformed:
		return out.because(CauseSecret, fmt.Sprintf("the signature has not the form of %s — is this URL given to another kind of shop?", from.Platform))
	case signature.Stale:
		return out.because(CauseClock, "the signature is right, its time is more than 5 minutes off — set the sender's clock")
	}
	for _, s := range r.Policy.Shops {
		if s.Endpoint == from.Endpoint {
			continue
		}
		if other, ok := shop.Find(s.Platform); ok && other.Scheme == scheme && verify(scheme, r.Secrets.Shops[s.Endpoint], d.Body) == nil {
			return out.because(CauseSecret, "this is the secret of "+s.Endpoint+" — use that of "+from.Endpoint)
		}
	}
	for _, body := range asSent(d.Body) {
		if verify(scheme, secret, body) == nil {
			return out.because(CauseBody, "the secret is right, but something between the shop and Duly changed the body — let proxies and middleware pass the raw bytes")
		}
	}
	return out.because(CauseSecret, "the signature does not match this body under the secret of "+from.Endpoint+" — enter the secret again; if it is right, something on the way changes the raw body")
}

// asSent are the bodies that a sender may have signed, before something on the
// way wrote the JSON anew.
func asSent(body []byte) [][]byte {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	var compact, indented bytes.Buffer
	_ = json.Compact(&compact, trimmed) // what is no JSON stays empty
	_ = json.Indent(&indented, trimmed, "", "  ")
	var all [][]byte
	for _, b := range [][]byte{trimmed, compact.Bytes(), indented.Bytes()} {
		all = append(all, b, append(slices.Clone(b), '\n'), bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")),
			bytes.ReplaceAll(b, []byte("/"), []byte(`\/`)), bytes.ReplaceAll(b, []byte(`\/`), []byte("/")), plainText(b), escapedText(b, false), escapedText(b, true))
	}
	return all
}

// plainText spells every escaped character as itself.
func plainText(b []byte) []byte {
	return rewritten(b, func(s string) string {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(s) // a string
		return strings.TrimSuffix(out.String(), "\n")
	})
}

// escapedText spells what is not ASCII as escapes, slashes too as PHP does.
func escapedText(b []byte, slashes bool) []byte {
	return rewritten(b, func(s string) string {
		var out strings.Builder
		for _, r := range string(plainText([]byte(mustString(s)))) {
			switch {
			case r == '/' && slashes:
				out.WriteString(`\/`)
			case r < 0x80:
				out.WriteRune(r)
			case r > 0xffff:
				fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
			default:
				fmt.Fprintf(&out, `\u%04x`, r)
			}
		}
		return out.String()
	})
}

func mustString(s string) string {
	raw, _ := json.Marshal(s) // a string always marshals
	return string(raw)
}

// rewritten spells the strings of a JSON text anew and leaves the rest as it is.
func rewritten(b []byte, spell func(string) string) []byte {
	var out bytes.Buffer
	for i := 0; i < len(b); {
		if b[i] != '"' {
			out.WriteByte(b[i])
			i++
			continue
		}
		end := i + 1
		for end < len(b) && b[end] != '"' {
			if b[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(b) {
			return b
		}
		var s string
		if json.Unmarshal(b[i:end+1], &s) != nil {
			return b
		}
		out.WriteString(spell(s))
		i = end + 1
	}
	return out.Bytes()
}

// whatItSaid reads an authentic body again.
func (r *Runtime) whatItSaid(out Diagnosis, d Delivery, from o2c.Shop, platform shop.Platform) Diagnosis {
	said, err := platform.Translate(out.Topic, d.Body)
	if out.Topic == "" {
		out.Topic = said.Topic
	}
	if err != nil {
		f := fault.Of(err)
		cause := CauseOrder
		if strings.Contains(f.Why, "topic") || strings.Contains(f.Why, "type") {
			cause = CauseTopic
		}
		return out.because(cause, f.Error())
	}
	out.Number = cmp.Or(said.Order.Number, said.About)
	if out.Number == "" {
		out.Number = said.Order.ExternalID
	}
	out.Ignored = append(out.Ignored, shop.Ignored(from.Platform, out.Topic, d.Body)...)
	for _, note := range d.Notes {
		if why, parked := strings.CutPrefix(note, "parked "); parked {
			_, why, _ = strings.Cut(why, "err=")
			return out.because(CauseOrder, why)
		}
	}
	out.OK = true
	if said.Verb == order.Look {
		out.Says = "received, signature ok; it names " + said.About + ", which is read through the shop's own interface"
		return out
	}
	fields := fmt.Sprintf("%d unknown fields ignored", len(out.Ignored))
	if len(out.Ignored) == 1 {
		fields = "1 unknown field ignored"
	}
	out.Says = fmt.Sprintf("received, signature ok, order %s understood, %s", out.Number, fields)
	return out
}
