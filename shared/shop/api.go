package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Access is how a shop's own interface is reached.
type Access struct {
	URL  string // "https://voorbeeld.myshopify.com", without a slash at the end
	Key  string // as the platform gives it; WooCommerce's is "ck_…:cs_…"
	HTTP *http.Client
}

// apis is the table of platforms that can be asked.
var apis = map[string]func(caller) o2c.ShopAPI{
	"shopify":     func(c caller) o2c.ShopAPI { return shopifyAPI{c} },
	"woocommerce": func(c caller) o2c.ShopAPI { return wooAPI{c} },
	"bigcommerce": func(c caller) o2c.ShopAPI { return bigAPI{c} },
}

// API reads a shop of a platform; o2c.ErrNoShopAPI when the platform has no
// interface, or nobody entered its address and key.
func API(platform string, a Access) (o2c.ShopAPI, error) {
	open, ok := apis[platform]
	if !ok || a.URL == "" || a.Key == "" {
		return nil, o2c.ErrNoShopAPI
	}
	return open(caller(a)), nil
}

// Reader reads single things from a shop whose webhooks carry their ids alone;
// o2c.ErrNoShopAPI when the shop's webhooks carry them whole.
func Reader(api o2c.ShopAPI) (o2c.ShopReader, error) {
	reader, ok := api.(o2c.ShopReader)
	if !ok {
		return nil, o2c.ErrNoShopAPI
	}
	return reader, nil
}

// caller asks a shop.
type caller Access

// Bounds of one answer and of its wait.
const (
	answerMax   = 32 << 20
	answerTime  = 20 * time.Second
	laterAtMost = time.Hour
)

// ask sends a request and reads its answer into out; sign proves who asks.
func (c caller) ask(ctx context.Context, method, path string, query url.Values, in, out any, sign func(http.Header)) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	to := c.URL + path
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return nil, fault.New(fault.Config, "The shop cannot be asked", "its address is wrong", "mend url in duly.yaml").Keyed("shop.address").Because(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Duly")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	sign(req.Header)
	answer, err := c.HTTP.Do(req)
	if err != nil {
		return nil, unanswered("nothing came back", err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	if err != nil {
		return nil, unanswered("its answer broke off", err)
	}
	if err := refusal(answer); err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return answer.Header, err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, unreadable("shop.url", "the shop's answer is not the JSON that its platform gives", "look whether url in duly.yaml is the shop's")
	}
	return answer.Header, nil
}

func unanswered(why string, cause error) error {
	return fault.New(fault.Unavailable, "The shop does not answer", why, "nothing: it is asked again within the hour").Because(cause).Keyed("shop.away")
}

// errGone says that what was asked for is not there.
var errGone = errors.New("not found")

// refusal says why a shop gave no answer.
func refusal(r *http.Response) error {
	switch {
	case r.StatusCode < http.StatusMultipleChoices:
		return nil
	case r.StatusCode == http.StatusTooManyRequests:
		return &o2c.Later{After: retryAfter(r.Header), Cause: fmt.Errorf("the shop asks us to slow down")}
	case r.StatusCode == http.StatusUnauthorized || r.StatusCode == http.StatusForbidden:
		return fault.New(fault.Config, "The shop refuses our key", fmt.Sprintf("it answered %d", r.StatusCode), "enter a key that may read orders").Keyed("shop.key")
	case r.StatusCode == http.StatusNotFound:
		return fault.New(fault.Config, "The shop is not where it should be", "it answered 404", "mend url in duly.yaml").Keyed("shop.address").Because(errGone)
	}
	return unanswered(fmt.Sprintf("it answered %d", r.StatusCode), nil)
}

// retryAfter is the wait that a shop asks for: seconds, possibly with decimals,
// or BigCommerce's milliseconds.
func retryAfter(h http.Header) time.Duration {
	for _, written := range []string{h.Get("Retry-After") + "s", h.Get("X-Rate-Limit-Time-Reset-Ms") + "ms"} {
		if d, err := time.ParseDuration(written); err == nil && d > 0 {
			return min(d, laterAtMost)
		}
	}
	return time.Minute
}

// told is an order's body as it was read, and what of it is needed to go on.
type told struct {
	raw       json.RawMessage
	ID        Text
	Number    Text
	UpdatedAt Text
}

// page puts read orders together.
func page(orders []told, messages func(told) []o2c.PulledMessage) o2c.ShopPage {
	var p o2c.ShopPage
	for _, o := range orders {
		p.Orders = append(p.Orders, o2c.PulledOrder{ExternalID: first(o.ID), Number: name(o.Number, o.ID), Messages: messages(o)})
		if at := when(o.UpdatedAt); at.After(p.Newest) {
			p.Newest = at
		}
	}
	return p
}

// place is where a reading stands on a platform that counts its pages: so many
// pages behind an instant. An order that changes meanwhile moves to the end and
// pulls all others forward, so that the next page begins at the last change
// wherever it can, and is counted only within the same instant.
type place struct {
	since time.Time
	page  int // from 1
}

// placeOf reads a cursor; the first one is empty.
func placeOf(cursor string, since time.Time) place {
	at, number, _ := strings.Cut(cursor, "#")
	n, err := strconv.Atoi(number)
	if began := when(Text(at)); err == nil && n > 0 && !began.IsZero() {
		return place{began, n}
	}
	return place{since.UTC().Truncate(time.Second), 1}
}

// behind is the cursor of what follows a page that ends with a change at newest.
func (p place) behind(newest time.Time) string {
	next := place{newest, 1}
	if !newest.After(p.since) {
		next = place{p.since, p.page + 1}
	}
	return next.since.Format(time.RFC3339) + "#" + strconv.Itoa(next.page)
}
