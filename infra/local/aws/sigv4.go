package aws

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Keys are the account's access keys: id → secret.
type Keys map[string]string

// authenticate checks a request's Signature Version 4 (docs.aws.amazon.com/IAM, create a signed AWS API request), in the
// Authorization header or in a presigned URL. It reads the path as it was sent, before any prefix is cut.
func (k Keys) authenticate(r *http.Request) *fault {
	s, ok := signatureOf(r)
	if !ok {
		return &fault{http.StatusForbidden, "IncompleteSignature", "The request signature does not conform to AWS standards."}
	}
	secret, ok := k[s.key]
	if !ok {
		return &fault{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."}
	}
	payload, no := s.payload(r)
	if no != nil {
		return no
	}
	digest := sha256.Sum256([]byte(s.canonical(r, payload)))
	toSign := "AWS4-HMAC-SHA256\n" + s.date + "\n" + strings.Join(s.scope, "/") + "\n" + hex.EncodeToString(digest[:])
	key := []byte("AWS4" + secret)
	for _, part := range append(slices.Clone(s.scope), toSign) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(key)), []byte(s.signature)) {
		return &fault{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method."}
	}
	return s.expired(time.Now()) // SDKs sign by the machine's clock, whatever time the product believes it is
}

// signatureV4 is a parsed signature.
type signatureV4 struct {
	key       string
	scope     []string // date, region, service, aws4_request
	headers   []string
	signature string
	date      string
	presigned bool
	expires   string // seconds
}

func signatureOf(r *http.Request) (signatureV4, bool) {
	q := r.URL.Query()
	s := signatureV4{signature: q.Get("X-Amz-Signature"), date: q.Get("X-Amz-Date"), expires: q.Get("X-Amz-Expires"), presigned: true}
	credential, headers := q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders")
	if rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "); ok {
		s = signatureV4{date: r.Header.Get("X-Amz-Date")}
		for _, part := range strings.Split(rest, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch name {
			case "Credential":
				credential = value
			case "SignedHeaders":
				headers = value
			case "Signature":
				s.signature = value
			}
		}
	}
	key, scope, _ := strings.Cut(credential, "/")
	s.key, s.scope, s.headers = key, strings.Split(scope, "/"), strings.Split(headers, ";")
	return s, len(s.scope) == 4 && slices.Contains(s.headers, "host") && s.date != "" && s.signature != ""
}

// payload is the digest that was signed. Only S3 sends it along; elsewhere the body is read, digested and put back.
func (s signatureV4) payload(r *http.Request) (string, *fault) {
	if sent := r.Header.Get("X-Amz-Content-Sha256"); sent != "" {
		return sent, nil
	}
	if s.presigned {
		return "UNSIGNED-PAYLOAD", nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return "", &fault{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "the request cannot be read whole"}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	digest := sha256.Sum256(body)
	return hex.EncodeToString(digest[:]), nil
}

func (s signatureV4) canonical(r *http.Request, payload string) string {
	path := escape(r.URL.Path, "/")
	if path == "" {
		path = "/"
	}
	if s.scope[2] != "s3" { // all services but S3 encode the path twice
		path = escape(path, "/")
	}
	query := r.URL.Query()
	query.Del("X-Amz-Signature")
	var pairs []string
	for name, values := range query {
		for _, v := range values {
			pairs = append(pairs, escape(name, "")+"="+escape(v, ""))
		}
	}
	slices.Sort(pairs)
	var b strings.Builder
	for _, line := range []string{r.Method, path, strings.Join(pairs, "&")} {
		b.WriteString(line + "\n")
	}
	for _, name := range s.headers {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		b.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	return b.String() + "\n" + strings.Join(s.headers, ";") + "\n" + payload
}

// expired refuses a presigned URL after its time.
func (s signatureV4) expired(now time.Time) *fault {
	if !s.presigned {
		return nil
	}
	at, err := time.Parse("20060102T150405Z", s.date)
	seconds, errSeconds := strconv.Atoi(s.expires)
	if err != nil || errSeconds != nil || now.After(at.Add(time.Duration(seconds)*time.Second)) {
		return &fault{http.StatusForbidden, "AccessDenied", "Request has expired"}
	}
	return nil
}

// escape is AWS's URI encoding: everything but unreserved characters and those named.
func escape(text, keep string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~"+keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
