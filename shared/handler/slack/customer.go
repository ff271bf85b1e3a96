package slack

import "context"

func (d desk) sameCustomer(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.SameCustomer(ctx, p.Stamp, r.ID, p.Who)
}

func (d desk) differentCustomers(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.DifferentCustomers(ctx, p.Stamp, r.ID, p.Who)
}
