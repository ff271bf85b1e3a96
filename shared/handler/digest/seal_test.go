package digest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// sealedWorld has an order, its invoice and a night.
func sealedWorld(t *testing.T) (*testkit.World, string) {
	t.Helper()
	w := testkit.NewWorld(t)
	taken, err := w.Cycle.HandleShop(t.Context(), w.Arrive(order.Create, testkit.Order("1", 10_000, w.Now())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cycle.Ship(t.Context(), w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	night(t, w)
	return w, "order#" + taken.OrderID
}

// night is the schedule at a quarter past three of the next day.
func night(t *testing.T, w *testkit.World) {
	t.Helper()
	w.Advance(w.Now().Truncate(24 * time.Hour).Add(27 * time.Hour).Sub(w.Now()))
	if err := New(Deps{Cycle: w.Cycle, Now: w.Now, Seals: w.Desk}).Tick(t.Context(), trigger.Tick{Schedule: nightly}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
}

func broken(t *testing.T, w *testkit.World) []string {
	t.Helper()
	k, err := w.Cycle.VerifySeals(t.Context(), w.Desk)
	if err != nil {
		t.Fatal(err)
	}
	return k.Broken
}

// row reads and overwrites a row past every condition, as somebody with the
// table's keys could.
func row(t *testing.T, w *testkit.World, pk, sk string) map[string]types.AttributeValue {
	t.Helper()
	out, err := testkit.Intruder(w.Engine.Transport()).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(testkit.Table), Key: map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk},
	}})
	if err != nil || out.Item == nil {
		t.Fatal(pk, sk, err)
	}
	return out.Item
}

func overwrite(t *testing.T, w *testkit.World, item map[string]types.AttributeValue, body string) {
	t.Helper()
	item["body"] = &types.AttributeValueMemberS{Value: body}
	if _, err := testkit.Intruder(w.Engine.Transport()).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(testkit.Table), Item: item}); err != nil {
		t.Fatal(err)
	}
}

func bodyOf(item map[string]types.AttributeValue) string {
	return item["body"].(*types.AttributeValueMemberS).Value
}

// TestFC_92_AnyByteOfTheTrailThatChangesIsNoticed: each byte of an event, each
// flipped alone, and each seal; what is put back is whole again.
func TestFC_92_AnyByteOfTheTrailThatChangesIsNoticed(t *testing.T) {
	w, pk := sealedWorld(t)
	if got := broken(t, w); len(got) != 0 {
		t.Fatal(got)
	}
	item := row(t, w, pk, "event#0000000001")
	whole := bodyOf(item)
	for i := range whole {
		flipped := []byte(whole)
		flipped[i] ^= 1
		overwrite(t, w, item, string(flipped))
		if len(broken(t, w)) == 0 {
			t.Errorf("byte %d, %.30q, was flipped unnoticed", i, whole[max(0, i-10):])
		}
	}
	overwrite(t, w, item, whole)
	for name, seal := range w.Desk.Papers {
		if !strings.HasSuffix(name, ".json") || !strings.HasPrefix(name, "2026/") {
			continue
		}
		for i := range seal {
			seal[i] ^= 1
			if len(broken(t, w)) == 0 {
				t.Errorf("byte %d of seal %s was flipped unnoticed", i, name)
			}
			seal[i] ^= 1
		}
	}
	if got := broken(t, w); len(got) != 0 {
		t.Error(got)
	}
}

// TestFC_92_AHistoryWrittenAnewIsNoticed: a trail that is a chain in itself, but
// shorter or another than the one that was sealed, and a table that was taken back.
func TestFC_92_AHistoryWrittenAnewIsNoticed(t *testing.T) {
	w, pk := sealedWorld(t)
	key := o2c.Key{Kind: "order", ID: strings.TrimPrefix(pk, "order#")}
	trail, err := w.Cycle.Store.Events(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	last := row(t, w, pk, "event#"+pad(len(trail)))
	doc := row(t, w, pk, "doc")

	anew := trail[len(trail)-1]
	anew.Actor = "slack:U_SOMEBODY_ELSE"
	anew = anew.Chained(anew.Prev)
	raw, err := json.Marshal(anew)
	if err != nil {
		t.Fatal(err)
	}
	head := doc["head"]
	doc["head"] = &types.AttributeValueMemberS{Value: anew.Hash}
	overwrite(t, w, doc, bodyOf(doc))
	was := bodyOf(last)
	overwrite(t, w, last, string(raw))
	if got := broken(t, w); len(got) != 1 || !strings.Contains(got[0], "not the one that was sealed") {
		t.Errorf("a chain written anew: %q", got)
	}
	overwrite(t, w, last, was)

	if _, err := testkit.Intruder(w.Engine.Transport()).DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(testkit.Table), Key: map[string]types.AttributeValue{"pk": last["pk"], "sk": last["sk"]}}); err != nil {
		t.Fatal(err)
	}
	count := doc["cnt"]
	doc["head"], doc["cnt"] = &types.AttributeValueMemberS{Value: anew.Prev}, &types.AttributeValueMemberN{Value: pad(len(trail) - 1)}
	overwrite(t, w, doc, bodyOf(doc))
	if got := broken(t, w); len(got) != 1 || !strings.Contains(got[0], "were sealed") {
		t.Errorf("a truncated chain: %q", got)
	}
	overwrite(t, w, last, was)
	doc["head"], doc["cnt"] = head, count
	overwrite(t, w, doc, bodyOf(doc))
	if got := broken(t, w); len(got) != 0 {
		t.Errorf("put back: %q", got)
	}

	early := row(t, w, "sealed#newest", "doc")
	before := bodyOf(early)
	if _, err := w.Cycle.HandleShop(t.Context(), w.Arrive(order.Create, testkit.Order("2", 10_000, w.Now()))); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	night(t, w)
	overwrite(t, w, row(t, w, "sealed#newest", "doc"), before)
	if got := broken(t, w); len(got) != 1 || !strings.Contains(got[0], "the archive has the seal of") {
		t.Errorf("a table taken back: %q", got)
	}
}

func pad(n int) string { return fmt.Sprintf("%010d", n) }

// TestASealIsMadeOncePerDayAndCatchesUp: two ticks make one, a week without any
// makes seven, and a run that died before it remembered its seal adopts it.
func TestASealIsMadeOncePerDayAndCatchesUp(t *testing.T) {
	w, _ := sealedWorld(t)
	seals := func() (n int) {
		for name := range w.Desk.Papers {
			if strings.HasPrefix(name, "2026/2026-") {
				n++
			}
		}
		return n
	}
	always := func() bool { return true }
	if n, err := w.Cycle.SealChains(t.Context(), w.Now(), w.Desk, always); n != 0 || err != nil || seals() != 1 {
		t.Errorf("again: %d %v, %d kept", n, err, seals())
	}
	first := row(t, w, "sealed#newest", "doc")
	body := bodyOf(first)
	w.Advance(7 * 24 * time.Hour)
	if n, err := w.Cycle.SealChains(t.Context(), w.Now(), w.Desk, always); n != 7 || err != nil || seals() != 8 {
		t.Errorf("a week later: %d %v, %d kept", n, err, seals())
	}
	overwrite(t, w, first, body)
	if n, err := w.Cycle.SealChains(t.Context(), w.Now(), w.Desk, always); n != 7 || err != nil || seals() != 8 {
		t.Errorf("adopted: %d %v, %d kept", n, err, seals())
	}
	if got := broken(t, w); len(got) != 0 {
		t.Error(got)
	}
}
