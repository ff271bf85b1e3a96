package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"duly/infra/backup"
	"duly/infra/local"
)

// place is where a deployment keeps what it has: a state of this machine, or the table and the bucket of an account.
type place struct {
	State   string `default:".duly" env:"STATE" help:"Folder of the state."`
	Stage   string `help:"Instead of a state: the deployment of that stage in your AWS account." placeholder:"prod"`
	Table   string `help:"Instead of a state: the table in your AWS account (output TableName), at rest or restored beside it."`
	Archive string `help:"With --table: the bucket of the archive (output ArchiveName)."`
}

// with opens the place and lets go of it again. Times are those of its clock.
func (p place) with(ctx context.Context, start time.Time, do func(at backup.Place, now time.Time) error) error {
	if p.Stage != "" {
		at, err := reach(ctx, p.Stage)
		if err != nil {
			return err
		}
		p.Table, p.Archive = at.Table, at.ArchiveName
	}
	if p.Table != "" {
		at, err := backup.Account(ctx, p.Table, p.Archive)
		if err != nil {
			return err
		}
		return do(at, time.Now())
	}
	at, err := local.OpenPlace(ctx, p.State, start)
	if err != nil {
		return err
	}
	return errors.Join(do(at.Place, at.Now), at.Close())
}

// next is how the books are held against what was restored; a table alone has no verb for that.
func (p place) next() string {
	const hold = " Hold the books against them: go run ./infra/duly verify "
	switch {
	case p.Stage != "":
		return hold + "--stage " + p.Stage
	case p.Table != "":
		return ""
	}
	return hold + "--state " + p.State
}

func (c *console) counted(items, documents int) {
	fmt.Fprintf(c.progress, "\r%d items, %d documents", items, documents)
}

// backupVerb makes a portable copy.
type backupVerb struct {
	place
	File string `arg:"" help:"Where the copy goes, such as duly-2026-11-22.tar.gz; never over another file."`
}

// Run writes beside the file and gives it its name when it is whole.
func (v *backupVerb) Run(c *console) error {
	if _, err := os.Stat(v.File); err == nil {
		return fmt.Errorf("%s is there already — a backup never goes over another file — choose another name", v.File)
	}
	return v.with(c.ctx, time.Now(), func(at backup.Place, now time.Time) error {
		part := v.File + ".part"
		file, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		m, err := backup.Write(c.ctx, at, now, file, c.counted)
		fmt.Fprintln(c.progress)
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return errors.Join(err, os.Remove(part))
		}
		if err := os.Rename(part, v.File); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %d items, %d documents, seal %s\n", v.File, m.Items, m.Documents, m.Seal)
		fmt.Fprintln(c.out, "The secrets are not in it: keep those of the parameter store apart.")
		return nil
	})
}

// restoreVerb brings a copy back, into an empty place.
type restoreVerb struct {
	place
	File  string `arg:"" help:"A file that duly backup made."`
	Check bool   `help:"Only look whether the file is whole."`
}

// Run checks the whole file before it writes anything.
func (v *restoreVerb) Run(c *console) error {
	file, err := os.Open(v.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	m, err := backup.Check(file)
	if err != nil {
		return err
	}
	if v.Check {
		fmt.Fprintf(c.out, "%s is whole: made %s, %d items, %d documents, seal %s\n", v.File, m.MadeAt.Format(time.RFC3339), m.Items, m.Documents, m.Seal)
		return nil
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	return v.with(c.ctx, m.MadeAt, func(at backup.Place, _ time.Time) error {
		if _, err := backup.Restore(c.ctx, file, at, c.counted); err != nil {
			return err
		}
		fmt.Fprintln(c.progress)
		fmt.Fprintf(c.out, "Restored %d items and %d documents.%s\n", m.Items, m.Documents, v.next())
		return nil
	})
}
