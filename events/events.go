// Package events owns the sample messages of the product: genuine bodies as the
// outside world sends them, one fact per file, grouped by sender, without
// signatures (a test signs them). The samples of shops and of Stripe are written
// by the loopback senders, whose tests hold them to it.
//
// It does not own what becomes of a message, nor any signing secret.
package events

import "embed"

// FS holds every sample under its path, such as "shopify/orders-create.json".
//
//go:embed */*
var FS embed.FS
