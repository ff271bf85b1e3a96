package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// On disk an object is two files in its bucket's folder: name.bin is the body and name.json, written last, says that
// it is complete.

func (s *S3) file(o *Object, ext string) string {
	return filepath.Join(s.opt.Dir, o.Bucket, objectName(o.Key)+ext)
}

func (s *S3) arrivalsFile() string {
	if s.opt.Dir == "" {
		return ""
	}
	return filepath.Join(s.opt.Dir, "arrivals.json")
}

func (s *S3) keepArrivals() error { return save(s.arrivalsFile(), s.bridge) }

func (s *S3) loadObjects() error {
	if s.opt.Dir == "" {
		return nil
	}
	for _, bucket := range s.opt.Buckets {
		if err := os.MkdirAll(filepath.Join(s.opt.Dir, bucket), 0o755); err != nil {
			return err
		}
		entries, err := os.ReadDir(filepath.Join(s.opt.Dir, bucket))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".json") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(s.opt.Dir, bucket, e.Name()))
			if err != nil {
				return err
			}
			var o Object
			if err := json.Unmarshal(data, &o); err != nil {
				return err
			}
			s.objects[o.Bucket+"/"+o.Key] = &o
		}
	}
	return load(s.arrivalsFile(), &s.bridge)
}

func (s *S3) write(o *Object) error {
	if s.opt.Dir == "" {
		return nil
	}
	if err := replaceFile(s.file(o, ".bin"), o.body); err != nil {
		return err
	}
	if err := save(s.file(o, ".json"), o); err != nil {
		return err
	}
	o.body = nil
	return nil
}

func (s *S3) read(o *Object) ([]byte, error) {
	if s.opt.Dir == "" {
		return o.body, nil
	}
	return os.ReadFile(s.file(o, ".bin"))
}

func (s *S3) erase(o *Object) error {
	if s.opt.Dir == "" {
		return nil
	}
	if err := os.Remove(s.file(o, ".json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Remove(s.file(o, ".bin"))
}

// objectName is the file name of an object: its key, escaped, or its digest where that grows too long for a disk.
func objectName(key string) string {
	name := url.PathEscape(key)
	if len(name) > 200 {
		sum := sha256.Sum256([]byte(key))
		name = hex.EncodeToString(sum[:])
	}
	return name
}
