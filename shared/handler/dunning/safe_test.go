package dunning

import (
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestInSafeModeALetterWaitsForAPress: for weeks nothing leaves by itself, each
// afternoon the card shows what waits, a press sends one letter, and what still
// waits when the mode ends goes out as one letter.
func TestInSafeModeALetterWaitsForAPress(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	if _, err := w.Cycle.SetSafeMode(ctx, w.Stamp("slack:U01OWNER"), true); err != nil {
		t.Fatal(err)
	}
	live(t, w, 50, once)
	if got := reminders(w); len(got) != 0 {
		t.Fatalf("sent by itself: %v", got)
	}
	cards := testkit.CardsOf[o2c.LettersCard](w.Desk)
	if len(cards) == 0 || len(cards[len(cards)-1].All) != 1 {
		t.Fatalf("the card of the coming letters: %+v", cards)
	}
	for w.Now().Weekday() != time.Wednesday || w.Now().Hour() != 10 {
		w.Advance(time.Hour)
	}
	if err := w.Cycle.SendLetter(ctx, w.Stamp("slack:U05COLLECT"), inv.CustomerID); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if got := reminders(w); len(got) != 1 {
		t.Fatalf("the press sent %v", got)
	}
	live(t, w, 5, once)
	if got := reminders(w); len(got) != 1 {
		t.Fatalf("sent by itself after the press: %v", got)
	}
	if _, err := w.Cycle.SetSafeMode(ctx, w.Stamp("slack:U01OWNER"), false); err != nil {
		t.Fatal(err)
	}
	live(t, w, 2, once)
	if got := reminders(w); len(got) != 2 {
		t.Fatalf("after the end of safe mode: %v", got)
	}
}

// TestWhatWasForetoldWaitsWhenSafeModeBegins: the card of a morning that was shown before the mode says so and asks for
// nothing; the mode's own card asks for the letter.
func TestWhatWasForetoldWaitsWhenSafeModeBegins(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Cycle.Policy.Freshness = 0
	issued(t, w, "1")
	for range 60 * 24 {
		w.Advance(time.Hour)
		if _, err := w.Cycle.RunDunning(ctx, w.Now(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		if len(testkit.CardsOf[o2c.LettersCard](w.Desk)) > 0 {
			break
		}
	}
	if _, err := w.Cycle.SetSafeMode(ctx, w.Stamp("slack:U01OWNER"), true); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	cards := testkit.CardsOf[o2c.LettersCard](w.Desk)
	if last := cards[len(cards)-1]; last.Safe || len(last.All) != 1 || last.All[0].Status != o2c.ComingWaits {
		t.Errorf("the card of the morning: %+v", last)
	}
	live(t, w, 3, once)
	if got := reminders(w); len(got) != 0 {
		t.Errorf("sent by itself: %v", got)
	}
	cards = testkit.CardsOf[o2c.LettersCard](w.Desk)
	if last := cards[len(cards)-1]; !last.Safe || len(last.All) != 1 || last.All[0].Status != "" {
		t.Errorf("the card of the mode: %+v", last)
	}
}
