package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local"
)

// deployment is a deployment as a laptop reaches one: the account by AWS's wire formats, the table, and the API by HTTP.
type deployment struct {
	*local.Runtime
	status, base string
	stacks       []string // beside duly-prod
	refused      bool     // the account does not take the credentials
	params       map[string]string
	sent         int // mails
}

// parameter and mail answer what the list and the specimen ask besides.
func (s *deployment) besides(w http.ResponseWriter, r *http.Request) (answered bool) {
	var in struct{ Name, Value string }
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(target, "AmazonSSM."):
		_ = json.NewDecoder(r.Body).Decode(&in)
		if target == "AmazonSSM.PutParameter" {
			s.params[in.Name] = in.Value
			_, _ = w.Write([]byte(`{"Version":1}`))
			return true
		}
		if s.params[in.Name] == "" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"ParameterNotFound"}`))
			return true
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"Parameter": map[string]string{"Name": in.Name, "Value": s.params[in.Name]}})
	case r.URL.Path == "/v2/email/outbound-emails":
		s.sent++
		_, _ = w.Write([]byte(`{"MessageId":"m1"}`))
	case r.URL.Path == "/v2/email/account":
		_, _ = w.Write([]byte(`{"ProductionAccessEnabled":true}`))
	case strings.HasPrefix(r.URL.Path, "/v2/email/identities/"):
		_, _ = w.Write([]byte(`{"VerifiedForSendingStatus":true}`))
	default:
		return false
	}
	return true
}

func stand(t *testing.T) *deployment {
	t.Helper()
	s := &deployment{status: "UPDATE_COMPLETE", params: map[string]string{}}
	server := httptest.NewUnstartedServer(nil)
	s.base = "http://" + server.Listener.Addr().String()
	var err error
	if s.Runtime, err = local.Open(local.Options{BaseURL: s.base, Start: time.Now(), Seed: 42, Manual: true}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.Handle("/v1/", s.Runtime)
	mux.HandleFunc(local.Outside+"/", func(w http.ResponseWriter, r *http.Request) {
		s.Outside().ServeHTTP(w, r)
		s.Nudge() // S3 tells of a file at once
	})
	server.Config.Handler = mux
	server.Start()
	ctx, stop := context.WithCancel(t.Context())
	pumped := make(chan struct{})
	go func() { defer close(pumped); s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-pumped
		server.Close()
		_ = s.Close()
	})
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": s.base, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1", "DULY_API_KEY": ""} {
		t.Setenv(name, value)
	}
	return s
}

func (s *deployment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_") {
		s.Engine.ServeHTTP(w, r)
		return
	}
	if s.besides(w, r) {
		return
	}
	_ = r.ParseForm()
	action := r.Form.Get("Action")
	result := ""
	switch {
	case s.refused:
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>`))
		return
	case action == "GetCallerIdentity":
		result = "<Arn>arn:aws:iam::111122223333:user/olga</Arn><Account>111122223333</Account>"
	case action == "DescribeStacks" && slices.Contains(append(s.stacks, "duly-prod"), r.Form.Get("StackName")) && s.status != "":
		outputs := ""
		for key, value := range map[string]string{"BaseURL": s.base + "/", "TableName": local.Table, "ArchiveName": local.ArchiveBucket, "Dkim1Name": "a._domainkey.shop.example"} {
			outputs += "<member><OutputKey>" + key + "</OutputKey><OutputValue>" + value + "</OutputValue></member>"
		}
		result = `<Stacks><member><StackName>` + r.Form.Get("StackName") + `</StackName><CreationTime>2026-01-05T00:00:00Z</CreationTime><StackStatus>` + s.status + `</StackStatus><Outputs>` + outputs + `</Outputs></member></Stacks>`
	default:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>`))
		return
	}
	fmt.Fprintf(w, `<%sResponse><%sResult>%s</%sResult></%sResponse>`, action, action, result, action, action)
}

// TestAVerbReachesADeployment by the credentials of the account: the same import as in the demo, through the same API, by
// a key that ends with it; and it says in one sentence why it cannot.
func TestAVerbReachesADeployment(t *testing.T) {
	s := stand(t)
	file := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(file, []byte("Debiteurnummer;Naam;E-mail;Straat;Postcode;Plaats;Land;Taal\n1001;Bakkerij Vos;adm@vos.example;Dam 1;1012 JS;Amsterdam;NL;nl\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "open.csv")
	if err := os.WriteFile(open, []byte("Factuurnummer;Debiteurnummer;Factuurdatum;Vervaldatum;Factuurbedrag;Openstaand;BTW %\nF2025-118;1001;2025-11-10;2025-12-10;1.210,00;1.210,00;21\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"import", "customers", file, "--stage", "prod"}, "nothing written yet"},
		{[]string{"import", "customers", file, "--stage", "prod", "--apply"}, "1 new, 0 changed"},
		{[]string{"import", "open-invoices", open, "--stage", "prod", "--total", "1.210,00", "--apply"}, "1 new"},
		{[]string{"verify", "--stage", "prod"}, "ledger"},
		{[]string{"safe-mode", "on", "--stage", "prod"}, "Letters wait"},
		{[]string{"specimen", "--stage", "prod"}, "Sent from invoices@shop.example to administratie@voorbeeld.example"},
	} {
		if code, out, problems := run(step.args...); code != 0 || !strings.Contains(out, step.want) {
			t.Fatalf("%v: %d %s %s", step.args, code, out, problems)
		}
	}
	status, list, err := s.Program(t.Context(), http.MethodGet, "/v1/customers", nil)
	if err != nil || status != http.StatusOK || !strings.Contains(string(list), "Bakkerij Vos") {
		t.Errorf("%d %s %v", status, list, err)
	}

	code, out, problems := run("key", "create", "shop", "--read-only")
	key, _, _ := strings.Cut(out, "\n")
	_, after, _ := strings.Cut(out, "duly key revoke ")
	hash, _, _ := strings.Cut(after, " ")
	asked := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/v1/customers", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+key)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if code != 0 || asked() != http.StatusOK {
		t.Errorf("a new key: %d %s %s, it opens %d", code, out, problems, asked())
	}
	if code, _, problems := run("key", "revoke", hash); code != 0 || asked() != http.StatusUnauthorized {
		t.Errorf("a revoked key: %d %s, it opens %d", code, problems, asked())
	}

	if s.sent != 1 || !strings.Contains(s.params["/duly/prod/specimen"], " to administratie@voorbeeld.example") {
		t.Errorf("%d specimens, noted as %v", s.sent, s.params)
	}
	code, out, problems = run("doctor", "--stage", "prod")
	for _, want := range []string{"MISSING  Slack app", "duly secret set slack/bot", "MISSING  bank", "ok       safe mode", "ok       parked messages", "ok       mail domain", "MISSING  books"} {
		if code != exitFailed || !strings.Contains(out, want) || !strings.Contains(problems, "is not well") {
			t.Errorf("%q is not in: %d %s %s", want, code, out, problems)
		}
	}

	for _, c := range []struct {
		change func()
		args   []string
		want   string
	}{
		{func() {}, []string{"import", "customers", file, "--stage", "test"}, "Duly is not deployed — there is no stack duly-test in eu-central-1"},
		{func() { s.status = "UPDATE_ROLLBACK_FAILED" }, []string{"import", "customers", file, "--stage", "prod"}, "(UPDATE_ROLLBACK_FAILED) — run: aws cloudformation continue-update-rollback --stack-name duly-prod"},
		{func() { s.refused = true }, []string{"verify", "--stage", "prod"}, "run: aws sso login"},
		{func() { t.Setenv("AWS_REGION", ""); t.Setenv("AWS_CONFIG_FILE", "/nonexistent") }, []string{"verify", "--stage", "prod"}, "AWS_REGION=eu-central-1"},
	} {
		c.change()
		if code, _, problems := run(c.args...); code == 0 || strings.Count(problems, "\n") != 1 || !strings.Contains(problems, c.want) {
			t.Errorf("%v: %d %s", c.args, code, problems)
		}
	}
}
