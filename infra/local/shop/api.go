package shop

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kept is an order as the shop keeps it, and when it changed last.
type Kept struct {
	Order   Order
	Changed time.Time
}

// Hook is a webhook as the shop keeps it.
type Hook struct {
	ID      int64  `json:"id"`
	Topic   string `json:"topic"`
	Address string `json:"address"`
	Off     bool   `json:"off,omitempty"`
	Failed  int    `json:"failed,omitempty"` // deliveries in a row
}

// Books is what a shop's own interface shows and changes.
type Books interface {
	Kept() []Kept
	Hooks() []Hook
	// SetHook switches a webhook on, or makes one (ID 0).
	SetHook(Hook) Hook
}

// API is the interface through which programs read a shop. It answers as the
// platform does, with its paging, its keys and its throttling.
type API struct {
	Key   string // the access token; WooCommerce's is "ck_…:cs_…"
	Now   func() time.Time
	Books Books
	// Write spells an order as the platform's webhooks do.
	Write func(Kept) ([]byte, error)

	mu     sync.Mutex
	bucket float64
	filled time.Time
}

// changed lists what changed at or after an instant, the oldest change first.
func (a *API) changed(since time.Time, inclusive bool) []Kept {
	all := slices.DeleteFunc(slices.Clone(a.Books.Kept()), func(k Kept) bool {
		at := k.Changed.Truncate(time.Second) // platforms tell times to the second
		return at.Before(since) || (!inclusive && at.Equal(since))
	})
	slices.SortStableFunc(all, func(x, y Kept) int { return x.Changed.Compare(y.Changed) })
	return all
}

// leak takes one request out of a leaky bucket and says how full it is, or how
// long to wait when it is full (shopify.dev/docs/api/usage/limits).
func (a *API) leak(size, perSecond float64) (used int, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.Now()
	if !a.filled.IsZero() {
		a.bucket = max(0, a.bucket-now.Sub(a.filled).Seconds()*perSecond)
	}
	a.filled = now
	if a.bucket+1 > size {
		return int(size), time.Duration(math.Ceil((a.bucket+1-size)/perSecond)) * time.Second
	}
	a.bucket++
	return int(math.Ceil(a.bucket)), 0
}

// bodies spells orders.
func (a *API) bodies(all []Kept) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, len(all))
	for i, k := range all {
		var err error
		if out[i], err = a.Write(k); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}

// ServeShopify answers the Admin REST interface
// (shopify.dev/docs/api/admin-rest): orders.json and webhooks.json.
func (a *API) ServeShopify(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Shopify-Access-Token") != a.Key {
		reply(w, http.StatusUnauthorized, map[string]string{"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
		return
	}
	used, wait := a.leak(40, 2)
	w.Header().Set("X-Shopify-Shop-Api-Call-Limit", fmt.Sprintf("%d/40", used))
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.FormatFloat(wait.Seconds(), 'f', 1, 64))
		reply(w, http.StatusTooManyRequests, map[string]string{"errors": "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."})
		return
	}
	switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case len(parts) != 4 || parts[0] != "admin" || parts[1] != "api":
		reply(w, http.StatusNotFound, map[string]string{"errors": "Not Found"})
	case parts[3] == "orders.json" && r.Method == http.MethodGet:
		a.shopifyOrders(w, r)
	case parts[3] == "webhooks.json":
		a.shopifyHooks(w, r)
	default:
		reply(w, http.StatusNotFound, map[string]string{"errors": "Not Found"})
	}
}

func (a *API) shopifyOrders(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, offset := q.Get("updated_at_min"), 0
	if info := q.Get("page_info"); info != "" {
		if len(q) > 2 || (len(q) == 2 && q.Get("limit") == "") {
			reply(w, http.StatusBadRequest, map[string]any{"errors": map[string]string{"page_info": "Invalid value."}})
			return
		}
		n, rest, _ := strings.Cut(info, "_")
		offset, _ = strconv.Atoi(n)
		since = rest
	}
	from, err := time.Parse(time.RFC3339, since)
	if err != nil && since != "" {
		reply(w, http.StatusBadRequest, map[string]any{"errors": map[string]string{"updated_at_min": "Invalid value."}})
		return
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > 250 {
		limit = 50
	}
	all := a.changed(from, true)
	end := min(len(all), offset+limit)
	bodies, err := a.bodies(all[min(offset, len(all)):end])
	if err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"errors": err.Error()})
		return
	}
	if end < len(all) {
		next := *r.URL
		next.RawQuery = fmt.Sprintf("limit=%d&page_info=%d_%s", limit, end, since)
		w.Header().Set("Link", fmt.Sprintf("<https://%s%s>; rel=\"next\"", r.Host, next.RequestURI()))
	}
	reply(w, http.StatusOK, map[string]any{"orders": bodies})
}

func (a *API) shopifyHooks(w http.ResponseWriter, r *http.Request) {
	type webhook struct {
		ID      int64  `json:"id,omitempty"`
		Topic   string `json:"topic"`
		Address string `json:"address"`
		Format  string `json:"format"`
	}
	shown := func(h Hook) webhook {
		return webhook{ID: h.ID, Topic: h.Topic, Address: h.Address, Format: "json"}
	}
	if r.Method == http.MethodPost {
		var in struct {
			Webhook webhook `json:"webhook"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Webhook.Topic == "" || in.Webhook.Address == "" {
			reply(w, http.StatusUnprocessableEntity, map[string]any{"errors": map[string][]string{"topic": {"can't be blank"}}})
			return
		}
		reply(w, http.StatusCreated, map[string]any{"webhook": shown(a.Books.SetHook(Hook{Topic: in.Webhook.Topic, Address: in.Webhook.Address}))})
		return
	}
	all := []webhook{}
	for _, h := range a.Books.Hooks() {
		if want := r.URL.Query().Get("address"); !h.Off && (want == "" || want == h.Address) { // what Shopify took away is gone
			all = append(all, shown(h))
		}
	}
	reply(w, http.StatusOK, map[string]any{"webhooks": all})
}

// ServeWooCommerce answers the REST API v3: orders and webhooks.
func (a *API) ServeWooCommerce(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, code, message string) {
		reply(w, status, map[string]any{"code": code, "message": message, "data": map[string]int{"status": status}})
	}
	key, secret, _ := r.BasicAuth()
	if key+":"+secret != a.Key {
		refuse(http.StatusUnauthorized, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
		return
	}
	if _, wait := a.leak(60, 5); wait > 0 { // the limits of an ordinary host's firewall
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		refuse(http.StatusTooManyRequests, "too_many_requests", "Too many requests")
		return
	}
	resource, id, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, "/"), "/wp-json/wc/v3/"), "/")
	switch {
	case resource == "orders" && id == "" && r.Method == http.MethodGet:
		a.wooOrders(w, r, refuse)
	case resource == "webhooks":
		a.wooHooks(w, r, id, refuse)
	default:
		refuse(http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
	}
}

func (a *API) wooOrders(w http.ResponseWriter, r *http.Request, refuse func(int, string, string)) {
	q := r.URL.Query()
	since, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(q.Get("modified_after"), "Z"))
	if (err != nil && q.Get("modified_after") != "") || q.Get("dates_are_gmt") != "true" || q.Get("orderby") != "modified" {
		refuse(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): modified_after")
		return
	}
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || size < 1 || size > 100 {
		size = 10
	}
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 {
		number = 1
	}
	all := a.changed(since, false)
	bodies, err := a.bodies(all[min(len(all), (number-1)*size):min(len(all), number*size)])
	if err != nil {
		refuse(http.StatusInternalServerError, "internal_server_error", err.Error())
		return
	}
	w.Header().Set("X-WP-Total", strconv.Itoa(len(all)))
	w.Header().Set("X-WP-TotalPages", strconv.Itoa((len(all)+size-1)/size))
	reply(w, http.StatusOK, bodies)
}

func (a *API) wooHooks(w http.ResponseWriter, r *http.Request, id string, refuse func(int, string, string)) {
	shown := func(h Hook) map[string]any {
		status := "active"
		if h.Off {
			status = "disabled"
		}
		return map[string]any{"id": h.ID, "name": "Duly", "status": status, "topic": h.Topic, "delivery_url": h.Address}
	}
	if id == "" {
		all := []any{}
		for _, h := range a.Books.Hooks() {
			all = append(all, shown(h))
		}
		reply(w, http.StatusOK, all)
		return
	}
	var in struct {
		Status string `json:"status"`
	}
	i := slices.IndexFunc(a.Books.Hooks(), func(h Hook) bool { return strconv.FormatInt(h.ID, 10) == id })
	if i < 0 || r.Method != http.MethodPut || json.NewDecoder(r.Body).Decode(&in) != nil || in.Status != "active" {
		refuse(http.StatusBadRequest, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
		return
	}
	h := a.Books.Hooks()[i]
	h.Off, h.Failed = false, 0
	reply(w, http.StatusOK, shown(a.Books.SetHook(h)))
}
