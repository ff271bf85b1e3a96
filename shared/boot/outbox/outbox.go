// Package outbox builds what performs effects, from the environment and the
// secrets: the one place from which anything leaves needs every adapter that
// something leaves through. It does not own the effects.
package outbox

import (
	"context"
	"net/http"
	"strings"
	"time"

	"duly/functions"
	"duly/shared/boot/bus"
	"duly/shared/boot/chat"
	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/boot/link"
	"duly/shared/boot/mail"
	"duly/shared/boot/pay"
	"duly/shared/boot/shop"
	"duly/shared/document"
	"duly/shared/epost"
	"duly/shared/export"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/hook"
	"duly/shared/o2c"
	"duly/shared/report"
	"duly/shared/vies"
)

// FromEnvironment wires the outbox of a deployment.
func FromEnvironment(secret func(ctx context.Context, name string) (string, error), now func() time.Time) (*o2c.Outbox, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return nil, err
	}
	if c.Links, err = link.Keys(context.Background(), secret); err != nil {
		return nil, err
	}
	c.Pay = pay.Payments(secret)
	o := &o2c.Outbox{Cycle: c, Papers: document.Papers{Look: c.Policy.Look}, Exports: export.Exporter{}, Now: now, Look: orderwebhook.Look(c, shop.APIs(secret, http.DefaultClient))}
	if e := accessPoint(c.Policy, secret); e != nil {
		o.EPost = e
	}
	o.Reports = agency(c.Policy, secret)
	o.VIES = vies.Register{URL: vies.URL, HTTP: http.DefaultClient}
	room, err := chat.Lazy(secret, c.Policy)()
	if err != nil {
		return nil, err
	}
	o.Chat, o.Links, o.Room, o.Direct = room, room, room, room.Direct
	if o.Intake, err = files.Intake(); err != nil {
		return nil, err
	}
	if o.Mail, err = mail.Lazy(c.Policy.Seller, c.Policy.Look)(); err != nil {
		return nil, err
	}
	if o.Files, err = files.Lazy()(); err != nil {
		return nil, err
	}
	o.Hooks = hook.New(hook.Options{Secrets: Subscribers(secret), Now: now})
	o.Bus, err = bus.Lazy()()
	return o, err
}

// Subscribers reads a subscriber's signing secrets: several, apart by spaces,
// while one replaces another.
func Subscribers(secret func(ctx context.Context, name string) (string, error)) func(ctx context.Context, name string) ([]string, error) {
	return func(ctx context.Context, name string) ([]string, error) {
		written, err := secret(ctx, "subscriber/"+name)
		return strings.Fields(written), err
	}
}

// accessPoint is where e-invoices go; nil when the policy names none.
func accessPoint(p *o2c.Policy, secret func(ctx context.Context, name string) (string, error)) *epost.Storecove {
	if p.Peppol.AccessPoint != "storecove" {
		return nil
	}
	key := func(ctx context.Context) (string, error) { return secret(ctx, functions.SecretAccessPoint) }
	return &epost.Storecove{URL: epost.StorecoveURL, HTTP: http.DefaultClient, Key: key, Entity: p.Peppol.LegalEntity}
}

// agency is who is asked for credit reports; nil when the policy names nobody.
func agency(p *o2c.Policy, secret func(ctx context.Context, name string) (string, error)) o2c.Reports {
	if p.Credit.Report == nil || p.Credit.Report.Agency != "creditsafe" {
		return nil
	}
	login := func(ctx context.Context) (string, error) { return secret(ctx, functions.SecretAgency) }
	return report.Creditsafe{URL: report.CreditsafeURL, HTTP: http.DefaultClient, Login: login}
}
