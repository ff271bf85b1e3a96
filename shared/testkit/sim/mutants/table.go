// Package mutants owns defects that the simulation must find: each is a line of
// the product as a tired colleague might have written it. They are planted with
// `go build -overlay`, so the product holds no switch for them.
//
//	go test -tags mutants ./shared/testkit/sim/mutants -v -timeout 60m
//
// It does not own the invariants that find them.
package mutants

// Mutant is one planted defect.
type Mutant struct {
	Name  string
	Harms string // the row or invariant that forbids it
	File  string // from the repository's root
	Old   string // stands exactly once in the file
	New   string
}

// All lists the mutants by what they harm.
func All() []Mutant {
	return []Mutant{
		{"no_lease", "row 38: two performers at once", "shared/o2c/perform.go",
			`if e.Status != EffectPending || now.Before(e.NextAt) || now.Before(e.Lease) {`, `if e.Status != EffectPending {`},
		{"mark_before_send", "row 47: done and never sent", "shared/o2c/perform.go",
			"	done, err := row.perform(ctx, o, e)\n", "	if err := o.mark(ctx, e, nil); err != nil {\n		return err\n	}\n	done, err := row.perform(ctx, o, e)\n"},
		{"no_sweeper", "row 46: what the stream lost", "shared/o2c/perform.go",
			"	page := Page{}\n	for performed < SweepMax {", "	page := Page{}\n	for performed < 0 {"},
		{"no_pay_dedupe", "row 07: a payment counts twice", "shared/o2c/receive.go",
			"if known, err := find[cash.Receipt](ctx, tx, id); err != nil || known != nil {", "if _, err := find[cash.Receipt](ctx, tx, id); err != nil {"},
		{"receipt_beyond_open", "I2: more than is open", "shared/o2c/receive.go",
			"c.apply(ctx, tx, r, inv, money.Min(r.Unapplied(), inv.Open()), why)", "c.apply(ctx, tx, r, inv, r.Unapplied(), why)"},
		{"refund_counts_again", "row 63: each message gives all of it back again", "shared/o2c/receive.go",
			"	amount := total.Minus(r.Data().Refunded)\n	if !amount", "	amount := total\n	if !amount"},
		{"counter_outside_tx", "row 55: a gap in the numbers", "shared/o2c/issue.go",
			`if err := errors.Join(tx.Save(inv, Fact{Type: "invoice.issued", Data: inv.Data()}), tx.Save(series)); err != nil {`,
			`if err := c.Store.Update(ctx, func(ctx context.Context, other *Tx) error {
		other.By(Stamp{At: tx.At(), Actor: "system:outbox"})
		apart, err := find[invoice.Series](ctx, other, series.ID())
		if err != nil {
			return err
		}
		if apart == nil {
			apart = c.Policy.Numbers.Series(inv.Data().Type, today)
		}
		apart.Draw(today)
		return other.Save(apart)
	}); err != nil {
		return err
	}
	if err := tx.Save(inv, Fact{Type: "invoice.issued", Data: inv.Data()}); err != nil {`},
		{"no_version_condition", "I1: the last writer wins", "shared/store/plan.go",
			"		g = unchanged(s.Version)\n", "		g = guard{}\n"},
		{"no_event_condition", "I9: a trail is overwritten", "shared/store/plan.go",
			"	g := p.fresh()\n	if s.Version > 0 {\n		g = unchanged(s.Version)\n	}\n", "	g := guard{}\n"},
		{"no_floor", "I7 and stock: additions without their floor", "shared/store/adjust.go",
			"	for _, v := range slices.Sorted(maps.Keys(a.Floor)) {", "	for _, v := range slices.Sorted(maps.Keys(map[string]int64(nil))) {"},
		{"no_seen_key", "row 01: a message acts twice", "shared/o2c/tx.go",
			"func (tx *Tx) Once(seen string) { tx.plan.Seen = append(tx.plan.Seen, seen) }", "func (tx *Tx) Once(string) {}"},
		{"own_commit_unknown", "row 41: our own commit taken for another's", "shared/store/outcome.go",
			"if textIn(r.Item, attrCommit) == c.id {", "if false {"},
		{"no_guard", "I7: racing orders exceed the limit", "shared/o2c/take_order.go",
			"return c.confirm(ctx, tx, o, cust, x, true)", "return c.confirm(ctx, tx, o, cust, x, false)"},
		{"stock_not_released", "stock: a cancelled order holds goods", "shared/o2c/change_order.go",
			"	if err := c.release(ctx, tx, o); err != nil {", "	if err := error(nil); err != nil {"},
		{"credit_not_released", "I7: a cancelled order uses up the limit", "shared/o2c/change_order.go",
			"	if !before.Committed.IsPositive() {", "	if !before.Committed.IsNegative() {"},
		{"closes_early", "I4: closed with an invoice open", "shared/o2c/apply.go",
			"		if id == paid.ID {\n			continue\n		}", "		if id != \"\" {\n			continue\n		}"},
		{"step_not_recorded", "row 31: the same reminder again", "shared/o2c/dun_letter.go",
			"		t.inv.Remind(t.step.Code, today, t.part)\n", ""},
		{"no_gap", "row 32: reminders in a burst", "shared/o2c/dun_file.go",
			"return !last.IsZero() && today.Before(last.AddDays(gapDays))", "return !last.IsZero() && today.Before(last)"},
		{"figures_lose_a_batch", "I11: figures drift", "shared/handler/digest/digest.go",
			"			return again(in), nil\n", "			return events.DynamoDBEventResponse{}, nil\n"},
		{"inbox_failure_is_fine", "I6: acknowledged and lost", "shared/handler/webhook/webhook.go",
			"		return unavailable()\n	}\n	return trigger.Text(http.StatusOK, \"ok\"), nil\n}\n\n// verify", "		return trigger.Text(http.StatusOK, \"ok\"), nil\n	}\n	return trigger.Text(http.StatusOK, \"ok\"), nil\n}\n\n// verify"},
		{"bank_line_again", "row 66: an overlapping file books twice", "shared/o2c/statement.go",
			"find[bankLine](ctx, tx, line.ID()); err != nil || before != nil {", "find[bankLine](ctx, tx, line.ID()); err != nil || before == nil && false {"},
		{"older_overwrites", "row 04: an old payload wins", "shared/o2c/change_order.go",
			"	if !o.Newer(m.Order) {\n		return nil\n	}\n", ""},
	}
}
