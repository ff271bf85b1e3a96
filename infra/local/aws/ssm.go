package aws

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"duly/infra/local/loopback"
)

// maxParameters is SSM's limit on one GetParameters call, and on a page of GetParametersByPath.
const maxParameters = 10

// SSM is the parameter store; every value is a SecureString.
type SSM struct {
	loopback.Outage
	now     func() time.Time
	handler http.Handler

	mu         sync.Mutex
	parameters map[string]parameter
}

type parameter struct {
	value   string
	version int
	at      time.Time
}

// NewSSM holds the given values by their full names, such as /duly/local/slack/bot.
func NewSSM(now func() time.Time, values map[string]string) *SSM {
	s := &SSM{now: now, parameters: map[string]parameter{}}
	for name, value := range values {
		s.Put(name, value)
	}
	s.handler = s.Guard(now, refuseJSON, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveJSON(w, r, map[string]operation{
			"GetParameter":        typed(s.getParameter),
			"GetParameters":       typed(s.getParameters),
			"GetParametersByPath": typed(s.getParametersByPath),
		}, nil)
	}))
	return s
}

func (s *SSM) scope() string { return "ssm" }

// ServeHTTP implements http.Handler.
func (s *SSM) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Put sets a value, as an operator rotating a secret does.
func (s *SSM) Put(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parameters[name] = parameter{value: value, version: s.parameters[name].version + 1, at: s.now()}
}

type getParameterInput struct {
	Name           string
	Names          []string
	Path           string
	NextToken      string
	MaxResults     int
	Recursive      bool
	WithDecryption bool
}

func (s *SSM) getParameter(in getParameterInput) (any, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, ok := s.shape(in.Name, in.WithDecryption)
	if !ok {
		return nil, &fault{http.StatusBadRequest, "ParameterNotFound", "Parameter " + in.Name + " not found."}
	}
	return map[string]any{"Parameter": out}, nil
}

func (s *SSM) getParameters(in getParameterInput) (any, *fault) {
	if len(in.Names) == 0 || len(in.Names) > maxParameters {
		return nil, &fault{http.StatusBadRequest, "ValidationException", "names must have between 1 and 10 items"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, missing := []any{}, []string{}
	for _, name := range in.Names {
		if out, ok := s.shape(name, in.WithDecryption); ok {
			found = append(found, out)
		} else {
			missing = append(missing, name)
		}
	}
	return map[string]any{"Parameters": found, "InvalidParameters": missing}, nil
}

// getParametersByPath lists a family, at most ten a page; the next token is the last name given.
func (s *SSM) getParametersByPath(in getParameterInput) (any, *fault) {
	if !strings.HasPrefix(in.Path, "/") || in.MaxResults < 0 || in.MaxResults > maxParameters {
		return nil, &fault{http.StatusBadRequest, "ValidationException", "the path must begin with a slash and MaxResults be at most 10"}
	}
	if in.MaxResults == 0 {
		in.MaxResults = maxParameters
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name := range s.parameters {
		rest, below := strings.CutPrefix(name, strings.TrimSuffix(in.Path, "/")+"/")
		if below && name > in.NextToken && (in.Recursive || !strings.Contains(rest, "/")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := map[string]any{}
	if len(names) > in.MaxResults {
		names = names[:in.MaxResults]
		out["NextToken"] = names[len(names)-1]
	}
	found := []any{}
	for _, name := range names {
		one, _ := s.shape(name, in.WithDecryption)
		found = append(found, one)
	}
	out["Parameters"] = found
	return out, nil
}

// shape is a parameter as SSM returns it; undecrypted, a SecureString's value is of no use to anyone.
func (s *SSM) shape(name string, decrypt bool) (map[string]any, bool) {
	p, ok := s.parameters[name]
	if !ok {
		return nil, false
	}
	value := p.value
	if !decrypt {
		value = "AQICAHg-encrypted-" + md5hex(value)
	}
	return map[string]any{
		"Name": name, "Type": "SecureString", "Value": value, "Version": p.version, "DataType": "text",
		"ARN": "arn:aws:ssm:" + Region + ":" + Account + ":parameter" + name, "LastModifiedDate": float64(p.at.UnixMilli()) / 1000,
	}, true
}
