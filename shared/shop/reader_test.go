package shop

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"duly/events"
)

// odds are what a message may hold anywhere: of every kind, sound or not.
var odds = []string{
	`null`, `true`, `false`, `0`, `-1.5e+3`, `12345678901234567890`, `""`, `"a"`, `"\u00e9\ud83d\ude00\n"`, `"2026-01-05"`, `[]`, `{}`, `[null]`, `["x",1,{},[]]`, `[{"id":1}]`,
	`{"id":"7","ID":8,"amount":9}`, `{"id":1,"Id":[2]}`, `[[{"a":[]}]]`, ` { "name" : null , "Name" : true } `, `{"a":1,"\u0061":2}`,
	`01`, `1.`, `.5`, `-`, `+1`, `1e`, `1e+`, `1-2`, `tru`, `nul`, `NaN`, `"\x"`, `"\u12"`, "\"\t\"", `"`, `[1,]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `{"a":1 "b":2}`, `[1 2]`, `]`, `}`, `,`, `:`, "\x00", "\ufeff",
}

// spoilt is a body with a value, or any of its bytes, changed.
func spoilt(random *rand.Rand, body []byte) []byte {
	out := slices.Clone(body)
	at := random.IntN(len(out))
	odd := []byte(odds[random.IntN(len(odds))])
	switch random.IntN(5) {
	case 0:
		out[at] = byte(random.UintN(128))
	case 1:
		out = slices.Delete(out, at, min(at+1+random.IntN(3), len(out)))
	case 2:
		out = slices.Insert(out, at, odd...)
	case 3: // a key in capitals
		if from := bytes.IndexByte(out[at:], '"') + at + 1; from > at && from < len(out) {
			to := min(from+1+random.IntN(4), len(out))
			copy(out[from:], bytes.ToUpper(out[from:to]))
		}
	default: // a value
		if colon := bytes.IndexByte(out[at:], ':') + at; colon >= at {
			end := colon + 1 + max(0, bytes.IndexAny(out[colon+1:], ",\n}]"))
			out = slices.Replace(out, colon+1, end, odd...)
		}
	}
	return out
}

// samples are the messages of all platforms.
func samples(t testing.TB) (paths []string) {
	for _, platform := range []string{"shopify", "woocommerce", "bigcommerce", "generic"} {
		files, err := events.FS.ReadDir(platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			paths = append(paths, platform+"/"+file.Name())
		}
	}
	return paths
}

// bodies are all samples, and many that come near one.
func bodies(t testing.TB, each int, say func(body []byte)) {
	random := rand.New(rand.NewPCG(7, 9))
	for _, path := range samples(t) {
		body := sample(t, path)
		say(body)
		for range each {
			near := body
			for range 1 + random.IntN(3) {
				near = spoilt(random, near)
			}
			say(near)
		}
	}
}

// What is sound is read as encoding/json reads it, into every shape; what is not
// sound is refused for the reason that it has.
func TestTheQuickReaderReadsWhatTheStandardOneReads(t *testing.T) {
	verdicts := map[string]int{}
	bodies(t, 100, func(body []byte) {
		for _, shape := range []any{shopifyOrder{}, shopifyParcel{}, shopifyBack{}, wooOrder{}, wooProduct{}, bigOrder{}, bigNotice{}, bigProduct{}, envelope{}, odd{}} {
			quick, slow := reflect.New(reflect.TypeOf(shape)), reflect.New(reflect.TypeOf(shape))
			problem := decode(body, shapeOf(reflect.TypeOf(shape)), quick.Elem())
			sound := json.Valid(body)
			switch {
			case problem == notJSON && sound, problem == "" && !sound: // any other reason may stand before what is not sound
				t.Fatalf("%q, sound: %v, in %s", problem, sound, body)
			case problem == "":
				_ = json.Unmarshal(body, slow.Interface()) // fields of another type are skipped
				if !reflect.DeepEqual(quick.Interface(), slow.Interface()) {
					t.Fatalf("%s\nquick %+v\nslow  %+v", body, quick.Elem(), slow.Elem())
				}
			}
			verdicts[problem]++
		}
	})
	if verdicts[""] < 1000 || verdicts[notJSON] < 1000 || len(verdicts) < 3 {
		t.Errorf("the mix teaches little: %v", verdicts)
	}
}

// odd has a field of every kind of shape.
type odd struct {
	item
	ID       Text             `json:"id"`
	Name     *Text            `json:"name"`
	Lines    []*shopifyLine   `json:"line_items"`
	Raw      json.RawMessage  `json:"customer"`
	Any      any              `json:"note_attributes"`
	Map      map[string]Text  `json:"billing_address"`
	Numbers  []int            `json:"tax_lines"`
	Texts    [][]Text         `json:"shipping_lines"`
	Test     *bool            `json:"test"`
	Currency string           `json:"currency"`
	Deeper   **shopifyAddress `json:"shipping_address"`
	Untagged map[string][]bool
	Never    Text `json:"-"`
}

type item struct {
	Email Text `json:"email"`
	Phone Text
}
