package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	op    types.TransactWriteItem
	seen  bool    // its condition says whether the message is new
	doc   o2c.Key // the document it saves, when it saves one
	once  bool    // the document is an effect that must be new
	bytes int
}

// planner turns a plan into a commit.
type planner struct {
	table string
	plan  o2c.Plan
	out   commit
	taken map[address]bool
}

// prepare lays the plan out. The order is that of the plan, the seen-keys first.
func prepare(table string, plan o2c.Plan, nonce string) (commit, error) {
	p := &planner{table: table, plan: plan, taken: map[address]bool{}}
	p.out.id = commitID(plan, nonce)
	steps := []func() error{p.seen, p.saves, p.names, p.adjusts, p.links}
	for _, step := range steps {
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
	h := sha256.New()
	put := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	put(nonce)
	for _, s := range plan.Seen {
		put(s)
	}
	for _, s := range plan.Saves {
		put(s.Key.String())
		put(strconv.FormatInt(s.Version, 10))
		put(s.Head)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
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
func (p *planner) put(at address, it item, condition string, names map[string]string, values item) (*write, error) {
	if err := p.take(at); err != nil {
		return nil, err
	}
	it[attrPK], it[attrSK] = text(at.pk), text(at.sk)
	row := &types.Put{TableName: aws.String(p.table), Item: it}
	if condition != "" {
		row.ConditionExpression = aws.String(condition)
		row.ExpressionAttributeNames, row.ExpressionAttributeValues = names, values
		row.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	}
	return p.add(write{op: types.TransactWriteItem{Put: row}, bytes: bytesOf(it)}), nil
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

func (p *planner) now() types.AttributeValue { return number(p.plan.Stamp.At.Unix()) }

const (
	conditionAbsent  = "attribute_not_exists(pk)"
	conditionNew     = "attribute_not_exists(pk) OR #ttl < :now" // what has expired may still be there
	conditionVersion = "#ver = :ver"
	conditionName    = "attribute_not_exists(pk) OR #to = :to"
)

// seen makes the commit fail when its message was handled before. A plan of
// additions alone has nothing by which its own commit could be recognised
// later, so it gets such a row too.
func (p *planner) seen() error {
	names := p.plan.Seen
	if len(names) == 0 && len(p.plan.Saves) == 0 && len(p.plan.Adjusts) > 0 {
		names = []string{"commit " + p.out.id}
	}
	for i, name := range names {
		if contains(names[:i], name) {
			continue
		}
		w, err := p.put(seenAddress(name), item{
			attrKind: text("seen"), attrAt: text(stampOf(p.plan.Stamp.At)), attrCommit: text(p.out.id),
			attrTTL: number(p.plan.Stamp.At.Add(o2c.Remembered).Unix()),
		}, conditionNew, map[string]string{"#ttl": attrTTL}, item{":now": p.now()})
		if err != nil {
			return err
		}
		w.seen = true
	}
	return nil
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
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
	condition, names, values := conditionVersion, map[string]string{"#ver": attrVer}, item{":ver": number(s.Version)}
	if s.Version == 0 {
		condition, names, values = conditionNew, map[string]string{"#ttl": attrTTL}, item{":now": p.now()}
	}
	w, err := p.put(docAddress(s.Key), it, condition, names, values)
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
	body, err := json.Marshal(s.Doc)
	if err != nil {
		return nil, fmt.Errorf("save %s: %w", s.Key, err)
	}
	it := item{
		attrKind: text(s.Key.Kind), attrID: text(s.Key.ID), attrSchema: number(schema),
		attrVer: number(s.Version + 1), attrHead: text(s.Head), attrEvents: number(s.Count),
		attrAt: text(stampOf(p.plan.Stamp.At)), attrCommit: text(p.out.id), attrBody: text(string(body)),
	}
	if d, ok := s.Doc.(o2c.Scheduled); ok {
		if queue, due := d.Due(); !due.IsZero() {
			it[attrDuePK], it[attrDueSK] = text(queue), text(stampOf(due))
		}
	}
	if d, ok := s.Doc.(o2c.Listed); ok {
		if key := d.ListKey(); key != "" {
			it[attrListPK], it[attrListSK] = text(s.Key.Kind), text(listKey(key)+"#"+s.Key.ID)
		}
	}
	if d, ok := s.Doc.(o2c.Expiring); ok {
		if end := d.Expires(); !end.IsZero() {
			it[attrTTL] = number(end.Unix())
		}
	}
	return it, nil
}

// event appends to the trail; its condition keeps the trail from ever being
// overwritten.
func (p *planner) event(e *o2c.Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Type, e.Of, err)
	}
	_, err = p.put(eventAddress(e.Of, e.Seq), item{
		attrKind: text(kindEvent), attrID: text(e.ID), attrSchema: number(schema),
		attrAt: text(stampOf(e.At)), attrCommit: text(p.out.id), attrBody: text(string(body)),
		attrListPK: text(kindEvent), attrListSK: text(e.ID),
	}, conditionAbsent, nil, nil)
	return err
}

func (p *planner) names() error {
	given := map[o2c.Alias]o2c.Key{}
	for _, n := range p.plan.Names {
		if to, twice := given[n.Alias]; twice && to == n.To {
			continue
		}
		given[n.Alias] = n.To
		to := text(n.To.String())
		_, err := p.put(nameAddress(n.Alias), item{attrKind: text("name"), attrTo: to},
			conditionName, map[string]string{"#to": attrTo}, item{":to": to})
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
		it := item{attrKind: text("link"), attrTo: text(l.Link.To.String()), attrSort: text(l.Link.Sort)}
		if l.Remove {
			it[attrGone], it[attrTTL] = text(stampOf(p.plan.Stamp.At)), p.now()
		}
		if _, err := p.put(at, it, "", nil, nil); err != nil {
			return err
		}
	}
	return nil
}
