package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// reply is an answer in JSON.
type reply[T any] struct{ Body T }

// file is an answer in any other format.
type file struct {
	ContentType string
	Body        []byte
}

// outcome is an answer whose status depends.
type outcome[T any] struct {
	Status int
	Body   T
}

// route registers an operation. Every failure passes through one place.
func route[I, O any](s server, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{strconv.Itoa(op.DefaultStatus): {Description: http.StatusText(op.DefaultStatus)}}
	}
	op.Responses["default"] = &huma.Response{Description: "A problem", Content: map[string]*huma.MediaType{problemJSON: {Schema: s.schema(problemType)}}}
	s.register(op, reflect.TypeFor[I](), reflect.TypeFor[O](), func(ctx context.Context, in any) (any, error) { return do(ctx, in.(*I)) })
}

// get, post and made describe the three usual operations.
func get(id, path, summary string) huma.Operation {
	return operation(http.MethodGet, id, path, summary, http.StatusOK)
}

func post(id, path, summary string) huma.Operation {
	return operation(http.MethodPost, id, path, summary, http.StatusOK)
}

func made(id, path, summary string) huma.Operation {
	return operation(http.MethodPost, id, path, summary, http.StatusCreated)
}

func operation(method, id, path, summary string, status int) huma.Operation {
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	op := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{tag}, DefaultStatus: status}
	if method == http.MethodPost {
		op.Parameters = []*huma.Param{{
			Name: idempotencyKey, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "Names the request: the same key and body gives the first answer again, with another body it is refused.",
		}}
	}
	return op
}

// answering describes an answer that no Go type does.
func answering(op huma.Operation, contentType string, schema *huma.Schema) huma.Operation {
	op.Responses = map[string]*huma.Response{strconv.Itoa(op.DefaultStatus): {
		Description: http.StatusText(op.DefaultStatus), Content: map[string]*huma.MediaType{contentType: {Schema: schema}},
	}}
	return op
}

// pdfOf describes an answer that is a PDF.
func pdfOf(op huma.Operation) huma.Operation {
	return answering(op, "application/pdf", binary())
}

// zipOf describes an answer that is an archive.
func zipOf(op huma.Operation) huma.Operation {
	return answering(op, "application/zip", binary())
}

func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

// xmlOf marks an operation as one that answers with an e-invoice.
func xmlOf(op huma.Operation) huma.Operation {
	return answering(op, "application/xml", &huma.Schema{Type: huma.TypeString})
}

// Paging are the parameters of every list.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"At most so many items"`
	After string `query:"after" doc:"The field next of the page before"`
}

// page is a page of a list, newest first.
type page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Give it as after for the next page; empty at the end"`
}

// The bounds of one request that looks for what fits among what does not.
const (
	chunk     = 100
	chunksMax = 50
)

// walk reads a list from where a page ended and keeps what fits, until the page
// is full. A page of a list that was walked for long without a fit ends early,
// with a cursor.
func walk[D any](p Paging, read func(limit int, after string) (o2c.Listing[D], error), fits func(*D) bool) (kept []*D, next string, err error) {
	after, skip, err := cursor(p.After)
	if err != nil {
		return nil, "", err
	}
	for range chunksMax {
		part, err := read(max(chunk, p.Limit), after)
		if err != nil {
			return nil, "", err
		}
		for i, item := range part.Items {
			if i < skip || !fits(item) {
				continue
			}
			if len(kept) == p.Limit {
				return kept, fmt.Sprintf("%s.%d", after, i), nil
			}
			kept = append(kept, item)
		}
		if after, skip = part.Next, 0; after == "" {
			return kept, "", nil
		}
	}
	return kept, after + ".0", nil
}

// cursor is a place in a list: the store's cursor, and how many items behind it
// were seen.
func cursor(s string) (after string, skip int, err error) {
	if s == "" {
		return "", 0, nil
	}
	after, n, _ := strings.Cut(s, ".")
	skip, err = strconv.Atoi(n)
	if err != nil || skip < 0 {
		return "", 0, fault.Bad("/after", "it is not a cursor of this list", "take it from the field next of the page before")
	}
	return after, skip, nil
}

func all[D any](*D) bool { return true }

// each makes the shape of every item.
func each[D, T any](items []D, shape func(D) T) []T {
	out := make([]T, len(items))
	for i, item := range items {
		out[i] = shape(item)
	}
	return out
}
