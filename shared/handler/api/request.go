package api

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// refusal is what huma is told when a request cannot be used.
type refusal struct {
	status   int
	what     string
	mistakes []error
}

// read fills the input from the request, or says all that is wrong with it.
func (e *endpoint) read(ctx huma.Context, in reflect.Value) *refusal {
	r := &refusal{status: http.StatusUnprocessableEntity, what: "validation failed"}
	at, found := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
	for _, p := range e.params {
		at.Reset()
		at.Push(p.in)
		at.Push(p.name)
		e.readParam(ctx, p, in.FieldByIndex(p.at), at, found)
	}
	if e.body != nil {
		if other := e.readBody(ctx, in.FieldByIndex(e.body), at, found); other != nil {
			r = other
		}
	}
	if r.mistakes = append(found.Errors, r.mistakes...); len(r.mistakes) == 0 && r.status == http.StatusUnprocessableEntity {
		return nil
	}
	return r
}

func (e *endpoint) readParam(ctx huma.Context, p param, field reflect.Value, at *huma.PathBuffer, found *huma.ValidateResult) {
	word := map[string]func(string) string{"path": ctx.Param, "query": ctx.Query, "header": ctx.Header}[p.in](p.name)
	if word == "" {
		word = p.fallback
	}
	if word == "" {
		if p.in == "path" {
			found.Add(at, "", "required path parameter is missing")
		}
		return
	}
	var value any = word
	if field.CanInt() {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			found.Add(at, word, "invalid integer")
			return
		}
		field.SetInt(n)
		value = n
	} else {
		field.SetString(word)
	}
	huma.Validate(e.known, p.schema, at, huma.ModeWriteToServer, value, found)
}

// readBody reads the body into its field. It is decoded twice, once freely to be judged by its schema, which says more
// than a decoder can.
func (e *endpoint) readBody(ctx huma.Context, field reflect.Value, at *huma.PathBuffer, found *huma.ValidateResult) *refusal {
	body, err := io.ReadAll(ctx.BodyReader())
	switch {
	case err != nil:
		return &refusal{status: http.StatusBadRequest, what: "cannot read request body", mistakes: []error{err}}
	case len(body) == 0 && e.op.RequestBody.Required:
		return &refusal{status: http.StatusBadRequest, what: "request body is required"}
	case len(body) == 0:
		return nil
	case e.raw:
		field.SetBytes(body)
		return nil
	}
	contentType := ctx.Header("Content-Type")
	if contentType == "" {
		contentType = "application/json"
	}
	var free any
	if err := e.api.Unmarshal(contentType, body, &free); err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, huma.ErrUnknownContentType) {
			status = http.StatusUnsupportedMediaType
		}
		return &refusal{status: status, what: "validation failed", mistakes: []error{&huma.ErrorDetail{Location: "body", Message: err.Error()}}}
	}
	at.Reset()
	at.Push("body")
	before := len(found.Errors)
	huma.Validate(e.known, e.fits, at, huma.ModeWriteToServer, free, found)
	if err := e.api.Unmarshal(contentType, body, field.Addr().Interface()); err != nil && len(found.Errors) == before {
		found.Add(at, nil, err.Error())
	}
	return nil
}
