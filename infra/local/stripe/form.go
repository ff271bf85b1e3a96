package stripe

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// params are the form-encoded parameters of a request, nested by brackets:
// metadata[order]=7, line_items[0][quantity]=2, expand[]=data.
type params struct{ url.Values }

func (p params) str(name string) string { return p.Get(name) }

// number reads an integer; absent is fallback.
func (p params) number(name string, fallback int64) (int64, *apiError) {
	if !p.Has(name) {
		return fallback, nil
	}
	n, err := strconv.ParseInt(p.Get(name), 10, 64)
	if err != nil {
		return 0, &apiError{Status: 400, Code: "parameter_invalid_integer", Param: name,
			Message: fmt.Sprintf("Invalid integer: %s", p.Get(name))}
	}
	return n, nil
}

// group collects name[key]=value.
func (p params) group(name string) map[string]string {
	out := map[string]string{}
	for key := range p.Values {
		if inner, ok := strings.CutPrefix(key, name+"["); ok && strings.HasSuffix(inner, "]") {
			out[strings.TrimSuffix(inner, "]")] = p.Get(key)
		}
	}
	return out
}

// list collects name[]=value and name[0]=value, in order.
func (p params) list(name string) []string {
	out := slices.Clone(p.Values[name+"[]"])
	for i := 0; p.Has(fmt.Sprintf("%s[%d]", name, i)); i++ {
		out = append(out, p.Get(fmt.Sprintf("%s[%d]", name, i)))
	}
	return out
}

// count says how many elements name[0][…], name[1][…] has.
func (p params) count(name string) int {
	n := 0
	for p.any(fmt.Sprintf("%s[%d]", name, n)) {
		n++
	}
	return n
}

func (p params) any(prefix string) bool {
	for key := range p.Values {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// unknown is the first parameter, in alphabetical order, that allowed (names
// separated by spaces) does not contain; expand is always allowed.
func (p params) unknown(allowed string) string {
	names := append(strings.Fields(allowed), "expand")
	var strange []string
	for key := range p.Values {
		name, _, _ := strings.Cut(key, "[")
		if !slices.Contains(names, name) {
			strange = append(strange, key)
		}
	}
	if len(strange) == 0 {
		return ""
	}
	return slices.Min(strange)
}

// metadata checks the limits of docs.stripe.com/api/metadata: 50 keys of 40
// characters, values of 500.
func (p params) metadata(name string) (map[string]string, *apiError) {
	m := p.group(name)
	if len(m) > 50 {
		return nil, invalid(name, "You can have at most 50 keys in metadata.")
	}
	for key, value := range m {
		if len(key) > 40 {
			return nil, invalid(name, "Metadata keys must be under 40 characters.")
		}
		if len(value) > 500 {
			return nil, invalid(name+"["+key+"]", "Metadata values can have up to 500 characters.")
		}
	}
	return m, nil
}

// apiError is an error as the API reports it. The empty Type means
// invalid_request_error, the usual one.
type apiError struct {
	Status                     int
	Type, Code, Param, Message string
	More                       object // of a payment that a bank declined
}

func (e *apiError) body(requestID string) object {
	kind := e.Type
	if kind == "" {
		kind = "invalid_request_error"
	}
	inner := object{"type": kind, "message": e.Message, "request_log_url": "https://dashboard.stripe.com/test/logs/" + requestID}
	if e.Code != "" {
		inner["code"] = e.Code
		inner["doc_url"] = "https://stripe.com/docs/error-codes/" + strings.ReplaceAll(e.Code, "_", "-")
	}
	if e.Param != "" {
		inner["param"] = e.Param
	}
	for name, value := range e.More {
		inner[name] = value
	}
	return object{"error": inner}
}

func invalid(param, message string) *apiError {
	return &apiError{Status: 400, Param: param, Message: message}
}

func missing(param string) *apiError {
	return &apiError{Status: 400, Code: "parameter_missing", Param: param, Message: "Missing required param: " + param + "."}
}

func notFound(kind, param, id string) *apiError {
	return &apiError{Status: 404, Code: "resource_missing", Param: param, Message: fmt.Sprintf("No such %s: '%s'", kind, id)}
}
