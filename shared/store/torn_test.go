package store

import (
	"context"
	"errors"
	"testing"

	"duly/shared/o2c"
)

// TestARefusalOnATornReadIsNone: two documents always carry the same text, but a
// use case reads one before and one after somebody else changed both. What it
// would refuse then was never so: it decides again.
func TestARefusalOnATornReadIsNone(t *testing.T) {
	s := newBench(t).store("a")
	write := func(text string) {
		t.Helper()
		err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			for _, id := range []string{"o_1", "o_2"} {
				m := order(id)
				if _, err := tx.Find(ctx, id, m); err != nil {
					return err
				}
				m.Text = text
				if err := tx.Save(m, fact("order.changed")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write("before")
	tries := 0
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tries++
		one, two := order("o_1"), order("o_2")
		if err := tx.Get(ctx, "o_1", one); err != nil {
			return err
		}
		if tries == 1 {
			write("after")
		}
		if err := tx.Get(ctx, "o_2", two); err != nil {
			return err
		}
		if one.Text != two.Text {
			return errors.New(one.Text + " and " + two.Text)
		}
		return nil
	})
	if err != nil || tries != 2 {
		t.Errorf("decided %d times: %v", tries, err)
	}
}

// TestARefusalStands: what is refused on documents as they are is refused once.
func TestARefusalStands(t *testing.T) {
	s := newBench(t).store("a")
	save(t, s, order("o_1"), fact("order.received"))
	save(t, s, order("o_2"), fact("order.received"))
	refused, tries := errors.New("refused"), 0
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tries++
		if err := errors.Join(tx.Get(ctx, "o_1", order("o_1")), tx.Get(ctx, "o_2", order("o_2"))); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) || tries != 1 {
		t.Errorf("decided %d times: %v", tries, err)
	}
}
