// Package stack owns what Duly is in AWS: one file per concern, each driven by the manifest of the functions. It owns
// no behaviour of the product and no choice that the manifest makes (routes, triggers, secrets, access, limits).
// Every permission is a statement written in access.go; no construct may widen a role behind our back.
package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"duly/functions"
)

// Props is what is known when the template is made. What differs between companies is asked when it is deployed
// (parameters.go), so that the same commit gives everybody the same template, offline and without credentials.
type Props struct {
	Stage string // names the deployment; functions.StageLive is the only one that may hold live keys
	Build string // folder with <function>/bootstrap, as make build leaves it
}

// resources is what the functions share.
type resources struct {
	stack   awscdk.Stack
	stage   string
	asked   parameters
	table   table
	buckets buckets
	queues  queues
	bus     bus
	mail    mail
	api     *api
	alarms  alarms
}

// NewApp makes the CDK app; it writes to CDK_OUTDIR.
func NewApp() awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: new(false),
		Context: &map[string]any{
			// Bucket access logs are allowed by policy; the older way, object ACLs, is off by default in S3.
			"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
		},
	})
}

// New adds the stack of one stage to the app.
func New(app awscdk.App, p Props) awscdk.Stack {
	r := shared(app, p)
	builds := newBuilds(r.stack, p.Build)
	defer builds.close()
	for _, f := range functions.All() {
		deployed := newFunction(r, f, builds)
		r.api.serve(r, deployed)
		newSchedules(r, deployed)
		newStreamSource(r, deployed)
		newArrivals(r, deployed)
	}
	r.api.open(r)
	r.alarms.watch(r)
	newDashboard(r)
	newBudget(r)
	newOutputs(r)
	return r.stack
}

func shared(app awscdk.App, p Props) *resources {
	stack := awscdk.NewStack(app, new(functions.StackName(p.Stage)), &awscdk.StackProps{
		Description: new("Duly, order to cash"),
		Tags:        &map[string]*string{"product": new("duly"), "stage": new(p.Stage)},
	})
	asked := newParameters(stack)
	buckets := newBuckets(stack)
	return &resources{
		stack:   stack,
		stage:   p.Stage,
		asked:   asked,
		table:   newTable(stack),
		buckets: buckets,
		queues:  newQueues(stack),
		bus:     newBus(stack, p.Stage),
		mail:    newMail(stack, p.Stage, asked, buckets),
		api:     newAPI(stack, p.Stage, asked),
		alarms:  newAlarms(stack, asked),
	}
}
