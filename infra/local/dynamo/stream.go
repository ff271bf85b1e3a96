package dynamo

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Record is one change of one item, in the order of the commits.
type Record struct {
	// Sequence rises by one per record of its table and is never reused.
	Sequence uint64
	// EventName is INSERT, MODIFY or REMOVE.
	EventName string
	// JSON is the record as a Lambda function receives it inside "Records", the
	// form that events.DynamoDBEventRecord of aws-lambda-go decodes.
	JSON json.RawMessage

	after item
}

// NewText is a string attribute of the new image, empty when there is none: it
// lets an event filter pass over records without decoding them.
func (r Record) NewText(attribute string) string {
	if v := r.after.find(attribute); v != nil && v.kind == kindString {
		return v.text
	}
	return ""
}

// Records reads a table's stream after a sequence number; 0 starts at the
// oldest record kept (Sweep drops what is older than a day). At most limit
// records come back. It is the cheap way to the stream for the local runtime;
// everything else uses the Streams API.
func (e *Engine) Records(table string, after uint64, limit int) ([]Record, error) {
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.table(table)
	if err != nil {
		return nil, err
	}
	if t.StreamView == "" {
		return nil, fmt.Errorf("table %s has no stream — it was created without one — create it with a StreamSpecification", table)
	}
	stored, err := e.storedRecords(t, after+1, limit)
	if err != nil {
		return nil, err
	}
	records := make([]Record, len(stored))
	for i, s := range stored {
		raw, err := json.Marshal(s.forLambda(t))
		if err != nil {
			return nil, err
		}
		records[i] = Record{Sequence: s.sequence, EventName: s.eventName(), JSON: raw, after: s.after}
	}
	return records, nil
}

// Changed gives a channel that closes at the next commit. Fetch it before
// reading the stream, and wait on it when there was nothing to read: then no
// change goes unnoticed.
func (e *Engine) Changed() <-chan struct{} { return e.signal.wait() }

// signal wakes everybody who waits for the next change.
type signal struct {
	lock sync.Mutex
	next chan struct{}
}

func (s *signal) wait() <-chan struct{} {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

func (s *signal) notify() {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// streamRecord is a record as it is stored: the moment, whether TTL removed the
// item, and both images.
type streamRecord struct {
	sequence      uint64
	at            time.Time
	expired       bool
	before, after item // nil: no item
}

func (s *streamRecord) eventName() string {
	switch {
	case s.before == nil:
		return "INSERT"
	case s.after == nil:
		return "REMOVE"
	}
	return "MODIFY"
}

// record appends to the table's stream. An item that is new is not copied: its
// record is the memory of its stored form with a head before it.
func (t *table) record(w writer, at time.Time, before, after image, expired bool) error {
	if t.StreamView == "" {
		return nil
	}
	head := binary.AppendVarint(make([]byte, 0, recordHeadMax), at.UnixMilli())
	if expired {
		head = append(head, 1)
	} else {
		head = append(head, 0)
	}
	head = binary.AppendUvarint(head, uint64(len(before.stored)))
	if before.stored == nil && after.framed != nil {
		head = binary.AppendUvarint(head, uint64(len(after.stored)))
		from := recordHeadMax - len(head)
		copy(after.framed[from:], head)
		return w.append(t.streamSpace, after.framed[from:])
	}
	stored := make([]byte, 0, recordHeadMax+len(before.stored)+len(after.stored))
	stored = append(append(stored, head...), before.stored...)
	return w.append(t.streamSpace, appendLengthed(stored, after.stored))
}

// recordHeadMax is room for what a record holds besides the images: the moment,
// whether TTL removed the item, and the lengths.
const recordHeadMax = binary.MaxVarintLen64 + 1 + 2*binary.MaxVarintLen32

func decodeRecord(key, stored []byte) (streamRecord, error) {
	moment, n := binary.Varint(stored)
	if n <= 0 {
		return streamRecord{}, errDamaged
	}
	r := binaryReader{rest: string(stored[n:])}
	s := streamRecord{sequence: binary.BigEndian.Uint64(key), at: time.UnixMilli(moment), expired: r.byte() == 1}
	for _, image := range []*item{&s.before, &s.after} {
		encoded := r.text()
		if encoded == "" {
			continue
		}
		inner := binaryReader{rest: encoded}
		*image = inner.item()
		r.damaged = r.damaged || inner.damaged
	}
	if r.damaged {
		return streamRecord{}, errDamaged
	}
	return s, nil
}

// storedRecords reads from a sequence number on.
func (e *Engine) storedRecords(t *table, from uint64, limit int) ([]streamRecord, error) {
	var list []streamRecord
	err := e.pages.view(func(r reader) error {
		c := r.cursor(t.streamSpace)
		for key, stored := c.seek(binary.BigEndian.AppendUint64(nil, from)); key != nil && len(list) < limit; key, stored = c.next() {
			s, err := decodeRecord(key, stored)
			if err != nil {
				return err
			}
			list = append(list, s)
		}
		return nil
	})
	return list, err
}

// recordBody is the part of a record that the Streams API and Lambda share.
type recordBody struct {
	EventID        string         `json:"eventID"`
	EventName      string         `json:"eventName"`
	EventVersion   string         `json:"eventVersion"`
	EventSource    string         `json:"eventSource"`
	AwsRegion      string         `json:"awsRegion"`
	Dynamodb       recordChange   `json:"dynamodb"`
	EventSourceARN string         `json:"eventSourceARN,omitempty"`
	UserIdentity   map[string]any `json:"userIdentity,omitempty"`
}

type recordChange struct {
	ApproximateCreationDateTime float64
	Keys                        item
	NewImage                    *item `json:",omitempty"`
	OldImage                    *item `json:",omitempty"`
	SequenceNumber              string
	SizeBytes                   int
	StreamViewType              string
}

func (s *streamRecord) body(t *table) recordBody {
	subject := s.after
	if subject == nil {
		subject = s.before
	}
	change := recordChange{
		ApproximateCreationDateTime: float64(s.at.Unix()),
		Keys:                        subject.only(t.positionKeys(nil)),
		SequenceNumber:              fmt.Sprintf("%021d", s.sequence),
		StreamViewType:              t.StreamView,
	}
	change.SizeBytes = change.Keys.size()
	if s.after != nil && (t.StreamView == "NEW_IMAGE" || t.StreamView == "NEW_AND_OLD_IMAGES") {
		change.NewImage = &s.after
		change.SizeBytes += s.after.size()
	}
	if s.before != nil && (t.StreamView == "OLD_IMAGE" || t.StreamView == "NEW_AND_OLD_IMAGES") {
		change.OldImage = &s.before
		change.SizeBytes += s.before.size()
	}
	return recordBody{
		EventID:      fmt.Sprintf("%032x", s.sequence),
		EventName:    s.eventName(),
		EventVersion: "1.1",
		EventSource:  "aws:dynamodb",
		AwsRegion:    region,
		Dynamodb:     change,
	}
}

// ttlPrincipal is who the service says deleted an expired item.
const ttlPrincipal = "dynamodb.amazonaws.com"

func (s *streamRecord) forLambda(t *table) recordBody {
	b := s.body(t)
	b.EventSourceARN = t.streamARN()
	if s.expired {
		b.UserIdentity = map[string]any{"type": "Service", "principalId": ttlPrincipal}
	}
	return b
}

func (s *streamRecord) forAPI(t *table) recordBody {
	b := s.body(t)
	if s.expired {
		b.UserIdentity = map[string]any{"Type": "Service", "PrincipalId": ttlPrincipal}
	}
	return b
}
