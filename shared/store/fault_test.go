package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"duly/infra/local/dynamo"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// plans are the shapes of a commit, each adding exactly one to something.
var plans = map[string]func(context.Context, *o2c.Tx) error{
	"one document without events": func(ctx context.Context, tx *o2c.Tx) error { return addOne(ctx, tx) },
	"one document with an event":  func(ctx context.Context, tx *o2c.Tx) error { return addOne(ctx, tx, fact("order.counted")) },
	"a message": func(_ context.Context, tx *o2c.Tx) error {
		tx.Once("shop/1")
		tx.Adjust(o2c.Adjust{Key: orderKey("o_1"), Add: map[string]int64{"n": 1}})
		return nil
	},
	"an addition alone": func(_ context.Context, tx *o2c.Tx) error {
		tx.Adjust(o2c.Adjust{Key: orderKey("o_1"), Add: map[string]int64{"n": 1}})
		return nil
	},
	"everything": func(ctx context.Context, tx *o2c.Tx) error {
		tx.Once("shop/1")
		tx.Name(o2c.Alias{Space: "number", Value: "1"}, orderKey("o_1"))
		tx.Link(o2c.Link{Parent: headroom, Name: "open", To: orderKey("o_1")})
		if err := tx.Do(o2c.Effect{Name: "e_1", Does: "mail"}); err != nil {
			return err
		}
		return addOne(ctx, tx, fact("order.counted"))
	},
}

func addOne(ctx context.Context, tx *o2c.Tx, facts ...o2c.Fact) error {
	m := order("o_1")
	if _, err := tx.Find(ctx, "o_1", m); err != nil {
		return err
	}
	m.N++
	return tx.Save(m, facts...)
}

// added is what the plans have added up to.
func added(t *testing.T, s *Store) int64 {
	t.Helper()
	_, m := load(t, s, orderKey("o_1"))
	return m.N + count(t, s, orderKey("o_1"))["n"]
}

func isWrite(op string) bool { return op == "PutItem" || op == "TransactWriteItems" }

// onWrite disturbs the writes, counted from 1; reads pass.
func onWrite(f func(nth int) disturbance) func(string) disturbance {
	n := 0
	return func(op string) disturbance {
		if !isWrite(op) {
			return disturbance{}
		}
		n++
		return f(n)
	}
}

func writesIn(ops []string) int {
	n := 0
	for _, op := range ops {
		if isWrite(op) {
			n++
		}
	}
	return n
}

func TestFC_41_LostAnswerIsFoundOut(t *testing.T) {
	lost := map[string]disturbance{
		"connection cut before":  {before: io.ErrUnexpectedEOF},
		"connection cut after":   {after: io.ErrUnexpectedEOF},
		"500 before":             {status: 500, body: apiError("InternalServerError")},
		"500 after":              {status: 500, body: apiError("InternalServerError"), deliver: true},
		"503 without words":      {status: 503, deliver: true},
		"an answer cut in half":  {status: 200, body: `{"Consumed`, deliver: true},
		"timeout after":          {after: context.DeadlineExceeded},
		"a proxy's page instead": {status: 502, body: "<html>", deliver: true},
	}
	for plan, decide := range plans {
		for how, d := range lost {
			for _, times := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s/%s/%d", plan, how, times), func(t *testing.T) {
					b := newBench(t)
					s := b.store("a")
					b.wire.set(onWrite(func(nth int) disturbance {
						if nth <= times {
							return d
						}
						return disturbance{}
					}))
					decisions := 0
					err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
						tx.By(by(day))
						decisions++
						return decide(ctx, tx)
					})
					if err != nil || decisions != 1 {
						t.Errorf("after %d decisions: %v", decisions, err)
					}
					if n := writesIn(b.wire.operations()); n != times+1 {
						t.Errorf("%d requests: the SDK repeats on its own", n)
					}
					if n := added(t, s); n != 1 {
						t.Errorf("added %d times", n)
					}
				})
			}
		}
	}
}

// Somebody else may have changed the document before we ask again; what was
// written once and never changes still tells that the commit was ours.
func TestFC_41_LostAnswerIsFoundOutBehindAnotherWriter(t *testing.T) {
	for _, plan := range []string{"one document with an event", "a message", "an addition alone", "everything"} {
		t.Run(plan, func(t *testing.T) {
			now := day
			b := openBench(t, dynamo.Options{Now: func() time.Time { return now }})
			s, rival := b.store("a"), b.store("rival")
			n := 0
			b.wire.set(func(op string) disturbance {
				if n++; !isWrite(op) || n > 2 {
					return disturbance{}
				}
				n = 2
				return disturbance{after: io.ErrUnexpectedEOF, then: func() {
					now = now.Add(time.Hour) // the request token is forgotten, too
					err := rival.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
						tx.By(by(day))
						tx.Adjust(o2c.Adjust{Key: orderKey("o_1"), Add: map[string]int64{"n": 10}})
						m := order("o_1")
						if _, err := tx.Find(ctx, "o_1", m); err != nil {
							return err
						}
						m.N += 10
						return tx.Save(m, fact("order.changed"))
					})
					if err != nil {
						t.Error(err)
					}
				}}
			})
			decisions := 0
			err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
				tx.By(by(day))
				decisions++
				return plans[plan](ctx, tx)
			})
			if err != nil || decisions != 1 {
				t.Errorf("after %d decisions: %v", decisions, err)
			}
			if n := added(t, s); n != 21 {
				t.Errorf("added up to %d", n)
			}
		})
	}
}

// A repeat that collides says nothing about the first request: it may be the
// first request that it collides with.
func TestFC_41_RepeatMayCollideWithItself(t *testing.T) {
	conflict := map[string]string{
		"PutItem":            apiError("TransactionConflictException"),
		"TransactWriteItems": `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"cancelled","CancellationReasons":[{"Code":"TransactionConflict"}]}`,
	}
	for plan, decide := range plans {
		t.Run(plan, func(t *testing.T) {
			now := day
			b := openBench(t, dynamo.Options{Now: func() time.Time { return now }})
			s := b.store("a")
			n := 0
			b.wire.set(func(op string) disturbance {
				if !isWrite(op) {
					return disturbance{}
				}
				switch n++; n {
				case 1:
					return disturbance{after: io.ErrUnexpectedEOF, then: func() { now = now.Add(time.Hour) }}
				case 2:
					return disturbance{status: 400, body: conflict[op]}
				}
				return disturbance{}
			})
			decisions := 0
			err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
				tx.By(by(day))
				decisions++
				return decide(ctx, tx)
			})
			if n := added(t, s); err != nil || decisions != 1 || n != 1 {
				t.Errorf("added %d times in %d decisions: %v", n, decisions, err)
			}
		})
	}
}

func TestFC_41_RedeliveryAfterAnOutageIsSeen(t *testing.T) {
	b := newBench(t)
	b.wire.set(onWrite(func(int) disturbance { return disturbance{after: io.ErrUnexpectedEOF} }))
	take := func(s *Store) error {
		return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			return plans["everything"](ctx, tx)
		})
	}
	if err := take(b.store("a")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
	b.wire.set(nil)
	if err := take(b.store("b")); !errors.Is(err, o2c.ErrSeen) {
		t.Errorf("got %v", err)
	}
	if n := added(t, b.store("b")); n != 1 {
		t.Errorf("added %d times", n)
	}
}

// Two workers that decide the very same thing at the very same instant are two:
// one wins, the other must not take the winner's commit for its own.
func TestTwinsDoNotBothWin(t *testing.T) {
	for name, stores := range map[string]func(b *bench) (*Store, *Store){
		"of two instances": func(b *bench) (*Store, *Store) { return b.store("a"), b.store("b") },
		"of one instance":  func(b *bench) (*Store, *Store) { s := b.store("a"); return s, s },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			one, two := stores(b)
			save(t, one, order("o_1"))
			errTaken := errors.New("taken")
			claim := func(s *Store, meanwhile func()) error {
				return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
					tx.By(by(day))
					m := order("o_1")
					if err := tx.Get(ctx, "o_1", m); err != nil {
						return err
					}
					if m.Text == "claimed" {
						return errTaken
					}
					meanwhile()
					m.Text = "claimed"
					return tx.Save(m)
				})
			}
			err := claim(one, func() {
				if err := claim(two, func() {}); err != nil {
					t.Error(err)
				}
			})
			if !errors.Is(err, errTaken) {
				t.Errorf("the second claim ended with %v", err)
			}
		})
	}
}

func TestFC_38_SlowHolderIsFencedOut(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	save(t, s, order("o_1"))
	var slow, m memo
	read := func(ctx context.Context, tx *o2c.Tx, m *memo) error {
		m.K = "order"
		return tx.Get(ctx, "o_1", m)
	}
	tries := 0
	err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if err := read(ctx, tx, &slow); err != nil {
			return err
		}
		if tries++; tries > 1 {
			return fault.New(fault.Refused, "The lease is lost", "", "")
		}
		if err := b.store("b").Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(day.Add(time.Minute)))
			if err := read(ctx, tx, &m); err != nil {
				return err
			}
			return tx.Save(&m)
		}); err != nil {
			return err
		}
		return tx.Save(&slow)
	})
	if !fault.Is(err, fault.Refused) || tries != 2 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestFC_42_ThrottlingIsWaitedOut(t *testing.T) {
	refusals := map[string]disturbance{}
	for _, code := range []string{"ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "TransactionInProgressException"} {
		refusals[code] = disturbance{status: 400, body: apiError(code)}
	}
	refusals["InternalServerError"] = disturbance{status: 500, body: apiError("InternalServerError")}
	refusals["ServiceUnavailable"] = disturbance{status: 503, body: apiError("ServiceUnavailable")}
	for plan, decide := range plans {
		for code, d := range refusals {
			for times, want := range map[int]fault.Code{sendsMax - 1: "", sendsMax: fault.Unavailable} {
				t.Run(fmt.Sprintf("%s/%s/%d", plan, code, times), func(t *testing.T) {
					b := newBench(t)
					s := b.store("a")
					b.wire.set(onWrite(func(nth int) disturbance {
						if nth <= times {
							return d
						}
						return disturbance{}
					}))
					decisions := 0
					err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
						tx.By(by(day))
						decisions++
						return decide(ctx, tx)
					})
					if want == "" && err != nil || want != "" && !fault.Is(err, want) || decisions != 1 {
						t.Errorf("after %d decisions: %v", decisions, err)
					}
					if n := writesIn(b.wire.operations()); n != sendsMax {
						t.Errorf("%d requests", n)
					}
					if n := added(t, s); n != 1 && want == "" || n != 0 && want != "" {
						t.Errorf("added %d times", n)
					}
				})
			}
		}
	}
}

func TestFC_42_ReadsAreRepeatedAndBounded(t *testing.T) {
	reads := map[string]func(s *Store) error{
		"BatchGetItem": func(s *Store) error { _, err := s.Load(background, orderKey("o_1")); return err },
		"Query":        func(s *Store) error { _, err := s.Events(background, orderKey("o_1")); return err },
	}
	for op, read := range reads {
		for name, d := range map[string]disturbance{
			"throttled": {status: 400, body: apiError("ThrottlingException")},
			"cut":       {before: io.ErrUnexpectedEOF},
			"failing":   {status: 500, body: apiError("InternalServerError")},
		} {
			for times, want := range map[int]fault.Code{1: "", sendsMax - 1: "", sendsMax: fault.Unavailable} {
				b := newBench(t)
				n := 0
				b.wire.set(func(is string) disturbance {
					if n++; is == op && n <= times {
						return d
					}
					return disturbance{}
				})
				err := read(b.store("a"))
				if want == "" && err != nil || want != "" && !fault.Is(err, want) || n != min(times+1, sendsMax) {
					t.Errorf("%s %s %d times: %v after %d requests", op, name, times, err, n)
				}
			}
		}
		b := newBench(t)
		b.wire.once(op, 1, disturbance{status: 400, body: apiError("AccessDeniedException")})
		if err := read(b.store("a")); !fault.Is(err, fault.Internal) {
			t.Errorf("%s refused: %v", op, err)
		}
	}
}

// What a batch leaves unprocessed is asked for again, for ever only while
// something comes.
func TestFC_42_UnprocessedKeysAreAskedForAgain(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	save(t, s, order("o_1"))
	none := fmt.Sprintf(`{"Responses":{},"UnprocessedKeys":{%q:{"ConsistentRead":true,"Keys":[{"pk":{"S":"order#o_1"},"sk":{"S":"doc"}}]}}}`, testTable)
	for times, want := range map[int]fault.Code{sendsMax - 1: "", sendsMax: fault.Unavailable} {
		n := 0
		b.wire.set(func(string) disturbance {
			if n++; n <= times {
				return disturbance{status: 200, body: none}
			}
			return disturbance{}
		})
		found, err := s.Load(background, orderKey("o_1"))
		if want == "" && (err != nil || found[0].Version != 1) || want != "" && !fault.Is(err, want) {
			t.Errorf("%d times: %v", times, err)
		}
	}
}

func TestFC_42_DeadlineEndsTheWaiting(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(background)
	b.wire.set(onWrite(func(nth int) disturbance {
		if nth == 2 {
			return disturbance{status: 400, body: apiError("ThrottlingException"), first: cancel}
		}
		return disturbance{status: 400, body: apiError("ThrottlingException")}
	}))
	err := b.store("a").Update(ctx, func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		return plans["everything"](ctx, tx)
	})
	if n := writesIn(b.wire.operations()); !fault.Is(err, fault.Unavailable) || n != 2 {
		t.Errorf("after %d requests: %v", n, err)
	}
}

// Every combination of reasons over three rows: a message, a document, an event.
func TestFC_43_EveryCombinationOfReasons(t *testing.T) {
	codes := []string{
		"None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded",
		"ValidationError", "ItemCollectionSizeLimitExceeded", "DuplicateItem", "AccessDenied",
	}
	for _, seen := range codes {
		for _, doc := range codes {
			for _, event := range codes {
				reasons := []string{seen, doc, event}
				has := func(any ...string) bool {
					for _, r := range reasons {
						for _, a := range any {
							if r == a {
								return true
							}
						}
					}
					return false
				}
				wantErr, wantCode, decisions, sends := error(nil), fault.Code(""), 1, 1
				switch {
				case seen == "ConditionalCheckFailed":
					wantErr = o2c.ErrSeen
				case has("ValidationError", "ItemCollectionSizeLimitExceeded", "AccessDenied"):
					wantCode = fault.Internal
				case has("ConditionalCheckFailed", "TransactionConflict", "DuplicateItem"):
					decisions, sends = 2, 2
				case has("ThrottlingError", "ProvisionedThroughputExceeded"):
					sends = 2
				default:
					wantCode = fault.Internal
				}
				cancelled(t, reasons, wantErr, wantCode, decisions, sends)
			}
		}
	}
}

// cancelled answers one commit with the reasons and the next one truly.
func cancelled(t *testing.T, reasons []string, wantErr error, wantCode fault.Code, wantDecisions, wantSends int) {
	t.Helper()
	type reason struct{ Code, Message string }
	var all []reason
	for _, r := range reasons {
		all = append(all, reason{r, "as told by the test"})
	}
	body, err := json.Marshal(map[string]any{
		"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "CancellationReasons": all,
		"message": "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(reasons, ", ") + "]",
	})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.wire.set(onWrite(func(nth int) disturbance {
		if nth == 1 {
			return disturbance{status: 400, body: string(body)}
		}
		return disturbance{}
	}))
	decisions := 0
	err = b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tx.Once("shop/1")
		decisions++
		return tx.Save(order("o_1"), fact("order.received"))
	})
	ok := errors.Is(err, wantErr)
	if wantCode != "" {
		ok = fault.Is(err, wantCode)
	}
	if sends := writesIn(b.wire.operations()); !ok || decisions != wantDecisions || sends != wantSends {
		t.Errorf("%v: %d decisions, %d requests, %v", reasons, decisions, sends, err)
	}
}

func TestFC_43_SingleRowAnswers(t *testing.T) {
	for code, want := range map[string]struct {
		decisions int
		code      fault.Code
	}{
		"ConditionalCheckFailedException":          {2, ""},
		"TransactionConflictException":             {2, ""},
		"ValidationException":                      {1, fault.Internal},
		"AccessDeniedException":                    {1, fault.Internal},
		"ResourceNotFoundException":                {1, fault.Internal},
		"ItemCollectionSizeLimitExceededException": {1, fault.Internal},
	} {
		b := newBench(t)
		b.wire.once("PutItem", 1, disturbance{status: 400, body: apiError(code)})
		decisions := 0
		err := b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			decisions++
			return tx.Save(order("o_1"))
		})
		if decisions != want.decisions || want.code == "" && err != nil || want.code != "" && !fault.Is(err, want.code) {
			t.Errorf("%s: %d decisions, %v", code, decisions, err)
		}
	}
}

// An effect whose row merely collided with another writer is not there yet.
func TestFC_43_CollidingEffectIsStagedAgain(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}`
	b.wire.once("TransactWriteItems", 1, disturbance{status: 400, body: body})
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		if err := tx.Do(o2c.Effect{Name: "e_1", Does: "mail"}); err != nil {
			return err
		}
		return tx.Save(order("o_1"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if stored, _ := load(t, s, o2c.Key{Kind: "effect", ID: "e_1"}); stored.Version != 1 {
		t.Error("the effect was lost")
	}
}

// DynamoDB forgets a request token after ten minutes: the rows must tell.
func TestFC_44_ForgottenRequestToken(t *testing.T) {
	for plan, decide := range plans {
		t.Run(plan, func(t *testing.T) {
			now := day
			b := openBench(t, dynamo.Options{Now: func() time.Time { return now }})
			s := b.store("a")
			b.wire.set(onWrite(func(nth int) disturbance {
				if nth == 1 {
					return disturbance{after: io.ErrUnexpectedEOF, then: func() { now = now.Add(11 * time.Minute) }}
				}
				return disturbance{}
			}))
			err := s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
				tx.By(by(day))
				return decide(ctx, tx)
			})
			if n := added(t, s); err != nil || n != 1 {
				t.Errorf("added %d times, %v", n, err)
			}
		})
	}
}

func TestFC_45_TooLargeACommitIsRefusedWhole(t *testing.T) {
	big := func(n int) string { return strings.Repeat("x", n) }
	for name, decide := range map[string]func(tx *o2c.Tx) error{
		"101 rows": func(tx *o2c.Tx) error {
			for i := range 101 {
				if err := tx.Save(order(fmt.Sprint(i))); err != nil {
					return err
				}
			}
			return nil
		},
		"more than 4 MB": func(tx *o2c.Tx) error {
			for i := range 11 {
				m := order(fmt.Sprint(i))
				m.Text = big(390 << 10)
				if err := tx.Save(m); err != nil {
					return err
				}
			}
			return nil
		},
		"a row of more than 400 KB": func(tx *o2c.Tx) error {
			m := order("o_1")
			m.Text = big(400 << 10)
			return tx.Save(m)
		},
	} {
		b := newBench(t)
		b.wire.set(nil)
		err := b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(by(day))
			return decide(tx)
		})
		if sent := b.wire.operations(); !fault.Is(err, fault.Internal) || len(sent) != 0 {
			t.Errorf("%s: %v after %v", name, err, sent)
		}
	}
	b := newBench(t)
	err := b.store("a").Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		for i := range 50 { // with their events a hundred rows, the most there may be
			if err := tx.Save(order(fmt.Sprint(i)), fact("order.received")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("100 rows: %v", err)
	}
}

func TestFC_39_ExpiryIsCheckedByTheReader(t *testing.T) {
	b := newBench(t) // nothing sweeps: the table drops nothing
	s := b.store("a")
	take := func(at time.Time, id string) error {
		return s.Update(background, func(ctx context.Context, tx *o2c.Tx) error {
			tx.By(by(at))
			tx.Once("shop/1")
			if err := tx.Fetch(ctx, o2c.Key{Kind: "effect", ID: "e_1"}); err != nil {
				return err
			}
			if err := tx.Do(o2c.Effect{Name: "e_1", Does: "mail"}); err != nil {
				return err
			}
			return tx.Save(order(id))
		})
	}
	if err := take(day, "o_1"); err != nil {
		t.Fatal(err)
	}
	finishEffect(t, s, "e_1", day)
	end := day.Add(o2c.Remembered)
	if err := take(end, "o_2"); !errors.Is(err, o2c.ErrSeen) {
		t.Errorf("in the last second: %v", err)
	}
	if err := take(end.Add(time.Second), "o_3"); err != nil {
		t.Errorf("past it: %v", err)
	}
	stored, _ := load(t, s, o2c.Key{Kind: "effect", ID: "e_1"})
	if stored.Version != 1 || !stored.Expires.IsZero() {
		t.Errorf("the expired effect is still there: %+v", stored)
	}
	if got := walk(t, s, o2c.Query{Queue: o2c.EffectQueue, Until: end.Add(time.Hour)}, nil); len(got) != 1 {
		t.Errorf("waiting: %v", got)
	}
}

func TestOnlyWhatMayBeForgottenExpires(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	err := s.Update(background, func(_ context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		return tx.Save(&memo{K: "session", Name: "s_0", End: day}, fact("session.opened"))
	})
	if !fault.Is(err, fault.Internal) {
		t.Errorf("a trail whose document expires: %v", err)
	}
	save(t, s, order("o_1"), fact("order.received"))
	end := day.Add(time.Hour)
	save(t, s, &memo{K: "session", Name: "s_1", End: end})
	if stored, _ := load(t, s, orderKey("o_1")); !stored.Expires.IsZero() {
		t.Errorf("an order expires at %s", stored.Expires)
	}
	stored, _ := load(t, s, o2c.Key{Kind: "session", ID: "s_1"})
	if !stored.Expires.Equal(end) || stored.AsOf(end).Version != 1 || stored.AsOf(end.Add(time.Second)).Version != 0 {
		t.Errorf("a session reads %+v", stored)
	}
}
