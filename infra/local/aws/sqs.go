package aws

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"duly/infra/local/loopback"
)

// Limits of SQS (docs.aws.amazon.com/AWSSimpleQueueService, quotas for messages).
const (
	maxMessageBytes = 1 << 20 // 1 MiB since August 2025
	maxReceiveBatch = 10
	maxDelay        = 900 // seconds
)

// Queue describes one standard queue.
type Queue struct {
	Name       string
	Visibility time.Duration // how long a received message stays hidden
	MaxReceive int           // after so many receipts a message goes to DeadLetter; 0 = never
	DeadLetter string        // name of another queue
}

// SQSOptions describe the queues.
type SQSOptions struct {
	Now    func() time.Time
	Queues []Queue
	File   string // state on disk, rewritten at every change; "" = memory
}

// SQS is the queue service.
type SQS struct {
	loopback.Outage
	opt     SQSOptions
	handler http.Handler

	mu    sync.Mutex
	state sqsState
}

type sqsState struct {
	Counter int                      `json:"counter"`
	Queues  map[string][]*SQSMessage `json:"queues"`
}

// SQSMessage is one message as it waits in a queue.
type SQSMessage struct {
	ID         string                       `json:"id"`
	Body       string                       `json:"body"`
	Attributes map[string]map[string]string `json:"attributes,omitempty"` // name → DataType, StringValue
	SentAt     time.Time                    `json:"sent_at"`
	VisibleAt  time.Time                    `json:"visible_at"`
	FirstAt    time.Time                    `json:"first_at,omitzero"` // first receipt
	Received   int                          `json:"received"`
	Receipt    string                       `json:"receipt,omitempty"`
}

// NewSQS opens the queues, with what waits in the file.
func NewSQS(opt SQSOptions) (*SQS, error) {
	s := &SQS{opt: opt, state: sqsState{Queues: map[string][]*SQSMessage{}}}
	if err := load(opt.File, &s.state); err != nil {
		return nil, fmt.Errorf("queues unreadable in %s — %w — move the file away to start empty", opt.File, err)
	}
	s.handler = s.Guard(opt.Now, refuseJSON, http.HandlerFunc(s.serve))
	return s, nil
}

func (s *SQS) scope() string { return "sqs" }

// ServeHTTP implements http.Handler.
func (s *SQS) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// QueueURL is the URL of a queue below a base endpoint; only its last part is read.
func QueueURL(base, name string) string { return base + "/" + Account + "/" + name }

func (s *SQS) serve(w http.ResponseWriter, r *http.Request) {
	serveJSON(w, r, map[string]operation{
		"SendMessage":        typed(s.sendMessage),
		"ReceiveMessage":     typed(s.receiveMessage),
		"DeleteMessage":      typed(s.deleteMessage),
		"GetQueueAttributes": typed(s.getQueueAttributes),
	}, func(h http.Header, f *fault) {
		if f.code == "QueueDoesNotExist" { // SDKs in query mode read the old code
			h.Set("X-Amzn-Query-Error", "AWS.SimpleQueueService.NonExistentQueue;Sender")
		}
	})
}

func (s *SQS) queue(url string) (Queue, *fault) {
	for _, q := range s.opt.Queues {
		if q.Name == path.Base(url) {
			return q, nil
		}
	}
	return Queue{}, &fault{http.StatusBadRequest, "QueueDoesNotExist", "The specified queue does not exist."}
}

type sendMessageInput struct {
	QueueURL          string `json:"QueueUrl"`
	MessageBody       string
	DelaySeconds      int
	MessageAttributes map[string]map[string]string
}

func (s *SQS) sendMessage(in sendMessageInput) (any, *fault) {
	q, no := s.queue(in.QueueURL)
	switch {
	case no != nil:
		return nil, no
	case in.MessageBody == "":
		return nil, &fault{http.StatusBadRequest, "MissingParameter", "The request must contain the parameter MessageBody."}
	case len(in.MessageBody) > maxMessageBytes:
		return nil, &fault{http.StatusBadRequest, "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."}
	case !utf8.ValidString(in.MessageBody):
		return nil, &fault{http.StatusBadRequest, "InvalidMessageContents", "The message contains characters outside the allowed set."}
	case in.DelaySeconds < 0 || in.DelaySeconds > maxDelay:
		return nil, &fault{http.StatusBadRequest, "InvalidParameterValue", "DelaySeconds must be between 0 and 900."}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Now()
	s.state.Counter++
	m := &SQSMessage{ID: uuid(s.state.Counter), Body: in.MessageBody, Attributes: in.MessageAttributes, SentAt: now,
		VisibleAt: now.Add(time.Duration(in.DelaySeconds) * time.Second)}
	s.state.Queues[q.Name] = append(s.state.Queues[q.Name], m)
	if no := s.keep(); no != nil {
		return nil, no
	}
	return map[string]string{"MessageId": m.ID, "MD5OfMessageBody": md5hex(m.Body)}, nil
}

type receiveMessageInput struct {
	QueueURL            string `json:"QueueUrl"`
	MaxNumberOfMessages int
	VisibilityTimeout   *int
}

func (s *SQS) receiveMessage(in receiveMessageInput) (any, *fault) {
	q, no := s.queue(in.QueueURL)
	if no != nil {
		return nil, no
	}
	if in.MaxNumberOfMessages == 0 {
		in.MaxNumberOfMessages = 1
	}
	if in.MaxNumberOfMessages < 1 || in.MaxNumberOfMessages > maxReceiveBatch {
		return nil, &fault{http.StatusBadRequest, "ReadCountOutOfRange", "MaxNumberOfMessages must be between 1 and 10."}
	}
	if in.VisibilityTimeout != nil {
		q.Visibility = time.Duration(*in.VisibilityTimeout) * time.Second
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	messages := []any{}
	for _, m := range s.receive(q, in.MaxNumberOfMessages) {
		messages = append(messages, map[string]any{
			"MessageId": m.ID, "ReceiptHandle": m.Receipt, "Body": m.Body, "MD5OfBody": md5hex(m.Body),
			"Attributes": systemAttributes(m), "MessageAttributes": m.Attributes,
		})
	}
	if len(messages) == 0 {
		return map[string]any{}, nil
	}
	if no := s.keep(); no != nil {
		return nil, no
	}
	return map[string]any{"Messages": messages}, nil
}

// receive hides up to n visible messages and returns them; those received too often go to the dead letters.
func (s *SQS) receive(q Queue, n int) []*SQSMessage {
	now := s.opt.Now()
	var batch []*SQSMessage
	s.state.Queues[q.Name] = slices.DeleteFunc(s.state.Queues[q.Name], func(m *SQSMessage) bool {
		if len(batch) == n || m.VisibleAt.After(now) {
			return false
		}
		if q.MaxReceive > 0 && m.Received >= q.MaxReceive {
			m.Receipt = ""
			s.state.Queues[q.DeadLetter] = append(s.state.Queues[q.DeadLetter], m)
			return true
		}
		if m.Received++; m.Received == 1 {
			m.FirstAt = now
		}
		s.state.Counter++
		m.Receipt, m.VisibleAt = "r-"+uuid(s.state.Counter), now.Add(q.Visibility)
		batch = append(batch, m)
		return false
	})
	return batch
}

type deleteMessageInput struct {
	QueueURL      string `json:"QueueUrl"`
	ReceiptHandle string
}

// deleteMessage succeeds for a receipt that is gone, as SQS does.
func (s *SQS) deleteMessage(in deleteMessageInput) (any, *fault) {
	q, no := s.queue(in.QueueURL)
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(q.Name, func(m *SQSMessage) bool { return m.Receipt != "" && m.Receipt == in.ReceiptHandle })
	return map[string]any{}, s.keep()
}

func (s *SQS) getQueueAttributes(in deleteMessageInput) (any, *fault) {
	q, no := s.queue(in.QueueURL)
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	visible, hidden := 0, 0
	for _, m := range s.state.Queues[q.Name] {
		if m.VisibleAt.After(s.opt.Now()) {
			hidden++
		} else {
			visible++
		}
	}
	return map[string]any{"Attributes": map[string]string{
		"QueueArn":                              "arn:aws:sqs:" + Region + ":" + Account + ":" + q.Name,
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
	}}, nil
}

// NextVisible is when the next message of a queue can be received.
func (s *SQS) NextVisible(queue string) (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.state.Queues[queue] {
		if !ok || m.VisibleAt.Before(at) {
			at, ok = m.VisibleAt, true
		}
	}
	return at, ok
}

// Messages lists what waits in a queue, visible or not, oldest first.
func (s *SQS) Messages(queue string) []SQSMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]SQSMessage, len(s.state.Queues[queue]))
	for i, m := range s.state.Queues[queue] {
		out[i] = *m
	}
	return out
}

// Redrive moves every dead letter back to its source queue, as the console's redrive does.
func (s *SQS) Redrive(deadLetter, source string) (moved int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.state.Queues[deadLetter] {
		m.Received, m.VisibleAt = 0, s.opt.Now()
		s.state.Queues[source] = append(s.state.Queues[source], m)
		moved++
	}
	delete(s.state.Queues, deadLetter)
	if no := s.keep(); no != nil {
		return moved, fmt.Errorf("redrive %s: %s", deadLetter, no.message)
	}
	return moved, nil
}

func (s *SQS) remove(queue string, gone func(*SQSMessage) bool) {
	s.state.Queues[queue] = slices.DeleteFunc(s.state.Queues[queue], gone)
}

func (s *SQS) keep() *fault {
	if err := save(s.opt.File, s.state); err != nil {
		return &fault{http.StatusInternalServerError, "InternalFailure", err.Error()}
	}
	return nil
}

func systemAttributes(m *SQSMessage) map[string]string {
	return map[string]string{
		"ApproximateReceiveCount":          strconv.Itoa(m.Received),
		"SentTimestamp":                    strconv.FormatInt(m.SentAt.UnixMilli(), 10),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstAt.UnixMilli(), 10),
		"SenderId":                         Account,
	}
}

func md5hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// uuid is an id of UUID's form that is the same in every replay.
func uuid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
