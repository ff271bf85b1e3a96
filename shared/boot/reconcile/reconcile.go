// Package reconcile builds what closes gaps, from the environment and the
// secrets: the cycle, the intake bucket, the payment provider's list of
// messages, and the shops' own interfaces. It does not own what is done with them.
package reconcile

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"duly/shared/bank"
	"duly/shared/boot/crew"
	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	bootpay "duly/shared/boot/pay"
	"duly/shared/boot/shop"
	"duly/shared/handler/reconcile"
	"duly/shared/o2c"
	"duly/shared/pay"
	"duly/shared/upload"
)

// Deps is what the function needs.
func Deps(secret func(ctx context.Context, name string) (string, error), now func() time.Time, log *slog.Logger) (reconcile.Deps, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return reconcile.Deps{}, err
	}
	intake, err := files.Intake()
	if err != nil {
		return reconcile.Deps{}, err
	}
	c.Crew = crew.Together
	archive := files.Lazy()
	gateway := bootpay.Lazy(secret)
	return reconcile.Deps{
		Cycle: c, Now: now, Fetch: intake.Get, Read: bank.Read, Log: log, Shop: shop.APIs(secret, http.DefaultClient), Sheet: upload.Read,
		Files: func() (o2c.Files, error) { return archive() },
		Missed: func(ctx context.Context, since time.Time) ([]pay.Message, error) {
			g, err := gateway(ctx)
			if err != nil {
				return nil, err
			}
			return g.Missed(ctx, since)
		},
	}, nil
}
