package templatetests

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/functions"
	"duly/shared/store"
)

func TestDataOutlivesTheStack(t *testing.T) {
	for _, name := range slices.Concat(prod().of("AWS::DynamoDB::Table"), prod().of("AWS::S3::Bucket")) {
		if r := prod().Resources[name]; r.DeletionPolicy != "Retain" || r.UpdateReplacePolicy != "Retain" {
			t.Errorf("%s goes with the stack: %s, %s", name, r.DeletionPolicy, r.UpdateReplacePolicy)
		}
	}
	table := prod().Resources["Table"]
	if table.at("DeletionProtectionEnabled") != true {
		t.Error("the table can be deleted by one call")
	}
	if table.at("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true {
		t.Error("the table cannot be brought back to a point in time")
	}
	for _, name := range prod().of("AWS::S3::Bucket") {
		if prod().Resources[name].text("VersioningConfiguration", "Status") != "Enabled" {
			t.Errorf("%s forgets what is overwritten", name)
		}
	}
}

// A logical id that changes replaces the resource: an empty table beside the old one.
func TestDataKeepsItsPlace(t *testing.T) {
	want := map[string]string{"Table": "TableCD117FA1", "Archive": "ArchiveDA4CB258", "Intake": "IntakeA0CA28E8"}
	for name, id := range want {
		if got := prod().Resources[name].logicalID; got != id {
			t.Errorf("%s is now %s, was %s: deployed stacks would start with an empty one", name, got, id)
		}
	}
}

func TestArchiveIsLockedForTheLegalYears(t *testing.T) {
	archive := prod().Resources["Archive"]
	lock, _ := archive.at("ObjectLockConfiguration", "Rule", "DefaultRetention").(map[string]any)
	if archive.at("ObjectLockEnabled") != true || lock["Mode"] != "GOVERNANCE" {
		t.Errorf("documents can be deleted: %v", lock)
	}
	if days, _ := lock["Days"].(float64); days < 7*365+2 {
		t.Errorf("locked for %v days; art. 52(4) AWR asks for seven years", days)
	}
	if archive.at("LifecycleConfiguration") != nil {
		t.Error("documents expire")
	}
	// SES and presigned uploads by plain HTTP cannot write where a lock is the default.
	if prod().Resources["Intake"].at("ObjectLockConfiguration") != nil {
		t.Error("the intake bucket locks what it takes in")
	}
}

func TestTableIsTheStores(t *testing.T) {
	table, definition := prod().Resources["Table"], store.Definition("any")
	keys := func(schema any) string {
		var out []string
		for _, k := range list(schema) {
			out = append(out, k["KeyType"].(string)+" "+k["AttributeName"].(string))
		}
		return strings.Join(out, ", ")
	}
	want, got := map[string]string{}, map[string]string{"": keys(table.at("KeySchema"))}
	for _, k := range definition.KeySchema {
		want[""] += ", " + k.KeyType + " " + k.AttributeName
	}
	for _, index := range definition.GlobalSecondaryIndexes {
		for _, k := range index.KeySchema {
			want[index.IndexName] += ", " + k.KeyType + " " + k.AttributeName
		}
		want[index.IndexName] += ", " + index.Projection.ProjectionType
	}
	for name := range want {
		want[name] = strings.TrimPrefix(want[name], ", ")
	}
	for _, index := range list(table.at("GlobalSecondaryIndexes")) {
		got[index["IndexName"].(string)] = keys(index["KeySchema"]) + ", " + at(index, "Projection", "ProjectionType").(string)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := table.text("BillingMode"); got != definition.BillingMode {
		t.Errorf("billing %s", got)
	}
	if got := table.text("StreamSpecification", "StreamViewType"); got != definition.StreamSpecification.StreamViewType {
		t.Errorf("the stream shows %s", got)
	}
	expiry := store.Expiry("any").TimeToLiveSpecification
	if table.at("TimeToLiveSpecification", "AttributeName") != expiry.AttributeName ||
		table.at("TimeToLiveSpecification", "Enabled") != expiry.Enabled {
		t.Errorf("expiry %v", table.at("TimeToLiveSpecification"))
	}
}

func TestFunctionsRunAsTheManifestSays(t *testing.T) {
	for _, f := range functions.All() {
		r := prod().Resources[pascal(f.Name)]
		got := map[string]any{
			"Runtime": r.at("Runtime"), "Architectures": r.at("Architectures"), "Tracing": r.at("TracingConfig", "Mode"),
			"Handler": r.at("Handler"), "MemorySize": r.at("MemorySize"), "Timeout": r.at("Timeout"),
			"Name": r.at("FunctionName"), "Logs": r.at("LoggingConfig", "LogGroup"), "Format": r.at("LoggingConfig", "LogFormat"),
		}
		want := map[string]any{
			"Runtime": "provided.al2023", "Architectures": []any{"arm64"}, "Tracing": "Active",
			"Handler": "bootstrap", "MemorySize": float64(f.MemoryMB), "Timeout": float64(f.TimeoutSeconds),
			"Name": "duly-prod-" + f.Name, "Logs": pascal(f.Name) + "Logs", "Format": "JSON",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", f.Name, diff)
		}
		if len(f.Routes) > 0 && f.TimeoutSeconds >= 30 {
			t.Errorf("%s: the gateway answers for it after 30 s", f.Name)
		}
	}
	if got := len(prod().of("AWS::Lambda::Function")); got != len(functions.All()) {
		t.Errorf("%d functions run, the manifest knows %d", got, len(functions.All()))
	}
	for _, name := range prod().of("AWS::Logs::LogGroup") {
		if prod().Resources[name].at("RetentionInDays") != 90.0 {
			t.Errorf("%s keeps logs for ever", name)
		}
	}
}

// Nothing that could be a secret is in the template: no value, no parameter to type one into, no resource that makes
// one, and functions learn only where things are.
func TestNoSecretInTheTemplate(t *testing.T) {
	for _, shape := range []string{`sk_(live|test)_`, `rk_(live|test)_`, `whsec_`, `xox[abp]-`, `AKIA[0-9A-Z]{16}`, `shpat_`, `-----BEGIN`, `resolve:ssm`, `resolve:secretsmanager`} {
		if found := regexp.MustCompile(shape).Find(prod().raw); found != nil {
			t.Errorf("the template holds %q", found)
		}
	}
	for _, kind := range []string{"AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::CloudFormation::CustomResource"} {
		if found := prod().of(kind); len(found) > 0 {
			t.Errorf("%v", found)
		}
	}
	want := map[string]string{
		functions.EnvStage: "prod", functions.EnvTable: "Table", functions.EnvSecrets: "/duly/prod",
		functions.EnvBaseURL: "HasDomain ? https://Domain : Gateway.ApiEndpoint",
		functions.EnvArchive: "Archive", functions.EnvIntake: "Intake", functions.EnvBus: "Bus",
		functions.EnvMailDomain: "MailDomain", functions.EnvMailSet: "MailSet", functions.EnvReplyDomain: "reply.MailDomain",
	}
	for _, f := range functions.All() {
		want[functions.EnvInbox] = pascal(f.Name) + "Inbox"
		for name, value := range prod().Resources[pascal(f.Name)].at("Environment", "Variables").(map[string]any) {
			if value != want[name] {
				t.Errorf("%s: %s is %v, want %q", f.Name, name, value, want[name])
			}
		}
	}
	for name, p := range prod().Parameters {
		if p["NoEcho"] != nil || regexp.MustCompile(`(?i)secret|token|password|key`).MatchString(name) {
			t.Errorf("%s asks for a secret", name)
		}
	}
}

// A path holds a customer's token, a query a sign-in; the log of requests names the route only (I12).
func TestRequestLogHoldsNoLink(t *testing.T) {
	stage := prod().Resources["Stage"]
	format := stage.text("AccessLogSettings", "Format")
	if !strings.Contains(format, "$context.routeKey") || stage.text("AccessLogSettings", "DestinationArn") != "GatewayLogs.Arn" {
		t.Errorf("requests are not logged: %s", format)
	}
	for _, variable := range []string{"$context.path", "$context.customDomain", "$context.authorizer", "queryString", "requestOverride"} {
		if strings.Contains(format, variable) {
			t.Errorf("the log of requests holds %s", variable)
		}
	}
}

func TestUnbuiltTemplateCannotBeDeployed(t *testing.T) {
	if at(prod().Rules, "Built") == nil {
		t.Error("stand-ins for the functions could be deployed")
	}
	root := built(t)
	complete := synth("test", root)
	if at(complete.Rules, "Built") != nil {
		t.Error("a complete build is refused")
	}
	assets := map[string]string{}
	for _, f := range functions.All() {
		assets[complete.Resources[pascal(f.Name)].text("Code", "S3Key")] = f.Name
	}
	if len(assets) != len(functions.All()) {
		t.Errorf("functions share programs: %v", assets)
	}
	for _, name := range complete.of("AWS::Lambda::Function") {
		if !strings.HasPrefix(complete.Resources[name].text("FunctionName"), "duly-test-") {
			t.Errorf("%s has the name of another stage", name)
		}
	}
	if bytes.Contains(complete.raw, []byte("duly/prod")) || bytes.Contains(complete.raw, []byte("duly-prod")) {
		t.Error("one stage reaches into another")
	}
}

func TestTemplateIsReproducible(t *testing.T) {
	if again := synth(functions.StageLive, "no-such-folder"); !bytes.Equal(prod().raw, again.raw) {
		t.Error("the same commit gives two templates")
	}
}

// What breaks a rule of cdk-nag knowingly; the reasons stand in infra/stack/excuses.go.
func TestExcusesAreThese(t *testing.T) {
	want := map[string][]string{
		"AwsSolutions-APIG4":          prod().of("AWS::ApiGatewayV2::Route"),
		"AwsSolutions-SQS3":           {"DeadTriggers"},
		"Serverless-SQSRedrivePolicy": {"DeadInboxes", "DeadTriggers"},
		"Serverless-LambdaDLQ":        prod().of("AWS::Lambda::Function"),
		"Serverless-SNSRedrivePolicy": {"AlarmMailbox"},
	}
	for _, f := range functions.All() {
		for _, rule := range []string{"AwsSolutions-IAM5", "Serverless-LambdaStarPermissions"} {
			want[rule] = append(want[rule], pascal(f.Name)+"Role")
		}
	}
	got := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(prod().Resources)) {
		for _, excuse := range list(at(prod().Resources[name].Metadata, "cdk_nag", "rules_to_suppress")) {
			got[excuse["id"].(string)] = append(got[excuse["id"].(string)], name)
			if reason, _ := excuse["reason"].(string); len(reason) < 40 {
				t.Errorf("%s: %v is no reason", name, reason)
			}
		}
	}
	for rule := range want {
		slices.Sort(want[rule])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
