package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// spaceHint is the space of what two customers may have in common without being
// one: a mail address, or a name at a postal code. The first customer who has it
// is named by it.
const spaceHint = "customer-hint"

// hint is something that two customers may have in common.
type hint struct {
	why   string // "mail", "name"
	alias Alias
}

// hints are what a buyer may have in common with a customer of another channel.
func hints(d party.Data) []hint {
	var all []hint
	if len(d.Emails) > 0 {
		all = append(all, hint{"mail", Alias{Space: spaceHint, Value: "mail:" + strings.ToLower(d.Emails[0])}})
	}
	if code := normal(d.Address.PostalCode); code != "" {
		if name := plainName(d.Name); name != "" {
			all = append(all, hint{"name", Alias{Space: spaceHint, Value: "name:" + name + "|" + d.Address.Country + code}})
		}
	}
	return all
}

// legalForms say nothing about who somebody is.
var legalForms = []string{"bv", "nv", "vof", "gmbh", "ag", "kg", "ug", "sarl", "sas", "sa", "ltd", "inc", "srl", "bvba"}

// plainName is a name without case, punctuation and legal form.
func plainName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(name, ".", "")), func(r rune) bool { return strings.ContainsRune(" ,-&'’\"", r) })
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(legalForms, w) }), " ")
}

// hintNames are the names of the hints.
func hintNames(all []hint) []Alias {
	names := make([]Alias, len(all))
	for i, h := range all {
		names[i] = h.alias
	}
	return names
}

// The statuses of a likeness.
const (
	LikeOpen      = "open"
	LikeSame      = "same"
	LikeDifferent = "different"
)

// LikeLife is the transition table of a likeness; whoever was joined by mistake
// is separated again.
var LikeLife = life.Table{
	{From: LikeOpen, Verb: "join", To: LikeSame},
	{From: LikeOpen, Verb: "separate", To: LikeDifferent},
	{From: LikeSame, Verb: "separate", To: LikeDifferent},
	{From: LikeDifferent, Verb: "join", To: LikeSame},
}

// LikenessData asks whether two customers are one.
type LikenessData struct {
	ID        string    `json:"id"`
	Customer  string    `json:"customer"` // known first
	Other     string    `json:"other"`
	Why       []string  `json:"why"` // "mail", "name"
	Status    string    `json:"status"`
	By        string    `json:"by,omitempty"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
	AskedAt   time.Time `json:"asked_at"`
}

// likeness is two customers who may be one.
type likeness struct{ data LikenessData }

// Kind, ID and ListKey make the likeness a document.
func (l *likeness) Kind() string    { return "likeness" }
func (l *likeness) ID() string      { return l.data.ID }
func (l *likeness) ListKey() string { return l.data.AskedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (l *likeness) MarshalJSON() ([]byte, error) { return json.Marshal(l.data) }
func (l *likeness) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &l.data) }

// liken names a new customer by its hints, and asks a person about everybody who
// has one of them already. Nobody is joined by a mail address or a name.
func (c *Cycle) liken(ctx context.Context, tx *Tx, cust *party.Customer) error {
	for _, l := range remitterLinks("", cust.Data().Name, cust.ID()) {
		tx.Link(l)
	}
	all := hints(cust.Data())
	keys, err := tx.Resolve(ctx, hintNames(all)...)
	if err != nil {
		return err
	}
	var asked []*likeness
	for i, k := range keys {
		if k.IsZero() {
			tx.Name(all[i].alias, KeyOf(cust))
			continue
		}
		if k.ID == cust.ID() {
			continue
		}
		id := Name("lk", k.ID, cust.ID())
		at := slices.IndexFunc(asked, func(l *likeness) bool { return l.data.ID == id })
		if at < 0 {
			at = len(asked)
			asked = append(asked, &likeness{data: LikenessData{ID: id, Customer: k.ID, Other: cust.ID(), Status: LikeOpen, AskedAt: tx.At()}})
		}
		asked[at].data.Why = append(asked[at].data.Why, all[i].why)
	}
	for _, l := range asked {
		var known likeness
		if ok, err := tx.Find(ctx, l.ID(), &known); err != nil || ok {
			return err
		}
		if err := tx.Save(l, Fact{Type: "customer.likened", Data: l.data}); err != nil {
			return err
		}
		if err := c.showCard(tx, "likeness", KeyOf(l)); err != nil {
			return err
		}
	}
	return nil
}

// SameCustomer joins two customers on a person's word: whoever orders under a
// name of the other is the customer from now on. What either ordered and owes
// stays where it is booked.
func (c *Cycle) SameCustomer(ctx context.Context, s Stamp, id string, by Person) error {
	return c.judge(ctx, s, id, "join", by, func(ctx context.Context, tx *Tx, d LikenessData) error {
		return c.join(ctx, tx, d.Customer, d.Other, "by "+by.Name)
	})
}

// DifferentCustomers keeps two customers apart, or separates them again.
func (c *Cycle) DifferentCustomers(ctx context.Context, s Stamp, id string, by Person) error {
	return c.judge(ctx, s, id, "separate", by, func(ctx context.Context, tx *Tx, d LikenessData) error {
		if d.Status == LikeOpen {
			return nil
		}
		return c.separate(ctx, tx, d.Other)
	})
}

// judge records a person's answer about a likeness, once.
func (c *Cycle) judge(ctx context.Context, s Stamp, id, verb string, by Person, act func(context.Context, *Tx, LikenessData) error) error {
	if by.Role == Viewer || by.Role == "" {
		return fault.New(fault.Forbidden, "Only colleagues who look after customers can say who is who", "you are {role}", "ask one of them").Keyed("likeness.role").With("role", string(by.Role))
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		l, err := get[likeness](ctx, tx, id)
		if err != nil {
			return err
		}
		before := l.data
		if l.data.Status, err = LikeLife.Next(before.Status, verb); err != nil {
			return fault.New(fault.Refused, "Already answered by {name} at {time}. Nothing changed.", "", "").Keyed("answered").With("name", c.Policy.NameOf(before.By), "time", before.DecidedAt.In(c.Policy.Zone).Format("15:04"))
		}
		l.data.By, l.data.DecidedAt = s.Actor, s.At
		if err := tx.Save(l, Fact{Type: "customer.likeness_judged", Data: l.data}); err != nil {
			return err
		}
		if err := act(ctx, tx, before); err != nil {
			return err
		}
		return c.showCard(tx, "likeness", KeyOf(l))
	})
}

// join makes one customer stand for another.
func (c *Cycle) join(ctx context.Context, tx *Tx, id, otherID, why string) error {
	cust, err := c.standsFor(ctx, tx, id)
	if err != nil {
		return err
	}
	other, err := c.standsFor(ctx, tx, otherID)
	if err != nil || cust.ID() == other.ID() {
		return err
	}
	if err := other.Amend(func(d *party.Data) { d.JoinedInto = cust.ID() }); err != nil {
		return fault.By("/", err, "mend the customer's particulars first")
	}
	if err := cust.Amend(func(d *party.Data) { d.Joined = append(slices.Clone(d.Joined), other.ID()) }); err != nil {
		return fault.By("/", err, "mend the customer's particulars first")
	}
	if err := tx.Save(other, Fact{Type: "customer.joined", Data: map[string]string{"into": cust.ID(), "why": why}}); err != nil {
		return err
	}
	return tx.Save(cust, Fact{Type: "customer.joined", Data: map[string]string{"with": other.ID(), "why": why}})
}

// separate lets a customer stand for itself again.
func (c *Cycle) separate(ctx context.Context, tx *Tx, otherID string) error {
	other, err := get[party.Customer](ctx, tx, otherID)
	if err != nil || other.Data().JoinedInto == "" {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, other.Data().JoinedInto)
	if err != nil {
		return err
	}
	if err := other.Amend(func(d *party.Data) { d.JoinedInto = "" }); err != nil {
		return fault.By("/", err, "mend the customer's particulars first")
	}
	if err := cust.Amend(func(d *party.Data) {
		d.Joined = slices.DeleteFunc(slices.Clone(d.Joined), func(id string) bool { return id == otherID })
	}); err != nil {
		return fault.By("/", err, "mend the customer's particulars first")
	}
	if err := tx.Save(other, Fact{Type: "customer.separated", Data: map[string]string{"from": cust.ID()}}); err != nil {
		return err
	}
	return tx.Save(cust, Fact{Type: "customer.separated", Data: map[string]string{"from": otherID}})
}

// joinsMax bounds how many customers stand for one another in a row.
const joinsMax = 8

// standsFor finds who a customer is by now: whoever it was joined into.
func (c *Cycle) standsFor(ctx context.Context, tx *Tx, id string) (*party.Customer, error) {
	for range joinsMax {
		if err := tx.Gather(ctx, footing(id)); err != nil {
			return nil, err
		}
		cust, err := get[party.Customer](ctx, tx, id)
		if err != nil || cust.Data().JoinedInto == "" {
			return cust, err
		}
		id = cust.Data().JoinedInto
	}
	return nil, fmt.Errorf("customer %s: more than %d are joined in a row", id, joinsMax)
}

// sameRegister joins a shop's own customer into the one that has the checked
// register number which the shop names for it now: two customers with one
// number are one (design §3). A number of its own that differs speaks against it.
func (c *Cycle) sameRegister(ctx context.Context, tx *Tx, endpoint string, b order.Buyer, names []Alias, keys []Key, cust *party.Customer) error {
	for i, k := range keys {
		if k.IsZero() || names[i].Space != spaceCustomer || k.ID == cust.ID() {
			continue
		}
		other, err := c.standsFor(ctx, tx, k.ID)
		if err != nil {
			return err
		}
		d := other.Data()
		if other.ID() == cust.ID() || conflicts(d.VATID, b.VATID) || conflicts(d.KVK, b.KVK) {
			continue
		}
		if err := c.join(ctx, tx, cust.ID(), other.ID(), "one register number, told by "+endpoint); err != nil {
			return err
		}
	}
	return nil
}

func conflicts(known, said string) bool {
	return known != "" && said != "" && normal(known) != normal(said)
}

// LikenessCard asks, or reports, whether two customers are one.
type LikenessCard struct {
	Likeness LikenessData
	Customer party.Data
	Other    party.Data
	By       string // name of who answered
}

func (LikenessCard) card() {}

func likenessCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	l, err := get[likeness](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	if err := tx.Fetch(ctx, Key{Kind: "customer", ID: l.data.Customer}, Key{Kind: "customer", ID: l.data.Other}); err != nil {
		return nil, err
	}
	cust, err := get[party.Customer](ctx, tx, l.data.Customer)
	if err != nil {
		return nil, err
	}
	other, err := get[party.Customer](ctx, tx, l.data.Other)
	if err != nil {
		return nil, err
	}
	return LikenessCard{Likeness: l.data, Customer: cust.Data(), Other: other.Data(), By: o.Cycle.Policy.NameOf(l.data.By)}, nil
}
