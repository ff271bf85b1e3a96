package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// DecodeOrder reads an order as POST /v1/orders takes it: the data of the generic scheme, but of a field that says nothing
// usable the program is told, where a shop's order is taken without it. A date without a time begins where the seller is.
// Its error is a *fault.Error with a JSON pointer.
func DecodeOrder(data []byte, zone *time.Location) (order.Incoming, error) {
	in, err := genericOrders.read(data)
	if err != nil {
		return order.Incoming{}, err
	}
	var said any
	var f figures
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // some have more digits than a float64 holds
	if err := d.Decode(&said); err != nil {
		return order.Incoming{}, unreadable("shop.body", notJSON, "send a JSON object")
	}
	misfit(&f, genericOrders.shape(), said, "")
	if f.problem != nil {
		return order.Incoming{}, f.problem
	}
	out, err := in.incoming()
	if err != nil {
		return out, err
	}
	if out.PlacedAt, err = instant("/placed_at", in.PlacedAt, zone); err != nil {
		return out, err
	}
	if out.UpdatedAt, err = instant("/updated_at", in.UpdatedAt, zone); err != nil {
		return out, err
	}
	if in.ShipTo != nil {
		if err := in.ShipTo.check("/ship_to"); err != nil {
			return out, err
		}
	}
	if err := in.checkPayment(); err != nil {
		return out, err
	}
	return out, in.Customer.Check("/customer")
}

// checkPayment refuses a payment below zero: money that went back is another thing.
func (in GenericOrder) checkPayment() error {
	at, paid := "/payment/amount", in.Payment
	if in.PaidAtShop != nil {
		at, paid = "/paid_at_shop/amount", in.PaidAtShop
	}
	if paid == nil || paid.Amount == nil || !strings.HasPrefix(trimmed(paid.Amount.Amount), "-") {
		return nil
	}
	var f figures
	f.refuse(at, "the payment is below zero", "send what was paid, or leave payment out")
	return f.problem
}

// misfit refuses a field that is of another type than is read of it; unknown fields are nobody's matter.
func misfit(f *figures, s *shape, said any, at string) {
	for s != nil && s.kind == asPointer {
		s = s.elem
	}
	if s == nil || said == nil {
		return
	}
	fits, want := true, ""
	switch s.kind {
	case asText:
		_, text := said.(string)
		_, number := said.(json.Number)
		fits, want = text || number, "a text"
	case asFlag:
		_, fits = said.(bool)
		want = "true or false"
	case asList:
		var all []any
		all, fits = said.([]any)
		want = "a list"
		for i, one := range all {
			misfit(f, s.elem, one, fmt.Sprintf("%s/%d", at, i))
		}
	case asObject:
		var all map[string]any
		all, fits = said.(map[string]any)
		want = "an object"
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if field := s.field([]byte(key)); field != nil {
				misfit(f, field.shape, all[key], at+"/"+key)
			}
		}
	}
	if !fits {
		f.refuse(at, "it is of another type", "write "+want)
	}
}

// instant reads a time, or the day on which it began.
func instant(at string, said Text, zone *time.Location) (time.Time, error) {
	if said == "" {
		return time.Time{}, nil
	}
	if t := when(said); !t.IsZero() {
		return t, nil
	}
	d, err := calendar.Parse(string(said))
	if err != nil {
		return time.Time{}, fault.By(at, fault.Breaks("order.time", `"{typed}" is neither a time of RFC 3339 nor a date`, "typed", shorten(string(said), 40)), "write it as 2026-12-04T09:30:00+01:00, or 2026-12-04, or leave it out")
	}
	return d.Start(zone).UTC(), nil
}

// Check refuses particulars of a customer that cannot be true, as a program wrote them under a JSON pointer; a shop's are
// taken as far as they go (buyer). A buyer reference is judged when an invoice needs it.
func (c GenericCustomer) Check(at string) error {
	for i, e := range append([]Text{c.Email}, c.Emails...) {
		pointer := at + "/email"
		if i > 0 {
			pointer = fmt.Sprintf("%s/emails/%d", at, i-1)
		}
		if e := strings.TrimSpace(string(e)); e != "" {
			if err := party.CheckEmail(e); err != nil {
				return fault.By(pointer, err, "write it as name@company.example, or leave it out")
			}
		}
	}
	if tag := spoken(c.Language); tag != "" && !isLanguage(tag) { // one that is not ours is written to in the nearest that is
		return fault.By(at+"/language", fault.Breaks("customer.language", `"{typed}" is no language`, "typed", shorten(string(c.Language), 40)), "write its two letters, such as nl or nl-BE, or leave it out")
	}
	if k := party.Kind(strings.ToLower(string(c.Kind))); k != "" {
		if err := party.CheckKind(k); err != nil {
			return fault.By(at+"/kind", err, "write one of them, or leave it out")
		}
	}
	if id := strings.TrimSpace(string(c.VATID)); id != "" {
		if err := party.CheckVATID(id); err != nil {
			return fault.By(at+"/vat_id", err, "write it with its country, as NL004495445B01, or leave it out")
		}
	}
	if number := strings.TrimSpace(string(c.KVK)); number != "" {
		if err := party.CheckKVK(number); err != nil {
			return fault.By(at+"/kvk", err, "write it as in the register, as 12345678, or leave it out")
		}
	}
	return c.checkAddresses(at)
}

// isLanguage reports whether a tag has the form of ISO 639.
func isLanguage(tag string) bool {
	return (len(tag) == 2 || len(tag) == 3) && strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") == ""
}

func (c GenericCustomer) checkAddresses(at string) error {
	if err := c.Address.check(at + "/address"); err != nil {
		return err
	}
	for i, a := range c.Addresses {
		if err := a.check(fmt.Sprintf("%s/addresses/%d", at, i)); err != nil {
			return err
		}
	}
	if c.ShipTo == nil {
		return nil
	}
	return c.ShipTo.check(at + "/ship_to")
}

func (a GenericAddress) check(at string) error {
	code := strings.TrimSpace(string(a.Country))
	if code == "" {
		return nil
	}
	if err := party.CheckCountry(code); err != nil {
		return fault.By(at+"/country", err, "write its two letters, such as NL, or leave it out")
	}
	return nil
}
