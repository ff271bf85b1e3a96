package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"duly/infra/backup"
	"duly/shared/store"
)

// migrateVerb rewrites what an older release stored.
type migrateVerb struct {
	place
	DryRun bool `name:"dry-run" help:"Only count."`
}

// Run counts the records by version, and rewrites those that are behind. Nobody
// has to: readers lift them as they read.
func (v *migrateVerb) Run(c *console) error {
	return v.with(c.ctx, time.Now(), func(at backup.Place, _ time.Time) error {
		shapes := store.Released()
		ages, behind, err := backup.Migrate(c.ctx, at, shapes, !v.DryRun)
		if err != nil {
			return err
		}
		for _, kind := range slices.Sorted(maps.Keys(ages)) {
			for _, version := range slices.Sorted(maps.Keys(ages[kind])) {
				fmt.Fprintf(c.out, "%-12s version %d of %d  %7d\n", kind, version, shapes.Of(kind), ages[kind][version])
			}
		}
		said := "rewritten"
		if v.DryRun {
			said = "would be rewritten; readers lift them meanwhile"
		}
		fmt.Fprintf(c.out, "%d records %s\n", behind, said)
		return nil
	})
}
