// Package aws is the loopback AWS: SES, S3, SQS, EventBridge and SSM as the unchanged SDK clients see them, only in
// the operations the product calls, each in the service's own wire protocol and with its limits. It owns the mailbox,
// the buckets, the queues and the recorded events; it knows nothing of what is in them. DynamoDB has a package of
// its own.
package aws

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Region and Account are what the loopback services call themselves in ARNs, URLs and events.
const (
	Region  = "eu-central-1"
	Account = "000000000000"
)

// Service is one loopback service.
type Service interface {
	http.Handler
	// scope is the service's name in a signature's credential scope.
	scope() string
}

// Endpoint serves several services under one base endpoint: a request names its service in the credential scope of
// its signature (Authorization header, or X-Amz-Credential of a presigned URL). The prefix is the base endpoint's path,
// such as "/aws", or "". Signatures are checked against the keys; without keys any is accepted.
func Endpoint(prefix string, keys Keys, services ...Service) http.Handler {
	byScope := make(map[string]Service, len(services))
	for _, s := range services {
		byScope[s.scope()] = s
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := credentialScope(r)
		s, ok := byScope[name]
		switch {
		case name == "":
			fault{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}.writeJSON(w)
			return
		case !ok:
			fault{http.StatusNotFound, "UnknownService", "no loopback service " + name}.writeJSON(w)
			return
		}
		if keys != nil {
			if no := keys.authenticate(r); no != nil {
				if name == "s3" {
					writeS3(w, *no, r)
				} else {
					no.writeJSON(w)
				}
				return
			}
		}
		s.ServeHTTP(w, below(prefix, r))
	})
}

// below is the request as the service sees it. http.StripPrefix does not do: SDKs leave a RawPath it refuses.
func below(prefix string, r *http.Request) *http.Request {
	stripped := r.Clone(r.Context())
	stripped.URL.Path, stripped.URL.RawPath = strings.TrimPrefix(r.URL.Path, prefix), ""
	return stripped
}

// credentialScope is the service in "AKID/20260105/eu-central-1/s3/aws4_request", or "" for an unsigned request.
func credentialScope(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential, _, _ = strings.Cut(rest, ",")
	}
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[4] != "aws4_request" {
		return ""
	}
	return parts[3]
}

// fault is an error in AWS's sense: a code that SDKs match on, and a sentence.
type fault struct {
	status  int
	code    string
	message string
}

// writeJSON answers as the JSON protocols do; SDKs read the code from the header or from __type.
func (f fault) writeJSON(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-Errortype", f.code)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": f.code, "message": f.message})
}

// maxBody bounds one request to a JSON service; SES takes 40 MB, the others far less.
const maxBody = 40 << 20

// operation answers one request of the AWS JSON protocol.
type operation func(body []byte) (any, *fault)

// typed turns a function of a decoded request into an operation.
func typed[In any](do func(in In) (any, *fault)) operation {
	return func(body []byte) (any, *fault) {
		var in In
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, &fault{http.StatusBadRequest, "SerializationException", err.Error()}
		}
		return do(in)
	}
}

// serveJSON speaks the AWS JSON protocol: the operation's name follows the dot of X-Amz-Target.
func serveJSON(w http.ResponseWriter, r *http.Request, operations map[string]operation, decorate func(http.Header, *fault)) {
	if credentialScope(r) == "" {
		fault{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}.writeJSON(w)
		return
	}
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	do, ok := operations[name]
	if !ok {
		fault{http.StatusBadRequest, "UnknownOperationException", "no loopback operation " + name}.writeJSON(w)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fault{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", err.Error()}.writeJSON(w)
		return
	}
	out, no := do(body)
	if no != nil {
		if decorate != nil {
			decorate(w.Header(), no)
		}
		no.writeJSON(w)
		return
	}
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	_ = json.NewEncoder(w).Encode(out)
}

// refuseJSON is a JSON service out of order.
func refuseJSON(w http.ResponseWriter, how string) {
	if how == "429" {
		fault{http.StatusBadRequest, "ThrottlingException", "Rate exceeded"}.writeJSON(w)
		return
	}
	fault{http.StatusInternalServerError, "InternalFailure", "The request processing has failed because of an unknown error."}.writeJSON(w)
}

// save writes a service's state whole and atomically; an empty path keeps it in memory only.
func save(path string, state any) error {
	if path == "" {
		return nil
	}
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return replaceFile(path, data)
}

func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil { // what was acknowledged must survive a crash
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// load reads what save wrote; a missing file leaves the state as it is.
func load(path string, state any) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, state)
}
