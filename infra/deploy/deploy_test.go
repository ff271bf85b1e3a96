package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"duly/shared/o2c/fault"
)

// account speaks CloudFormation's wire format for the one stack of the tests, and is its API once deployed.
type account struct {
	status   string // of the stack; "" when there is none
	next     []string
	changes  string         // of the change set, as XML
	failed   string         // why there is no change set
	tables   map[string]int // that earlier stacks left, with their items
	calls    []string
	deployed *httptest.Server
}

const template = `{"Parameters": {"MailDomain": {"Type": "String", "Description": "Domain that sends."}, "Budget": {"Type": "Number", "Default": 25}},
	"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"}, "Api": {"Type": "AWS::Lambda::Function", "DeletionPolicy": "Delete"}}}`

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.beside(w, r) {
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	action := r.Form.Get("Action")
	a.calls = append(a.calls, action)
	result := ""
	switch action {
	case "DescribeStacks":
		if strings.Contains(r.Form.Get("StackName"), bootstrapped) || a.status == "" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>`)
			return
		}
		result = `<Stacks><member><StackName>duly-prod</StackName><StackId>arn:stack/duly-prod/1</StackId><CreationTime>2026-01-05T00:00:00Z</CreationTime><StackStatus>` + a.status +
			`</StackStatus><Outputs><member><OutputKey>BaseURL</OutputKey><OutputValue>` + a.deployed.URL + `/</OutputValue></member><member><OutputKey>TableName</OutputKey><OutputValue>duly-prod-Table1</OutputValue></member></Outputs></member></Stacks>`
		if len(a.next) > 0 {
			a.status, a.next = a.next[0], a.next[1:]
		}
	case "DescribeChangeSet":
		status := "CREATE_COMPLETE"
		if a.failed != "" {
			status = "FAILED"
		}
		result = `<Status>` + status + `</Status><StatusReason>` + a.failed + `</StatusReason><Changes>` + a.changes + `</Changes>`
	case "ExecuteChangeSet":
		a.status = a.next[0]
		a.next = a.next[1:]
	case "DescribeStackEvents":
		result = `<StackEvents><member><EventId>2</EventId><StackId>x</StackId><StackName>duly-prod</StackName><Timestamp>2026-01-05T00:00:02Z</Timestamp><LogicalResourceId>Api</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>Resource creation cancelled</ResourceStatusReason></member>` +
			`<member><EventId>1</EventId><StackId>x</StackId><StackName>duly-prod</StackName><Timestamp>2026-01-05T00:00:01Z</Timestamp><LogicalResourceId>Mail</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>the domain is taken</ResourceStatusReason></member></StackEvents>`
	case "GetTemplate":
		result = `<TemplateBody>` + strings.ReplaceAll(template, "&", "&amp;") + `</TemplateBody>`
	case "ListStackResources":
		for _, one := range [][3]string{{"Table", "AWS::DynamoDB::Table", "duly-prod-Table1"}, {"Api", "AWS::Lambda::Function", "duly-api"}} {
			result += fmt.Sprintf(`<member><LogicalResourceId>%s</LogicalResourceId><ResourceType>%s</ResourceType><PhysicalResourceId>%s</PhysicalResourceId><LastUpdatedTimestamp>2026-01-05T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`, one[0], one[1], one[2])
		}
		result = `<StackResourceSummaries>` + result + `</StackResourceSummaries>`
	case "DeleteStack":
		a.status, a.next = "DELETE_IN_PROGRESS", []string{"DELETE_COMPLETE"}
	}
	_, _ = fmt.Fprintf(w, `<%sResponse><%sResult>%s</%sResult></%sResponse>`, action, action, result, action, action)
}

// beside answers what is asked of DynamoDB and S3.
func (a *account) beside(w http.ResponseWriter, r *http.Request) bool {
	switch r.Header.Get("X-Amz-Target") {
	case "DynamoDB_20120810.ListTables":
		_ = json.NewEncoder(w).Encode(map[string]any{"TableNames": slices.Sorted(maps.Keys(a.tables))})
		return true
	case "DynamoDB_20120810.Scan":
		var in struct{ TableName string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		_ = json.NewEncoder(w).Encode(map[string]any{"Items": make([]struct{}, a.tables[in.TableName])})
		return true
	}
	if r.Method != http.MethodGet {
		return false
	}
	_, _ = io.WriteString(w, `<ListAllMyBucketsResult><Buckets><Bucket><Name>other</Name></Bucket><Bucket><Name>duly-prod-archive1</Name></Bucket></Buckets></ListAllMyBucketsResult>`)
	return true
}

func change(action, resource, kind, replaced, property string) string {
	return fmt.Sprintf(`<member><Type>Resource</Type><ResourceChange><Action>%s</Action><LogicalResourceId>%s</LogicalResourceId><ResourceType>%s</ResourceType><Replacement>%s</Replacement>`+
		`<Details><member><Target><Attribute>Properties</Attribute><Name>%s</Name></Target></member></Details></ResourceChange></member>`, action, resource, kind, replaced, property)
}

// bench is an account and what is told and run.
type bench struct {
	*account
	cloud *Cloud
	out   bytes.Buffer
	ran   []string
	typed string
}

func open(t *testing.T, a *account) *bench {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(assembly, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(assembly, "duly-prod.template.json"), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	a.deployed = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/webhooks/stripe" && r.Method == http.MethodPost {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	server := httptest.NewServer(a)
	t.Cleanup(a.deployed.Close)
	t.Cleanup(server.Close)
	keys := credentials.NewStaticCredentialsProvider("id", "secret", "")
	return &bench{account: a, cloud: &Cloud{
		config:  aws.Config{Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), Credentials: keys},
		Account: "111122223333", Region: "eu-central-1", wait: func(ctx context.Context) error { return ctx.Err() },
		stacks: cloudformation.New(cloudformation.Options{Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), Credentials: keys, Retryer: aws.NopRetryer{}}),
	}}
}

func (b *bench) order(answers map[string]string, allow ...string) Order {
	return Order{
		Stage: "prod", Answers: answers, Allow: allow, Out: &b.out,
		Run: func(_ context.Context, program string, args ...string) error {
			b.ran = append(b.ran, strings.Join(append([]string{program}, args...), " "))
			return nil
		},
		Ask: func(string) (string, error) { return b.typed, nil },
	}
}

func (b *bench) told(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(b.out.String(), w) {
			t.Errorf("nothing says %q in\n%s", w, b.out.String())
		}
	}
}

func TestFirstDeployment(t *testing.T) {
	b := open(t, &account{changes: change("Add", "Api", "AWS::Lambda::Function", "", "") + change("Add", "Table", "AWS::DynamoDB::Table", "", ""),
		next: []string{"REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"}})
	err := b.cloud.Deploy(t.Context(), b.order(nil))
	if !fault.Is(err, fault.Config) || !strings.Contains(err.Error(), "--set MailDomain=… (Domain that sends.)") {
		t.Fatalf("without answers: %v", err)
	}
	b.typed = "y\n"
	if err := b.cloud.Deploy(t.Context(), b.order(map[string]string{"MailDomain": "example.com", "Budget": "30"})); err != nil {
		t.Fatal(err)
	}
	b.told(t, "1 × new Lambda function", "1 × new DynamoDB table", "duly-prod answers at "+b.deployed.URL)
	want := []string{
		"npm --prefix infra ci --no-audit --no-fund --silent", "make build", "make synth STAGE=prod", cdk + " bootstrap aws://111122223333/eu-central-1 --app cdk.out",
		cdk + " deploy duly-prod --app cdk.out --require-approval never --method prepare-change-set --change-set-name duly-next --parameters Budget=30 --parameters MailDomain=example.com",
	}
	if got := b.ran[3:]; !slices.Equal(got, want) {
		t.Errorf("ran\n%s", strings.Join(got, "\n"))
	}
}

// TestGuard: what would lose records is stopped before it starts, whatever is answered.
func TestGuard(t *testing.T) {
	for name, row := range map[string]struct {
		change  string
		allow   []string
		stopped bool
	}{
		"the table replaced":           {change("Modify", "Table", "AWS::DynamoDB::Table", "True", "KeySchema"), nil, true},
		"the table perhaps replaced":   {change("Modify", "Table", "AWS::DynamoDB::Table", "Conditional", "KeySchema"), nil, true},
		"the archive removed":          {change("Remove", "Archive", "AWS::S3::Bucket", "", ""), nil, true},
		"a queue replaced":             {change("Modify", "Dead", "AWS::SQS::Queue", "True", "QueueName"), nil, true},
		"the table changed in place":   {change("Modify", "Table", "AWS::DynamoDB::Table", "False", "Tags"), nil, false},
		"a function replaced":          {change("Modify", "Api", "AWS::Lambda::Function", "True", "FunctionName"), nil, false},
		"said to be meant":             {change("Remove", "Archive", "AWS::S3::Bucket", "", ""), []string{"Archive"}, false},
		"another one said to be meant": {change("Remove", "Archive", "AWS::S3::Bucket", "", ""), []string{"Table"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, &account{status: "UPDATE_COMPLETE", changes: row.change})
			b.typed = "y"
			if row.stopped {
				err := b.cloud.Deploy(t.Context(), b.order(nil, row.allow...))
				if !fault.Is(err, fault.Harmful) || slices.Contains(b.calls, "ExecuteChangeSet") {
					t.Errorf("not stopped: %v, %v", err, b.calls)
				}
				return
			}
			if err := b.cloud.Diff(t.Context(), b.order(nil, row.allow...)); err != nil || !slices.Contains(b.calls, "DeleteChangeSet") {
				t.Errorf("%v, %v", err, b.calls)
			}
		})
	}
}

func TestDeploymentsThatDoNotHappen(t *testing.T) {
	for name, row := range map[string]struct {
		account account
		typed   string
		code    fault.Code
		says    string
	}{
		"nobody says yes":  {account{status: "UPDATE_COMPLETE", changes: change("Modify", "Api", "AWS::Lambda::Function", "False", "Code")}, "", "", "Nothing was changed."},
		"nothing to do":    {account{status: "UPDATE_COMPLETE", failed: "The submitted information didn't contain changes."}, "y", "", "Nothing to do."},
		"a bad template":   {account{status: "UPDATE_COMPLETE", failed: "Template format error"}, "y", fault.Refused, "Template format error"},
		"another one runs": {account{status: "UPDATE_IN_PROGRESS"}, "y", fault.Refused, "wait until it is over"},
		"half deployed":    {account{status: "ROLLBACK_COMPLETE"}, "y", fault.Refused, "aws cloudformation delete-stack --stack-name duly-prod"},
		"half deleted":     {account{status: "DELETE_FAILED"}, "y", fault.Refused, "run: make uninstall"},
		"half changed":     {account{status: "UPDATE_FAILED"}, "y", fault.Refused, "aws cloudformation rollback-stack --stack-name duly-prod"},
		"records of before": {account{tables: map[string]int{"duly-prod-Table1": 1, "duly-test-Table2": 1, "duly-prod-Table3": 0}}, "y", fault.Harmful,
			`run: duly backup before.tar.gz --table duly-prod-Table1 --archive duly-prod-archive1, then: make deploy SET="--allow duly-prod-Table1 …" and: duly restore before.tar.gz --stage prod`},
		"not taken back": {account{status: "UPDATE_ROLLBACK_FAILED"}, "y", fault.Refused, "continue-update-rollback"},
	} {
		t.Run(name, func(t *testing.T) {
			a := row.account
			b := open(t, &a)
			b.typed = row.typed
			err := b.cloud.Deploy(t.Context(), b.order(nil))
			if row.code == "" && err != nil || row.code != "" && !fault.Is(err, row.code) {
				t.Fatalf("got %v", err)
			}
			said := b.out.String()
			if err != nil {
				said += err.Error()
			}
			if !strings.Contains(said, row.says) || slices.Contains(b.calls, "ExecuteChangeSet") {
				t.Errorf("says %q; calls %v", said, b.calls)
			}
		})
	}
}

func TestADeploymentThatFailsOnTheWay(t *testing.T) {
	b := open(t, &account{changes: change("Add", "Api", "AWS::Lambda::Function", "", ""), next: []string{"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"}})
	b.typed = "y"
	err := b.cloud.Deploy(t.Context(), b.order(map[string]string{"MailDomain": "example.com"}))
	if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "Mail: the domain is taken") {
		t.Errorf("got %v", err)
	}
}

func TestADeploymentThatDoesNotEnd(t *testing.T) {
	b := open(t, &account{status: "UPDATE_COMPLETE", changes: change("Modify", "Api", "AWS::Lambda::Function", "False", "Code"), next: []string{"UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"}})
	b.typed = "y"
	if err := b.cloud.Deploy(t.Context(), b.order(nil)); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "describe-stack-events --stack-name duly-prod") {
		t.Errorf("got %v", err)
	}
}

func TestADeploymentThatDoesNotAnswer(t *testing.T) {
	b := open(t, &account{status: "UPDATE_COMPLETE", failed: "No updates are to be performed."})
	b.deployed.Config.Handler = http.NotFoundHandler()
	if err := b.cloud.Deploy(t.Context(), b.order(nil)); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "gives 404, not 200") {
		t.Errorf("got %v", err)
	}
}

func TestUninstall(t *testing.T) {
	b := open(t, &account{status: "UPDATE_COMPLETE"})
	b.typed = "duly"
	kept, full := "", errors.New("the disk is full")
	o := b.order(nil)
	o.Keep = func(_ context.Context, table, _ string) error { kept = table; return full }
	if err := b.cloud.Uninstall(t.Context(), o); !errors.Is(err, full) || slices.Contains(b.calls, "DeleteStack") {
		t.Fatalf("without a copy: %v, %v", err, b.calls)
	}
	full = nil
	if err := b.cloud.Uninstall(t.Context(), o); err != nil || kept != "duly-prod-Table1" || slices.Contains(b.calls, "DeleteStack") {
		t.Fatalf("another name: %v, %v, a copy of %s", err, b.calls, kept)
	}
	b.told(t, "1 resources of duly-prod would be deleted", "duly-prod-Table1", "Nothing was deleted.")
	b.typed = "duly-prod\n"
	if err := b.cloud.Uninstall(t.Context(), b.order(nil)); err != nil {
		t.Fatal(err)
	}
	b.told(t, "aws dynamodb delete-table --table-name duly-prod-Table1", "Stripe: delete the webhook endpoint")
	b.account.status = ""
	if err := b.cloud.Uninstall(t.Context(), b.order(nil)); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing there: %v", err)
	}
}

// TestOpenWithoutAnAccount: one sentence and the command that mends it.
func TestOpenWithoutAnAccount(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	_, err := Open(t.Context())
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.NoAccount || !strings.Contains(f.Error(), "run: aws configure sso, then this again") {
		t.Errorf("no credentials: %v", err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	if _, err = Open(t.Context()); !errors.As(err, &f) || f.Code != fault.NoAccount || !strings.Contains(f.Error(), "region") || strings.Contains(f.Error(), "secret") {
		t.Errorf("no region: %v", err)
	}
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	}))
	t.Cleanup(sts.Close)
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	t.Setenv("AWS_REGION", "nowhere-1")
	if _, err = Open(t.Context()); !errors.As(err, &f) || f.Code != fault.NoAccount || !strings.Contains(f.Error(), "region nowhere-1") || !strings.Contains(f.Error(), "export AWS_REGION=") {
		t.Errorf("a region that is none: %v", err)
	}
	t.Setenv("AWS_ENDPOINT_URL_STS", sts.URL)
	t.Setenv("AWS_REGION", "eu-central-1")
	if c, err := Open(t.Context()); err != nil || c.Account != "111122223333" || c.Region != "eu-central-1" {
		t.Errorf("with an account: %+v, %v", c, err)
	}
}
