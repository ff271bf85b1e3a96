package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"

	"duly/infra/local/demo"
	"duly/shared/archive"
)

// archiveVerb is about the documents that the law wants kept.
type archiveVerb struct {
	Export archiveExport `cmd:"" help:"Write a year's documents, mails, proofs and trails into one file that proves itself."`
	Verify archiveCheck  `cmd:"" help:"Hold such a file against its own manifest."`
	Delete archiveDelete `cmd:"" help:"Delete a year's documents; refused while the law wants them kept."`
}

type archiveExport struct {
	target
	Year int    `required:"" help:"Of issue."`
	Out  string `help:"Where to; archive-YEAR.zip unless said."`
}

// Run writes the bundle and says the hash that stands for it.
func (v *archiveExport) Run(c *console) error {
	var bundle []byte
	err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodGet, fmt.Sprintf("/demo/archive/%04d", v.Year), nil, &bundle)
	})
	if err != nil {
		return err
	}
	name := v.Out
	if name == "" {
		name = fmt.Sprintf("archive-%04d.zip", v.Year)
	}
	if err := os.WriteFile(name, bundle, 0o600); err != nil {
		return err
	}
	found, err := archive.Verify(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %d documents of %d in %d files\nmanifest %s\n", name, found.Documents, found.Year, found.Files, found.Manifest)
	return nil
}

type archiveCheck struct {
	File string `arg:"" help:"The bundle."`
}

// Run prints what is broken and fails then.
func (v *archiveCheck) Run(c *console) error {
	bundle, err := os.ReadFile(v.File)
	if err != nil {
		return err
	}
	found, err := archive.Verify(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		return err
	}
	for _, sentence := range found.Broken {
		fmt.Fprintln(c.out, "BROKEN "+sentence)
	}
	fmt.Fprintf(c.out, "%d documents of %d in %d files\nmanifest %s\n", found.Documents, found.Year, found.Files, found.Manifest)
	if len(found.Broken) > 0 {
		return fmt.Errorf("the bundle is not what was exported — see above — take another copy of it")
	}
	return nil
}

type archiveDelete struct {
	target
	Year int `required:"" help:"Of issue."`
}

// Run deletes what may be deleted.
func (v *archiveDelete) Run(c *console) error {
	var done struct{ Deleted int }
	err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodPost, fmt.Sprintf("/demo/archive/%04d/delete", v.Year), nil, &done)
	})
	if err == nil {
		fmt.Fprintf(c.out, "%d documents of %d are deleted\n", done.Deleted, v.Year)
	}
	return err
}
