package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// published are the types that others may rely on; `events/out` has a schema
// for each.
var published = []string{
	"order.confirmed", "order.cancelled", "goods.shipped", "goods.delivered", "goods.returned",
	"invoice.issued", "invoice.part_paid", "invoice.paid", "invoice.credited", "invoice.part_credited",
}

// PublishedTypes lists the published event types.
func PublishedTypes() []string { return slices.Clone(published) }

// publishArgs are the places of the events in their document's trail.
type publishArgs struct {
	Seqs []int64 `json:"seqs"`
}

// publish asks for the published events of what was just saved, each once: a
// use case may save a document again and ask again.
func (c *Cycle) publish(tx *Tx, of Key) error {
	i, ok := tx.saves[of]
	if !ok {
		return nil
	}
	asked, err := askedSeqs(tx, of)
	if err != nil {
		return err
	}
	var args publishArgs
	for _, e := range tx.plan.Saves[i].Events {
		if slices.Contains(published, e.Type) && !slices.Contains(asked, e.Seq) {
			args.Seqs = append(args.Seqs, e.Seq)
		}
	}
	if len(args.Seqs) == 0 {
		return nil
	}
	for _, e := range tx.plan.Saves[i].Events {
		if slices.Contains(args.Seqs, e.Seq) {
			err = errors.Join(err, c.tellOf(tx, of, e.Type, e.Seq))
		}
	}
	return errors.Join(err, tx.ask(doPublish, of, args))
}

// askedSeqs are the events of a document whose publication is staged already.
func askedSeqs(tx *Tx, of Key) ([]int64, error) {
	var all []int64
	for _, s := range tx.plan.Saves {
		e, ok := s.Doc.(*Effect)
		if !ok || e.Does != doPublish || e.Subject != of {
			continue
		}
		var args publishArgs
		if err := json.Unmarshal(e.Args, &args); err != nil {
			return nil, err
		}
		all = append(all, args.Seqs...)
	}
	return all, nil
}

func performPublish(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args publishArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The events cannot be published", err)
	}
	trail, err := o.Cycle.Store.Events(ctx, e.Subject)
	if err != nil {
		return nil, err
	}
	var out []Published
	for _, ev := range trail {
		if slices.Contains(args.Seqs, ev.Seq) {
			out = append(out, ev.published())
		}
	}
	return nil, o.Bus.Publish(ctx, out)
}
