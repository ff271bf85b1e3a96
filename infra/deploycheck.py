# Deploys the synthesized template into moto, a mock of AWS in this process, and compares every resource and the wiring
# with the template: functions and their variables, sources, schedules, routes, the table. What moto cannot make by itself
# (HTTP API, schedules, identities) is made through moto's own services below, or only noted where it has none.
# Usage: python3 deploycheck.py <template.json>, or --serve PORT: the same mock stays up as an account to try make deploy and
# the go-live list against, with AWS_ENDPOINT_URL=http://127.0.0.1:PORT.
import json, os, sys

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-central-1", VALIDATE_LAMBDA_S3="false", MOTO_EVENTS_INVOKE_HTTP="false")
os.environ.pop("AWS_ENDPOINT_URL", None)  # this process is the mock
try:
    import boto3
    import moto.cloudformation.parsing  # noqa: F401
    from moto import mock_aws
    from moto.apigatewayv2.models import apigatewayv2_backends
    from moto.core.common_models import CloudFormationModel
    from moto.events.models import EventBus
    from moto.scheduler.models import scheduler_backends
except ImportError as e:
    print(f"SKIPPED: there is no local mock of AWS here ({e}); nothing was deployed. pip install 'moto[all]', then run this again.")
    sys.exit(0)

KEEP, NOTED = [], set()


def model(type_, create):
    class Made(CloudFormationModel):
        __module__ = "moto." + type_.split("::")[1].lower() + ".duly"

        def __init__(self, pid, attrs): self.pid, self.attrs = pid, attrs
        @property
        def physical_resource_id(self): return self.pid
        @staticmethod
        def cloudformation_name_type(): return ""
        @staticmethod
        def cloudformation_type(): return type_
        @classmethod
        def has_cfn_attr(cls, attr): return True
        def get_cfn_attribute(self, attr): return self.attrs.get(attr, self.pid + "." + attr)
        @classmethod
        def create_from_cloudformation_json(cls, name, body, account, region, **_):
            pid, attrs = create(name, body.get("Properties", {}), account, region)
            made = cls(pid, attrs)
            made.type = type_
            return made
        def delete(self, *_, **__): pass
        def is_created(self): return True
    KEEP.append(Made)


def api(name, p, account, region):
    a = apigatewayv2_backends[account][region].create_api("", p.get("CorsConfiguration"), p.get("Description"), False, False, p.get("Name", name), p["ProtocolType"], "", {}, "")
    return a.api_id, {"ApiEndpoint": a.api_endpoint, "ApiId": a.api_id}
def integration(name, p, account, region):
    a = apigatewayv2_backends[account][region].get_api(p["ApiId"])
    i = a.create_integration(connection_type=None, description=None, integration_method=p.get("IntegrationMethod"), integration_type=p["IntegrationType"], integration_uri=p["IntegrationUri"], payload_format_version=p.get("PayloadFormatVersion"))
    return i.id, {}
def route(name, p, account, region):
    a = apigatewayv2_backends[account][region].get_api(p["ApiId"])
    return a.create_route(False, [], p["RouteKey"], p.get("Target"), p.get("AuthorizationType")).route_id, {}
def stage(name, p, account, region):
    apigatewayv2_backends[account][region].get_api(p["ApiId"]).create_stage({"stageName": p["StageName"], "autoDeploy": p.get("AutoDeploy")})
    return p["StageName"], {}
def schedule(name, p, account, region):
    s = scheduler_backends[account][region].create_schedule(p.get("Description"), None, p["FlexibleTimeWindow"], p.get("GroupName"), None, p.get("Name") or name, p["ScheduleExpression"], p.get("ScheduleExpressionTimezone"), None, p.get("State"), p["Target"], None)
    return s.name, {"Arn": s.arn}
def noted(type_):
    def create(name, p, account, region):
        NOTED.add(type_)
        return next((p[k] for k in ("Name", "EmailIdentity", "RuleSetName", "DomainName") if isinstance(p.get(k), str)), name), {}
    return create


def identity(name, p, account, region):
    NOTED.add("AWS::SES::EmailIdentity")
    domain = p["EmailIdentity"]
    return domain, {k + n: v for n in "123" for k, v in (("DkimDNSTokenName", f"{n}._domainkey.{domain}"), ("DkimDNSTokenValue", f"{n}.dkim.amazonses.com"))}


for type_, create in {"AWS::SES::EmailIdentity": identity, "AWS::ApiGatewayV2::Api": api, "AWS::ApiGatewayV2::Integration": integration, "AWS::ApiGatewayV2::Route": route, "AWS::ApiGatewayV2::Stage": stage, "AWS::Scheduler::Schedule": schedule}.items():
    model(type_, create)
for type_ in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget",
              "AWS::SES::ConfigurationSet", "AWS::SES::ConfigurationSetEventDestination", "AWS::SES::ReceiptRule", "AWS::SES::ReceiptRuleSet", "AWS::Lambda::EventInvokeConfig", "AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::DomainName"):
    model(type_, noted(type_))
EventBus.physical_resource_id = property(lambda self: self.name)


def serve(port):
    """Stays up as an account. Where moto does less than AWS, it is helped: templates are read from where CDK's command puts
    them, rules of a template are CloudFormation's own to judge, and a stack made of a change set has outputs."""
    import time
    from urllib.parse import urlparse
    import moto.cloudformation.models as models
    import moto.cloudformation.responses as responses
    from moto.s3.models import s3_backends
    from moto.server import ThreadedMotoServer

    def template_at(url, account_id, partition):
        at = urlparse(url)
        bucket, key = at.path.lstrip("/").split("/", 1) if at.netloc.startswith(("s3", "127.", "localhost")) else (at.netloc.split(".")[0], at.path.lstrip("/"))
        template = json.loads(s3_backends[account_id][partition].get_object(bucket, key).value)
        template.pop("Rules", None)
        return json.dumps(template)

    execute = models.CloudFormationBackend.execute_change_set
    def executed(self, change_set_name, stack_name=None):
        execute(self, change_set_name, stack_name)
        for change in self.change_sets.values():
            if change_set_name in (change.change_set_name, change.change_set_id):
                stack = self.stacks.get(change.stack_id)
                if stack:
                    stack._parse_template()
                    stack.output_map = stack._create_output_map()

    responses.get_stack_from_s3_url = template_at
    models.CloudFormationBackend.execute_change_set = executed
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(port), verbose=False)
    server.start()
    print(f"an account to try things in: AWS_ENDPOINT_URL=http://127.0.0.1:{port}; Ctrl-C ends it, and all that is in it", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        server.stop()


def main(path):
    template = json.load(open(path))
    template.pop("Rules", None)  # questions that only CloudFormation itself asks
    template["Parameters"].pop("BootstrapVersion", None)
    answers = {"MailDomain": "example.com", "AlarmMail": "you@example.com"}
    def holds(condition):  # by the answers and the defaults
        if condition is None:
            return True
        rule = template["Conditions"][condition] if isinstance(condition, str) else condition
        if "Fn::Not" in rule:
            return not holds(rule["Fn::Not"][0])
        said = [answers.get(x["Ref"], str(template["Parameters"][x["Ref"]].get("Default"))) if isinstance(x, dict) else x for x in rule["Fn::Equals"]]
        return said[0] == said[1]

    want = {n: r for n, r in template["Resources"].items() if holds(r.get("Condition"))}
    wrong = []

    def same(what, got, expected):
        if got != expected:
            wrong.append(f"{what}: {got}, the template says {expected}")

    with mock_aws():
        c = lambda service: boto3.client(service)
        c("s3").create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        c("s3").put_object(Bucket="templates", Key="t.json", Body=json.dumps(template))
        c("cloudformation").create_stack(StackName="duly", TemplateURL="https://s3.amazonaws.com/templates/t.json", Capabilities=["CAPABILITY_IAM"],
                                         Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in answers.items()])
        made = {}
        for page in c("cloudformation").get_paginator("list_stack_resources").paginate(StackName="duly"):
            for r in page["StackResourceSummaries"]:
                if r["LogicalResourceId"]:  # the mock lists its own helpers without a name
                    made[r["LogicalResourceId"]] = r
        same("resources", sorted(made), sorted(want))
        pid = lambda n: made[n]["PhysicalResourceId"]
        of = lambda t: [n for n, r in want.items() if r["Type"] == t and n in made]
        for n, r in want.items():
            if n in made:
                same(n, made[n]["ResourceType"], r["Type"])
        functions = {f["FunctionName"]: f for f in c("lambda").list_functions()["Functions"]}
        for n in of("AWS::Lambda::Function"):
            p, f = want[n]["Properties"], functions.get(pid(n), {})
            same(n + " memory", f.get("MemorySize"), p["MemorySize"])
            same(n + " time", f.get("Timeout"), p["Timeout"])
            variables = f.get("Environment", {}).get("Variables", {})
            same(n + " variables", sorted(variables), sorted(p["Environment"]["Variables"]))
            for name, value in p["Environment"]["Variables"].items():
                ref = value.get("Ref") if isinstance(value, dict) else None
                if ref in made:
                    same(f"{n} {name}", variables.get(name), pid(ref))
        sources = {m["UUID"]: m for m in c("lambda").list_event_source_mappings()["EventSourceMappings"]}
        for n in of("AWS::Lambda::EventSourceMapping"):
            p, m = want[n]["Properties"], sources.get(pid(n), {})
            same(n + " function", m.get("FunctionArn", "").split(":")[-1], pid(p["FunctionName"]["Ref"]))
            source = p["EventSourceArn"]["Fn::GetAtt"][0]
            same(n + " source", pid(source).split("/")[-1] in m.get("EventSourceArn", ""), True)
        for n in of("AWS::Scheduler::Schedule"):
            s = c("scheduler").get_schedule(Name=pid(n))
            target = want[n]["Properties"]["Target"]["Arn"]["Fn::GetAtt"][0]
            same(n, (s["ScheduleExpression"], s["Target"]["Arn"].split(":")[-1]), (want[n]["Properties"]["ScheduleExpression"], pid(target)))
        for n in of("AWS::DynamoDB::Table"):
            p, t = want[n]["Properties"], c("dynamodb").describe_table(TableName=pid(n))["Table"]
            same("the table's key", t["KeySchema"], p["KeySchema"])
            same("the table's indexes", sorted(i["IndexName"] for i in t.get("GlobalSecondaryIndexes", [])), sorted(i["IndexName"] for i in p.get("GlobalSecondaryIndexes", [])))
            same("the table's stream", t.get("StreamSpecification", {}).get("StreamViewType"), p["StreamSpecification"]["StreamViewType"])
            same("the table's protection", t.get("DeletionProtectionEnabled"), p.get("DeletionProtectionEnabled"))
        for n in of("AWS::ApiGatewayV2::Api"):
            routes = {r["RouteKey"] for r in c("apigatewayv2").get_routes(ApiId=pid(n), MaxResults="200")["Items"]}
            same("routes", sorted(routes), sorted(want[r]["Properties"]["RouteKey"] for r in of("AWS::ApiGatewayV2::Route")))
        queues = c("sqs").list_queues().get("QueueUrls", [])
        same("queues", len(queues), len(of("AWS::SQS::Queue")))
        same("buckets", len(c("s3").list_buckets()["Buckets"]) - 1, len(of("AWS::S3::Bucket")))
        same("roles", len(c("iam").list_roles(MaxItems=200)["Roles"]), len(of("AWS::IAM::Role")))
    for line in wrong:
        print(line)
    print(f"{len(made)} of {len(want)} resources, {len(wrong)} differences; only noted, as the mock has no such thing: {', '.join(sorted(t[5:] for t in NOTED))}")
    sys.exit(1 if wrong else 0)


serve(sys.argv[2]) if sys.argv[1] == "--serve" else main(sys.argv[1])
