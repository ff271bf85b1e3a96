package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
	paper "duly/shared/document"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/recovery"
	"duly/shared/testkit"
)

// keeps lets a customer's money come that names no invoice, and keeps it on account.
func (c *creditor) keeps(customer string, cents int64) (receipt string) {
	c.t.Helper()
	if _, err := c.bank.Book(c.Now(), []bank.Entry{{Amount: cents, Text: "thank you", Name: "Somebody Else"}}); err != nil {
		c.t.Fatal(err)
	}
	file, err := c.bank.Statement(c.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	c.post("/v1/bank-statements", string(file)).is(201)
	c.Settle(c.t)
	id := c.get("/v1/unapplied").text("items.0.id")
	if err := c.Cycle.KeepOnAccount(ctx, c.Stamp("slack:U06BOOKS"), id, customer); err != nil {
		c.t.Fatal(err)
	}
	c.Settle(c.t)
	return id
}

// served are the letters with legal effect that were sent.
func (c *creditor) served() (n int) {
	for _, l := range c.Desk.Letters {
		if len(l.Attachments) > 0 && strings.HasPrefix(l.Attachments[0].Name, "claim-") {
			n++
		}
	}
	return n
}

// mornings lets the calendar turn every morning up to a day.
func (c *creditor) mornings(year int, month time.Month, day int) {
	c.t.Helper()
	for end := time.Date(year, month, day, 10, 0, 0, 0, time.UTC); c.Now().Before(end); {
		c.Advance(24 * time.Hour)
		c.tick()
	}
}

// TestCap_62_NoFormalLetterWhileMoneyHasNoHome: a letter that names too much is
// void. While we hold money of the consumer the rung waits for a person, no word
// of whom makes the sum right; right after it is applied the letter goes out, and
// names what is left.
func TestCap_62_NoFormalLetterWhileMoneyHasNoHome(t *testing.T) {
	c := newCreditor(t)
	c.Outbox.Papers = paper.Papers{}
	jo := c.customer("Jo Doe", map[string]any{"kind": "consumer", "language": "en"})
	number := c.owes(jo, "1", 100_000, "0")
	receipt := c.keeps(jo, 30_000)
	c.mornings(2026, 2, 26)
	if c.served() != 0 {
		t.Fatal("a letter went out whose sum is wrong")
	}
	inv := c.invoice(number)
	if inv.PausedBy() != "check" || len(inv.Dunning.Sent) != 3 {
		t.Fatalf("paused by %q after %v", inv.PausedBy(), inv.Dunning.Sent)
	}
	cards := testkit.CardsOf[o2c.CheckCard](c.Desk)
	if n := len(cards); n != 1 || !slices.Equal(cards[0].Doubts, []string{o2c.DoubtHeld}) || len(cards[0].Held) != 1 || cards[0].Held[0] != (o2c.Held{ReceiptID: receipt, Amount: testkit.EUR(30_000)}) {
		t.Fatalf("the team is asked %+v", cards)
	}
	if err := c.Cycle.Checked(ctx, c.Stamp("slack:"+joost), inv.ID); err == nil || !strings.Contains(err.Error(), "300.00") {
		t.Errorf("a word made the sum right: %v", err)
	}
	c.act(number, "claim/letters", map[string]any{"kind": "fourteen_day"}).refused(409, "DULY-3003", "")
	c.act(number, "hand-over", map[string]any{"agency": "Incasso Noord BV", "as_user": mira}).refused(409, "DULY-3003", "")

	c.post("/v1/receipts/"+receipt+"/applications", map[string]any{"invoice": number}).is(201)
	c.Advance(time.Hour)
	c.tick()
	if c.served() != 1 {
		t.Fatalf("%d letters after the money had its home", c.served())
	}
	letter := c.Desk.Letters[len(c.Desk.Letters)-1]
	for _, said := range []string{"Dear Jo Doe,", "€700.00", "€105.00"} { // 15 % of what is left
		if !strings.Contains(strings.ReplaceAll(letter.Text, "\u00a0", " "), said) {
			t.Errorf("the letter does not say %q:\n%s", said, letter.Text)
		}
	}
	if inv := c.invoice(number); inv.PausedBy() != "" || len(inv.Dunning.Sent) != 4 {
		t.Errorf("paused by %q after %v", inv.PausedBy(), inv.Dunning.Sent)
	}
	c.mornings(2026, 3, 10)
	if c.served() != 1 {
		t.Errorf("%d letters", c.served())
	}
	c.verified()
}

// TestCap_62_MoneyThatComesBeforeTheLetterLeaves: what was asked for is looked at
// again at its sending. Nothing of it stays, and the rung comes up again.
func TestCap_62_MoneyThatComesBeforeTheLetterLeaves(t *testing.T) {
	for name, kind := range map[string]string{"a consumer's 14-day letter": "consumer", "an enterprise's formal notice": "company"} {
		t.Run(name, func(t *testing.T) {
			c := newCreditor(t)
			c.Outbox.Papers = paper.Papers{}
			jo := c.customer("Jo Doe", map[string]any{"kind": kind, "language": "nl"})
			number := c.owes(jo, "1", 100_000, "0")
			for asked := false; !asked; { // the letter is asked for, and not sent yet
				c.Advance(24 * time.Hour)
				if err := c.dunning.Tick(ctx, trigger.Tick{}); err != nil {
					t.Fatal(err)
				}
				f, err := c.Cycle.ClaimOn(ctx, c.invoice(number), c.invoice(number).DueOn)
				if err != nil {
					t.Fatal(err)
				}
				if asked = f.File != nil && len(f.File.Letters) == 1; !asked {
					c.Settle(t)
				}
			}
			before := c.invoice(number)
			taken := len(before.Dunning.Sent)
			if err := c.Cycle.HandlePayment(ctx, c.Now(), "evt-x", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_x", Amount: testkit.EUR(20_000), At: c.Now()}); err != nil {
				t.Fatal(err)
			}
			receipt := o2c.ReceiptID("stripe", "pi_x")
			if err := c.Cycle.KeepOnAccount(ctx, c.Stamp("slack:U06BOOKS"), receipt, jo); err != nil {
				t.Fatal(err)
			}
			c.Settle(t)
			f, err := o2c.Read[recovery.File](ctx, c.Cycle, before.ID)
			if err != nil {
				t.Fatal(err)
			}
			if c.served() != 0 || len(f.Data().Letters) != 0 || len(c.invoice(number).Dunning.Sent) != taken-1 {
				t.Fatalf("%d letters, on file %v, steps %v", c.served(), f.Data().Letters, c.invoice(number).Dunning.Sent)
			}
			c.tick()
			if c.served() != 0 || c.invoice(number).PausedBy() != "check" {
				t.Fatalf("%d letters, paused by %q", c.served(), c.invoice(number).PausedBy())
			}
			if _, err := c.Cycle.ApplyReceipt(ctx, c.Stamp("slack:U06BOOKS"), receipt, before.ID, testkit.EUR(20_000), "his"); err != nil {
				t.Fatal(err)
			}
			c.Advance(time.Hour)
			c.tick()
			if c.served() != 1 || len(c.invoice(number).Dunning.Sent) != taken {
				t.Fatalf("%d letters, steps %v", c.served(), c.invoice(number).Dunning.Sent)
			}
			if text := strings.ReplaceAll(c.Desk.Letters[len(c.Desk.Letters)-1].Text, "\u00a0", " "); !strings.Contains(text, "€ 800,00") {
				t.Errorf("it does not name what is left:\n%s", text)
			}
			c.verified()
		})
	}
}

// TestCap_65_NoHandOverWhileMoneyHasNoHome: nor does a claim leave the house whose
// sum is too high, even when the money came after two people agreed.
func TestCap_65_NoHandOverWhileMoneyHasNoHome(t *testing.T) {
	c := newCreditor(t)
	acme := c.customer("Acme BV", nil)
	number := c.owes(acme, "1", 100_000, "0")
	c.until(2026, 3, 24)
	c.act(number, "hand-over", map[string]any{"agency": "Incasso Noord BV", "as_user": mira}).is(200)
	if err := c.Cycle.ApproveHandOver(ctx, c.Stamp("slack:"+bram), c.invoice(number).ID, person(c, bram)); err != nil {
		t.Fatal(err)
	}
	if err := c.Cycle.HandlePayment(ctx, c.Now(), "evt-x", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_x", Amount: testkit.EUR(20_000), At: c.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := c.Cycle.KeepOnAccount(ctx, c.Stamp("slack:U06BOOKS"), o2c.ReceiptID("stripe", "pi_x"), acme); err != nil {
		t.Fatal(err)
	}
	c.Settle(t)
	c.claim(number, "2026-03-24").want(map[string]any{"recovery.hand_over.status": "recalled"})
	if slices.ContainsFunc(c.Desk.Letters, func(l o2c.Letter) bool { return strings.Contains(l.To, "incassonoord") }) {
		t.Error("the agency heard of it")
	}
	c.verified()
}

func person(c *creditor, id string) o2c.Person {
	p, _ := c.Cycle.Policy.Person(id)
	return p
}
