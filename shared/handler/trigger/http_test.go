package trigger

import (
	"net/http"
	"testing"
)

// A function sees a body as API Gateway hands it over
// (aws.amazon.com/blogs/compute/handling-binary-data-using-amazon-api-gateway-http-apis),
// and a signature is verified over the bytes that were sent.
func TestABodyTravelsAsTheGatewayHandsItOver(t *testing.T) {
	for _, c := range []struct {
		contentType, body string
		encoded           bool
	}{
		{"application/json", `{"name":"Jörg"}`, false},
		{"Application/JSON; charset=utf-8", `{}`, false},
		{"application/xml", `<a/>`, false},
		{"text/csv", "a;b\n", false},
		{"application/x-www-form-urlencoded", "payload=%7B%7D", true},
		{"multipart/form-data; boundary=x", "--x--", true},
		{"application/octet-stream", "\x00\xff", true},
		{"", "{}", true},
		{"application/json", "\"\xff\"", true}, // no text: JSON cannot carry it
	} {
		r, err := http.NewRequest("POST", "https://duly.example/webhooks/demo-shopify", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.contentType != "" {
			r.Header.Set("Content-Type", c.contentType)
		}
		in := Request(r, []byte(c.body))
		if in.IsBase64Encoded != c.encoded || !c.encoded && in.Body != c.body {
			t.Errorf("%s: base64 %v, %q", c.contentType, in.IsBase64Encoded, in.Body)
		}
		if got, ok := Body(in); !ok || string(got) != c.body {
			t.Errorf("%s: %q arrives as %q", c.contentType, c.body, got)
		}
	}
}
