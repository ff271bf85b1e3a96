package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// endpoint is an operation as requests pass through it. It does by reflection, once for all, what huma.Register does with
// seven kilobytes of code for each pair of types; describing, validating and routing are huma's still.
//
// What it asks for is read from its types when it is first asked: a function that starts opens a hundred routes and gets
// one request. Each endpoint has schemas of its own then, so that two of them may be first at once.
type endpoint struct {
	server
	op      *huma.Operation
	in, out reflect.Type
	known   huma.Registry
	ready   func() // describes it, once

	params []param
	body   []int        // where Body or RawBody is in the input; nil without one
	raw    bool         // the body is taken as it came
	fits   *huma.Schema // what a body must fit; nil if any will do
	do     func(ctx context.Context, in any) (out any, err error)
}

// param is a field that the path, the query or a header fills.
type param struct {
	at       []int
	in, name string
	fallback string // for one left out
	schema   *huma.Schema
}

// register describes the operation in the document and opens its route. in and out are structs: of parameters and Body or
// RawBody; of Body and, where they vary, Status and ContentType.
func (s server) register(op huma.Operation, in, out reflect.Type, do func(context.Context, any) (any, error)) {
	e := &endpoint{server: s, op: &op, in: in, out: out, do: do}
	e.ready = sync.OnceFunc(e.describe)
	if s.whole {
		e.known = s.api.OpenAPI().Components.Schemas
		illustrate(&op)
		e.ready()
		s.api.OpenAPI().AddOperation(&op)
	}
	s.api.Adapter().Handle(&op, e.serve)
}

// describe says what the operation asks for and, in the document, what it answers.
func (e *endpoint) describe() {
	if e.known == nil {
		e.known = registry()
	}
	for _, f := range reflect.VisibleFields(e.in) {
		switch {
		case f.Name == "Body":
			e.takes(f)
		case f.Name == "RawBody":
			e.takesRaw(f)
		case !f.Anonymous:
			e.asks(f)
		}
	}
	if e.whole {
		e.gives()
	}
}

// asks adds a parameter.
func (e *endpoint) asks(f reflect.StructField) {
	p := param{at: f.Index, fallback: f.Tag.Get("default"), schema: huma.SchemaFromField(e.known, f, "")}
	var explode *bool // a list in the query is one word with commas
	switch {
	case f.Tag.Get("path") != "":
		p.in, p.name = "path", f.Tag.Get("path")
	case f.Tag.Get("query") != "":
		p.in, p.name, explode = "query", f.Tag.Get("query"), new(bool)
	default:
		p.in, p.name = "header", f.Tag.Get("header")
	}
	e.params = append(e.params, p)
	e.op.Parameters = append(e.op.Parameters, &huma.Param{
		Name: p.name, In: p.in, Required: p.in == "path", Schema: p.schema, Description: p.schema.Description, Explode: explode,
	})
}

// takes adds a body of JSON, which may be left out where the field is a pointer.
func (e *endpoint) takes(f reflect.StructField) {
	media := e.media("application/json")
	if media.Schema == nil {
		media.Schema = huma.SchemaFromField(e.known, f, e.op.OperationID+"Request")
	}
	media.Schema.PrecomputeMessages()
	e.op.RequestBody.Required = f.Type.Kind() != reflect.Pointer
	e.body, e.fits = f.Index, media.Schema
}

// takesRaw adds a body that is read as it came; what it is the route says, or nobody.
func (e *endpoint) takesRaw(f reflect.StructField) {
	if e.op.RequestBody == nil || len(e.op.RequestBody.Content) == 0 {
		e.media("application/octet-stream").Schema = &huma.Schema{Type: huma.TypeString, Format: "binary"}
	}
	e.op.RequestBody.Required = true
	e.body, e.raw = f.Index, true
}

// media is what the document says of the body in one format.
func (e *endpoint) media(contentType string) *huma.MediaType {
	if e.op.RequestBody == nil {
		e.op.RequestBody = &huma.RequestBody{}
	}
	if e.op.RequestBody.Content == nil {
		e.op.RequestBody.Content = map[string]*huma.MediaType{}
	}
	if e.op.RequestBody.Content[contentType] == nil {
		e.op.RequestBody.Content[contentType] = &huma.MediaType{}
	}
	return e.op.RequestBody.Content[contentType]
}

// gives describes the answer by its type, where the route did not.
func (e *endpoint) gives() {
	answer := e.op.Responses[strconv.Itoa(e.op.DefaultStatus)]
	if f, ok := e.out.FieldByName("Body"); ok && answer.Content == nil {
		schema := huma.SchemaFromField(e.known, f, e.op.OperationID+"Response")
		answer.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
	}
}

// serve is one request.
func (e *endpoint) serve(ctx huma.Context) {
	e.ready()
	in := reflect.New(e.in)
	if r := e.read(ctx, in.Elem()); r != nil {
		_ = huma.WriteErr(e.api, ctx, r.status, r.what, r.mistakes...) // huma logs what it cannot write
		return
	}
	out, err := e.do(ctx.Context(), in.Interface())
	if err != nil {
		p := e.problem(ctx.Context(), err)
		e.write(ctx, p.Status, problemJSON, p)
		return
	}
	e.reply(ctx, reflect.ValueOf(out).Elem())
}

// reply writes the answer of a struct of Body, Status and ContentType.
func (e *endpoint) reply(ctx huma.Context, out reflect.Value) {
	status := e.op.DefaultStatus
	if f := out.FieldByName("Status"); f.IsValid() {
		status = int(f.Int())
	}
	contentType := "application/json"
	if f := out.FieldByName("ContentType"); f.IsValid() {
		contentType = f.String()
	}
	e.write(ctx, status, contentType, out.FieldByName("Body").Interface())
}

// write answers with bytes as they are, or with JSON. What cannot be written is our defect, and caught as such.
func (e *endpoint) write(ctx huma.Context, status int, contentType string, body any) {
	ctx.SetHeader("Content-Type", contentType)
	ctx.SetStatus(status)
	if raw, ok := body.([]byte); ok {
		_, _ = ctx.BodyWriter().Write(raw) // into memory
		return
	}
	if err := e.api.Marshal(ctx.BodyWriter(), contentType, body); err != nil {
		panic(http.StatusText(http.StatusInternalServerError) + ": " + err.Error())
	}
}
