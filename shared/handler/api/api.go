// Package api is the function that serves programs: the JSON API below /v1,
// described by its own OpenAPI document. It owns the shapes of requests and
// answers, bearer keys at the door and the answers to repeated requests; what a
// request does is the cycle's.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// Deps is what the function needs.
type Deps struct {
	Cycle  *o2c.Cycle
	Files  o2c.Files  // the archive of legal documents
	Papers o2c.Papers // renders those that nobody was sent
	Now    func() time.Time
	Log    *slog.Logger
	// Replay hands a parked message to the function that parked it.
	Replay func(context.Context, o2c.ParkedData) error
	// Upload is the address where a file may be put under a key of the intake.
	Upload func(ctx context.Context, key string, valid time.Duration) (string, error)
}

// New makes the function.
func New(d Deps) trigger.Handler {
	s, mux := build(d, false)
	serve := trigger.Serve(s.caught(s.keyed(s.repeated(mux))))
	return trigger.Handler{HTTP: func(ctx context.Context, in events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if _, ok := trigger.Body(in); !ok {
			return tooLarge(), nil
		}
		return serve(ctx, in)
	}}
}

// build registers every route.
func build(d Deps, whole bool) (server, *http.ServeMux) {
	mux := http.NewServeMux()
	s := server{Deps: d, api: humago.New(mux, describe()), whole: whole}
	s.routes()
	mux.HandleFunc("/v1/", s.unknown(mux))
	return s, mux
}

// server is the API with its routes.
type server struct {
	Deps
	api   huma.API
	whole bool // everything is described at once, for readers of the document
}

// registry is an empty collection of schemas.
func registry() huma.Registry {
	return huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
}

// schema is that of a type, for the document; nil where nobody reads it.
func (s server) schema(of reflect.Type) *huma.Schema {
	if !s.whole {
		return nil
	}
	return s.api.OpenAPI().Components.Schemas.Schema(of, true, "")
}

// describe is the OpenAPI document before its routes.
func describe() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Duly", Version: "1",
				Description: "Order-to-cash from orders to the books. Money is in minor units, rates are decimal strings, dates are 2026-12-04, times RFC 3339. " +
					"Lists are newest first. Send an Idempotency-Key with every POST: the same key and body gives the first answer again.",
			},
			Components: &huma.Components{
				Schemas:         registry(),
				SecuritySchemes: map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "A key with the scopes read, write or both."}},
			},
			Security: []map[string][]string{{"key": {}}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{ours},
	}
}

// routes registers every route. What is not built is not here.
func (s server) routes() {
	s.customers()
	s.reports()
	s.products()
	s.quotes()
	s.contracts()
	s.orders()
	s.shipments()
	s.returns()
	s.packingSlips()
	s.decisions()
	s.decisionRecords()
	s.invoices()
	s.creditNotes()
	s.promises()
	s.disputes()
	s.plans()
	s.claims()
	s.statements()
	s.payouts()
	s.rates()
	s.receipts()
	s.refunds()
	s.bookings()
	s.bankLines()
	s.ledger()
	s.books()
	s.exports()
	s.figures()
	s.forecasts()
	s.retros()
	s.safeMode()
	s.training()
	s.taxReturns()
	s.events()
	s.audit()
	s.subjects()
	s.subscribers()
	s.parked()
	s.uploads()
	s.enclosures()
	s.openAPI()
}

// openAPIPath needs no key.
const openAPIPath = "/v1/openapi.json"

func (s server) openAPI() {
	written := sync.OnceValues(func() ([]byte, error) {
		described, _ := build(s.Deps, true)
		return json.Marshal(described.api.OpenAPI())
	})
	op := answering(get("openapi", openAPIPath, "Read this document"), "application/json", &huma.Schema{Type: huma.TypeObject})
	op.Security = []map[string][]string{}
	route(s, op, func(context.Context, *struct{}) (*file, error) {
		document, err := written()
		return &file{ContentType: "application/json", Body: document}, err
	})
}
