package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"duly/functions"
	"duly/infra/local/loopback"
	"duly/shared/handler/trigger"
)

// openRoutes puts every function of the manifest behind its routes, as API
// Gateway does: the more specific route wins.
func (r *Runtime) openRoutes() {
	r.routes = http.NewServeMux()
	for _, f := range functions.All() {
		h := r.handlers[f.Name]
		if h.HTTP == nil {
			continue
		}
		for _, route := range f.Routes {
			r.routes.Handle(route.Method+" "+pattern(route.Path), r.invoke(f, h))
		}
	}
}

// pattern spells API Gateway's path as net/http's: "/" is the root alone there,
// and "{proxy+}" is the rest.
func pattern(path string) string {
	if path == "/" {
		return "/{$}"
	}
	return strings.ReplaceAll(path, "+}", "...}")
}

// ServeHTTP answers the product's own routes.
func (r *Runtime) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.routes.ServeHTTP(w, req) }

// invoke carries a request to a function and its answer back.
func (r *Runtime) invoke(f functions.Function, h trigger.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, gatewayMax))
		if err != nil {
			refuseBody(w, err)
			return
		}
		ctx, cancel := context.WithTimeout(req.Context(), time.Duration(f.TimeoutSeconds)*time.Second)
		defer cancel()
		r.active.Add(1)
		defer r.active.Add(-1)
		ctx, entry := r.journal.open(ctx, r.Clock.Now(), f.Name, req, body)
		out, err := h.HTTP(ctx, trigger.Request(req, body))
		if err = errors.Join(err, r.Engine.Flush()); err != nil { // an answer says that it is kept, also while the clock moves
			r.warn(ctx, f.Name+" failed", err)
			http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError) // API Gateway's words
			entry.close(http.StatusInternalServerError, nil)
			return
		}
		reply := []byte(out.Body)
		if out.IsBase64Encoded {
			if reply, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
				r.warn(ctx, f.Name+" answered what is not base64", err)
			}
		}
		for name, value := range out.Headers {
			w.Header().Set(name, value)
		}
		for _, cookie := range out.Cookies {
			w.Header().Add("Set-Cookie", cookie)
		}
		w.WriteHeader(out.StatusCode)
		_, _ = w.Write(reply) // the sender may be gone
		entry.close(out.StatusCode, reply)
	})
}

// gatewayMax is what the gateway lets through to a function; what is too large
// for one, the function says itself.
const gatewayMax = 6 << 20

func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		http.Error(w, `{"message":"Request Entity Too Large"}`, http.StatusRequestEntityTooLarge) // API Gateway's words
		return
	}
	http.Error(w, "The body could not be read", http.StatusBadRequest)
}

// Post sends a request to the product as a loopback service does, without a
// socket.
func (r *Runtime) Post(ctx context.Context, path string, header http.Header, body []byte) (status int, reply []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.opt.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header = header.Clone()
	answer, err := loopback.Transport{req.URL.Host: r}.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	reply, err = io.ReadAll(answer.Body)
	return answer.StatusCode, reply, err
}
