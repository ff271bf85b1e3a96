package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// ErasureData is the proof of an erasure (regulation (EU) 2016/679, article 17):
// what was destroyed, and what the law wants kept, until when and why. It names
// documents, never a person.
type ErasureData struct {
	ID        string     `json:"id"`
	Customer  string     `json:"customer_id"`
	By        string     `json:"by"`
	Reason    string     `json:"reason"`
	AskedAt   time.Time  `json:"asked_at"`
	DoneAt    time.Time  `json:"done_at,omitzero"` // zero: under way, asking again goes on
	Erased    []Erased   `json:"erased"`
	Kept      []Retained `json:"kept"`
	Forgotten int        `json:"names_forgotten"`
}

// Erased is a document from which a person was removed.
type Erased struct {
	Of     string `json:"of"`
	Events int    `json:"events"` // of its trail, of which place, time and hash stay
}

// Retained is a document that must be kept as it is.
type Retained struct {
	Of    string        `json:"of"`
	Until calendar.Date `json:"until"`
	Why   string        `json:"why"`
}

// Erasure is the proof of an erasure; it has the id of its customer.
type Erasure struct{ data ErasureData }

// Data is a copy.
func (e *Erasure) Data() ErasureData { return e.data }

// Kind and ID make it a document.
func (e *Erasure) Kind() string { return "erasure" }
func (e *Erasure) ID() string   { return e.data.Customer }

// MarshalJSON and UnmarshalJSON are the store's door.
func (e *Erasure) MarshalJSON() ([]byte, error) { return json.Marshal(e.data) }
func (e *Erasure) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &e.data) }

// erasable are the kinds that nothing obliges us to keep a person in.
var erasable = map[string]func() Document{
	"customer": func() Document { return &party.Customer{} }, "order": func() Document { return &order.Order{} }, "quote": func() Document { return &quote.Quote{} },
	"shipment": func() Document { return &fulfilment.Shipment{} }, "return": func() Document { return &fulfilment.Return{} }, "credit": func() Document { return &credit.Request{} },
	"credit-report": func() Document { return &credit.Report{} }, "case": func() Document { return &dunningCase{} }, "promise": func() Document { return &dunning.Promise{} },
	"dispute": func() Document { return &dunning.Dispute{} }, "plan": func() Document { return &dunning.Plan{} }, "delivery": func() Document { return &delivery.Delivery{} },
	"mail": func() Document { return &received{} }, "mailbox": func() Document { return &delivery.Mailbox{} }, "forwards": func() Document { return &forwards{} }, "opinion": func() Document { return &opinion{} },
	"news": func() Document { return &order.News{} }, "denial": func() Document { return &denial{} }, "debtor": func() Document { return &kpi.Debtor{} }, "fold": func() Document { return &kpi.Fold{} },
}

// personal are the fields that a person stands in, in documents of any kind.
var personal = map[string]bool{
	"customer_name": true, "customer": true, "emails": true, "email": true, "phone": true, "address": true, "ship_to": true, "vat_id": true, "kvk": true, "buyer_reference": true, "invoice_to": true,
	"iban": true, "note": true, "text": true, "subject": true, "from": true, "to": true, "contact": true, "ip": true, "hold_why": true, "why": true, "reason": true,
	"company": true, "evidence": true, "args": true, "proof": true, "buyer": true, "decline": true, "stopped": true, "changes": true, "messages": true, "grade": true, "reference": true,
}

// nobody stands where a name must.
const nobody = "—"

// EraseCustomer removes a customer from everything that nothing obliges us to
// keep, and gives the proof. Whoever owes, is owed, or waits for goods is not
// erased: the contract is still performed (article 17(3)(b) and (e)). Asking
// again goes on where an earlier run stopped.
func (c *Cycle) EraseCustomer(ctx context.Context, s Stamp, customerID, reason string) (ErasureData, error) {
	about, err := c.Subject(ctx, customerID)
	if err != nil {
		return ErasureData{}, err
	}
	if err := c.settled(about); err != nil {
		return ErasureData{}, err
	}
	proof, err := c.beginErasure(ctx, s, customerID, reason, about)
	if err != nil || !proof.DoneAt.IsZero() {
		return proof, err
	}
	if err := c.StopCollecting(ctx, s, customerID); err != nil && !fault.Is(err, fault.Refused) {
		return proof, err
	}
	forgotten, err := c.forget(ctx, s, about)
	if err != nil {
		return proof, err
	}
	for _, d := range about.Documents {
		if erasable[d.Key.Kind] == nil || kept(d) {
			continue
		}
		if err := c.eraseOne(ctx, s, customerID, d); err != nil {
			return proof, fmt.Errorf("erase %s: %w", d.Key, err)
		}
	}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		e, err := get[Erasure](ctx, tx, customerID)
		if err != nil {
			return err
		}
		e.data.DoneAt, e.data.Forgotten = s.At, max(e.data.Forgotten, forgotten)
		proof = e.data
		return tx.Save(e, Fact{Type: "customer.erased", Data: map[string]any{"customer": customerID, "documents": len(proof.Erased), "kept": len(proof.Kept)}})
	})
	return proof, err
}

// kept reports whether a document of a kind that can be erased must stay: what
// a contract was agreed by.
func kept(d SubjectDocument) bool {
	var q struct {
		Status  string `json:"status"`
		OrderID string `json:"order_id"`
	}
	return d.Key.Kind == "quote" && json.Unmarshal(d.Body, &q) == nil && q.OrderID != ""
}

// settled refuses as long as anything is under way with the customer.
func (c *Cycle) settled(about SubjectData) error {
	var waits []string
	for _, d := range about.Documents {
		switch d.Key.Kind {
		case "invoice":
			var inv invoice.Invoice
			if json.Unmarshal(d.Body, &inv) == nil && !inv.IsCreditNote() && (inv.Data().Number == "" && inv.Status() == invoice.Draft || inv.Data().Open.IsPositive()) {
				waits = append(waits, "invoice "+inv.Number()+" is not paid")
			}
		case "receipt":
			var r cash.Receipt
			if json.Unmarshal(d.Body, &r) == nil && r.Data().Unapplied.IsPositive() {
				waits = append(waits, "money of "+r.Data().Unapplied.String()+" is not applied")
			}
		case "order":
			var o order.Order
			if json.Unmarshal(d.Body, &o) == nil && !slices.Contains([]string{order.Closed, order.Cancelled, order.Declined}, o.Status()) && o.Data().Total.Cmp(money.Of(0, o.Data().Currency)) > 0 {
				waits = append(waits, "order "+o.Data().Number+" is "+o.Status())
			}
		}
	}
	if len(waits) == 0 {
		return nil
	}
	return fault.New(fault.Refused, "The customer cannot be erased yet", "{why}", "settle or cancel it first; until then answer the customer that the contract is still performed (article 17(3) GDPR)").Keyed("erase.waits").With("why", strings.Join(waits, "; "))
}

// beginErasure writes down what will be done before anything is.
func (c *Cycle) beginErasure(ctx context.Context, s Stamp, customerID, reason string, about SubjectData) (ErasureData, error) {
	var proof ErasureData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		e, err := find[Erasure](ctx, tx, customerID)
		if err != nil {
			return err
		}
		if e != nil && (e.data.DoneAt.IsZero() || !revived(about)) {
			proof = e.data
			return nil
		}
		if e == nil {
			e = &Erasure{}
		}
		e.data = ErasureData{ID: Name("er", customerID, s.At.UTC().Format(time.RFC3339)), Customer: customerID, By: s.Actor, Reason: reason, AskedAt: s.At, Erased: []Erased{}, Kept: []Retained{}}
		for _, d := range about.Documents {
			if erasable[d.Key.Kind] != nil && !kept(d) {
				e.data.Erased = append(e.data.Erased, Erased{Of: d.Key.String(), Events: len(d.Tale)})
				continue
			}
			year, err := time.Parse(time.RFC3339, d.At)
			if err != nil {
				return err
			}
			e.data.Kept = append(e.data.Kept, Retained{Of: d.Key.String(), Until: keptUntil(year.Year(), c.keptYears()), Why: "records of the business, article 52 AWR"})
		}
		proof = e.data
		return tx.Save(e, Fact{Type: "erasure.asked", Data: map[string]string{"customer": customerID}})
	})
	return proof, err
}

// revived reports whether a customer who was erased came back.
func revived(about SubjectData) bool {
	var d party.Data
	return len(about.Documents) > 0 && json.Unmarshal(about.Documents[0].Body, &d) == nil && d.ErasedOn.IsZero()
}

// forget takes away the names under which the customer is found, and what its
// payments taught us of its accounts.
func (c *Cycle) forget(ctx context.Context, s Stamp, about SubjectData) (int, error) {
	var links []Link
	for _, d := range about.Documents {
		var was party.Data
		if d.Key.Kind == "customer" && json.Unmarshal(d.Body, &was) == nil {
			links = append(links, remitterLinks("", was.Name, about.Customer)...)
		}
		var r cash.Receipt
		if d.Key.Kind == "receipt" && json.Unmarshal(d.Body, &r) == nil {
			links = append(links, remitterLinks(r.Data().IBAN, r.Data().Payer, about.Customer)...)
		}
	}
	n := 0
	for part := range slices.Chunk(about.Names, 50) {
		err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
			tx.By(s)
			for _, name := range part {
				space, value, _ := strings.Cut(name, " ")
				tx.Forget(Alias{Space: space, Value: value})
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(part)
	}
	for part := range slices.Chunk(links, 50) {
		err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
			tx.By(s)
			for _, l := range part {
				tx.Unlink(l)
			}
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// erasedAtOnce is how many events one commit empties.
const erasedAtOnce = 50

// eraseOne removes the person from a document and from what its trail says.
func (c *Cycle) eraseOne(ctx context.Context, s Stamp, proof string, d SubjectDocument) error {
	for part := range slices.Chunk(d.Tale, erasedAtOnce) {
		err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
			tx.By(s)
			for _, e := range part {
				tx.Empty(e.emptied(proof))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		doc := erasable[d.Key.Kind]()
		if err := tx.Fetch(ctx, d.Key); err != nil {
			return err
		}
		clean, err := withoutPerson(tx.loaded[d.Key].Body, d.Key.Kind, c.today(s.At))
		if err == nil {
			err = json.Unmarshal(clean, doc)
		}
		if err != nil {
			return fmt.Errorf("restore %s: %w", d.Key, err)
		}
		return tx.Save(doc)
	})
}

// withoutPerson is a document's body with nobody in it.
func withoutPerson(raw json.RawMessage, kind string, on calendar.Date) (json.RawMessage, error) {
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, err
	}
	for field, v := range body {
		if field != "lines" { // what was bought
			body[field] = blanked(field, v)
		}
	}
	switch kind {
	case "customer":
		body["name"], body["erased_on"] = nobody, on.String()
	case "debtor":
		body["name"] = nobody
	case "mailbox":
		body["address"] = ""
	}
	return json.Marshal(body)
}

// blanked is a value without a person in it, of the same shape.
func blanked(field string, v any) any {
	switch v := v.(type) {
	case string:
		if personal[field] || mailForm().MatchString(v) {
			if idForm().MatchString(v) {
				return v // a pseudonym of ours
			}
			return ""
		}
	case []any:
		if personal[field] {
			return []any{}
		}
		for i := range v {
			v[i] = blanked(field, v[i])
		}
	case map[string]any:
		for name, inner := range v {
			switch {
			case name == "country" || name == "kind" || name == "language" || name == "currency":
			case personal[field] || name == "name":
				v[name] = blanked("text", inner)
			default:
				v[name] = blanked(name, inner)
			}
		}
	}
	return v
}

// erasedBy reports whether an event has its words, or a proof says that they
// were erased.
func (c *Cycle) erasedBy(ctx context.Context, e Event) (bool, error) {
	if e.Erased == "" {
		return true, nil
	}
	proof, err := find[Erasure](ctx, NewTx(c.Store), e.Erased)
	if err != nil || proof == nil {
		return false, err
	}
	return slices.ContainsFunc(proof.data.Erased, func(of Erased) bool { return of.Of == e.Of.String() }), nil
}
