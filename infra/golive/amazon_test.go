package golive_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"duly/infra/golive"
)

// amazon speaks the wire formats of the four services that the list asks.
func amazon(entered *string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { answer(entered, w, r) }
}

func answer(entered *string, w http.ResponseWriter, r *http.Request) {
	switch target := r.Header.Get("X-Amz-Target"); {
	case target == "AmazonSSM.GetParameter":
		var in struct{ Name string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		if in.Name != "/duly/test/link-key" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"ParameterNotFound"}`))
			return
		}
		_, _ = w.Write([]byte(`{"Parameter":{"Name":"/duly/test/link-key","Value":"k1:AAAA"}}`))
	case target == "AmazonSSM.PutParameter":
		var in struct{ Name, Value, Type string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		*entered = in.Name + " " + in.Type + " " + strings.ReplaceAll(in.Value, "\n", "|")
		_, _ = w.Write([]byte(`{"Version":2}`))
	case r.URL.Path == "/v2/email/account":
		_, _ = w.Write([]byte(`{"ProductionAccessEnabled":true}`))
	case strings.HasSuffix(r.URL.Path, "/identities/example.com"):
		_, _ = w.Write([]byte(`{"VerifiedForSendingStatus":true}`))
	case strings.HasPrefix(r.URL.Path, "/v2/email/identities/"):
		w.Header().Set("X-Amzn-Errortype", "NotFoundException")
		w.WriteHeader(http.StatusNotFound)
	default:
		_ = r.ParseForm()
		action, result := r.Form.Get("Action"), ""
		switch {
		case action == "GetCallerIdentity":
			result = "<Account>111122223333</Account>"
		case r.Form.Get("StackName") == "duly-test":
			result = `<Stacks><member><StackName>duly-test</StackName><CreationTime>2026-01-05T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>BaseURL</OutputKey><OutputValue>https://x</OutputValue></member></Outputs></member></Stacks>`
		default:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>`))
			return
		}
		_, _ = fmt.Fprintf(w, `<%sResponse><%sResult>%s</%sResult></%sResponse>`, action, action, result, action, action)
	}
}

// TestTheAccountIsReadOverTheWire of AWS: what is there, and what is not.
func TestTheAccountIsReadOverTheWire(t *testing.T) {
	var entered string
	server := httptest.NewServer(amazon(&entered))
	defer server.Close()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"} {
		t.Setenv(name, value)
	}
	a, found, err := golive.Amazon("test")(t.Context())
	if err != nil || found != "111122223333 in eu-central-1" {
		t.Fatalf("%s %v", found, err)
	}
	status, outputs, err := a.Stack(t.Context(), "duly-test")
	if none, _, missing := a.Stack(t.Context(), "CDKToolkit"); status != "CREATE_COMPLETE" || outputs["BaseURL"] != "https://x" || err != nil || none != "" || missing != nil {
		t.Errorf("%s %v %v, %q %v", status, outputs, err, none, missing)
	}
	known, verified, err := a.Sender(t.Context(), "example.com")
	strange, _, none := a.Sender(t.Context(), "other.example")
	if !known || !verified || err != nil || strange || none != nil {
		t.Errorf("%t %t %v, %t %v", known, verified, err, strange, none)
	}
	if open, err := a.Production(t.Context()); !open || err != nil {
		t.Errorf("%t %v", open, err)
	}
	key, err := a.Secret(t.Context(), "link-key")
	if none, missing := a.Secret(t.Context(), "stripe/api"); key != "k1:AAAA" || err != nil || none != "" || missing != nil {
		t.Errorf("%q %v, %q %v", key, err, none, missing)
	}
	for _, c := range []struct {
		name string
		keep bool
		want string
	}{
		{"link-key", false, "/duly/test/link-key SecureString k2:BBBB"}, {"link-key", true, "/duly/test/link-key SecureString k2:BBBB|k1:AAAA"}, {"stripe/webhook", true, "/duly/test/stripe/webhook SecureString k2:BBBB"},
	} {
		if _, err := golive.Enter(t.Context(), "test", c.name, "k2:BBBB", c.keep); err != nil || entered != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, entered, err, c.want)
		}
	}
}
