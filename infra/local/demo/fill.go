package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"duly/infra/local"
	"duly/infra/local/story"
)

// fill gives a fresh state the story's data. It is played beside the state and
// moved there whole, so that a story that was cut off leaves no half a company.
func fill(ctx context.Context, o Options, base string) error {
	if o.Empty || known(o.Dir) {
		return nil
	}
	fmt.Fprintln(o.Out, "A fresh state: playing the story's 75 days into it. With --empty it begins without them.")
	beside := filepath.Clean(o.Dir) + ".filling"
	if err := os.RemoveAll(beside); err != nil {
		return err
	}
	if err := play(ctx, o, base, beside); err != nil {
		return errors.Join(err, os.RemoveAll(beside))
	}
	return move(beside, o.Dir)
}

// known reports whether a state is there; an existing one is never touched.
func known(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "duly.db"))
	return err == nil
}

func play(ctx context.Context, o Options, base, dir string) error {
	start, err := story.Start()
	if err != nil {
		return err
	}
	r, err := local.Open(local.Options{Dir: dir, BaseURL: base, Seed: o.Seed, Start: start, Manual: true})
	if err != nil {
		return err
	}
	err = story.Fill(ctx, r, story.Options{Seed: o.Seed})
	if later := o.Start.Sub(r.Clock.Now()); err == nil && later > 0 {
		err = r.Advance(ctx, min(later, local.AdvanceMax))
	}
	return errors.Join(err, r.Close())
}

// move puts the files of one folder into another.
func move(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	// The table comes last: its file says that the state is whole.
	for _, e := range entries {
		if e.Name() != "duly.db" {
			target := filepath.Join(to, e.Name())
			err = errors.Join(err, os.RemoveAll(target), os.Rename(filepath.Join(from, e.Name()), target))
		}
	}
	return errors.Join(err, os.Rename(filepath.Join(from, "duly.db"), filepath.Join(to, "duly.db")), os.Remove(from))
}
