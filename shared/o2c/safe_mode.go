package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// SafeModeData says whether letters of the ladder wait for a press.
type SafeModeData struct {
	On    bool      `json:"on"`
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

// outlook is the id of what waits while the mode is on; "" when it is off.
func (d SafeModeData) outlook() string {
	if !d.On {
		return ""
	}
	return "safe-" + d.Since.UTC().Format("20060102T150405")
}

const safeModeID = "letters"

// safeMode is the one switch.
type safeMode struct{ data SafeModeData }

// Kind and ID make it a document.
func (m *safeMode) Kind() string { return "safemode" }
func (m *safeMode) ID() string   { return safeModeID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (m *safeMode) MarshalJSON() ([]byte, error) { return json.Marshal(m.data) }
func (m *safeMode) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.data) }

// SafeMode reports whether letters wait, and who said so.
func (c *Cycle) SafeMode(ctx context.Context) (SafeModeData, error) {
	m, err := find[safeMode](ctx, NewTx(c.Store), safeModeID)
	if err != nil || m == nil {
		return SafeModeData{}, err
	}
	return m.data, nil
}

// SetSafeMode switches safe mode: while it is on no letter to a customer goes out
// by itself, of the ladder (formal notices and the letter to consumers of fourteen
// days too), about a deposit or a quote, or with thanks. What is due is on the card of the coming letters, where a
// colleague sends each; a deposit's reminder and a word of thanks ask on cards of their own, a quote's has its button
// on the quote's; calls are asked for as ever. Switched off, what waited
// goes out on the next working morning, one letter a customer.
func (c *Cycle) SetSafeMode(ctx context.Context, s Stamp, on bool) (SafeModeData, error) {
	var now SafeModeData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		m, err := find[safeMode](ctx, tx, safeModeID)
		if err != nil {
			return err
		}
		if m == nil {
			m = &safeMode{}
		}
		if m.data.On == on {
			now = m.data
			return nil
		}
		stood := m.data.outlook()
		m.data = SafeModeData{On: on, By: s.Actor, Since: s.At}
		now = m.data
		err = tx.Save(m, Fact{Type: "safe_mode.switched", Data: m.data})
		if stood == "" { // what was foretold waits now; else what waited goes out by itself
			stood = c.nextMorning(s.At).String()
		}
		return errors.Join(err, c.refreshCard(tx, "letters", Key{Kind: "outlook", ID: stood}))
	})
	return now, err
}
