package o2c

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// Seal anchors audit chains outside the table: the newest event of every
// document that something happened to on one day, kept in the locked archive.
// Seals are chained too, so that one which is exchanged breaks those after it.
type Seal struct {
	Name   string       `json:"name"`
	Until  time.Time    `json:"until"` // events before it are anchored by this seal or one before
	Before string       `json:"before,omitempty"`
	Prev   string       `json:"prev,omitempty"` // SHA-256 of the seal before
	Heads  []SealedHead `json:"heads"`          // by document
}

// SealedHead is the newest event of a document when it was sealed.
type SealedHead struct {
	Of   Key    `json:"of"`
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// sealed is the newest seal, as the table remembers it.
type sealed struct {
	data struct {
		Name  string    `json:"name"`
		Hash  string    `json:"hash"` // SHA-256
		Until time.Time `json:"until"`
	}
}

// Kind and ID make it a document; there is one.
func (s *sealed) Kind() string { return "sealed" }
func (s *sealed) ID() string   { return "newest" }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *sealed) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *sealed) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }

const (
	// sealOverlap is how far a seal looks back before the one before it ended: a
	// commit may arrive later than the instant that its events carry.
	sealOverlap = time.Hour
	// sealProbe is for how many days beyond the newest seal that the table knows
	// the archive is asked: who takes the table back leaves later seals behind.
	sealProbe = 7
)

func sealName(day calendar.Date) string { return fmt.Sprintf("%04d/%s.json", day.Year, day) }

// SealChains writes the seals of the days that ended since the last one, the
// first of them with everything before. It stops between two days when more says
// that time is short; the next run goes on.
func (c *Cycle) SealChains(ctx context.Context, at time.Time, files Files, more func() bool) (written int, err error) {
	end := c.today(at).Start(c.Policy.Zone)
	for more() {
		newest, err := c.newestSeal(ctx)
		if err != nil {
			return written, err
		}
		from := newest.data.Until
		if !from.Before(end) {
			return written, nil
		}
		until := end
		if !from.IsZero() {
			until = c.today(from).AddDays(1).Start(c.Policy.Zone)
		}
		seal, raw, err := c.seal(ctx, files, newest, until)
		if err != nil {
			return written, err
		}
		if err := c.rememberSeal(ctx, at, newest, seal, raw); err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}

func (c *Cycle) newestSeal(ctx context.Context) (*sealed, error) {
	s, err := find[sealed](ctx, NewTx(c.Store), "newest")
	if err == nil && s == nil {
		s = &sealed{}
	}
	return s, err
}

// seal makes the seal of the day that ends at until. One that an earlier run
// kept, but did not live to remember, stands.
func (c *Cycle) seal(ctx context.Context, files Files, newest *sealed, until time.Time) (Seal, []byte, error) {
	day := c.today(until.Add(-time.Second))
	s := Seal{Name: sealName(day), Until: until.UTC(), Before: newest.data.Name, Prev: newest.data.Hash, Heads: []SealedHead{}}
	if raw, err := files.Get(ctx, s.Name); err == nil {
		var kept Seal
		if err := json.Unmarshal(raw, &kept); err != nil || kept.Prev != s.Prev || !kept.Until.Equal(until) {
			return s, nil, Permanent("The seal of "+day.String()+" cannot be made", "the archive has another one of that day, which does not follow the newest that the table knows", "run duly verify and keep a copy of the table", err).Keyed("seal", day.String())
		}
		return kept, raw, nil
	} else if !fault.Is(err, fault.NotFound) {
		return s, nil, err
	}
	var err error
	if s.Heads, err = c.headsBetween(ctx, newest.data.Until, until); err != nil {
		return s, nil, err
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return s, nil, fmt.Errorf("seal %s: %w", s.Name, err)
	}
	return s, raw, files.Put(ctx, s.Name, "application/json", raw, keptUntil(day.Year, c.keptYears()))
}

// headsBetween are the newest events of the documents that something happened to.
func (c *Cycle) headsBetween(ctx context.Context, from, until time.Time) ([]SealedHead, error) {
	const spelled = "20060102T150405" // how ids of events begin
	q := Query{Kind: "event", To: until.UTC().Format(spelled), Limit: 1000}
	if !from.IsZero() {
		q.From = from.Add(-sealOverlap).UTC().Format(spelled)
	}
	newest := map[Key]SealedHead{}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			var e Event
			if err := json.Unmarshal(s.Body, &e); err != nil {
				return nil, fmt.Errorf("seal event %s: %w", s.Key.ID, err)
			}
			if e.Seq > newest[e.Of].Seq {
				newest[e.Of] = SealedHead{Of: e.Of, Seq: e.Seq, Hash: e.Hash}
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	heads := make([]SealedHead, 0, len(newest))
	for _, h := range newest {
		heads = append(heads, h)
	}
	slices.SortFunc(heads, func(a, b SealedHead) int { return strings.Compare(a.Of.String(), b.Of.String()) })
	return heads, nil
}

func (c *Cycle) rememberSeal(ctx context.Context, at time.Time, before *sealed, s Seal, raw []byte) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		now, err := find[sealed](ctx, tx, "newest")
		if err != nil {
			return err
		}
		if now == nil {
			now = &sealed{}
		}
		if now.data != before.data {
			return nil // another run was faster
		}
		now.data.Name, now.data.Hash, now.data.Until = s.Name, sha256Hex(raw), s.Until
		return tx.Save(now)
	})
}

func sha256Hex(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// VerifySeals holds every audit chain against the seals: I9. A trail that was
// edited is no chain any more; one that was written anew, or cut off together
// with its document, is not what was sealed.
func (c *Cycle) VerifySeals(ctx context.Context, files Files) (Check, error) {
	k := Check{Name: "audit chains are what was sealed"}
	heads, err := c.sealedHeads(ctx, &k, files)
	if err != nil {
		return k, err
	}
	keys := make([]Key, 0, len(heads))
	for of := range heads {
		keys = append(keys, of)
	}
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.String(), b.String()) })
	for part := range slices.Chunk(keys, 100) {
		stored, err := c.Store.Load(ctx, part...)
		if err != nil {
			return k, err
		}
		for _, doc := range stored {
			if err := c.verifySealed(ctx, &k, doc, heads[doc.Key]); err != nil {
				return k, err
			}
		}
	}
	return k, nil
}

func (c *Cycle) verifySealed(ctx context.Context, k *Check, doc Stored, head SealedHead) error {
	before := len(k.Broken)
	trail, err := c.verifyTrail(ctx, k, doc)
	if err != nil || len(k.Broken) > before {
		return err
	}
	sealedAs(k, doc.Key, trail, head)
	return nil
}

// probeSeals looks for seals of days that the table knows nothing of.
func (c *Cycle) probeSeals(ctx context.Context, k *Check, files Files, day calendar.Date) error {
	for n := range sealProbe {
		switch _, err := files.Get(ctx, sealName(day.AddDays(n))); {
		case err == nil:
			k.breaks("the archive has the seal of %s, the table ends before it", day.AddDays(n))
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	return nil
}

// sealedHeads walks the seals from the newest back.
func (c *Cycle) sealedHeads(ctx context.Context, k *Check, files Files) (map[Key]SealedHead, error) {
	heads := map[Key]SealedHead{}
	newest, err := c.newestSeal(ctx)
	if err != nil || newest.data.Name == "" {
		return heads, err
	}
	if err := c.probeSeals(ctx, k, files, c.today(newest.data.Until)); err != nil {
		return heads, err
	}
	for name, hash := newest.data.Name, newest.data.Hash; name != ""; {
		s, err := readSeal(ctx, k, files, name, hash)
		if err != nil || s == nil {
			return heads, err
		}
		for _, h := range s.Heads {
			if h.Seq > heads[h.Of].Seq {
				heads[h.Of] = h
			}
		}
		name, hash = s.Before, s.Prev
	}
	return heads, nil
}
