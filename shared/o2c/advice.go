package o2c

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"duly/shared/o2c/cash"
)

// adviceMax is how many payments of one batch are kept.
const adviceMax = 1000

// adviceData is the payments of a batch, as a report within the day (camt.052)
// or a notification (camt.054) told them.
type adviceData struct {
	ID    string       `json:"id"`
	Parts []cash.Entry `json:"parts"`
	At    time.Time    `json:"at"`
}

// foretold explains a line that a statement is still to bring; it has the line's
// key as id.
type foretold struct{ data adviceData }

// Kind and ID make the advice a document.
func (a *foretold) Kind() string { return "bankadvice" }
func (a *foretold) ID() string   { return a.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *foretold) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *foretold) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// advise keeps what is told of entries before the statement has them. Nothing of
// it is booked, because the statement brings every entry once more: only the
// payments of a batch are kept, under the key that the batch will have there.
func (c *Cycle) advise(ctx context.Context, s Stamp, st cash.Statement) (StatementResult, error) {
	result := StatementResult{ID: Name("st", st.Account, st.From.String(), st.To.String(), st.ID), Account: st.Account, Entries: len(st.Entries), Replay: true, Advice: true}
	var batch []cash.Entry
	for i, e := range st.Entries {
		key, _, part := strings.Cut(e.Key, "/")
		if part {
			batch = append(batch, e)
		}
		if last := i == len(st.Entries)-1 || !strings.HasPrefix(st.Entries[i+1].Key, key+"/"); last && len(batch) > 0 {
			if err := c.keepAdvice(ctx, s, key, batch); err != nil {
				return result, err
			}
			batch = nil
		}
	}
	return result, nil
}

func (c *Cycle) keepAdvice(ctx context.Context, s Stamp, key string, parts []cash.Entry) error {
	if len(parts) > adviceMax {
		return nil // the statement's line asks a person, as it would without advice
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		a := &foretold{data: adviceData{ID: Name("ad", key), Parts: parts, At: s.At}}
		if known, err := find[foretold](ctx, tx, a.ID()); err != nil || known != nil {
			return err
		}
		return tx.Save(a)
	})
}

// advised is the line, or the payments that an advice told of it.
func (c *Cycle) advised(ctx context.Context, e cash.Entry) ([]cash.Entry, error) {
	if strings.Contains(e.Key, "/") || e.IBAN != "" || e.Name != "" || e.Reference != "" {
		return []cash.Entry{e}, nil // it says itself what it is
	}
	a, err := find[foretold](ctx, NewTx(c.Store), Name("ad", e.Key))
	if err != nil || a == nil {
		return []cash.Entry{e}, err
	}
	return a.data.Parts, nil
}
