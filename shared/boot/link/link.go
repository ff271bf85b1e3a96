// Package link reads the secrets from which customers' links are derived. It
// owns how they are written down; it does not own the links.
package link

import (
	"context"
	"encoding/base64"
	"strings"

	"duly/functions"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Secret reads a secret by its name below the stage's path, as it stands now.
type Secret func(ctx context.Context, name string) (string, error)

// Keys reads the link keys: one a line, newest first, each its two-character id
// and at least 16 bytes in base64, such as "k1:" and what
// `openssl rand -base64 32` prints.
func Keys(ctx context.Context, secret Secret) (o2c.LinkKeys, error) {
	written, err := secret(ctx, functions.SecretLinkKey)
	if err != nil {
		return nil, err
	}
	var keys o2c.LinkKeys
	for line := range strings.Lines(written) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		id, encoded, _ := strings.Cut(line, ":")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if err != nil || len(id) != 2 || len(raw) < 16 {
			return nil, unusable("a line is not of the form k1:<16 bytes or more in base64>")
		}
		keys = append(keys, o2c.LinkKey{ID: id, Secret: raw})
	}
	if len(keys) == 0 {
		return nil, unusable("it is empty")
	}
	return keys, nil
}

func unusable(why string) error {
	return fault.New(fault.Config, "No link can be made", "the secret "+functions.SecretLinkKey+" cannot be used: "+why, "enter it with: duly secret set "+functions.SecretLinkKey)
}
