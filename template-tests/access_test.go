package templatetests

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/functions"
)

// The tables below are written by hand and not read from the manifest: a wider permission must be written twice.

func TestFunctionByTableAction(t *testing.T) {
	const (
		write  = "BatchGetItem ConditionCheckItem GetItem PutItem UpdateItem"
		read   = "BatchGetItem ConditionCheckItem GetItem PutItem Query UpdateItem"
		stream = "DescribeStream GetRecords GetShardIterator"
	)
	both := func(more map[string]string) map[string]string {
		all := map[string]string{"Table.Arn": read, "Table.Arn/index/due": "Query", "Table.Arn/index/list": "Query"}
		maps.Copy(all, more)
		return all
	}
	want := map[string]map[string]string{
		"order-webhook":  {"Table.Arn": read},
		"stripe-webhook": {"Table.Arn": write},
		"feedback":       {"Table.Arn": write},
		"slack":          {"Table.Arn": read, "Table.Arn/index/due": "Query", "Table.Arn/index/list": "Query"},
		"portal":         {"Table.Arn": read, "Table.Arn/index/list": "Query"},
		"api":            both(nil),
		"web":            both(nil),
		"dunning":        both(nil),
		"reconcile":      both(nil),
		"outbox":         both(map[string]string{"Table.Arn": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem", "Table.StreamArn": stream, "Table.Arn/stream/*": "ListStreams"}),
		"digest":         both(map[string]string{"Table.StreamArn": stream, "Table.Arn/stream/*": "ListStreams"}),
	}
	got := map[string]map[string]string{}
	for _, f := range functions.All() {
		got[f.Name] = map[string]string{}
		for r, actions := range prod().allowed(f.Name, "dynamodb") {
			got[f.Name][r] = strings.Join(actions, " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNobodyScansOrDeletes(t *testing.T) {
	for _, role := range prod().of("AWS::IAM::Role") {
		for _, s := range prod().grants(role) {
			for _, action := range s.actions {
				if strings.HasPrefix(action, "sqs:DeleteMessage") {
					continue // how a handled message leaves its own inbox
				}
				if action == "dynamodb:DeleteItem" && role == "OutboxRole" && cmp.Equal(s.condition, map[string]any{
					"ForAllValues:StringLike": map[string]any{"dynamodb:LeadingKeys": []any{"apart#*"}},
					"Null":                    map[string]any{"dynamodb:LeadingKeys": "false"},
				}) {
					continue // training data, which are in partitions of their own
				}
				if strings.Contains(action, "Scan") || strings.Contains(action, "Delete") || strings.Contains(action, "PartiQL") {
					t.Errorf("%s may %s", role, action)
				}
			}
		}
	}
}

func TestSecretsByFunction(t *testing.T) {
	want := map[string][]string{
		"order-webhook":  {"shop/webhook", "shop/webhook/*"},
		"stripe-webhook": {"stripe/webhook"},
		"slack":          {"link-key", "slack/bot", "slack/signing"},
		"portal":         {"link-key", "stripe/api"},
		"api":            {"link-key"},
		"web":            {"link-key", "slack/bot"},
		"feedback":       nil,
		"outbox":         {"agency/creditsafe", "link-key", "peppol/storecove", "shop/api", "shop/api/*", "slack/bot", "stripe/api", "subscriber", "subscriber/*"},
		"dunning":        nil,
		"reconcile":      {"shop/api", "shop/api/*", "stripe/api"},
		"digest":         nil,
	}
	const path = "arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/duly/prod/"
	got := map[string][]string{}
	for _, f := range functions.All() {
		got[f.Name] = nil
		for r, actions := range prod().allowed(f.Name, "ssm") {
			name, ok := strings.CutPrefix(r, path)
			if !ok {
				t.Errorf("%s may read %s, which is no parameter of this stage", f.Name, r)
			}
			byPath := slices.Equal(actions, []string{"GetParametersByPath"})
			byName := slices.Equal(actions, []string{"GetParameter", "GetParameters"})
			if !byPath && !byName {
				t.Errorf("%s may %v on %s", f.Name, actions, name)
			}
			got[f.Name] = append(got[f.Name], name)
		}
		slices.Sort(got[f.Name])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Everything else that a function may do; logs and traces are the same for all.
func TestOtherAccessByFunction(t *testing.T) {
	want := map[string]map[string]string{
		"order-webhook":  {"DeadTriggers.Arn": "sqs:SendMessage", "OrderWebhookInbox.Arn": "sqs:DeleteMessage sqs:ReceiveMessage sqs:SendMessage"},
		"stripe-webhook": {"DeadTriggers.Arn": "sqs:SendMessage", "StripeWebhookInbox.Arn": "sqs:DeleteMessage sqs:ReceiveMessage sqs:SendMessage"},
		"slack":          {},
		"portal":         {"Archive.Arn/documents/*": "s3:GetObject"},
		"api":            {"Archive.Arn/documents/*": "s3:GetObject", "Intake.Arn/uploads/*": "s3:PutObject"},
		"web":            {"Archive.Arn/documents/*": "s3:GetObject", "Intake.Arn/uploads/*": "s3:PutObject"},
		"feedback":       {"Intake.Arn/mail/*": "s3:GetObject", "DeadTriggers.Arn": "sqs:SendMessage"},
		"outbox": {
			"Archive.Arn/documents/*": "s3:GetObject s3:PutObject s3:PutObjectRetention",
			"Bus.Arn":                 "events:PutEvents",
			"DeadTriggers.Arn":        "sqs:SendMessage",
			"Intake.Arn/bank/*":       "s3:PutObject",
			"arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:configuration-set/duly-prod": "ses:SendEmail ses:SendRawEmail",
			"arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/MailDomain":         "ses:SendEmail ses:SendRawEmail",
		},
		"dunning": {"DeadTriggers.Arn": "sqs:SendMessage"},
		"reconcile": {
			"Archive.Arn/documents/*": "s3:GetObject s3:PutObject s3:PutObjectRetention",
			"DeadTriggers.Arn":        "sqs:SendMessage",
			"Intake.Arn/bank/*":       "s3:GetObject",
			"Intake.Arn/uploads/*":    "s3:GetObject",
		},
		"digest": {
			"Archive.Arn/seals/*": "s3:GetObject s3:PutObject s3:PutObjectRetention",
			"DeadTriggers.Arn":    "sqs:SendMessage",
		},
	}
	got := map[string]map[string]string{}
	for _, f := range functions.All() {
		byResource := map[string][]string{}
		for _, s := range prod().grants(pascal(f.Name) + "Role") {
			for _, action := range s.actions {
				service, _, _ := strings.Cut(action, ":")
				if slices.Contains([]string{"dynamodb", "ssm", "logs", "xray"}, service) {
					continue
				}
				for _, r := range s.resources {
					byResource[r] = append(byResource[r], action)
				}
			}
		}
		got[f.Name] = map[string]string{}
		for r, actions := range byResource {
			slices.Sort(actions)
			got[f.Name][r] = strings.Join(actions, " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOneRolePerFunctionAndNothingBesides(t *testing.T) {
	users := map[string][]string{}
	for _, name := range prod().of("AWS::Lambda::Function") {
		role := strings.TrimSuffix(prod().Resources[name].text("Role"), ".Arn")
		users[role] = append(users[role], name)
	}
	for _, name := range prod().of("AWS::Scheduler::Schedule") {
		role := strings.TrimSuffix(prod().Resources[name].text("Target", "RoleArn"), ".Arn")
		if wakes := "who wakes " + prod().Resources[name].text("Target", "Arn"); !slices.Contains(users[role], wakes) { // a function may have several
			users[role] = append(users[role], wakes)
		}
	}
	for _, role := range prod().of("AWS::IAM::Role") {
		if len(users[role]) != 1 {
			t.Errorf("%s is used by %v, want one", role, users[role])
		}
		if r := prod().Resources[role]; r.at("ManagedPolicyArns") != nil {
			t.Errorf("%s has managed policies, whose statements are not ours to read", role)
		}
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::AccessKey"} {
		if found := prod().of(kind); len(found) > 0 {
			t.Errorf("%v: permissions are written in roles only", found)
		}
	}
}

func TestSchedulerWakesOneFunction(t *testing.T) {
	for _, f := range functions.All() {
		if len(f.Schedules) == 0 {
			continue
		}
		role := pascal(f.Name) + "SchedulerRole"
		got := map[string][]string{}
		for _, s := range prod().grants(role) {
			got[strings.Join(s.resources, " ")] = s.actions
		}
		want := map[string][]string{
			pascal(f.Name) + ".Arn": {"lambda:InvokeFunction"},
			"DeadTriggers.Arn":      {"sqs:SendMessage"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", role, diff)
		}
		trust := statements(prod().Resources[role].at("AssumeRolePolicyDocument"))
		if len(trust) != 1 || at(trust[0].condition, "StringEquals", "aws:SourceAccount") != "AWS::AccountId" {
			t.Errorf("%s may be borrowed by another account: %v", role, trust)
		}
	}
}

func TestFC_97_NoWildcardAccessNoPublicBucketNoUnencryptedStore(t *testing.T) {
	if found := weaknesses(prod()); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}

// A check that could not fail would prove nothing: each weakness is planted once.
func TestFC_97_EachWeaknessIsSeen(t *testing.T) {
	for name, plant := range map[string]func(template){
		"star action":    func(p template) { p.grant("SlackRole")["Action"] = "dynamodb:*" },
		"star resource":  func(p template) { p.grant("SlackRole")["Resource"] = "*" },
		"star prefix":    func(p template) { p.grant("PortalRole")["Resource"] = "Archive.Arn/*" },
		"not action":     func(p template) { p.grant("SlackRole")["NotAction"] = "s3:GetObject" },
		"open principal": func(p template) { p.bucketStatement("IntakePolicy")["Effect"] = "Allow" },
		"public bucket":  func(p template) { delete(p.Resources["Archive"].Properties, "PublicAccessBlockConfiguration") },
		"half public": func(p template) {
			at(p.Resources["Intake"].Properties, "PublicAccessBlockConfiguration").(map[string]any)["BlockPublicPolicy"] = false
		},
		"plain bucket":    func(p template) { delete(p.Resources["Archive"].Properties, "BucketEncryption") },
		"plain table":     func(p template) { delete(p.Resources["Table"].Properties, "SSESpecification") },
		"plain queue":     func(p template) { delete(p.Resources["DeadTriggers"].Properties, "SqsManagedSseEnabled") },
		"plain transport": func(p template) { delete(p.Resources, "ArchivePolicy") },
	} {
		t.Run(name, func(t *testing.T) {
			broken := parse(prod().raw)
			plant(broken)
			if len(weaknesses(broken)) == 0 {
				t.Error("was not seen")
			}
		})
	}
}

func (t template) grant(role string) map[string]any {
	return list(at(list(t.Resources[role].at("Policies"))[0], "PolicyDocument", "Statement"))[2]
}

func (t template) bucketStatement(policy string) map[string]any {
	return list(t.Resources[policy].at("PolicyDocument", "Statement"))[0]
}

func weaknesses(t template) []string {
	out := append(openDoors(t), wildcards(t)...)
	tls := map[string]bool{}
	for _, name := range slices.Concat(t.of("AWS::S3::BucketPolicy"), t.of("AWS::SQS::QueuePolicy"), t.of("AWS::SNS::TopicPolicy")) {
		r := t.Resources[name]
		if deniesPlainTransport(r.at("PolicyDocument")) {
			for _, holder := range slices.Concat(texts(r.at("Bucket")), texts(r.at("Queues")), texts(r.at("Topics"))) {
				tls[holder] = true
			}
		}
	}
	for _, name := range slices.Concat(t.of("AWS::S3::Bucket"), t.of("AWS::SQS::Queue"), t.of("AWS::SNS::Topic")) {
		if !tls[name] {
			out = append(out, name+" answers without TLS")
		}
	}
	for _, name := range t.of("AWS::S3::Bucket") {
		r := t.Resources[name]
		for _, switchName := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if r.at("PublicAccessBlockConfiguration", switchName) != true {
				out = append(out, name+" can be public: "+switchName)
			}
		}
		if len(list(r.at("BucketEncryption", "ServerSideEncryptionConfiguration"))) == 0 {
			out = append(out, name+" is not encrypted")
		}
	}
	for _, name := range t.of("AWS::DynamoDB::Table") {
		if t.Resources[name].at("SSESpecification", "SSEEnabled") != true {
			out = append(out, name+" is not encrypted with a key that CloudTrail shows")
		}
	}
	for _, name := range t.of("AWS::SQS::Queue") {
		if t.Resources[name].at("SqsManagedSseEnabled") != true {
			out = append(out, name+" is not encrypted")
		}
	}
	return out
}

func deniesPlainTransport(document any) bool {
	return slices.ContainsFunc(statements(document), func(s statement) bool {
		return s.effect == "Deny" && at(s.condition, "Bool", "aws:SecureTransport") == "false"
	})
}

// openDoors are statements that anybody fits, and forms that allow by exclusion.
func openDoors(t template) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(t.Resources)) {
		raw, err := json.Marshal(t.Resources[name].Properties)
		must(err)
		for _, form := range []string{`"NotAction"`, `"NotResource"`, `"NotPrincipal"`} {
			if strings.Contains(string(raw), form) {
				out = append(out, name+" allows by "+form)
			}
		}
		for _, s := range statements(t.Resources[name].at("PolicyDocument")) {
			anybody := s.principal == "*" || at(s.principal, "AWS") == "*"
			if s.effect == "Allow" && anybody {
				out = append(out, name+" allows anybody")
			}
			if s.effect == "Allow" && at(s.principal, "Service") != nil && s.condition == nil {
				out = append(out, name+" allows a service of AWS on behalf of anybody")
			}
		}
	}
	return out
}

// wildcards are resources with a "*" beyond those that are meant.
func wildcards(t template) []string {
	meant := []string{
		"Archive.Arn/documents/*", "Archive.Arn/seals/*",
		"Intake.Arn/bank/*", "Intake.Arn/mail/*", "Intake.Arn/uploads/*",
		"Table.Arn/stream/*", // ListStreams; a stream's name is its date of birth
		"arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/duly/prod/shop/api/*",
		"arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/duly/prod/shop/webhook/*",
		"arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/duly/prod/subscriber/*",
	}
	var out []string
	for _, role := range t.of("AWS::IAM::Role") {
		for _, s := range t.grants(role) {
			for _, action := range s.actions {
				if strings.Contains(action, "*") {
					out = append(out, role+" may "+action)
				}
			}
			if slices.Equal(s.actions, []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}) {
				continue // X-Ray knows no resources
			}
			for _, r := range s.resources {
				if strings.Contains(r, "*") && !slices.Contains(meant, r) {
					out = append(out, role+" may "+strings.Join(s.actions, ", ")+" on "+r)
				}
			}
		}
	}
	return out
}
