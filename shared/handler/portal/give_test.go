package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"duly/shared/o2c"
)

// give makes a link known, as issuing an invoice does for its own.
func (d door) give(link string, to o2c.Key) {
	d.t.Helper()
	err := d.Cycle.Store.Update(context.Background(), func(_ context.Context, tx *o2c.Tx) error {
		tx.By(d.Stamp("test"))
		sum := sha256.Sum256([]byte(link))
		tx.Name(o2c.Alias{Space: "token", Value: hex.EncodeToString(sum[:])}, to)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}
