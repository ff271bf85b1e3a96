package function

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"duly/shared/boot/log"
)

// TestFC_89_FailuresAndPanicsSayNothingOfPeople: what Lambda writes down of a
// failed event, and what we write of a panic and its stack.
func TestFC_89_FailuresAndPanicsSayNothingOfPeople(t *testing.T) {
	const canary = "sk_live_CANARY0123456789 piet@canary.example NL91ABNA0417164300"
	for what, invoke := range map[string]func(context.Context, json.RawMessage) (any, error){
		"error": func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("refused " + canary) },
		"panic": func(context.Context, json.RawMessage) (any, error) { panic("index of " + canary) },
	} {
		var out bytes.Buffer
		_, err := discreet(invoke, log.New(&out))(t.Context(), nil)
		if err == nil {
			t.Fatalf("%s: the event counts as handled", what)
		}
		said := out.String() + fmt.Sprint(err)
		for _, word := range strings.Fields(canary) {
			if strings.Contains(said, word) {
				t.Errorf("%s: %s", what, said)
			}
		}
	}
}
