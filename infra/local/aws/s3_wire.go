package aws

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strings"
)

type listResult struct {
	XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name        string
	Prefix      string
	Delimiter   string `xml:",omitempty"`
	MaxKeys     int
	KeyCount    int
	IsTruncated bool
	Next        string `xml:"NextContinuationToken,omitempty"`
	Contents    []listEntry
	Common      []listPrefix `xml:"CommonPrefixes"`
}

type listEntry struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
}

type listPrefix struct{ Prefix string }

// listObjects pages in key order; the continuation token is the last key or prefix given.
func (s *S3) listObjects(w http.ResponseWriter, r *http.Request, bucket string) *fault {
	q := r.URL.Query()
	out := listResult{Name: bucket, Prefix: q.Get("prefix"), Delimiter: q.Get("delimiter"), MaxKeys: 1000}
	if n := q.Get("max-keys"); n != "" {
		if _, err := fmt.Sscanf(n, "%d", &out.MaxKeys); err != nil || out.MaxKeys < 0 {
			return &fault{http.StatusBadRequest, "InvalidArgument", "Provided max-keys not an integer or within integer range"}
		}
		out.MaxKeys = min(out.MaxKeys, 1000)
	}
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	var keys []string
	for _, o := range s.objects {
		if o.Bucket == bucket && strings.HasPrefix(o.Key, out.Prefix) {
			keys = append(keys, o.Key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		group := ""
		if i := strings.Index(key[len(out.Prefix):], out.Delimiter); out.Delimiter != "" && i >= 0 {
			group = key[:len(out.Prefix)+i+len(out.Delimiter)]
		}
		shown := group
		if shown == "" {
			shown = key
		}
		if shown <= after {
			continue
		}
		if out.KeyCount == out.MaxKeys {
			out.IsTruncated, out.Next = true, after
			break
		}
		after = shown
		out.KeyCount++
		if group != "" {
			out.Common = append(out.Common, listPrefix{group})
			continue
		}
		o := s.objects[bucket+"/"+key]
		out.Contents = append(out.Contents, listEntry{key, o.ModifiedAt.UTC().Format("2006-01-02T15:04:05.000Z"), o.ETag, o.Size, "STANDARD"})
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(out)
	return nil
}

// readObject reads a body, undoes the SDK's chunked signing, and checks the digests the caller sent.
func readObject(r *http.Request) ([]byte, *fault) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxObject+1))
	if err != nil {
		return nil, &fault{http.StatusBadRequest, "IncompleteBody", err.Error()}
	}
	if len(body) > maxObject {
		return nil, &fault{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"}
	}
	content := r.Header.Get("X-Amz-Content-Sha256")
	if strings.HasPrefix(content, "STREAMING-") {
		if body, err = unchunk(body, r.Header); err != nil {
			return nil, &fault{http.StatusBadRequest, "InvalidRequest", err.Error()}
		}
		content = ""
	}
	for _, d := range []struct {
		want, code string
		hash       hash.Hash
		encode     func([]byte) string
	}{
		{content, "XAmzContentSHA256Mismatch", sha256.New(), hex.EncodeToString},
		{r.Header.Get("Content-Md5"), "BadDigest", md5.New(), base64.StdEncoding.EncodeToString},
		{r.Header.Get("X-Amz-Checksum-Crc32"), "BadDigest", crc32.NewIEEE(), base64.StdEncoding.EncodeToString},
		{r.Header.Get("X-Amz-Checksum-Sha1"), "BadDigest", sha1.New(), base64.StdEncoding.EncodeToString},
		{r.Header.Get("X-Amz-Checksum-Sha256"), "BadDigest", sha256.New(), base64.StdEncoding.EncodeToString},
	} {
		if d.want == "" || d.want == "UNSIGNED-PAYLOAD" {
			continue
		}
		d.hash.Write(body)
		if d.encode(d.hash.Sum(nil)) != d.want {
			return nil, &fault{http.StatusBadRequest, d.code, "The digest you specified did not match what we received."}
		}
	}
	return body, nil
}

// unchunk undoes aws-chunked (docs.aws.amazon.com/AmazonS3, sigv4-streaming): chunks of hex size with extensions, then
// trailers, which become headers.
func unchunk(body []byte, header http.Header) ([]byte, error) {
	var out []byte
	for {
		line, rest, ok := bytes.Cut(body, []byte("\r\n"))
		sizeText, _, _ := strings.Cut(string(line), ";")
		var size int
		if _, err := fmt.Sscanf(sizeText, "%x", &size); !ok || err != nil || size < 0 || size > len(rest) {
			return nil, fmt.Errorf("broken aws-chunked body")
		}
		if size == 0 {
			for _, trailer := range strings.Split(string(rest), "\r\n") {
				if name, value, ok := strings.Cut(trailer, ":"); ok {
					header.Set(name, strings.TrimSpace(value))
				}
			}
			return out, nil
		}
		out = append(out, rest[:size]...)
		body = bytes.TrimPrefix(rest[size:], []byte("\r\n"))
	}
}

type s3Error struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
	Path    string `xml:"Resource"`
}

func writeS3(w http.ResponseWriter, f fault, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(f.status)
	if r == nil || r.Method != http.MethodHead { // HEAD has no body: SDKs go by the status
		path := ""
		if r != nil {
			path = r.URL.Path
		}
		_ = xml.NewEncoder(w).Encode(s3Error{Code: f.code, Message: f.message, Path: path})
	}
}

func refuseS3(w http.ResponseWriter, how string) {
	if how == "429" {
		writeS3(w, fault{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."}, nil)
		return
	}
	writeS3(w, fault{http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again."}, nil)
}
