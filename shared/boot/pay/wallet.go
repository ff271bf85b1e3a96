package pay

import (
	"context"

	"duly/shared/o2c"
)

func (l lazy) Setup(ctx context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.CheckoutPage{}, err
	}
	return g.Setup(ctx, r)
}

func (l lazy) Charge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.ChargeMade{}, err
	}
	return g.Charge(ctx, r)
}

func (l lazy) FindCharge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, bool, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.ChargeMade{}, false, err
	}
	return g.FindCharge(ctx, r)
}

func (l lazy) Kept(ctx context.Context, methodID string) (o2c.KeptMethod, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.KeptMethod{}, err
	}
	return g.Kept(ctx, methodID)
}

func (l lazy) Detach(ctx context.Context, methodID string) error {
	g, err := l(ctx)
	if err != nil {
		return err
	}
	return g.Detach(ctx, methodID)
}
