package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// Stamp says who makes a change, when and on whose message.
type Stamp struct {
	At    time.Time
	Actor string // "shop:demo-shopify", "slack:U01", "system:dunning"
	Cause string // the seen-key of the message, when one caused it
	Once  string // the change happens once under this name; again it fails with ErrSeen
}

// Tx is one use case's view and its plan: it reads documents consistently,
// remembers their versions, and stages everything that must happen together.
// The store turns the plan into one transaction.
type Tx struct {
	loader  Loader
	stamp   Stamp
	loaded  map[Key]Stored
	counted map[Key]Counter
	named   map[Alias]Key
	plan    Plan
	saves   map[Key]int             // index into plan.Saves
	bodies  map[Key]json.RawMessage // as this Tx last left what it had read
	there   []Key                   // effects that an earlier try found committed
}

// Plan is what a Tx staged, in the order it was staged.
type Plan struct {
	Stamp   Stamp
	Seen    []string
	Saves   []Save
	Adjusts []Adjust
	Names   []Naming
	Links   []Linking
	Emptied []Event
}

// Save writes a document on the condition that it still has the version that
// was read, and appends its events.
type Save struct {
	Key     Key
	Doc     Document
	Version int64 // that must be there now; 0: nothing may be there
	Head    string
	Count   int64 // events, this save's included
	Events  []Event
}

// Naming gives a name to a document; a name that is taken fails the commit
// unless it may be given again to the same document.
type Naming struct {
	Alias  Alias
	To     Key
	Forget bool // the name leads nowhere any more, and its row expires
}

// Linking makes or removes a link.
type Linking struct {
	Link   Link
	Remove bool
}

// NewTx starts a plan; for the store alone. there are the effects that an
// earlier try of the same use case found committed already.
func NewTx(loader Loader, there ...Key) *Tx {
	return &Tx{loader: loader, loaded: map[Key]Stored{}, counted: map[Key]Counter{}, named: map[Alias]Key{}, saves: map[Key]int{}, bodies: map[Key]json.RawMessage{}, there: there}
}

// Plan is what was staged; for the store alone.
func (tx *Tx) Plan() Plan {
	p := tx.plan
	p.Stamp = tx.stamp
	return p
}

// By stamps the change. Every use case that saves begins with it.
func (tx *Tx) By(s Stamp) {
	tx.stamp = s
	if s.Once != "" {
		tx.Once(s.Once)
	}
}

// Once makes the commit fail with ErrSeen when the message was handled before.
func (tx *Tx) Once(seen string) { tx.plan.Seen = append(tx.plan.Seen, seen) }

// Fetch reads documents in one request, so that the reads that follow need none.
func (tx *Tx) Fetch(ctx context.Context, keys ...Key) error {
	return tx.Gather(ctx, Wanted{Documents: keys})
}

// Gather reads documents, counters and names in one request, but for those that
// were read before.
func (tx *Tx) Gather(ctx context.Context, w Wanted) error {
	w = Wanted{
		Documents: unread(w.Documents, tx.loaded, Key{}),
		Counters:  unread(w.Counters, tx.counted, Key{}),
		Names:     unread(w.Names, tx.named, Alias{}),
	}
	if len(w.Documents)+len(w.Counters)+len(w.Names) == 0 {
		return nil
	}
	g, err := tx.loader.Gather(ctx, w)
	if err != nil {
		return err
	}
	for _, s := range g.Documents {
		tx.loaded[s.Key] = s.AsOf(tx.stamp.At)
	}
	for _, c := range g.Counters {
		if i := tx.adjusts(c.Key); i >= 0 {
			c = c.after(tx.plan.Adjusts[i])
		}
		tx.counted[c.Key] = c
	}
	for i, k := range g.Names {
		tx.named[w.Names[i]] = k
	}
	return nil
}

// unread leaves out what was read, what is none, and what stands twice.
func unread[K comparable, V any](wanted []K, read map[K]V, none K) []K {
	var missing []K
	for _, k := range wanted {
		if _, ok := read[k]; !ok && k != none && !slices.Contains(missing, k) {
			missing = append(missing, k)
		}
	}
	return missing
}

// Find restores the document with doc's kind and the id into doc and reports
// whether it is there.
func (tx *Tx) Find(ctx context.Context, id string, doc Document) (bool, error) {
	key := Key{Kind: doc.Kind(), ID: id}
	if i, saved := tx.saves[key]; saved { // as this Tx left it
		body, err := BodyOf(tx.plan.Saves[i].Doc)
		if err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		return true, fill(doc, body)
	}
	if err := tx.Fetch(ctx, key); err != nil {
		return false, err
	}
	s := tx.loaded[key]
	if s.Body == nil {
		return false, nil
	}
	if err := fill(doc, s.Body); err != nil {
		return false, fmt.Errorf("restore %s: %w", key, err)
	}
	return true, nil
}

// Get is Find for a document that must be there.
func (tx *Tx) Get(ctx context.Context, id string, doc Document) error {
	ok, err := tx.Find(ctx, id, doc)
	if err == nil && !ok {
		return fault.Missing(doc.Kind(), id)
	}
	return err
}

// Version is the version that was read; 0 when the document is not there.
func (tx *Tx) Version(d Document) int64 { return tx.loaded[KeyOf(d)].Version }

// Save stages the document with the facts that changed it. A document that was
// not read in this Tx must be new. Saving twice keeps the last state and all
// facts.
func (tx *Tx) Save(d Document, facts ...Fact) error {
	if tx.stamp.At.IsZero() {
		return fmt.Errorf("save %s: the change has no stamp", KeyOf(d))
	}
	key := KeyOf(d)
	i, again := tx.saves[key]
	if !again {
		s := tx.loaded[key]
		i = len(tx.plan.Saves)
		tx.saves[key] = i
		tx.plan.Saves = append(tx.plan.Saves, Save{Key: key, Version: s.Version, Head: s.Head, Count: s.Count})
	}
	save := &tx.plan.Saves[i]
	save.Doc = d
	if len(facts) == 0 {
		return nil
	}
	changes, err := tx.changes(key, d)
	if err != nil {
		return err
	}
	for i, f := range facts {
		if i == len(facts)-1 {
			f.changes = changes // of them all: the last one leaves the document as it is
		}
		if err := save.record(f, tx.stamp); err != nil {
			return err
		}
	}
	return nil
}

// changes is what a save changes in a document that was there before.
func (tx *Tx) changes(key Key, d Document) (json.RawMessage, error) {
	before := tx.bodies[key]
	if before == nil {
		before = tx.loaded[key].Body
	}
	if before == nil {
		return nil, nil
	}
	after, err := BodyOf(d)
	if err != nil {
		return nil, fmt.Errorf("save %s: %w", key, err)
	}
	tx.bodies[key] = after
	return changesOf(before, after), nil
}

func (s *Save) record(f Fact, stamp Stamp) error {
	data, err := json.Marshal(f.Data)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", f.Type, s.Key, err)
	}
	s.Count++
	e := Event{
		ID: fmt.Sprintf("%s_%s_%06d", stamp.At.UTC().Format("20060102T150405.000000000"), s.Key, s.Count), Type: f.Type, Of: s.Key,
		Seq: s.Count, At: stamp.At.UTC(), Actor: stamp.Actor, Cause: stamp.Cause, Data: data, Changes: f.changes,
	}.Chained(s.Head)
	s.Head = e.Hash
	s.Events = append(s.Events, e)
	return nil
}

// Resolve looks names up.
func (tx *Tx) Resolve(ctx context.Context, names ...Alias) ([]Key, error) {
	if err := tx.Gather(ctx, Wanted{Names: names}); err != nil {
		return nil, err
	}
	keys := make([]Key, len(names))
	for i, n := range names {
		keys[i] = tx.named[n]
	}
	return keys, nil
}

// Name stages a name for a document.
func (tx *Tx) Name(a Alias, to Key) { tx.plan.Names = append(tx.plan.Names, Naming{Alias: a, To: to}) }

// Forget takes a name away.
func (tx *Tx) Forget(a Alias) { tx.plan.Names = append(tx.plan.Names, Naming{Alias: a, Forget: true}) }

// Empty stages the place of an event whose words are erased; see Event.emptied.
func (tx *Tx) Empty(e Event) { tx.plan.Emptied = append(tx.plan.Emptied, e) }

// Links lists what hangs under a document.
func (tx *Tx) Links(ctx context.Context, parent Key, name string) ([]Link, error) {
	return tx.loader.Links(ctx, parent, name)
}

// Link and Unlink stage a link or its removal.
func (tx *Tx) Link(l Link)   { tx.plan.Links = append(tx.plan.Links, Linking{Link: l}) }
func (tx *Tx) Unlink(l Link) { tx.plan.Links = append(tx.plan.Links, Linking{Link: l, Remove: true}) }

// Do stages an effect, due at once unless NextAt says otherwise. The same
// intent staged twice stays one, within a plan and across plans: an effect that
// is in the table already is neither repeated nor touched.
func (tx *Tx) Do(e Effect) error {
	key := KeyOf(&e)
	if _, twice := tx.saves[key]; twice || slices.Contains(tx.there, key) || tx.loaded[key].Version > 0 {
		return nil
	}
	e.Status, e.CreatedAt = EffectPending, tx.stamp.At
	if e.NextAt.IsZero() {
		e.NextAt = tx.stamp.At
	}
	return tx.Save(&e)
}

// At is the instant of the change.
func (tx *Tx) At() time.Time { return tx.stamp.At }

// document is what a pointer to a noun must be to be found by its type.
type document[D any] interface {
	*D
	Document
}

// find gives the document with the id: the one this Tx saved already, so that
// a use case that touches a document twice sees what it did first, else the
// stored one; nil when there is none.
func find[D any, P document[D]](ctx context.Context, tx *Tx, id string) (P, error) {
	doc := P(new(D))
	if i, ok := tx.saves[Key{Kind: doc.Kind(), ID: id}]; ok {
		return tx.plan.Saves[i].Doc.(P), nil
	}
	ok, err := tx.Find(ctx, id, doc)
	if err != nil || !ok {
		return nil, err
	}
	return doc, nil
}

// get is find for a document that must be there.
func get[D any, P document[D]](ctx context.Context, tx *Tx, id string) (P, error) {
	doc, err := find[D, P](ctx, tx, id)
	if err == nil && doc == nil {
		return nil, fault.Missing(P(new(D)).Kind(), id)
	}
	return doc, err
}
