package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"duly/functions"
)

// What a caller gets on a route that has no limit of its own; every route has one.
const (
	defaultRatePerSecond = 10
	defaultBurst         = 20
	// API Gateway waits 30 s at most; every function behind it stops before.
	answerMillisMax = 30_000
)

// accessLog names the route, never the path: a path holds a customer's token.
const accessLog = `{"requestId":"$context.requestId","at":"$context.requestTimeEpoch","route":"$context.routeKey",` +
	`"status":"$context.status","bytes":"$context.responseLength","ms":"$context.responseLatency",` +
	`"ip":"$context.identity.sourceIp","error":"$context.integrationErrorMessage"}`

// api is the one door from outside. It has no authorizer: signatures, tokens, keys and sessions are checked over the
// raw request by the function behind the route, which holds the secret.
type api struct {
	http    awsapigatewayv2.CfnApi
	baseURL *string
	limits  map[string]any // by route key
	routes  []awsapigatewayv2.CfnRoute
}

func newAPI(stack awscdk.Stack, stage string, asked parameters) *api {
	http := awsapigatewayv2.NewCfnApi(stack, new("Gateway"), &awsapigatewayv2.CfnApiProps{
		Name:         new(functions.StackName(stage)),
		ProtocolType: new("HTTP"),
	})
	own := awscdk.Fn_Join(new(""), &[]*string{new("https://"), asked.domain})
	return &api{
		http:    http,
		baseURL: awscdk.Token_AsString(awscdk.Fn_ConditionIf(asked.hasDomain.LogicalId(), own, http.AttrApiEndpoint()), nil),
		limits:  map[string]any{},
	}
}

// serve puts a function behind its routes.
func (a *api) serve(r *resources, f deployed) {
	if len(f.Routes) == 0 {
		return
	}
	integration := awsapigatewayv2.NewCfnIntegration(r.stack, new(f.id+"Integration"), &awsapigatewayv2.CfnIntegrationProps{
		ApiId:                a.http.Ref(),
		IntegrationType:      new("AWS_PROXY"),
		IntegrationUri:       f.lambda.FunctionArn(),
		PayloadFormatVersion: new("2.0"),
		TimeoutInMillis:      new(float64(answerMillisMax)),
	})
	for _, route := range f.Routes {
		key := route.Method + " " + route.Path
		door := awsapigatewayv2.NewCfnRoute(r.stack, new("Route "+key), &awsapigatewayv2.CfnRouteProps{
			ApiId:             a.http.Ref(),
			RouteKey:          new(key),
			AuthorizationType: new("NONE"),
			Target:            awscdk.Fn_Join(new("/"), &[]*string{new("integrations"), integration.Ref()}),
		})
		excuse(door, ruleAuthorizer)
		a.routes = append(a.routes, door)
		a.limits[key] = limit(f.Throttle)
	}
	awslambda.NewCfnPermission(r.stack, new(f.id+"FromApi"), &awslambda.CfnPermissionProps{
		Action:       new("lambda:InvokeFunction"),
		FunctionName: f.lambda.FunctionArn(),
		Principal:    new("apigateway.amazonaws.com"),
		SourceArn: r.stack.FormatArn(&awscdk.ArnComponents{
			Service: new("execute-api"), Resource: a.http.Ref(), ResourceName: new("*/*"),
		}),
	})
}

// open publishes the routes, with a limit on each (row 93 of the failure catalogue).
func (a *api) open(r *resources) {
	logs := newLogs(r.stack, "GatewayLogs")
	stage := awsapigatewayv2.NewCfnStage(r.stack, new("Stage"), &awsapigatewayv2.CfnStageProps{
		ApiId:      a.http.Ref(),
		StageName:  new("$default"),
		AutoDeploy: true,
		AccessLogSettings: &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
			DestinationArn: logs.LogGroupArn(), Format: new(accessLog),
		},
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{
			ThrottlingRateLimit:  new(float64(defaultRatePerSecond)),
			ThrottlingBurstLimit: new(float64(defaultBurst)),
		},
		RouteSettings: a.limits,
	})
	for _, route := range a.routes {
		stage.AddDependency(route) // a limit on a route that is not there yet is refused
	}
	a.answerTo(r, stage)
}

// answerTo gives the API the company's own host name, if it has one: a customer's link outlives an API.
func (a *api) answerTo(r *resources, stage awsapigatewayv2.CfnStage) {
	name := awsapigatewayv2.NewCfnDomainName(r.stack, new("DomainName"), &awsapigatewayv2.CfnDomainNameProps{
		DomainName: r.asked.domain,
		DomainNameConfigurations: []any{&awsapigatewayv2.CfnDomainName_DomainNameConfigurationProperty{
			CertificateArn: r.asked.certificate,
			EndpointType:   new("REGIONAL"),
			SecurityPolicy: new("TLS_1_2"),
		}},
	})
	// cfn-lint holds the empty default against the form of a certificate's ARN; without a domain there is none.
	name.AddMetadata(new("cfn-lint"), map[string]any{"config": map[string]any{"ignore_checks": []string{"W1030"}}})
	mapping := awsapigatewayv2.NewCfnApiMapping(r.stack, new("DomainMapping"), &awsapigatewayv2.CfnApiMappingProps{
		ApiId: a.http.Ref(), DomainName: name.Ref(), Stage: stage.Ref(),
	})
	name.CfnOptions().SetCondition(r.asked.hasDomain)
	mapping.CfnOptions().SetCondition(r.asked.hasDomain)
	target := awscdk.NewCfnOutput(r.stack, new("DomainTarget"), &awscdk.CfnOutputProps{
		Description: new("Point Domain here with a CNAME"),
		Value:       name.AttrRegionalDomainName(),
	})
	target.SetCondition(r.asked.hasDomain)
}

// limit is written in CloudFormation's own names: route settings are plain JSON there.
func limit(t functions.Throttle) map[string]any {
	return map[string]any{"ThrottlingRateLimit": t.RatePerSecond, "ThrottlingBurstLimit": t.Burst}
}
