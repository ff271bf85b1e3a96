package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// repeats is the slow way to find a key that stands twice, token by token.
func repeats(t *rapid.T, body []byte) bool {
	tokens := json.NewDecoder(bytes.NewReader(body))
	var keys []map[string]bool // nil: an array
	await := []bool{}
	for {
		token, err := tokens.Token()
		if err == io.EOF {
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		top := len(keys) - 1
		if key, ok := token.(string); ok && top >= 0 && await[top] {
			if keys[top][key] {
				return true
			}
			keys[top][key], await[top] = true, false
			continue
		}
		if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
			keys, await = keys[:top], await[:top]
			continue
		}
		if top >= 0 {
			await[top] = keys[top] != nil
		}
		switch token {
		case json.Delim('{'):
			keys, await = append(keys, map[string]bool{}), append(await, true)
		case json.Delim('['):
			keys, await = append(keys, nil), append(await, false)
		}
	}
}

func TestTheQuickWalkFindsWhatTheSlowOneFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := []byte(value(t, 4))
		if !json.Valid(body) {
			t.Fatalf("the generator wrote %s", body)
		}
		if quick, slow := decode(body, nil, reflect.Value{}) != "", repeats(t, body); quick != slow {
			t.Fatalf("%s: quick %v, slow %v", body, quick, slow)
		}
	})
}

// value draws JSON in which keys stand twice now and then, also in escapes.
func value(t *rapid.T, depth int) string {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return "true"
	case 1:
		return " null "
	case 2:
		return rapid.SampledFrom([]string{"0", "-1.5e+3", "12345678901234567890"}).Draw(t, "number")
	case 3, 4:
		return rapid.SampledFrom([]string{`""`, `"a\\"`, `"\"{[,:"`, `"\u00e9"`}).Draw(t, "string")
	case 5:
		out := "["
		for i := range rapid.IntRange(0, 4).Draw(t, "items") {
			if i > 0 {
				out += ","
			}
			out += value(t, depth-1)
		}
		return out + " ]"
	}
	out := "{"
	for i := range rapid.IntRange(0, 40).Draw(t, "keys") {
		if i > 0 {
			out += " , "
		}
		out += rapid.SampledFrom(keyNames).Draw(t, "key") + ":"
		if i < 3 {
			out += value(t, depth-1)
		} else {
			out += "1"
		}
	}
	return out + "}"
}

var keyNames = func() []string {
	names := []string{`"a"`, `"\u0061"`, `"\""`, `"b\\"`}
	for r := 'c'; r < 'c'+400; r++ {
		raw, err := json.Marshal(string(r) + "key")
		if err != nil {
			panic(err)
		}
		names = append(names, string(raw))
	}
	return names
}()

func TestALargeObjectIsHeldToItsKeys(t *testing.T) {
	for _, n := range []int{comparedMax - 1, comparedMax, comparedMax + 1, 3 * comparedMax} {
		var object []byte
		for i := range n {
			object = fmt.Appendf(object, `,"k%d":1`, i)
		}
		read := func(more string) string { return decode([]byte("{"+string(object[1:])+more+"}"), nil, reflect.Value{}) }
		if problem := read(`,"other":1`); problem != "" {
			t.Errorf("%d keys: %s", n, problem)
		}
		for _, i := range []int{0, n / 2, n - 1} {
			if problem, want := read(fmt.Sprintf(`,"k%d":1`, i)), fmt.Sprintf(`it holds the key "k%d" twice`, i); problem != want {
				t.Errorf("%d keys: %q, want %q", n, problem, want)
			}
		}
	}
}
