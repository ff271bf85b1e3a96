package slack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestFC_24_ThreeHundredAlertsAtOnce: all of them come, none twice, and no channel gets more than one a second.
func TestFC_24_ThreeHundredAlertsAtOnce(t *testing.T) {
	r := openLimited(t, 1)
	const alerts = 300
	for i := range alerts {
		if err := r.Cycle.Report(t.Context(), r.Now(), o2c.Notice{Key: "mail_unreadable", Why: fmt.Sprintf("number %03d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	r.Settle(t)
	for range 60 { // what waited too long for its turn
		r.Advance(time.Minute)
		r.Settle(t)
	}
	seen, second := map[string]int{}, map[string]int{}
	for _, m := range r.slack.Messages() {
		seen[m.Text]++
		second[m.Channel+m.PostedAt.Truncate(time.Second).String()]++
	}
	for i := range alerts {
		if n := seen[fmt.Sprintf("A mail cannot be read: number %03d", i)]; n != 1 {
			t.Errorf("alert %d came %d times", i, n)
		}
	}
	for when, n := range second {
		if n > 2 { // the burst of one and the second's own
			t.Errorf("%d messages in %s", n, when)
		}
	}
	r.noViolations()
}

// morning wakes the digest as its schedule does.
func (r *room) morning() {
	r.t.Helper()
	if err := digest.New(digest.Deps{Cycle: r.Cycle, Now: r.Now}).Tick(r.t.Context(), trigger.Tick{Schedule: "digest"}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}

// TestCap_88_Morning: one message on a working day on which something waits, with who owes most; none on a day off, none
// when there is nothing to do; the week's charts where the house wants them.
func TestCap_88_Morning(t *testing.T) {
	r := open(t)
	r.morning()
	if n := len(r.slack.Messages()); n != 0 {
		t.Fatalf("%d messages on a day with nothing to do", n)
	}
	r.overdueCard()
	said := func() string {
		var all []string
		for _, m := range r.slack.Messages() {
			if m.Channel == "C04DIGEST" && strings.Contains(string(m.Blocks), "Days sales outstanding") {
				all = append(all, string(m.Blocks))
			}
		}
		return fmt.Sprint(len(all), strings.Join(all, " "))
	}
	for calendar.On(r.Now(), r.Cycle.Policy.Zone).Weekday() != time.Saturday {
		r.Advance(24 * time.Hour)
	}
	r.morning()
	if got := said(); !strings.HasPrefix(got, "0") {
		t.Errorf("a message on a Saturday: %s", got)
	}
	r.Advance(48 * time.Hour)
	r.morning()
	r.morning() // the schedule woke twice
	got := said()
	for _, want := range []string{"data_table", "Acme BV", "€2,420.00", "Unexplained money", "€0.00", "expected this week"} {
		if !strings.Contains(got, want) {
			t.Errorf("the morning message lacks %q: %s", want, got)
		}
	}
	if !strings.HasPrefix(got, "1") {
		t.Errorf("want one message: %s", got)
	}
	charts := func() (n int) {
		for _, m := range r.slack.Messages() {
			if strings.Contains(string(m.Blocks), "data_visualization") {
				n++
			}
		}
		return n
	}
	if charts() != 0 {
		t.Error("charts that nobody asked for")
	}
	r.Cycle.Policy.Room.Weekly = true
	r.Advance(7 * 24 * time.Hour)
	r.morning()
	r.Advance(24 * time.Hour)
	r.morning()
	if n := charts(); n != 1 {
		t.Errorf("%d messages with charts in a week", n)
	}
	r.noViolations()
}

// TestCap_88_ReceivedAgainstForecast: the week's second chart sets what came in beside what that Monday's forecast had
// expected, in the week in which it fell.
func TestCap_88_ReceivedAgainstForecast(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Room.Weekly = true
	monday := func() {
		t.Helper()
		for r.Advance(24 * time.Hour); r.today().Weekday() != time.Monday; {
			r.Advance(24 * time.Hour)
		}
		r.morning()
	}
	inv := r.shipped("1", 100_000)
	for kpi.Monday(inv.DueOn).After(r.today()) {
		monday()
	}
	r.press(noor, r.received("e1", 242_000, "Holding Zee"), "cash.match", "")
	r.shipped("2", 50_000)
	monday()
	var last string
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), `"title":"Received and forecast by week"`) {
			last = string(m.Blocks)
		}
	}
	for _, name := range []string{"Received", "Forecast"} {
		before, _, _ := strings.Cut(last, `],"name":"`+name+`"`)
		points := before[strings.LastIndex(before, "[")+1:]
		if week := kpi.Monday(inv.DueOn).At(12, 0, time.UTC).Format("2 Jan"); !strings.HasSuffix(points, `{"label":"`+week+`","value":2420}`) || strings.Count(points, ":0}") != strings.Count(points, "value")-1 {
			t.Errorf("%s of the weeks is %s, want 2420 in that of %s alone: %s", name, points, week, last)
		}
	}
	r.noViolations()
}

// TestCap_88_QuietHours: outside of the hours that the house sets no new card comes, but what stopped; in the morning the
// card comes by itself.
func TestCap_88_QuietHours(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Room.Hours = calendar.Office{Days: r.Cycle.Policy.Days, From: 8, To: 18}
	r.Advance(10 * time.Hour) // Monday evening
	if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("1", 400_000, r.Now()))); err != nil {
		t.Fatal(err)
	}
	if err := r.Cycle.Report(t.Context(), r.Now(), o2c.Notice{Key: "mail_unreadable", Why: "something"}); err != nil {
		t.Fatal(err)
	}
	for range 11 {
		r.Settle(t)
		r.Advance(time.Hour)
	}
	if m := r.slack.Messages(); len(m) != 1 || !strings.HasPrefix(m[0].Text, "A mail cannot be read") {
		t.Errorf("in the night came %+v", m)
	}
	if n := len(r.Desk.Letters); n != 0 {
		t.Errorf("%d mails, as if Slack were away", n)
	}
	r.Advance(2 * time.Hour)
	r.Settle(t)
	if card := r.card("C01CREDIT"); !asks(card) {
		t.Errorf("in the morning came %s", card.Blocks)
	}
}

// TestCap_88_AMorningInTheRoomsOwnTimeZone: a room west of the house hears at its half past eight of the same day, one east of
// it at its own before the house wakes, each once.
func TestCap_88_AMorningInTheRoomsOwnTimeZone(t *testing.T) {
	for zone, wait := range map[string]time.Duration{"America/New_York": 6 * time.Hour, "Asia/Tokyo": 16 * time.Hour} {
		t.Run(zone, func(t *testing.T) {
			r := open(t)
			r.overdueCard()
			place, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			r.Cycle.Policy.Room.Zone = place
			for l := r.Now().In(r.Cycle.Policy.Zone); l.Hour() != 8 || l.Minute() != 30 || l.Weekday() != time.Tuesday; l = r.Now().In(r.Cycle.Policy.Zone) {
				r.Advance(30 * time.Minute)
			}
			told := func() (n int) {
				for _, m := range r.top("C04DIGEST") {
					if strings.Contains(m, "overdue. Unexplained") {
						n++
					}
				}
				return n
			}
			r.morning()
			before := told()
			for range 3 {
				r.morning()
			}
			r.Advance(wait - 10*time.Minute)
			r.Settle(t)
			if n := told(); n != before {
				t.Errorf("%d messages before the room's morning, %d at the house's", n, before)
			}
			r.Advance(15 * time.Minute)
			r.Settle(t)
			if n := told(); n != before+1 {
				t.Errorf("%d messages after the room's morning, want %d", n, before+1)
			}
		})
	}
}
