package aws

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"duly/infra/local/loopback"
)

// maxObject bounds one PutObject here; S3 itself takes 5 GB.
const maxObject = 64 << 20

// S3Options describe the buckets.
type S3Options struct {
	Now     func() time.Time
	Buckets []string
	// Notify names the buckets whose new objects become "Object Created" events, to be delivered by Drain.
	Notify []string
	Dir    string // objects on disk; "" = memory
}

// S3 is the object store, addressed path-style: /bucket/key.
type S3 struct {
	loopback.Outage
	opt     S3Options
	handler http.Handler

	mu      sync.Mutex
	objects map[string]*Object // by bucket/key
	bridge  bridge
}

// Object is one stored object.
type Object struct {
	Bucket      string            `json:"bucket"`
	Key         string            `json:"key"`
	Size        int64             `json:"size"`
	ETag        string            `json:"etag"` // quoted
	ModifiedAt  time.Time         `json:"modified_at"`
	Headers     map[string]string `json:"headers"` // what GetObject gives back: content type, metadata, checksums
	RetainUntil time.Time         `json:"retain_until,omitzero"`
	LegalHold   bool              `json:"legal_hold,omitempty"`

	body []byte // nil while it is only on disk
}

// NewS3 opens the buckets, with the objects found on disk.
func NewS3(opt S3Options) (*S3, error) {
	s := &S3{opt: opt, objects: map[string]*Object{}}
	if err := s.loadObjects(); err != nil {
		return nil, fmt.Errorf("buckets unreadable in %s — %w — move the folder away to start empty", opt.Dir, err)
	}
	s.handler = s.Guard(opt.Now, refuseS3, http.HandlerFunc(s.serve))
	return s, nil
}

func (s *S3) scope() string { return "s3" }

// ServeHTTP implements http.Handler.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Put stores an object as if an outsider had: mail received by SES, a bank's file.
func (s *S3) Put(bucket, key, contentType string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.opt.Buckets, bucket) {
		return fmt.Errorf("bucket %q unknown — the store has %s — use one of these", bucket, strings.Join(s.opt.Buckets, ", "))
	}
	return s.store(&Object{Bucket: bucket, Key: key, Headers: map[string]string{"Content-Type": contentType}}, body, "PutObject")
}

// Get reads an object.
func (s *S3) Get(bucket, key string) (body []byte, contentType string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[bucket+"/"+key]
	if !ok {
		return nil, "", false
	}
	body, err := s.read(o)
	return body, o.Headers["Content-Type"], err == nil
}

// Delete removes an object as its owner would; what is locked stays.
func (s *S3) Delete(bucket, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[bucket+"/"+key]
	if !ok {
		return nil
	}
	if s.locked(o) {
		return fmt.Errorf("%s is locked until %s — the law wants it kept — wait until then", key, o.RetainUntil.UTC().Format(time.DateOnly))
	}
	delete(s.objects, bucket+"/"+key)
	return s.erase(o)
}

// List names the objects below a prefix, in key order.
func (s *S3) List(bucket, prefix string) []Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Object
	for _, o := range s.objects {
		if o.Bucket == bucket && strings.HasPrefix(o.Key, prefix) {
			found := *o
			found.body = nil
			out = append(out, found)
		}
	}
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// Drain delivers the "Object Created" events that are due, each at least once.
func (s *S3) Drain(ctx context.Context, deliver func(context.Context, Event) error) (delivered int, err error) {
	return s.bridge.drain(ctx, &s.mu, s.opt.Now, s.keepArrivals, deliver)
}

// NextDue is when the next undelivered event is to be tried.
func (s *S3) NextDue() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bridge.nextAt()
}

func (s *S3) serve(w http.ResponseWriter, r *http.Request) {
	if credentialScope(r) == "" {
		writeS3(w, fault{http.StatusForbidden, "AccessDenied", "Access Denied"}, r)
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.opt.Buckets, bucket) {
		writeS3(w, fault{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}, r)
		return
	}
	var no *fault
	switch {
	case key == "" && r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		no = s.listObjects(w, r, bucket)
	case key == "" && r.Method == http.MethodHead:
	case key != "" && r.Method == http.MethodPut:
		no = s.putObject(w, r, bucket, key)
	case key != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		no = s.getObject(w, r, bucket, key)
	case key != "" && r.Method == http.MethodDelete:
		no = s.deleteObject(w, bucket, key)
	default:
		no = &fault{http.StatusNotImplemented, "NotImplemented", "no loopback operation for this request"}
	}
	if no != nil {
		writeS3(w, *no, r)
	}
}

func (s *S3) putObject(w http.ResponseWriter, r *http.Request, bucket, key string) *fault {
	body, no := readObject(r)
	if no != nil {
		return no
	}
	old := s.objects[bucket+"/"+key]
	switch {
	case r.Header.Get("If-None-Match") == "*" && old != nil:
		return &fault{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}
	case r.Header.Get("If-Match") != "" && old == nil:
		return &fault{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."}
	case r.Header.Get("If-Match") != "" && strings.Trim(r.Header.Get("If-Match"), `"`) != strings.Trim(old.ETag, `"`):
		return &fault{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}
	case old != nil && s.locked(old):
		// S3 would keep the locked version below the new one; without versions the honest answer is no.
		return &fault{http.StatusForbidden, "AccessDenied", "Access Denied because object protected by object lock."}
	}
	o := &Object{Bucket: bucket, Key: key, Headers: map[string]string{}}
	for name, values := range r.Header {
		if kept(name) {
			o.Headers[name] = values[0]
		}
	}
	o.LegalHold = r.Header.Get("X-Amz-Object-Lock-Legal-Hold") == "ON"
	if until := r.Header.Get("X-Amz-Object-Lock-Retain-Until-Date"); until != "" {
		at, err := time.Parse(time.RFC3339, until)
		if err != nil || !at.After(s.opt.Now()) {
			return &fault{http.StatusBadRequest, "InvalidArgument", "The retain until date must be in the future!"}
		}
		o.RetainUntil = at
	}
	if err := s.store(o, body, "PutObject"); err != nil {
		return &fault{http.StatusInternalServerError, "InternalError", err.Error()}
	}
	w.Header().Set("ETag", o.ETag)
	return nil
}

// kept names the request headers that come back with the object.
func kept(name string) bool {
	switch name {
	case "Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Expires":
		return true
	}
	return strings.HasPrefix(name, "X-Amz-Meta-") || strings.HasPrefix(name, "X-Amz-Checksum-")
}

func (s *S3) store(o *Object, body []byte, reason string) error {
	now := s.opt.Now()
	sum := md5.Sum(body)
	o.ETag, o.Size, o.ModifiedAt, o.body = `"`+hex.EncodeToString(sum[:])+`"`, int64(len(body)), now, body
	if err := s.write(o); err != nil {
		return err
	}
	s.objects[o.Bucket+"/"+o.Key] = o
	if !slices.Contains(s.opt.Notify, o.Bucket) {
		return nil
	}
	s.bridge.add("aws.s3", "Object Created", now, map[string]any{
		"version": "0", "bucket": map[string]string{"name": o.Bucket}, "requester": Account, "reason": reason,
		"object": map[string]any{"key": o.Key, "size": o.Size, "etag": strings.Trim(o.ETag, `"`), "sequencer": fmt.Sprintf("%018X", s.bridge.Counter)},
	})
	return s.keepArrivals()
}

func (s *S3) getObject(w http.ResponseWriter, r *http.Request, bucket, key string) *fault {
	o, ok := s.objects[bucket+"/"+key]
	if !ok {
		return &fault{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."}
	}
	body, err := s.read(o)
	if err != nil {
		return &fault{http.StatusInternalServerError, "InternalError", err.Error()}
	}
	for name, value := range o.Headers {
		if !strings.HasPrefix(name, "X-Amz-Checksum-") || r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && r.Header.Get("Range") == "" {
			w.Header().Set(name, value)
		}
	}
	w.Header().Set("ETag", o.ETag)
	if d := r.URL.Query().Get("response-content-disposition"); d != "" {
		w.Header().Set("Content-Disposition", d)
	}
	if !o.RetainUntil.IsZero() {
		w.Header().Set("X-Amz-Object-Lock-Mode", "GOVERNANCE")
		w.Header().Set("X-Amz-Object-Lock-Retain-Until-Date", o.RetainUntil.UTC().Format(time.RFC3339))
	}
	http.ServeContent(w, r, "", o.ModifiedAt, bytes.NewReader(body)) // ranges and conditions as RFC 9110 has them
	return nil
}

func (s *S3) deleteObject(w http.ResponseWriter, bucket, key string) *fault {
	if o, ok := s.objects[bucket+"/"+key]; ok {
		if s.locked(o) {
			return &fault{http.StatusForbidden, "AccessDenied", "Access Denied because object protected by object lock."}
		}
		if err := s.erase(o); err != nil {
			return &fault{http.StatusInternalServerError, "InternalError", err.Error()}
		}
		delete(s.objects, bucket+"/"+key)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *S3) locked(o *Object) bool { return o.LegalHold || s.opt.Now().Before(o.RetainUntil) }
