package slack

import "context"

// approveAccount is a colleague's yes to another bank account of ours.
func (d desk) approveAccount(ctx context.Context, p press) error {
	return d.Cycle.ApproveAccount(ctx, p.Stamp, p.Who)
}

// stopAccount ends the change of our bank account.
func (d desk) stopAccount(ctx context.Context, p press) error {
	return d.Cycle.StopAccount(ctx, p.Stamp, p.Who)
}
