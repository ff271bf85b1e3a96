package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"duly/shared/o2c/fault"
)

// Check reads a whole backup and compares every part with the manifest. A single byte that is not what it was is told
// with the part that it is in.
func Check(file io.Reader) (Manifest, error) {
	var m Manifest
	var found []Part
	ended := false
	err := read(file, func(name string, content []byte) error {
		if name == manifestName {
			ended = true
			return json.Unmarshal(content, &m)
		}
		sum := sha256.Sum256(content)
		found = append(found, Part{Name: name, SHA256: hex.EncodeToString(sum[:])})
		return nil
	})
	switch {
	case err != nil:
		return m, damaged(err.Error())
	case !ended:
		return m, damaged("its end is missing")
	case m.Format != format:
		return m, fault.New(fault.Refused, "The backup cannot be used", fmt.Sprintf("it has the format %d, this version reads %d", m.Format, format), "use the version of Duly that made it")
	case len(found) != len(m.Parts):
		return m, damaged(fmt.Sprintf("it has %d parts, the manifest names %d", len(found), len(m.Parts)))
	}
	for i, p := range m.Parts {
		if found[i].Name != p.Name || found[i].SHA256 != p.SHA256 {
			return m, damaged(p.Name + " is not what was written")
		}
	}
	if seal(m.Parts) != m.Seal {
		return m, damaged("the manifest is not what was written")
	}
	return m, nil
}

func damaged(why string) error {
	return fault.New(fault.Refused, "The backup is damaged", why, "take another copy of it; nothing was restored")
}

// read walks over the files of a backup.
func read(file io.Reader, each func(name string, content []byte) error) error {
	zipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	files := tar.NewReader(zipped)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, zipped) // the checksum stands behind the last block
			return err
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(files)
		if err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
		if err := each(h.Name, content); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

// Restore brings a backup into an empty place: nothing is written before all of it was checked. When it was cut off in
// the middle, empty the place and begin again.
func Restore(ctx context.Context, file io.ReadSeeker, to Place, p Progress) (Manifest, error) {
	m, err := Check(file)
	if err != nil {
		return m, err
	}
	if err := empty(ctx, to); err != nil {
		return m, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	items, documents := 0, 0
	return m, read(file, func(name string, content []byte) error {
		defer func() { p(items, documents) }()
		switch {
		case strings.HasPrefix(name, itemsFolder):
			lines := bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
			items += len(lines)
			return put(ctx, to, lines)
		case strings.HasPrefix(name, filesFolder):
			documents++
			i := slices.IndexFunc(m.Parts, func(one Part) bool { return one.Name == name })
			_, err := to.Objects.PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String(to.Bucket), Key: aws.String(strings.TrimPrefix(name, filesFolder)), Body: bytes.NewReader(content), ContentType: aws.String(m.Parts[i].ContentType),
			})
			return err
		}
		return nil
	})
}

func empty(ctx context.Context, to Place) error {
	var page struct{ Items []json.RawMessage }
	if err := to.API.Ask(ctx, "Scan", map[string]any{"TableName": to.Table, "Limit": 1}, &page); err != nil {
		return fmt.Errorf("read the table %s: %w", to.Table, err)
	}
	listed, err := to.Objects.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(to.Bucket), MaxKeys: aws.Int32(1)})
	if err != nil {
		return fmt.Errorf("list the archive %s: %w", to.Bucket, err)
	}
	if len(page.Items)+len(listed.Contents) > 0 {
		return fault.New(fault.Refused, "The backup was not restored", "there are records already where it would go", "restore into a new, empty place; what is there stays as it is")
	}
	return nil
}

const (
	batchMax = 25 // items of one request (API reference, BatchWriteItem)
	triesMax = 8
)

// put writes items; what the table does not take at once is asked again.
func put(ctx context.Context, to Place, lines [][]byte) error {
	type wish struct {
		PutRequest struct{ Item json.RawMessage }
	}
	for batch := range slices.Chunk(lines, batchMax) {
		wishes := make([]wish, len(batch))
		for i, line := range batch {
			wishes[i].PutRequest.Item = line
		}
		for try := 1; len(wishes) > 0; try++ {
			var said struct{ UnprocessedItems map[string][]wish }
			if err := to.API.Ask(ctx, "BatchWriteItem", map[string]any{"RequestItems": map[string]any{to.Table: wishes}}, &said); err != nil {
				return fmt.Errorf("write into the table %s: %w", to.Table, err)
			}
			if wishes = said.UnprocessedItems[to.Table]; len(wishes) > 0 {
				if try == triesMax {
					return fault.New(fault.Unavailable, "The table does not take what is written", "it is throttled", "empty it and begin again later")
				}
				if err := pause(ctx, time.Duration(try)*100*time.Millisecond); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
