package testkit

import (
	"context"
	"fmt"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Setup makes a page for a method, the same for the same key.
func (d *Desk) Setup(ctx context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	return d.Checkout(ctx, r)
}

// Charge takes from any method, once for each try.
func (d *Desk) Charge(ctx context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, error) {
	if known, found, err := d.FindCharge(ctx, r); err != nil || found {
		return known, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Charges = append(d.Charges, r)
	return o2c.ChargeMade{Ref: fmt.Sprintf("pi_test_%d", len(d.Charges))}, nil
}

// FindCharge looks for it.
func (d *Desk) FindCharge(_ context.Context, r o2c.ChargeRequest) (o2c.ChargeMade, bool, error) {
	leave, err := d.enter("pay")
	if err != nil {
		return o2c.ChargeMade{}, false, err
	}
	defer leave()
	for i, known := range d.Charges {
		if known.TryID == r.TryID {
			return o2c.ChargeMade{Ref: fmt.Sprintf("pi_test_%d", i+1)}, true, nil
		}
	}
	return o2c.ChargeMade{}, false, nil
}

// Kept knows no method.
func (d *Desk) Kept(_ context.Context, methodID string) (o2c.KeptMethod, error) {
	return o2c.KeptMethod{}, fault.Missing("method", methodID)
}

// Detach forgets a method.
func (d *Desk) Detach(_ context.Context, methodID string) error {
	leave, err := d.enter("pay")
	if err != nil {
		return err
	}
	defer leave()
	d.Detached = append(d.Detached, methodID)
	return nil
}
