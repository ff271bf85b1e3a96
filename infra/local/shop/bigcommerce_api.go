package shop

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ServeBigCommerce answers the REST API of a store, V2 and V3: orders with their
// parts, refunds, and webhooks. Its throttling is that of the smallest plan
// (developer.bigcommerce.com/docs/start/best-practices/api-rate-limits).
func (a *API) ServeBigCommerce(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Auth-Token") != a.Key {
		bigRefuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	used, wait := a.leak(150, 5)
	w.Header().Set("X-Rate-Limit-Requests-Quota", "150")
	w.Header().Set("X-Rate-Limit-Requests-Left", strconv.Itoa(150-used))
	if wait > 0 {
		w.Header().Set("X-Rate-Limit-Time-Reset-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
		bigRefuse(w, http.StatusTooManyRequests, "Too Many Requests")
		return
	}
	parts := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 4) // stores, hash, version, the rest
	if len(parts) < 4 || parts[0] != "stores" {
		bigRefuse(w, http.StatusNotFound, "Not Found")
		return
	}
	s := BigCommerce{Hash: parts[1]}
	resource, rest, _ := strings.Cut(parts[3], "/")
	switch {
	case parts[2] == "v3" && resource == "hooks":
		a.bigHooks(w, r, rest)
	case resource != "orders" || r.Method != http.MethodGet:
		bigRefuse(w, http.StatusNotFound, "Not Found")
	case parts[2] == "v2" && rest == "":
		a.bigList(w, r, s)
	default:
		a.bigOrder(w, r, s, parts[2], rest)
	}
}

func bigRefuse(w http.ResponseWriter, status int, title string) {
	reply(w, status, []any{map[string]any{"status": status, "message": title}})
}

// bigNothing is how V2 answers an empty list.
func bigNothing(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

func (a *API) bigList(w http.ResponseWriter, r *http.Request, s BigCommerce) {
	q := r.URL.Query()
	since, err := time.Parse(time.RFC3339, q.Get("min_date_modified"))
	if err != nil || q.Get("sort") != "date_modified:asc" {
		bigRefuse(w, http.StatusBadRequest, "The field 'min_date_modified' is invalid.")
		return
	}
	size, err := strconv.Atoi(q.Get("limit"))
	if err != nil || size < 1 || size > 250 {
		size = 50
	}
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	all := a.changed(since, true)
	all = all[min(len(all), (page-1)*size):min(len(all), page*size)]
	if len(all) == 0 {
		bigNothing(w)
		return
	}
	out := make([]any, len(all))
	for i, k := range all {
		out[i] = s.order(k.Order, k.Changed)
	}
	reply(w, http.StatusOK, out)
}

func (a *API) bigOrder(w http.ResponseWriter, r *http.Request, s BigCommerce, version, rest string) {
	id, part, _ := strings.Cut(rest, "/")
	all := a.Books.Kept()
	i := slices.IndexFunc(all, func(k Kept) bool { return strconv.FormatInt(s.orderID(k.Order), 10) == id })
	if i < 0 {
		bigRefuse(w, http.StatusNotFound, "The requested resource was not found.")
		return
	}
	if part == "" {
		reply(w, http.StatusOK, s.order(all[i].Order, all[i].Changed))
		return
	}
	list, ok := s.part(all[i].Order, part)
	switch {
	case !ok || (version == "v3") != (part == "payment_actions/refunds") || part == "taxes" && r.URL.Query().Get("details") != "true":
		bigRefuse(w, http.StatusNotFound, "The requested resource was not found.")
	case version == "v3":
		reply(w, http.StatusOK, map[string]any{"data": list, "meta": map[string]any{}})
	case len(list) == 0:
		bigNothing(w)
	default:
		reply(w, http.StatusOK, list)
	}
}

func (a *API) bigHooks(w http.ResponseWriter, r *http.Request, id string) {
	type hook struct {
		ID          int64  `json:"id,omitempty"`
		Scope       string `json:"scope"`
		Destination string `json:"destination"`
		Active      bool   `json:"is_active"`
	}
	shown := func(h Hook) hook { return hook{ID: h.ID, Scope: h.Topic, Destination: h.Address, Active: !h.Off} }
	answer := func(data any) { reply(w, http.StatusOK, map[string]any{"data": data, "meta": map[string]any{}}) }
	if r.Method == http.MethodGet && id == "" {
		all := []hook{}
		for _, h := range a.Books.Hooks() {
			all = append(all, shown(h))
		}
		answer(all)
		return
	}
	var in hook
	known, _ := strconv.ParseInt(id, 10, 64) // 0: a new one
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Scope == "" || in.Destination == "" || (r.Method == http.MethodPut) != (known > 0) {
		bigRefuse(w, http.StatusUnprocessableEntity, "The request is not valid.")
		return
	}
	answer(shown(a.Books.SetHook(Hook{ID: known, Topic: in.Scope, Address: in.Destination, Off: !in.Active})))
}
