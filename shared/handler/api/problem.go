package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"duly/shared/o2c/fault"
)

// Problem is a failure by RFC 9457: title says what, detail says why and what
// to do, code is for machines.
type Problem struct {
	Type   string    `json:"type" format:"uri" example:"urn:duly:error:DULY-3001"`
	Title  string    `json:"title" example:"The request cannot be used"`
	Status int       `json:"status" example:"422"`
	Detail string    `json:"detail" example:"a quantity of 0 — write a whole number from 1 to 1000000"`
	Code   string    `json:"code" pattern:"^DULY-[0-9]{4}$" example:"DULY-3001"`
	Errors []Mistake `json:"errors,omitempty" nullable:"false"`
}

// Mistake is a field at fault.
type Mistake struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer (RFC 6901) into the body" example:"/lines/0/quantity"`
	Parameter string `json:"parameter,omitempty" doc:"Of the path or the query" example:"as_of"`
	Detail    string `json:"detail" example:"a quantity of 0"`
}

const problemJSON = "application/problem+json"

var problemType = reflect.TypeFor[Problem]()

// Error lets a route answer with a problem of its own; ContentType tells huma how one is sent.
func (p *Problem) Error() string               { return p.Detail }
func (p *Problem) ContentType(_ string) string { return problemJSON }

// problemOf spells a failure; the status is what its code means.
func problemOf(f *fault.Error) *Problem {
	p := &Problem{Type: "urn:duly:error:" + string(f.Code), Title: f.What, Status: f.Code.Meaning().Status, Code: string(f.Code)}
	p.Detail = strings.Join(slicesOf(f.Why, f.Do), " — ")
	if p.Detail == "" {
		p.Detail = f.Code.Meaning().Text
	}
	if f.Pointer != "" {
		p.Errors = []Mistake{{Pointer: f.Pointer, Detail: f.Why}}
	}
	return p
}

func slicesOf(texts ...string) []string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return some
}

// problem turns any error into what the program is told; the cause of what is
// our fault goes to the log alone.
func (s server) problem(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	f := fault.Of(err)
	if f.Code.Meaning().Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "a request failed", "code", string(f.Code), "err", err)
	}
	return problemOf(f)
}

// codes are what huma's own statuses mean; what is not here is our defect.
var codes = map[int]fault.Code{
	http.StatusBadRequest: fault.Unreadable, http.StatusUnsupportedMediaType: fault.Unreadable, http.StatusUnprocessableEntity: fault.Invalid,
	http.StatusRequestEntityTooLarge: fault.TooLarge, http.StatusRequestTimeout: fault.Unreadable, http.StatusNotAcceptable: fault.Unreadable,
}

// ours makes a Problem of what huma found wrong with a request.
func ours(_ huma.Context, _ string, v any) (any, error) {
	theirs, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code, known := codes[theirs.Status]
	if !known {
		return problemOf(fault.Of(theirs)), nil
	}
	p := problemOf(fault.New(code, "The request cannot be used", theirs.Detail, "see /v1/openapi.json"))
	p.Status = theirs.Status
	for _, e := range theirs.Errors {
		m := mistake(e)
		p.Errors = append(p.Errors, m)
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Detail + " — mend the fields in errors and send it again"
	}
	return p, nil
}

// mistake turns "body.lines[0].quantity" into "/lines/0/quantity", and leaves
// out the value: it may be a secret that stands in the wrong place.
func mistake(e *huma.ErrorDetail) Mistake {
	in, rest, _ := strings.Cut(e.Location, ".")
	if in != "body" && !strings.HasPrefix(in, "body[") {
		return Mistake{Parameter: rest, Detail: e.Message}
	}
	at := strings.NewReplacer("~", "~0", "/", "~1", "[", "/", "]", "", ".", "/").Replace(strings.TrimPrefix(e.Location, "body"))
	var missing string
	if _, err := fmt.Sscanf(e.Message, validation.MsgExpectedRequiredProperty, &missing); err == nil {
		at += "/" + missing
	}
	return Mistake{Pointer: at, Detail: e.Message}
}

// refuse writes a problem where huma is not asked.
func refuse(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", problemJSON)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // into memory
}

func tooLarge() events.APIGatewayV2HTTPResponse {
	p := problemOf(fault.New(fault.TooLarge, "The body is too large", "it has more than 256 KiB", "send it in parts"))
	body, _ := json.Marshal(p) // strings always marshal
	return events.APIGatewayV2HTTPResponse{StatusCode: p.Status, Body: string(body), Headers: map[string]string{"content-type": problemJSON}}
}
