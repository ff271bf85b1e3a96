package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"duly/functions"
	"duly/infra/local"
	"duly/infra/local/aws"
	"duly/shared/archive"
	"duly/shared/o2c/fault"
)

// kept reads the documents of the local bucket.
type kept struct{ *aws.S3 }

// Get reads one by its name.
func (k kept) Get(_ context.Context, name string) ([]byte, error) {
	content, _, ok := k.S3.Get(local.ArchiveBucket, functions.PrefixDocuments+name)
	if !ok {
		return nil, fault.Missing("document", name)
	}
	return content, nil
}

func yearOf(r *http.Request) (int, error) {
	year, err := strconv.Atoi(r.PathValue("year"))
	if err != nil || year < 1000 || year > 9999 {
		return 0, fault.Bad("/year", "“"+r.PathValue("year")+"” is no year", "write four digits")
	}
	return year, nil
}

// archiveBundle answers with the bundle of a year.
func (s *site) archiveBundle(w http.ResponseWriter, r *http.Request) {
	year, err := yearOf(r)
	var out bytes.Buffer
	if err == nil {
		_, err = archive.Write(r.Context(), &out, s.runtime.Cycle, kept{s.runtime.Files}, year)
	}
	if err != nil {
		problem(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="archive-%04d.zip"`, year))
	_, _ = w.Write(out.Bytes()) // the reader may be gone
}

// archiveDelete deletes a year's documents once the law lets go of them.
func (s *site) archiveDelete(r *http.Request) (int, any, error) {
	year, err := yearOf(r)
	if err != nil {
		return 0, nil, err
	}
	if err := s.runtime.Cycle.YearDeletable(s.runtime.Clock.Now(), year); err != nil {
		return 0, nil, err
	}
	deleted := 0
	for _, kind := range []string{"invoices", "credit_notes", "mails"} {
		for _, o := range s.runtime.Files.List(local.ArchiveBucket, fmt.Sprintf("%s%s/%04d/", functions.PrefixDocuments, kind, year)) {
			if err := s.runtime.Files.Delete(local.ArchiveBucket, o.Key); err != nil {
				return 0, nil, err
			}
			deleted++
		}
	}
	return http.StatusOK, map[string]int{"year": year, "deleted": deleted}, nil
}
