package o2c

import (
	"encoding/json"
	"testing"
	"time"
)

func FuzzEventIsWhatEncodingJSONWrites(f *testing.F) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 120_000_000, time.UTC).UnixNano()
	for _, word := range []string{"", "shop:demo-shopify", `quote " and \`, "<b>&\u2028", "Grüße €", "no \xff UTF-8", "\x00\x7f"} {
		f.Add(word, int64(1), at)
	}
	f.Fuzz(func(t *testing.T, word string, seq, nanos int64) {
		data, err := json.Marshal(map[string]string{"word": word})
		if err != nil {
			t.Fatal(err)
		}
		e := Event{ID: "20260301_" + word, Type: "order.received", Of: Key{Kind: "order", ID: word}, Seq: seq, At: time.Unix(0, nanos).UTC(), Actor: word, Data: data}
		for _, full := range []bool{false, true} {
			if e.Data = nil; full {
				e.Data = data
				e.Cause, e.Changes, e.Erased = word, data, word
			}
			e = e.Chained(e.Hash)
			want, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := e.AppendJSON(nil); err != nil || string(got) != string(want) {
				t.Errorf("wrote %v\n%s\npackage json writes\n%s", err, got, want)
			}
		}
	})
}
