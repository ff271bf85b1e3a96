package store

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// DynamoDB's bounds of one transaction. Whoever may come near them works in
// slices (row 45 of the failure catalogue); splitting here would give up the
// all-or-nothing.
const (
	writesMax = 100
	bytesMax  = 4 << 20
	itemMax   = 400 << 10
)

// commit is a plan as rows, ready to be sent, and sent again, unchanged.
type commit struct {
	id     string
	writes []write
}

// write is one row of a commit.
type write struct {
	op    action
	seen  bool    // its condition says whether the message is new
	doc   o2c.Key // the document it saves, when it saves one
	once  bool    // the document is an effect that must be new
	bytes int
}

// planner turns a plan into a commit. What every row repeats is made once.
type planner struct {
	table  string
	shapes Shapes
	plan   o2c.Plan
	out    commit
	taken  map[address]bool

	id    attribute // of the commit
	at    attribute // the plan's instant
	gone  attribute // the ttl of what may be dropped now
	fresh guard     // holds when there is nothing, or nothing but what has expired and was not dropped yet
}

// guard is the condition of a row.
type guard struct {
	condition string
	names     placeholders
	values    item
}

// prepare lays the plan out, the seen-keys first.
func prepare(table string, shapes Shapes, plan o2c.Plan, nonce string) (commit, error) {
	p := &planner{table: table, shapes: shapes, plan: plan, taken: make(map[address]bool, 2*len(plan.Saves)+2)}
	p.out.id = commitID(plan, nonce)
	now := plan.Stamp.At.Unix()
	p.id, p.at, p.gone = text(attrCommit, p.out.id), text(attrAt, stampOf(plan.Stamp.At)), number(attrTTL, now)
	p.fresh = guard{"attribute_not_exists(pk) OR #ttl < :now", placeholders{{"#ttl", attrTTL}}, item{number(":now", now)}}
	for _, step := range []func() error{p.seen, p.saves, p.names, p.adjusts, p.links, p.emptied} {
		if err := step(); err != nil {
			return commit{}, err
		}
	}
	return p.out, p.out.bounded()
}

// commitID names a commit. Everything that is written once carries it, so that
// whoever does not know whether a commit arrived can ask again and recognise
// its own. The nonce keeps two workers apart that decide the very same thing at
// the very same instant; without it both would believe that they had won.
func commitID(plan o2c.Plan, nonce string) string {
	var all []byte
	put := func(s string) {
		all = append(strconv.AppendInt(all, int64(len(s)), 10), ':')
		all = append(all, s...)
	}
	put(nonce)
	for _, s := range plan.Seen {
		put(s)
	}
	for _, s := range plan.Saves {
		put(s.Key.Kind)
		put(s.Key.ID)
		put(s.Head)
		all = strconv.AppendInt(all, s.Version, 10)
	}
	sum := sha256.Sum256(all)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (c commit) bounded() error {
	total := 0
	for _, w := range c.writes {
		total += w.bytes
		if w.bytes > itemMax {
			return tooLarge(fmt.Sprintf("one row takes %d bytes, DynamoDB allows %d", w.bytes, itemMax))
		}
	}
	if len(c.writes) > writesMax {
		return tooLarge(fmt.Sprintf("it takes %d rows, DynamoDB allows %d", len(c.writes), writesMax))
	}
	if total > bytesMax {
		return tooLarge(fmt.Sprintf("it takes %d bytes, DynamoDB allows %d", total, bytesMax))
	}
	return nil
}

func tooLarge(why string) error {
	return fault.New(fault.Internal, "The change is too large for one commit", why, "work in slices with a cursor; keep large documents in the archive")
}

// put adds a row. Two rows for one item are a defect of the use case; DynamoDB
// would refuse the whole transaction.
func (p *planner) put(it item, g guard) (*write, error) {
	if err := p.take(it.address()); err != nil {
		return nil, err
	}
	r := &row{TableName: p.table, Item: it}
	if g.condition != "" {
		r.ConditionExpression, r.ReturnValuesOnConditionCheckFailure = g.condition, old
		r.ExpressionAttributeNames, r.ExpressionAttributeValues = g.names, g.values
	}
	return p.add(write{op: action{Put: r}, bytes: bytesOf(it)}), nil
}

func (p *planner) add(w write) *write {
	p.out.writes = append(p.out.writes, w)
	return &p.out.writes[len(p.out.writes)-1]
}

func (p *planner) take(at address) error {
	if at.pk == "" || p.taken[at] {
		return fault.New(fault.Internal, "The change cannot be committed", "it writes "+at.pk+" "+at.sk+" twice", "stage each thing once")
	}
	p.taken[at] = true
	return nil
}

// unchanged holds when the document has the version that was read.
func unchanged(version int64) guard {
	return guard{"#ver = :ver", placeholders{{"#ver", attrVer}}, item{number(":ver", version)}}
}

// seen makes the commit fail when its message was handled before. A plan of
// additions alone has nothing by which its own commit could be recognised
// later, so it gets such a row too.
func (p *planner) seen() error {
	names := p.plan.Seen
	if len(names) == 0 && len(p.plan.Saves) == 0 && len(p.plan.Adjusts) > 0 {
		names = []string{"commit " + p.out.id}
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		forget := p.plan.Stamp.At.Add(o2c.Remembered).Unix()
		w, err := p.put(seenAddress(name).row(text(attrKind, "seen"), p.at, p.id, number(attrTTL, forget)), p.fresh)
		if err != nil {
			return err
		}
		w.seen = true
	}
	return nil
}

func (p *planner) saves() error {
	for i := range p.plan.Saves {
		if err := p.save(&p.plan.Saves[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) save(s *o2c.Save) error {
	if s.Key.Kind == "" || s.Key.ID == "" || o2c.KeyOf(s.Doc) != s.Key {
		return fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("a document staged as %q calls itself %q", s.Key, o2c.KeyOf(s.Doc)), "give it its kind and id before it is saved")
	}
	it, err := p.document(s)
	if err != nil {
		return err
	}
	g := p.fresh
	if s.Version > 0 {
		g = unchanged(s.Version)
	}
	w, err := p.put(it, g)
	if err != nil {
		return err
	}
	_, effect := s.Doc.(*o2c.Effect)
	w.doc, w.once = s.Key, effect && s.Version == 0
	for i := range s.Events {
		if err := p.event(&s.Events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) document(s *o2c.Save) (item, error) {
	body, err := o2c.BodyOf(s.Doc)
	if err == nil {
		body, err = p.shapes.write(s.Key, body)
	}
	if err != nil {
		return nil, fmt.Errorf("save %s: %w", s.Key, err)
	}
	it := docAddress(s.Key).row(
		text(attrKind, s.Key.Kind), text(attrID, s.Key.ID), number(attrSchema, p.shapes.Of(s.Key.Kind)),
		number(attrVer, s.Version+1), text(attrHead, s.Head), number(attrEvents, s.Count),
		p.at, p.id, text(attrBody, string(body)),
	)
	if d, ok := s.Doc.(o2c.Scheduled); ok {
		if queue, due := d.Due(); !due.IsZero() {
			it = append(it, text(attrDuePK, queue), text(attrDueSK, stampOf(due)))
		}
	}
	if d, ok := s.Doc.(o2c.Listed); ok {
		if key := d.ListKey(); key != "" {
			it = append(it, text(attrListPK, s.Key.Kind), text(attrListSK, listKey(key)+"#"+s.Key.ID))
		}
	}
	if d, ok := s.Doc.(o2c.Expiring); ok {
		if end := d.Expires(); !end.IsZero() {
			if s.Count > 0 { // its next life would begin with event 1 again
				return nil, fault.New(fault.Internal, "The change cannot be committed", fmt.Sprintf("%s expires but has a trail", s.Key), "keep it, or save it without facts")
			}
			it = append(it, number(attrTTL, end.Unix()))
		}
	}
	return it, nil
}

// event appends to the trail; its condition keeps the trail from ever being
// overwritten.
func (p *planner) event(e *o2c.Event) error {
	return p.eventRow(e, p.at, guard{condition: "attribute_not_exists(pk)"})
}

// emptied writes over events whose words were erased, and over no others.
func (p *planner) emptied() error {
	for i := range p.plan.Emptied {
		e := &p.plan.Emptied[i]
		if err := p.eventRow(e, text(attrAt, stampOf(e.At)), guard{condition: "attribute_exists(pk)"}); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) eventRow(e *o2c.Event, at attribute, g guard) error {
	body, err := e.AppendJSON(nil)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Type, e.Of, err)
	}
	_, err = p.put(eventAddress(e.Of, e.Seq).row(
		text(attrKind, kindEvent), text(attrID, e.ID), number(attrSchema, schema),
		at, p.id, text(attrBody, string(body)),
		text(attrListPK, kindEvent), text(attrListSK, e.ID),
	), g)
	return err
}

func (p *planner) names() error {
	given := map[o2c.Alias]o2c.Key{}
	for _, n := range p.plan.Names {
		if to, twice := given[n.Alias]; twice && to == n.To {
			continue
		}
		given[n.Alias] = n.To
		if n.Forget {
			if _, err := p.put(nameAddress(n.Alias).row(text(attrKind, "name"), text(attrGone, p.at.value), p.gone), guard{}); err != nil {
				return err
			}
			continue
		}
		to := n.To.String()
		_, err := p.put(nameAddress(n.Alias).row(text(attrKind, "name"), text(attrTo, to)),
			guard{"attribute_not_exists(pk) OR #to = :to OR attribute_exists(gone)", placeholders{{"#to", attrTo}}, item{text(":to", to)}})
		if err != nil {
			return err
		}
	}
	return nil
}

// links writes each link's last state. A link that is gone leaves a mark that
// expires, so that no role needs the right to delete.
func (p *planner) links() error {
	last := map[address]int{}
	for i, l := range p.plan.Links {
		last[linkAddress(l.Link)] = i
	}
	for i, l := range p.plan.Links {
		at := linkAddress(l.Link)
		if last[at] != i {
			continue
		}
		it := at.row(text(attrKind, "link"), text(attrTo, l.Link.To.String()), text(attrSort, l.Link.Sort))
		if l.Remove {
			it = append(it, text(attrGone, p.at.value), p.gone)
		}
		if _, err := p.put(it, guard{}); err != nil {
			return err
		}
	}
	return nil
}
