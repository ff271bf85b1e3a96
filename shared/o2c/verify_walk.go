package o2c

import (
	"context"
	"encoding/json"
	"slices"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// SealWalk is how far the nightly look at the audit chains has come. A stretch
// that was sealed is read in the night after, and again once in a round of
// roundNights, or longer where a night's time is short.
type SealWalk struct {
	Sealed string `json:"sealed,omitempty"` // the newest seal of whose documents all were read once
	Fresh  int    `json:"fresh,omitempty"`  // how many of the seal after it were read

	Next string `json:"next,omitempty"` // the seal with which the round goes on; "": with the newest
	Hash string `json:"hash,omitempty"` // what it must be
	Done int    `json:"done,omitempty"` // how many of its documents were read
	Read int    `json:"read,omitempty"` // in this round
	All  int    `json:"all,omitempty"`  // in the round before

	Suspects []Key `json:"suspects,omitempty"` // found broken: they are looked at every night until they are whole
}

const (
	// roundNights is in how many nights everything that was ever sealed is read
	// again.
	roundNights = 28
	// roundLeast is how much of a round a night does at least, in documents.
	roundLeast = 20
	// suspectsMax is how many broken documents are remembered.
	suspectsMax = 100
	// walkChunk is how many documents are loaded at once.
	walkChunk = 25
)

// walkSeals reads what was sealed since the last walk, then goes on with the
// round, while more says that there is time. It moves w on.
func (c *Cycle) walkSeals(ctx context.Context, w *SealWalk, files Files, more func() bool) (Check, error) {
	k := Check{Name: "audit chains are what was sealed"}
	newest, err := c.newestSeal(ctx)
	if err != nil || newest.data.Name == "" {
		return k, err
	}
	if err := c.probeSeals(ctx, &k, files, c.today(newest.data.Until)); err != nil {
		return k, err
	}
	suspects := w.Suspects
	w.Suspects = nil
	if err := c.walkHeads(ctx, w, &k, anywhere(suspects)); err != nil {
		return k, err
	}
	if err := c.walkFresh(ctx, w, &k, newest, files, more); err != nil {
		return k, err
	}
	return k, c.walkRound(ctx, w, &k, newest, files, more)
}

func anywhere(keys []Key) []SealedHead {
	heads := make([]SealedHead, len(keys))
	for i, of := range keys {
		heads[i] = SealedHead{Of: of}
	}
	return heads
}

// walkFresh reads the documents of the seals that were made since the last walk,
// the oldest first.
func (c *Cycle) walkFresh(ctx context.Context, w *SealWalk, k *Check, newest *sealed, files Files, more func() bool) error {
	type anchor struct{ name, hash string }
	var fresh []anchor
	for name, hash := newest.data.Name, newest.data.Hash; name != "" && name != w.Sealed; {
		s, err := readSeal(ctx, k, files, name, hash)
		if err != nil || s == nil {
			return err
		}
		fresh = append(fresh, anchor{name, hash})
		name, hash = s.Before, s.Prev
	}
	for _, a := range slices.Backward(fresh) {
		s, err := readSeal(ctx, k, files, a.name, a.hash)
		if err != nil || s == nil {
			return err
		}
		for w.Fresh < len(s.Heads) {
			if !more() {
				return nil
			}
			part := s.Heads[w.Fresh:min(w.Fresh+walkChunk, len(s.Heads))]
			if err := c.walkHeads(ctx, w, k, part); err != nil {
				return err
			}
			w.Fresh += len(part)
		}
		w.Sealed, w.Fresh = a.name, 0
	}
	return nil
}

// walkRound goes on with the round, from the newest seal back to the first, by a
// night's share.
func (c *Cycle) walkRound(ctx context.Context, w *SealWalk, k *Check, newest *sealed, files Files, more func() bool) error {
	for share := max(roundLeast, w.All/roundNights+1); share > 0; {
		if w.Next == "" {
			w.Next, w.Hash, w.Done, w.Read = newest.data.Name, newest.data.Hash, 0, 0
		}
		s, err := readSeal(ctx, k, files, w.Next, w.Hash)
		if err != nil || s == nil {
			return err
		}
		for w.Done < len(s.Heads) && share > 0 {
			if !more() {
				return nil
			}
			part := s.Heads[w.Done:min(w.Done+min(walkChunk, share), len(s.Heads))]
			if err := c.walkHeads(ctx, w, k, part); err != nil {
				return err
			}
			w.Done, w.Read, share = w.Done+len(part), w.Read+len(part), share-len(part)
		}
		if w.Done < len(s.Heads) {
			return nil
		}
		if w.Next, w.Hash, w.Done = s.Before, s.Prev, 0; w.Next == "" { // the first of all: the round is complete
			w.All = w.Read
			return nil
		}
	}
	return nil
}

// readSeal reads a seal that must have a hash; nil when it is another one.
func readSeal(ctx context.Context, k *Check, files Files, name, hash string) (*Seal, error) {
	raw, err := files.Get(ctx, name)
	if fault.Is(err, fault.NotFound) {
		k.breaks("the seal %s is gone", name)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s Seal
	if sha256Hex(raw) != hash || json.Unmarshal(raw, &s) != nil {
		k.breaks("the seal %s is not what was sealed", name)
		return nil, nil
	}
	return &s, nil
}

// walkHeads reads documents' trails against their seals. What looks broken is
// read twice: what was written between two reads is not.
func (c *Cycle) walkHeads(ctx context.Context, w *SealWalk, k *Check, heads []SealedHead) error {
	for part := range slices.Chunk(heads, walkChunk) {
		keys := make([]Key, len(part))
		for i, h := range part {
			keys[i] = h.Of
		}
		docs, err := c.Store.Load(ctx, keys...)
		if err != nil {
			return err
		}
		for i, h := range part {
			found, err := c.walkOne(ctx, docs[i], h)
			if err == nil && len(found.Broken) > 0 {
				if docs, err := c.Store.Load(ctx, h.Of); err != nil {
					return err
				} else if found, err = c.walkOne(ctx, docs[0], h); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			k.Checked += found.Checked
			k.Broken = append(k.Broken, found.Broken...)
			if len(found.Broken) > 0 && len(w.Suspects) < suspectsMax && !slices.Contains(w.Suspects, h.Of) {
				w.Suspects = append(w.Suspects, h.Of)
			}
		}
	}
	return nil
}

// verifyDocuments: what was issued and agreed is what it was.
func verifyDocuments(_ context.Context, all everything) (Check, error) {
	k := Check{Name: "issued documents are untouched", Checked: len(all.invoices) + len(all.contracts)}
	for _, inv := range all.invoices {
		if inv.Number() != "" && !inv.Intact() {
			k.breaks("invoice %s is not what was issued", inv.Number())
		}
	}
	for _, a := range all.contracts {
		if !a.Intact() {
			k.breaks("contract %s is not what was agreed", a.Data().Number)
		}
	}
	return k, nil
}

// walkOne reads one trail; an invoice must be what its events say, too.
func (c *Cycle) walkOne(ctx context.Context, doc Stored, head SealedHead) (Check, error) {
	var k Check
	trail, err := c.verifyTrail(ctx, &k, doc)
	if err != nil || len(k.Broken) > 0 {
		return k, err
	}
	sealedAs(&k, doc.Key, trail, head)
	if doc.Key.Kind != "invoice" || doc.Version == 0 {
		return k, nil
	}
	inv := &invoice.Invoice{}
	if err := json.Unmarshal(doc.Body, inv); err != nil {
		k.breaks("%s cannot be read: %s", doc.Key, err)
		return k, nil
	}
	told, err := c.toldBy(trail)
	is := ofInvoice(inv)
	if err == nil && (told.SoldOn != is.SoldOn || told.Sold != is.Sold || told.DueOn != is.DueOn || told.Open != is.Open) {
		k.breaks("invoice %s is not what its events say", inv.Number())
	}
	return k, err
}

// sealedAs holds a whole trail against what was sealed of it.
func sealedAs(k *Check, of Key, trail []Event, head SealedHead) {
	switch {
	case int64(len(trail)) < head.Seq:
		k.breaks("the trail of %s has %d events, %d were sealed", of, len(trail), head.Seq)
	case head.Seq > 0 && trail[head.Seq-1].Hash != head.Hash:
		k.breaks("event %d of %s is not the one that was sealed", head.Seq, of)
	}
}
