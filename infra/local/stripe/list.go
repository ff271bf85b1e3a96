package stripe

import (
	"fmt"
	"slices"
	"strings"
)

// listed pages through rows, newest first, as docs.stripe.com/api/pagination
// says: limit 1..100 (10), starting_after, ending_before, created with its
// comparisons.
func listed[T keyed](p params, url string, rows []T, created func(T) int64, keep func(T) bool, render func(T) object) (object, *apiError) {
	limit, err := p.number("limit", 10)
	if err != nil {
		return nil, err
	}
	if limit < 1 || limit > 100 {
		return nil, invalid("limit", "This value must be between 1 and 100 (inclusive).")
	}
	within, err := createdRange(p)
	if err != nil {
		return nil, err
	}
	var found []T
	for _, row := range slices.Backward(rows) {
		if within(created(row)) && keep(row) {
			found = append(found, row)
		}
	}
	page, more, err := cut(found, p.str("starting_after"), p.str("ending_before"), int(limit))
	if err != nil {
		return nil, err
	}
	items := make([]object, 0, len(page))
	for _, row := range page {
		items = append(items, render(row))
	}
	return listOf(url, more, items), nil
}

// cut takes the page after (older than) or before (newer than) a row.
func cut[T keyed](found []T, after, before string, limit int) (page []T, more bool, err *apiError) {
	place := func(id, param string) (int, *apiError) {
		i := slices.IndexFunc(found, func(row T) bool { return row.key() == id })
		if i < 0 {
			return 0, notFound("object", param, id)
		}
		return i, nil
	}
	if before != "" {
		i, err := place(before, "ending_before")
		if err != nil {
			return nil, false, err
		}
		from := max(0, i-limit)
		return found[from:i], from > 0, nil
	}
	from := 0
	if after != "" {
		i, err := place(after, "starting_after")
		if err != nil {
			return nil, false, err
		}
		from = i + 1
	}
	to := min(len(found), from+limit)
	return found[from:to], to < len(found), nil
}

// createdRange reads created=…, created[gt]=… and so on.
func createdRange(p params) (func(int64) bool, *apiError) {
	compare := map[string]func(at, bound int64) bool{
		"created":      func(at, bound int64) bool { return at == bound },
		"created[gt]":  func(at, bound int64) bool { return at > bound },
		"created[gte]": func(at, bound int64) bool { return at >= bound },
		"created[lt]":  func(at, bound int64) bool { return at < bound },
		"created[lte]": func(at, bound int64) bool { return at <= bound },
	}
	bounds := map[string]int64{}
	for name := range compare {
		if !p.Has(name) {
			continue
		}
		bound, err := p.number(name, 0)
		if err != nil {
			return nil, err
		}
		bounds[name] = bound
	}
	return func(at int64) bool {
		for name, bound := range bounds {
			if !compare[name](at, bound) {
				return false
			}
		}
		return true
	}, nil
}

// matches tells whether every filter that was given equals the row's value;
// pairs alternate parameter name and value.
func (p params) matches(pairs ...string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if p.Has(pairs[i]) && p.str(pairs[i]) != pairs[i+1] {
			return false
		}
	}
	return true
}

// expand replaces the id at path by the object that it names; data.x goes into
// every element of a list.
func (s *Server) expand(o object, path []string) bool {
	field := path[0]
	if items, ok := o[field].([]object); ok && len(path) > 1 {
		for _, item := range items {
			if !s.expand(item, path[1:]) {
				return false
			}
		}
		return true
	}
	if field == "refunds" && o["object"] == "charge" {
		o[field] = s.refundsOf(fmt.Sprint(o["id"]))
		return true
	}
	if field == "line_items" && o["object"] == "checkout.session" {
		o[field] = s.lineItemsOf(s.state.Sessions.index[fmt.Sprint(o["id"])])
		return true
	}
	value, ok := o[field]
	if !ok || value == nil {
		return ok
	}
	if id, isID := value.(string); isID {
		target, found := s.renderAny(id)
		if !found {
			return false
		}
		o[field] = target
	}
	inner, isObject := o[field].(object)
	if len(path) == 1 {
		return isObject
	}
	return isObject && s.expand(inner, path[1:])
}

func (s *Server) refundsOf(chargeID string) object {
	var items []object
	for _, r := range slices.Backward(s.state.Refunds.rows) {
		if r.ChargeID == chargeID {
			items = append(items, s.renderRefund(r))
		}
	}
	return listOf("/v1/charges/"+chargeID+"/refunds", false, items)
}

func (s *Server) lineItemsOf(r *session) object {
	var items []object
	for _, l := range r.Lines {
		product := "prod_" + l.ID[3:]
		items = append(items, object{"id": l.ID, "object": "item", "amount_subtotal": l.UnitAmount * l.Quantity,
			"amount_total": l.UnitAmount * l.Quantity, "amount_discount": 0, "amount_tax": 0, "currency": r.Currency,
			"description": l.Name, "quantity": l.Quantity,
			"price": object{"id": "price_" + l.ID[3:], "object": "price", "active": false, "billing_scheme": "per_unit",
				"created": r.Created, "currency": r.Currency, "livemode": false, "metadata": object{}, "product": product,
				"type": "one_time", "unit_amount": l.UnitAmount}})
	}
	return listOf("/v1/checkout/sessions/"+r.ID+"/line_items", false, items)
}

// typeMatches understands the trailing star of type=charge.* .
func typeMatches(pattern, kind string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(kind, prefix)
	}
	return pattern == kind
}
