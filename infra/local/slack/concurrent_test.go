package slack_test

import (
	"net/url"
	"sync"
	"testing"

	api "github.com/slack-go/slack"
)

// The demo page reads while colleagues press: readers keep what they were given.
func TestReadersAndPressersAtOnce(t *testing.T) {
	w := open(t)
	ts := w.postCard()
	var mu sync.Mutex
	w.product = func(string, []byte) (int, string) {
		mu.Lock()
		defer mu.Unlock()
		if _, _, _, err := w.client.UpdateMessage(credit, ts, api.MsgOptionText("again", false), api.MsgOptionBlocks(card()...)); err != nil {
			t.Error(err)
		}
		return 200, ""
	}
	w.got = nil
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				text(w.Messages())
				text(w.Views())
			}
		})
	}
	for range 20 {
		if _, err := w.Press(t.Context(), mira, credit, ts, "credit.owner", "mira"); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

func FuzzBlocksNeverPanic(f *testing.F) {
	f.Add(`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"overflow","options":[{"text":1}]}}]`)
	f.Add(`[{"type":"table","rows":[[{"type":"rich_text","elements":{}}]]}]`)
	f.Add(`[{"type":"input","label":"x","element":{"type":"checkboxes","options":"x"}},{"type":[]},null]`)
	f.Fuzz(func(t *testing.T, blocks string) {
		w := open(t)
		got := w.call("chat.postMessage", url.Values{"channel": {credit}, "text": {"x"}, "blocks": {blocks}})
		if got.OK && len(w.Messages()) != 1 {
			t.Errorf("accepted without a message: %s", blocks)
		}
		if got.OK { // what was accepted can be pressed at and drawn
			text(w.Messages())
			_, _ = w.Press(t.Context(), mira, credit, w.Messages()[0].TS, "none", "")
		}
	})
}
