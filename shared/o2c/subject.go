package o2c

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// SubjectData is everything that is kept about one customer, for the customer
// (regulation (EU) 2016/679, article 15).
type SubjectData struct {
	Customer  string
	Documents []SubjectDocument
	Names     []string // under which the customer is found: addresses, numbers, a shop's ids
}

// SubjectDocument is one document with what happened to it.
type SubjectDocument struct {
	Key  Key
	Body json.RawMessage
	At   string // RFC 3339, of its last change
	Tale []Event
}

// linkMail hangs the mails of a customer below it.
const linkMail = "mail"

// listedAbout are the kinds that are listed and about one customer, each after
// those whose ids it names.
var listedAbout = []string{"order", "quote", "contract", "invoice", "receipt", "shipment", "return", "credit", "promise", "dispute", "plan", "recovery", "refund", "delivery", "entry"}

// keyedAbout are the kinds about one customer whose ids are those of what they
// are about, or named there.
var keyedAbout = []string{
	"credit", "credit-report", "case", "recovery", "checkout", "basket", "evidence", "forwards", "opinion", "denial", "news", "lapse",
	"shipment", "return", "promise", "dispute", "plan", "delivery", "refund", "mailbox", "debtor", "mandate", "charge", "awaiting",
}

// points are the fields by which a document says what it is about.
var points = []string{"id", "customer_id", "order_id", "invoice_id", "receipt_id", "quote_id"}

// idForm is the form of the ids that Name makes.
var idForm = lazy.Pattern(`^[a-z]{1,4}_[0-9a-v]{20}$`)

// subjectWalk goes from a customer to all that is about it.
type subjectWalk struct {
	*Cycle
	out   SubjectData
	ids   map[string]bool // of what is about the customer
	named map[string]bool // ids that stand in it
	had   map[Key]bool
}

// Subject collects everything about a customer and those who were joined into
// it. It reads the lists of those kinds from end to end: it is asked for rarely.
func (c *Cycle) Subject(ctx context.Context, customerID string) (SubjectData, error) {
	s := subjectWalk{Cycle: c, out: SubjectData{Customer: customerID}, ids: map[string]bool{}, named: map[string]bool{}, had: map[Key]bool{}}
	cust, err := Read[party.Customer](ctx, c, customerID)
	if err != nil {
		return s.out, err
	}
	persons := append([]string{customerID}, cust.Data().Joined...)
	for _, id := range persons {
		s.ids[id] = true
	}
	if err := s.load(ctx, keysOf("customer", persons)); err != nil {
		return s.out, err
	}
	for _, kind := range listedAbout {
		if err := s.list(ctx, kind); err != nil {
			return s.out, err
		}
	}
	if err := s.keyed(ctx, persons); err != nil {
		return s.out, err
	}
	s.out.Names, err = c.namesOf(ctx, s.out)
	return s.out, err
}

func keysOf(kind string, ids []string) []Key {
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = Key{Kind: kind, ID: id}
	}
	return keys
}

// list takes the documents of a kind that point to the customer.
func (s *subjectWalk) list(ctx context.Context, kind string) error {
	q := Query{Kind: kind, Limit: 1000}
	for {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, doc := range page.Items {
			if err := s.take(ctx, doc); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// keyed takes what is found by the ids that were met, the customer's mails and
// its mailboxes.
func (s *subjectWalk) keyed(ctx context.Context, persons []string) error {
	for _, id := range persons {
		mails, err := s.Store.Links(ctx, Key{Kind: "customer", ID: id}, linkMail)
		if err != nil {
			return err
		}
		for _, l := range mails {
			s.ids[l.To.ID] = true
			if err := s.load(ctx, []Key{l.To}); err != nil {
				return err
			}
		}
	}
	for _, d := range slices.Clone(s.out.Documents) {
		if err := s.enclosed(ctx, d.Key); err != nil {
			return err
		}
		if d.Key.Kind != "invoice" {
			continue
		}
		links, err := s.Store.Links(ctx, d.Key, linkDelivery)
		if err != nil {
			return err
		}
		under := []Key{{Kind: "fold", ID: d.Key.String()}}
		s.ids[d.Key.String()] = true
		for _, l := range links {
			under = append(under, l.To)
		}
		if err := s.load(ctx, under); err != nil {
			return err
		}
	}
	for _, address := range s.addresses() {
		s.ids[mailboxID(address)] = true
	}
	for range 2 { // what is found names what is found by it
		var keys []Key
		for _, id := range sortedKeys(s.ids, s.named) {
			for _, kind := range keyedAbout {
				if k := (Key{Kind: kind, ID: id}); !s.had[k] {
					keys = append(keys, k)
				}
			}
		}
		if err := s.load(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}

// enclosed takes the files that stand beside a document.
func (s *subjectWalk) enclosed(ctx context.Context, of Key) error {
	if len(enclosable[of.Kind]) == 0 {
		return nil
	}
	files, err := s.Enclosed(ctx, of)
	if err != nil {
		return err
	}
	for _, f := range files {
		s.ids[f.ID] = true
		if err := s.load(ctx, []Key{{Kind: "enclosure", ID: f.ID}}); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(sets ...map[string]bool) []string {
	var all []string
	for _, set := range sets {
		for id := range set {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (s *subjectWalk) load(ctx context.Context, keys []Key) error {
	for part := range slices.Chunk(keys, 100) {
		docs, err := s.Store.Load(ctx, part...)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			if doc.Version > 0 {
				if err := s.take(ctx, doc); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// take keeps a document that points to the customer.
func (s *subjectWalk) take(ctx context.Context, doc Stored) error {
	if s.had[doc.Key] || !s.about(doc) {
		return nil
	}
	s.had[doc.Key], s.ids[doc.Key.ID] = true, true
	var body any
	if json.Unmarshal(doc.Body, &body) == nil {
		s.note(body)
	}
	tale, err := s.Store.Events(ctx, doc.Key)
	if err != nil {
		return err
	}
	s.out.Documents = append(s.out.Documents, SubjectDocument{Key: doc.Key, Body: doc.Body, At: doc.At.UTC().Format("2006-01-02T15:04:05Z"), Tale: tale})
	return nil
}

func (s *subjectWalk) about(doc Stored) bool {
	if s.ids[doc.Key.ID] {
		return true
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(doc.Body, &body) != nil {
		return false
	}
	var legs []struct {
		Of string `json:"of"`
	}
	if json.Unmarshal(body["legs"], &legs) == nil { // a booking is about what its legs are of
		for _, l := range legs {
			if s.ids[l.Of] {
				return true
			}
		}
	}
	return slices.ContainsFunc(points, func(field string) bool {
		var id string
		return json.Unmarshal(body[field], &id) == nil && s.ids[id]
	})
}

// note remembers the ids that stand in a document.
func (s *subjectWalk) note(v any) {
	switch v := v.(type) {
	case string:
		if idForm().MatchString(v) {
			s.named[v] = true
		}
	case []any:
		for _, one := range v {
			s.note(one)
		}
	case map[string]any:
		for _, one := range v {
			s.note(one)
		}
	}
}

// addresses are the mail addresses that stand in what was found.
func (s *subjectWalk) addresses() []string {
	found := map[string]bool{}
	for _, d := range s.out.Documents {
		for _, a := range mailForm().FindAllString(string(d.Body), -1) {
			found[strings.ToLower(a)] = true
		}
	}
	return sortedKeys(found)
}

var mailForm = lazy.Pattern(`[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)

// namesOf are the names that lead to the customer.
func (c *Cycle) namesOf(ctx context.Context, s SubjectData) ([]string, error) {
	names, err := c.candidates(s)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	keys, err := c.Store.Resolve(ctx, names...)
	if err != nil {
		return nil, err
	}
	var known []string
	for i, k := range keys {
		if k.Kind == "customer" && slices.ContainsFunc(s.Documents, func(d SubjectDocument) bool { return d.Key == k }) {
			known = append(known, names[i].Space+" "+names[i].Value)
		}
	}
	return known, nil
}

// candidates are the names under which a customer may be known: the numbers,
// addresses and shops' ids that stand anywhere in what is kept about it.
func (c *Cycle) candidates(s SubjectData) ([]Alias, error) {
	endpoints := map[string]bool{"api": true, ChannelSlack: true, channelQuote: true, importEndpoint: true}
	for _, shop := range c.Policy.Shops {
		endpoints[shop.Endpoint] = true
	}
	found := map[Alias]bool{}
	for _, d := range s.Documents {
		whole := string(d.Body)
		for _, e := range d.Tale {
			whole += string(e.Data) + string(e.Changes)
		}
		for _, a := range mailForm().FindAllString(whole, -1) {
			found[Alias{Space: spaceHint, Value: "mail:" + strings.ToLower(a)}] = true
			for endpoint := range endpoints {
				found[Alias{Space: spaceCustomer, Value: endpoint + ":mail:" + strings.ToLower(a)}] = true
			}
		}
		if d.Key.Kind != "customer" {
			continue
		}
		states := []json.RawMessage{d.Body}
		for _, e := range d.Tale {
			states = append(states, e.Data)
		}
		for _, raw := range states {
			var was party.Data
			if json.Unmarshal(raw, &was) != nil {
				continue // an event that is no state of the customer
			}
			for _, h := range hints(was) {
				found[h.alias] = true
			}
			found[Alias{Space: spaceVAT, Value: normal(was.VATID)}] = true
			found[Alias{Space: spaceKVK, Value: normal(was.KVK)}] = true
		}
	}
	var all []Alias
	for a := range found {
		if a.Value != "" {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b Alias) int { return strings.Compare(a.Space+" "+a.Value, b.Space+" "+b.Value) })
	if len(all) > aliasesMax {
		return nil, fault.New(fault.OverLimit, "The customer has too many names", "one request looks up to that many", "separate the customers that were joined into it first").Keyed("settings.group")
	}
	return all, nil
}

// aliasesMax bounds how many names one customer is looked for by.
const aliasesMax = 2000
