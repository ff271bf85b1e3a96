package trigger

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// BodyMax is the largest body that a route takes, in bytes; more goes through a
// presigned upload.
const BodyMax = 256 << 10

// Body is the raw body of a request: what a signature covers. It is ok only up
// to BodyMax bytes.
func Body(r events.APIGatewayV2HTTPRequest) (body []byte, ok bool) { return bodyOf(r, BodyMax) }

func bodyOf(r events.APIGatewayV2HTTPRequest, most int) (body []byte, ok bool) {
	if !r.IsBase64Encoded {
		return []byte(r.Body), len(r.Body) <= most
	}
	if base64.StdEncoding.DecodedLen(len(r.Body)) > most+3 {
		return nil, false
	}
	body, err := base64.StdEncoding.DecodeString(r.Body)
	if err != nil {
		return nil, len(body) <= most // no signature fits it
	}
	return body, len(body) <= most
}

// Header is the request's headers in net/http's spelling. API Gateway joins
// repeated lines with commas, so that a doubled header is one odd value.
func Header(r events.APIGatewayV2HTTPRequest) http.Header {
	h := make(http.Header, len(r.Headers))
	for name, value := range r.Headers {
		h.Set(name, value)
	}
	return h
}

// Text answers with plain text.
func Text(status int, body string) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: body, Headers: map[string]string{"content-type": "text/plain; charset=utf-8"}}
}

// FileMax is the largest file that a person sends with a form, in bytes. Lambda takes an event of at most 6 MB, in which a
// file stands in base64 and grows by a third (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const FileMax = 4 << 20

// formMax is room for a file and the other fields of its form.
const formMax = FileMax + 16<<10

// Serve lets a net/http handler answer API Gateway's events.
func Serve(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return serve(h, func(string) int { return BodyMax })
}

// ServeFiles does, and takes a form with a file on the paths that take says.
func ServeFiles(h http.Handler, take func(path string) bool) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return serve(h, func(path string) int {
		if take(path) {
			return formMax
		}
		return BodyMax
	})
}

func serve(h http.Handler, most func(path string) int) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		limit := most(in.RawPath)
		body, ok := bodyOf(in, limit)
		if !ok {
			return Text(http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d KiB [DULY-2002]", limit>>10)), nil
		}
		u := url.URL{Path: in.RawPath, RawQuery: in.RawQueryString}
		if p, err := url.PathUnescape(in.RawPath); err == nil {
			u.Path, u.RawPath = p, in.RawPath
		}
		r, err := http.NewRequestWithContext(ctx, in.RequestContext.HTTP.Method, u.String(), bytes.NewReader(body))
		if err != nil {
			return Text(http.StatusBadRequest, "The address cannot be read"), nil
		}
		r.Header = Header(in)
		r.Host = in.Headers["host"]
		r.RemoteAddr = in.RequestContext.HTTP.SourceIP + ":0"
		if len(in.Cookies) > 0 {
			r.Header.Set("Cookie", strings.Join(in.Cookies, "; "))
		}
		w := &writer{header: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(w, r)
		return response(w.status, w.header, w.body.Bytes()), nil
	}
}

// writer collects an answer.
type writer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
}

func (w *writer) Write(b []byte) (int, error) {
	w.wrote = true
	return w.body.Write(b)
}

func response(status int, header http.Header, body []byte) events.APIGatewayV2HTTPResponse {
	out := events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: map[string]string{}}
	out.Cookies = slices.Clone(header["Set-Cookie"])
	for name, values := range header {
		if name != "Set-Cookie" {
			out.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	if utf8.Valid(body) {
		out.Body = string(body)
		return out
	}
	out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	return out
}

// Request makes the event that API Gateway would make of an HTTP request: a body
// of a textual type travels as it is, any other in base64.
func Request(r *http.Request, body []byte) events.APIGatewayV2HTTPRequest {
	in := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{"host": r.Host}, QueryStringParameters: map[string]string{},
	}
	if in.Body = string(body); !textual(r.Header.Get("Content-Type")) || !utf8.Valid(body) {
		in.Body, in.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	for name, values := range r.Header {
		if name == "Cookie" {
			in.Cookies = strings.Split(strings.Join(values, "; "), "; ")
			continue
		}
		in.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	for name, values := range r.URL.Query() {
		in.QueryStringParameters[name] = strings.Join(values, ",")
	}
	in.RequestContext.HTTP.Method, in.RequestContext.HTTP.Path = r.Method, r.URL.Path
	in.RequestContext.HTTP.SourceIP, _, _ = strings.Cut(r.RemoteAddr, ":")
	return in
}

// textual reports whether API Gateway takes a body of the type for text
// (aws.amazon.com/blogs/compute/handling-binary-data-using-amazon-api-gateway-http-apis);
// a form it does not.
func textual(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	return kind == "application/json" || kind == "application/xml" || kind == "application/javascript" || strings.HasPrefix(kind, "text/")
}
