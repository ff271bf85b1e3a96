package o2c

import (
	"context"
	"strings"
)

// Sandboxes keep data apart from the house's: what is in a part is on none of the house's lists, due in none of its queues
// and in none of its figures. The store is one.
type Sandboxes interface {
	// Apart is a store of a part's own.
	Apart(part string) Store
	// Clear deletes all that is in a part, and says how many rows there were.
	Clear(ctx context.Context, part string) (rows int, err error)
}

// The spelling of a part's effects in the table's stream: the part goes before the effect's own id.
const (
	ApartPrefix = "apart#" // functions.PartsApart
	ApartSep    = "\x1f"
)

// PartOf is the part that an effect's id in the stream names, "" for the house, and the effect's own id.
func PartOf(id string) (part, own string) {
	rest, apart := strings.CutPrefix(id, ApartPrefix)
	if !apart {
		return "", id
	}
	part, own, _ = strings.Cut(rest, ApartSep)
	return part, own
}

// PerformStreamed performs effects as the stream brings them, the house's and those of parts, in their order. handled counts
// those before the first that the table stood in the way of.
func (o *Outbox) PerformStreamed(ctx context.Context, ids []string) (handled int, err error) {
	for handled < len(ids) {
		part, own := PartOf(ids[handled])
		group := []string{own}
		for _, id := range ids[handled+1:] {
			next, own := PartOf(id)
			if next != part {
				break
			}
			group = append(group, own)
		}
		who := o
		if part != "" {
			if who, err = o.inTraining(ctx, part); err != nil {
				return handled, err
			}
		}
		n := len(group)
		if who != nil {
			n, err = who.PerformAll(ctx, group)
		}
		if handled += n; err != nil {
			return handled, err
		}
	}
	return handled, nil
}
