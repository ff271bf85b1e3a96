// Package functions owns the manifest: which Lambda functions exist, what wakes each of them, and the least it may
// touch. It is pure data, read by the CDK stack, by the local runtime and by the template tests, so that the three
// cannot disagree. It owns no behaviour: what a function does lives in shared/handler/<name>, how it is wired in
// functions/<name>/main.go.
package functions

// Function is one trust boundary: one binary, one role, one set of triggers.
type Function struct {
	Name    string // folder under functions/, and the last part of the deployed name
	Purpose string // one sentence, shown as the function's description

	Routes    []Route    // HTTP, as API Gateway payload 2.0
	Throttle  Throttle   // applies to each route apart; zero when there are none
	Schedules []Schedule // EventBridge Scheduler, payload verbatim
	Inbox     bool       // owns an SQS queue: it alone sends to it, and drains it when its schedule wakes it
	Stream    string     // kind of the items whose INSERT on the table's stream wakes it; "" = none
	BatchMax  int        // most records of the stream per wake-up
	Arrivals  []string   // prefixes of the intake bucket whose new objects wake it (EventBridge "Object Created")
	MailNews  bool       // woken by bounces, complaints and deliveries (EventBridge, source "aws.ses")

	Secrets   []string // parameters it may read, see the Secret constants; a name ending in "/*" is a family
	Table     []string // DynamoDB actions on the base table; a transaction needs those of its parts
	Indexes   []string // indexes it may Query
	Clears    []string // what the partition keys of the items begin with that it may delete; nothing else is ever deleted
	Archive   Prefixes // documents that the law keeps: write once, locked
	Intake    Prefixes // what comes from outside: uploads, bank files, received mail
	SendsMail bool
	Publishes bool // puts events on the bus

	TimeoutSeconds int
	MemoryMB       int
}

// Async says whether something wakes the function without waiting for its answer, so that a failure needs a place.
func (f Function) Async() bool {
	return len(f.Schedules) > 0 || len(f.Arrivals) > 0 || f.MailNews
}

// Route is one HTTP route in API Gateway's words: "{name}" is one segment of the path, "{name+}" takes the rest. The
// more specific route wins.
type Route struct {
	Method string
	Path   string
}

// Throttle bounds the cost of unwanted requests; API Gateway answers 429 beyond it.
type Throttle struct {
	RatePerSecond int
	Burst         int
}

// Schedule is a tick. It only says "look at all that is due": none, one or two ticks converge on the same result.
type Schedule struct {
	Name       string
	Expression string // EventBridge Scheduler's rate(…) or cron(…)
	Timezone   string // IANA zone of a cron expression, the seller's; "" for rates
	Payload    string // the event, verbatim
}

// Prefixes are key prefixes of a bucket, each ending in a slash.
type Prefixes struct {
	Read  []string
	Write []string
}

// Secrets by parameter name, below /duly/<stage>/. The value is entered by the operator, never by the template.
const (
	SecretStripeWebhook = "stripe/webhook"    // signing secrets, newest first
	SecretStripeAPI     = "stripe/api"        // restricted key
	SecretSlackSigning  = "slack/signing"     // signing secret
	SecretSlackBot      = "slack/bot"         // bot token
	SecretLinkKey       = "link-key"          // HMAC keys of the customers' links, by key id
	SecretShopWebhooks  = "shop/webhook/*"    // per endpoint id: signing secrets
	SecretShopAPIs      = "shop/api/*"        // per endpoint id: access token
	SecretAgency        = "agency/creditsafe" // user key, a colon and the password; only where duly.yaml names the agency
	SecretAccessPoint   = "peppol/storecove"  // API key of the access point; only where duly.yaml names it
	SecretSubscribers   = "subscriber/*"      // per subscriber of our events: signing secret
)

// The table's attributes that the platform must know. Both indexes are sparse and hold keys only: they are hints,
// decisions read the base item.
const (
	KeyPartition   = "pk"
	KeySort        = "sk"
	AttributeKind  = "kind" // names the item's shape; the stream filters select on it
	AttributeTTL   = "ttl"  // seconds since 1970; legal records have none
	IndexDue       = "due"  // what has a time: effects to retry, steps, deadlines, jobs
	IndexList      = "list" // what a person lists
	SuffixIndexPK  = "_pk"  // an index's keys are its name with these suffixes
	SuffixIndexSK  = "_sk"
	PartsApart     = "apart#" // begins the partition keys of what is kept apart, such as training
	KindEffect     = "effect"
	KindEvent      = "event"
	SellerTimezone = "Europe/Amsterdam"
)

// StageLive is the one stage that moves real money, and the one that most companies need.
const StageLive = "prod"

// StackName is what the deployment of a stage is called in an account; what it names itself begins so.
func StackName(stage string) string { return "duly-" + stage }

// SecretsPath is where the operator's secrets of a stage lie in the parameter store, each below it.
func SecretsPath(stage string) string { return "/duly/" + stage }

// What the platform tells a function, by environment variable; a function gets only those it may use.
const (
	EnvPolicy      = "DULY_YAML_"   // begins the names of those that prevail over duly.yaml
	EnvStage       = "STAGE"        // live keys are refused unless it is StageLive
	EnvTable       = "TABLE"        // name
	EnvBaseURL     = "BASE_URL"     // https, no slash at the end
	EnvSecrets     = "SECRETS"      // parameter path before "/"+name
	EnvArchive     = "ARCHIVE"      // bucket
	EnvIntake      = "INTAKE"       // bucket
	EnvInbox       = "INBOX"        // queue URL, the function's own
	EnvBus         = "BUS"          // name
	EnvMailDomain  = "MAIL_DOMAIN"  // mails are sent from addresses in it
	EnvMailSet     = "MAIL_SET"     // SES configuration set, to be named in every mail
	EnvReplyDomain = "REPLY_DOMAIN" // replies to addresses in it arrive under mail/
)

// Figures that functions write into their logs in CloudWatch's embedded format, without dimensions; alarms watch them.
// Each is billed by the hours in which it comes (aws.amazon.com/cloudwatch/pricing), so that none comes all day.
const (
	MetricNamespace = "Duly"
	MetricOutboxAge = "OutboxAgeSeconds" // of the oldest effect that is due; the sweeper writes it when something waits
	MetricBroken    = "InvariantsBroken" // by the nightly check, 0 too
)

// Prefixes of the two buckets.
const (
	PrefixDocuments = "documents/" // archive: invoices, credit notes, letters, in every format
	PrefixSeals     = "seals/"     // archive: the daily anchor of all audit chains
	PrefixUploads   = "uploads/"   // intake: presigned uploads of programs and of the team
	PrefixBank      = "bank/"      // intake: statements dropped by a bank or a courier
	PrefixMail      = "mail/"      // intake: customers' replies, raw
)

// An inbox holds something once in a blue moon. Lambda would poll it all month for that, five long polls at a time, which
// costs more than all else that an idle month asks for; a tick costs a twentieth, and what was put aside waits five
// minutes at most. A sender never waits that long: it has its answer, within a budget of its own.
const (
	inboxEvery   = "rate(5 minutes)"
	inboxSeconds = 29 // API Gateway gives up at 30
)

// What the store needs: reading by key, and appending in one transaction. PutItem, UpdateItem and
// ConditionCheckItem are how IAM spells TransactWriteItems. Nobody scans, and nobody deletes but what a row Clears.
func readAndAppend(more ...string) []string {
	return append([]string{
		"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem",
	}, append(more, "dynamodb:UpdateItem")...)
}

const query = "dynamodb:Query"

// All lists the functions in the order of the money: order, payment, people, effects, calendar.
func All() []Function {
	return []Function{
		orderWebhook(), stripeWebhook(), slack(), portal(), api(), web(), feedback(),
		outbox(), dunning(), reconcile(), digest(),
	}
}

func orderWebhook() Function {
	return Function{
		Name:           "order-webhook",
		Purpose:        "Takes orders, changes, cancellations and fulfilments that shops post.",
		Routes:         []Route{{"POST", "/webhooks/{endpoint}"}},
		Throttle:       Throttle{RatePerSecond: 100, Burst: 500}, // WooCommerce never retries a 429
		Inbox:          true,
		Schedules:      []Schedule{{Name: "order-inbox", Expression: inboxEvery, Payload: `{"schedule":"order-inbox"}`}},
		Secrets:        []string{SecretShopWebhooks},
		Table:          readAndAppend(query), // a customer's open items decide on credit
		TimeoutSeconds: inboxSeconds,
		MemoryMB:       256,
	}
}

func stripeWebhook() Function {
	return Function{
		Name:           "stripe-webhook",
		Purpose:        "Takes payments, refunds, chargebacks, kept methods and payouts that Stripe posts.",
		Routes:         []Route{{"POST", "/webhooks/stripe"}},
		Throttle:       Throttle{RatePerSecond: 100, Burst: 500},
		Inbox:          true,
		Schedules:      []Schedule{{Name: "stripe-inbox", Expression: inboxEvery, Payload: `{"schedule":"stripe-inbox"}`}},
		Secrets:        []string{SecretStripeWebhook},
		Table:          readAndAppend(),
		TimeoutSeconds: inboxSeconds,
		MemoryMB:       256,
	}
}

func slack() Function {
	return Function{
		Name:    "slack",
		Purpose: "Takes the team's buttons, modals, commands and App Home from Slack.",
		Routes: []Route{
			{"POST", "/slack/actions"}, {"POST", "/slack/commands"}, {"POST", "/slack/events"},
		},
		Throttle:       Throttle{RatePerSecond: 20, Burst: 60},
		Secrets:        []string{SecretLinkKey, SecretSlackBot, SecretSlackSigning}, // the bot token is for views.open, due in 3 s
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		TimeoutSeconds: 10,
		MemoryMB:       256,
	}
}

func portal() Function {
	return Function{
		Name:    "portal",
		Purpose: "Shows a customer the quote, order, invoice or statement of one link, and starts a payment.",
		Routes: []Route{
			{"GET", "/q/{token}"}, {"GET", "/q/{token}/pdf"}, {"GET", "/q/{token}/contract"}, {"POST", "/q/{token}/accept"}, {"POST", "/q/{token}/decline"},
			{"GET", "/o/{token}"}, {"GET", "/o/{token}/packing-slip"}, {"POST", "/o/{token}/correct"},
			{"GET", "/i/{token}"}, {"GET", "/i/{token}/pdf"}, {"GET", "/i/{token}/ubl"}, {"GET", "/i/{token}/claim"},
			{"POST", "/i/{token}/pay"}, {"POST", "/i/{token}/promise"}, {"POST", "/i/{token}/dispute"},
			{"POST", "/i/{token}/po-number"}, {"POST", "/i/{token}/instalments"}, {"POST", "/i/{token}/forward"},
			{"POST", "/i/{token}/opinion"}, {"POST", "/i/{token}/stop-collecting"}, {"POST", "/i/{token}/renew"},
			{"GET", "/s/{token}"}, {"GET", "/s/{token}/csv"}, {"POST", "/s/{token}/pay"}, {"POST", "/s/{token}/stop-collecting"},
		},
		Throttle:       Throttle{RatePerSecond: 20, Burst: 60},
		Secrets:        []string{SecretLinkKey, SecretStripeAPI},
		Table:          readAndAppend(query),
		Indexes:        []string{IndexList},
		Archive:        Prefixes{Read: []string{PrefixDocuments}},
		TimeoutSeconds: 15,
		MemoryMB:       256,
	}
}

func api() Function {
	return Function{
		Name:    "api",
		Purpose: "Serves programs with bearer keys: the JSON API.",
		Routes: []Route{ // named, as a method of its own on the web's {proxy+} might win over ANY
			{"GET", "/v1/{proxy+}"}, {"POST", "/v1/{proxy+}"}, {"PATCH", "/v1/{proxy+}"}, {"DELETE", "/v1/{proxy+}"},
			{"PUT", "/v1/{proxy+}"}, // no operation has it: a program that tries is told so in the API's own words
		},
		Throttle:       Throttle{RatePerSecond: 50, Burst: 100},
		Secrets:        []string{SecretLinkKey}, // an invoice's portal_url
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		Archive:        Prefixes{Read: []string{PrefixDocuments}},
		Intake:         Prefixes{Write: []string{PrefixUploads}}, // to presign: the URL carries this role's rights
		TimeoutSeconds: 29,                                       // API Gateway gives up at 30
		MemoryMB:       512,
	}
}

func web() Function {
	return Function{
		Name:           "web",
		Purpose:        "Serves the team's pages after a sign-in from Slack.",
		Routes:         []Route{{"GET", "/"}, {"GET", "/{proxy+}"}, {"POST", "/{proxy+}"}},
		Throttle:       Throttle{RatePerSecond: 20, Burst: 60},
		Secrets:        []string{SecretLinkKey, SecretSlackBot}, // sessions; and whether Slack still has who signed in
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		Archive:        Prefixes{Read: []string{PrefixDocuments}},
		Intake:         Prefixes{Write: []string{PrefixUploads}},
		TimeoutSeconds: 29,
		MemoryMB:       512,
	}
}

func feedback() Function {
	return Function{
		Name:           "feedback",
		Purpose:        "Takes what comes back: mail bounces, complaints, deliveries and customers' replies.",
		Arrivals:       []string{PrefixMail},
		MailNews:       true,
		Table:          readAndAppend(),
		Intake:         Prefixes{Read: []string{PrefixMail}},
		TimeoutSeconds: 30,
		MemoryMB:       256,
	}
}

func outbox() Function {
	return Function{
		Name:    "outbox",
		Purpose: "Performs the effects that commits left behind: issue, pay, shop, mail, chat, publish.",
		Schedules: []Schedule{
			{Name: "outbox-sweep", Expression: "rate(5 minutes)", Payload: `{"schedule":"outbox-sweep"}`},
		},
		Stream:   KindEffect,
		BatchMax: 10, // each may wait seconds for a provider
		Secrets: []string{
			SecretAccessPoint, SecretAgency, SecretLinkKey, SecretShopAPIs, SecretSlackBot, SecretStripeAPI, SecretSubscribers,
		},
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		Clears:         []string{PartsApart}, // training data that somebody removes
		Archive:        Prefixes{Read: []string{PrefixDocuments}, Write: []string{PrefixDocuments}},
		Intake:         Prefixes{Write: []string{PrefixBank}}, // bank files that colleagues drop in the room
		SendsMail:      true,
		Publishes:      true,
		TimeoutSeconds: 120,
		MemoryMB:       512, // renders documents
	}
}

func dunning() Function {
	return Function{
		Name:    "dunning",
		Purpose: "Takes the next step of every overdue invoice, expired quote and promise due.",
		Schedules: []Schedule{
			{Name: "dunning", Expression: "rate(1 hour)", Payload: `{"schedule":"dunning"}`},
		},
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		TimeoutSeconds: 300,
		MemoryMB:       256,
	}
}

func reconcile() Function {
	return Function{
		Name:    "reconcile",
		Purpose: "Closes the gaps: payouts, orders that a shop failed to post, bank files, jobs to resume.",
		Schedules: []Schedule{
			{Name: "reconcile", Expression: "rate(1 hour)", Payload: `{"schedule":"reconcile"}`},
		},
		Arrivals:       []string{PrefixBank, PrefixUploads},
		Secrets:        []string{SecretShopAPIs, SecretStripeAPI},
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		Archive:        Prefixes{Read: []string{PrefixDocuments}, Write: []string{PrefixDocuments}}, // what people put beside documents
		Intake:         Prefixes{Read: []string{PrefixBank, PrefixUploads}},
		TimeoutSeconds: 300,
		MemoryMB:       512,
	}
}

func digest() Function {
	return Function{
		Name:    "digest",
		Purpose: "Keeps the running totals from the events, seals the audit chains, and posts the figures.",
		Schedules: []Schedule{
			{
				Name: "digest", Expression: "cron(30 8 ? * MON-FRI *)", Timezone: SellerTimezone,
				Payload: `{"schedule":"digest"}`,
			},
			{
				Name: "verify", Expression: "cron(15 3 * * ? *)", Timezone: SellerTimezone,
				Payload: `{"schedule":"verify"}`,
			},
		},
		Stream:         KindEvent,
		BatchMax:       100,
		Table:          readAndAppend(query),
		Indexes:        []string{IndexDue, IndexList},
		Archive:        Prefixes{Read: []string{PrefixSeals}, Write: []string{PrefixSeals}},
		TimeoutSeconds: 300,
		MemoryMB:       2048, // the night recomputes every sum: a whole processor, and all open books in memory
	}
}
