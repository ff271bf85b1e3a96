package link

import (
	"context"
	"errors"
	"strings"
	"testing"

	"duly/shared/o2c/fault"
)

func TestKeys(t *testing.T) {
	const good = "MDEyMzQ1Njc4OWFiY2RlZg=="
	tests := []struct {
		name, written string
		ids           string // "": refused
	}{
		{"one", "k1:" + good, "k1"},
		{"rotated", "k2: " + good + "\r\n\nk1:" + good + "\n", "k2 k1"},
		{"empty", " \n", ""},
		{"no id", good, ""},
		{"short", "k1:c2hvcnQ=", ""},
		{"no base64", "k1:0123456789abcdef!", ""},
		{"a long id", "key1:" + good, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			keys, err := Keys(context.Background(), func(_ context.Context, name string) (string, error) {
				if name != "link-key" {
					t.Errorf("read %q", name)
				}
				return test.written, nil
			})
			var ids []string
			for _, k := range keys {
				ids = append(ids, k.ID)
				if string(k.Secret) != "0123456789abcdef" {
					t.Errorf("secret %q", k.Secret)
				}
			}
			if got := strings.Join(ids, " "); got != test.ids || (test.ids == "") != fault.Is(err, fault.Config) {
				t.Errorf("keys %q, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "MDEy") {
				t.Errorf("the secret is in the error: %v", err)
			}
		})
	}
}

func TestKeysUnreachable(t *testing.T) {
	away := errors.New("away")
	if _, err := Keys(context.Background(), func(context.Context, string) (string, error) { return "", away }); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
