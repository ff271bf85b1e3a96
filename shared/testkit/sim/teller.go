package sim

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"duly/infra/local/bank"
	"duly/shared/handler/trigger"
)

// teller is our bank: transfers come in, and every banking morning a file with
// what was booked is dropped for us.
type teller struct {
	world     *world
	bank      *bank.Bank
	files     map[string][]byte
	transfers int // that came in from customers
	chance    chance
	spent     int64 // that left for suppliers
	charged   int64 // that the bank took for itself
	returned  int64 // that somebody gave back to customers by hand
}

// transfer books a payment on the next banking day at 11.
func (t *teller) transfer(b *bill, amount int64, reference, text, payer string) {
	w := t.world
	if amount <= 0 {
		return
	}
	w.at(t.morning(), "the bank books a transfer", func() {
		t.transfers++
		if b != nil {
			b.named += amount
		}
		t.book(bank.Entry{Amount: amount, Reference: reference, Name: payer, IBAN: "NL02RABO0123456789", Text: text})
	})
}

// morning is when the bank books next.
func (t *teller) morning() time.Time {
	every := daily(11, 0, t.world.policy.Zone)
	when := every(t.world.now)
	for !t.bank.BankingDay(when) {
		when = every(when)
	}
	return when
}

func (t *teller) book(e bank.Entry) {
	_, err := t.bank.Book(t.world.now, []bank.Entry{e})
	t.world.must(err)
}

// spend lets money leave on some days: to one of two suppliers, and what the bank charges.
func (t *teller) spend() {
	if t.chance.in(200) {
		amount := int64(1_000 + t.chance.below(50_000))
		t.spent += amount
		t.book(bank.Entry{Amount: -amount, Name: []string{"Papier BV", "Drukwerk BV"}[t.chance.below(2)], IBAN: []string{"NL91ABNA0417164300", ""}[t.chance.below(2)], Text: "invoice of a supplier"})
	}
	if t.chance.in(80) {
		t.charged += 450
		t.book(bank.Entry{Amount: -450, Text: "charges of the account", Fee: true})
	}
}

// gives lets somebody pay back by hand what a credit note left to a customer, most with its number; some twice. What is left of
// the money then is given, so that a line fits unless something else was faster. What the last file cannot tell is not given.
func (t *teller) gives(r *receiptFacts) {
	w := t.world
	if t.chance.in(300) {
		return
	}
	text := "refund " + r.Ref
	if t.chance.in(200) {
		text = "money back"
	}
	twice := t.chance.in(100)
	w.after(t.chance.between(time.Hour, 12*day), "Noor gives back "+r.Ref, func() {
		when := t.morning()
		if !when.Before(w.horizon) {
			return
		}
		w.at(when, "the bank books what goes back to "+r.Payer, func() {
			left := r.Amount.Minor - r.given()
			for n := 0; left > 0 && (n == 0 || twice && n == 1); n++ {
				t.returned += left
				t.book(bank.Entry{Amount: -left, Name: r.Payer, IBAN: "NL02RABO0123456789", Text: text})
			}
		})
	})
}

// begin drops a file each banking day, and now and then one that overlaps.
func (t *teller) begin() {
	w := t.world
	t.files = map[string][]byte{}
	every := daily(19, 0, w.policy.Zone)
	var next func()
	next = func() {
		if t.bank.BankingDay(w.now) {
			t.spend()
			t.drop(t.bank.Next)
			if w.faults.chance.in(30) {
				t.drop(t.bank.Statement)
			}
		}
		if w.now.Before(w.horizon) {
			w.at(every(w.now), "the bank closes its day", next)
		}
	}
	w.at(every(w.now), "the bank closes its day", next)
}

// drop puts a file into the intake bucket. An arrival that fails three times
// goes to the dead letters; somebody sends it again hours later.
func (t *teller) drop(write func(time.Time) ([]byte, error)) {
	w := t.world
	raw, err := write(w.now)
	w.must(err)
	key := fmt.Sprintf("bank/%04d.xml", len(t.files)+1)
	t.files[key] = raw
	d := &delivery{what: "file " + key, to: "reconcile", back: []time.Duration{time.Minute, 2 * time.Minute}, attempts: 3,
		call: func(ctx context.Context, e *environment) error {
			return e.handler.Arrival(ctx, trigger.Arrival{Bucket: "intake", Key: key})
		}}
	d.lost = func() {
		w.faults.hits[DeadLetter]++
		w.note("  fault: %s is a dead letter", key)
		d.failures = 0
		w.after(w.faults.chance.between(time.Hour, 9*time.Hour), "again from the dead letters: "+key, func() { w.send(d) })
	}
	w.send(d)
}

// fetch is the intake bucket.
func (t *teller) fetch(_ context.Context, key string) ([]byte, error) {
	var raw []byte
	err := t.world.desk.call("fetch "+key, func() error { raw = bytes.Clone(t.files[key]); return nil })
	return raw, err
}
