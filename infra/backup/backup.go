// Package backup owns the portable copy of a deployment: every item of its table and every document of its archive in
// one file that any tar reads, each part with its SHA-256, and the way back into an empty place. It owns no backup that
// AWS makes (point-in-time recovery, infra/stack), and no secret is ever in it.
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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	boot "duly/shared/boot/aws"
)

// Place is where a deployment keeps what it has.
type Place struct {
	Table   string
	API     boot.Call // DynamoDB; items pass through as its own JSON
	Bucket  string    // the archive
	Objects *s3.Client
}

// Manifest says what is in a backup. It is the last file of it.
type Manifest struct {
	Format    int       `json:"format"`
	MadeAt    time.Time `json:"made_at"` // by the deployment's clock
	Items     int       `json:"items"`
	Documents int       `json:"documents"`
	Parts     []Part    `json:"parts"` // in their order
	Seal      string    `json:"seal"`  // SHA-256 over the lines "name sha256"
}

// Part is one file of a backup.
type Part struct {
	Name        string `json:"name"`
	SHA256      string `json:"sha256"`
	ContentType string `json:"content_type,omitempty"` // of a document
}

const (
	format       = 1
	manifestName = "manifest.json"
	itemsFolder  = "table/"
	filesFolder  = "archive/"
	chunkMax     = 4 << 20 // bytes of items in one file
)

// Progress is told how far the work is.
type Progress func(items, documents int)

// Write copies everything into one file. What changes meanwhile may be in it half: copy a deployment that rests, or a
// table that point-in-time recovery has restored beside it.
func Write(ctx context.Context, from Place, at time.Time, to io.Writer, p Progress) (Manifest, error) {
	zipped := gzip.NewWriter(to)
	w := &writer{tar: tar.NewWriter(zipped), manifest: Manifest{Format: format, MadeAt: at.UTC()}, progress: p}
	err := errors.Join(w.items(ctx, from), w.documents(ctx, from))
	if err == nil {
		err = w.end()
	}
	return w.manifest, errors.Join(err, zipped.Close())
}

type writer struct {
	tar      *tar.Writer
	manifest Manifest
	progress Progress
}

func (w *writer) items(ctx context.Context, from Place) error {
	var chunk bytes.Buffer
	flush := func() error {
		if chunk.Len() == 0 {
			return nil
		}
		defer chunk.Reset()
		return w.add(fmt.Sprintf("%s%06d.jsonl", itemsFolder, len(w.manifest.Parts)+1), "", chunk.Bytes())
	}
	for last := json.RawMessage("{}"); last != nil; {
		ask := map[string]any{"TableName": from.Table, "ConsistentRead": true}
		if len(w.manifest.Parts) > 0 || w.manifest.Items > 0 {
			ask["ExclusiveStartKey"] = last
		}
		var page struct {
			Items            []json.RawMessage
			LastEvaluatedKey json.RawMessage
		}
		if err := from.API.Ask(ctx, "Scan", ask, &page); err != nil {
			return fmt.Errorf("read the table %s: %w", from.Table, err)
		}
		for _, item := range page.Items {
			if err := json.Compact(&chunk, item); err != nil {
				return fmt.Errorf("read the table %s: %w", from.Table, err)
			}
			chunk.WriteByte('\n')
			w.manifest.Items++
			if chunk.Len() >= chunkMax {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		w.progress(w.manifest.Items, 0)
		last = page.LastEvaluatedKey
	}
	return flush()
}

func (w *writer) documents(ctx context.Context, from Place) error {
	pages := s3.NewListObjectsV2Paginator(from.Objects, &s3.ListObjectsV2Input{Bucket: aws.String(from.Bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the archive %s: %w", from.Bucket, err)
		}
		for _, o := range page.Contents {
			got, err := from.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(from.Bucket), Key: o.Key})
			if err != nil {
				return fmt.Errorf("read %s: %w", aws.ToString(o.Key), err)
			}
			content, err := io.ReadAll(got.Body)
			if err = errors.Join(err, got.Body.Close()); err != nil {
				return fmt.Errorf("read %s: %w", aws.ToString(o.Key), err)
			}
			w.manifest.Documents++
			if err := w.add(filesFolder+aws.ToString(o.Key), aws.ToString(got.ContentType), content); err != nil {
				return err
			}
		}
		w.progress(w.manifest.Items, w.manifest.Documents)
	}
	return nil
}

func (w *writer) add(name, contentType string, content []byte) error {
	sum := sha256.Sum256(content)
	w.manifest.Parts = append(w.manifest.Parts, Part{Name: name, SHA256: hex.EncodeToString(sum[:]), ContentType: contentType})
	return w.file(name, content)
}

func (w *writer) file(name string, content []byte) error {
	err := w.tar.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o600, ModTime: w.manifest.MadeAt.Truncate(time.Second)})
	if err == nil {
		_, err = w.tar.Write(content)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func (w *writer) end() error {
	w.manifest.Seal = seal(w.manifest.Parts)
	raw, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(w.file(manifestName, raw), w.tar.Close())
}

func seal(parts []Part) string {
	all := sha256.New()
	for _, p := range parts {
		fmt.Fprintln(all, p.Name, p.SHA256)
	}
	return hex.EncodeToString(all.Sum(nil))
}
