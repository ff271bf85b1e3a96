package dunning

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// daily runs the schedule once a day in the morning, and performs what it asks
// for at once; the bank says nothing.
func daily(t *testing.T, w *testkit.World, days int) {
	t.Helper()
	h := handler(w)
	for range days {
		bankSaysNothing(t, w)
		if err := h.Tick(ctx, trigger.Tick{Schedule: "dunning"}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		w.Advance(24 * time.Hour)
	}
}

func amend(t *testing.T, w *testkit.World, id string, change func(*party.Data)) {
	t.Helper()
	if _, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), id, change); err != nil {
		t.Fatal(err)
	}
}

func pay(t *testing.T, w *testkit.World, ref, invoiceID string, cents int64) {
	t.Helper()
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-"+ref, o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: invoiceID, Amount: testkit.EUR(cents), At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
}

func read(t *testing.T, w *testkit.World, id string) invoice.Data {
	t.Helper()
	inv, err := o2c.Read[invoice.Invoice](ctx, w.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	return inv.Data()
}

func steps(d invoice.Data) string {
	var codes []string
	for _, s := range d.Dunning.Sent {
		codes = append(codes, s.Step)
	}
	return strings.Join(codes, " ")
}

// lastView is what the newest letter of a template was written from.
func lastView(t *testing.T, w *testkit.World, template string) o2c.LetterView {
	t.Helper()
	for i := len(w.Desk.Views) - 1; i >= 0; i-- {
		if w.Desk.Views[i].Template == template {
			return w.Desk.Views[i].LetterView
		}
	}
	t.Fatalf("no letter %s among %v", template, reminders(w))
	return o2c.LetterView{}
}

// states are those of row 60.
func states() []credit.State {
	return []credit.State{
		{Code: "watch", AfterDays: 30, Then: credit.StateWatch},
		{Code: "prepay", AfterDays: 40, Then: credit.StatePrepay},
		{Code: "stopped", AfterDays: 50, Then: credit.Decline},
	}
}

func TestCap_50_OneLetterAtTheHighestLevelListsAll(t *testing.T) {
	w := testkit.NewWorld(t)
	first := issued(t, w, "1")
	daily(t, w, 7)
	second := issued(t, w, "2")
	daily(t, w, 37) // the first is 13 days late, the second 6
	a, b := read(t, w, first.ID), read(t, w, second.ID)
	if steps(a) != "nudge friendly firm" || steps(b) != "nudge friendly" {
		t.Fatalf("steps %q and %q", steps(a), steps(b))
	}
	if a.Dunning.Sent[2].On != b.Dunning.Sent[1].On {
		t.Errorf("two letters, on %s and %s", a.Dunning.Sent[2].On, b.Dunning.Sent[1].On)
	}
	last := w.Desk.Letters[len(w.Desk.Letters)-1]
	if !strings.HasPrefix(last.Subject, "reminder_firm") {
		t.Errorf("the letter is %s", last.Subject)
	}
	view := lastView(t, w, "reminder_firm")
	if len(view.Items) != 2 || view.Amount.Minor != a.Open.Minor+b.Open.Minor {
		t.Errorf("it lists %v for %s", view.Items, view.Amount)
	}
	if !strings.Contains(view.PayURL, "/s/") {
		t.Errorf("its button opens %s", view.PayURL)
	}
}

// TestNobodyIsWrittenToInAnEarlierTone: a letter about a younger invoice leaves out what the customer was warned of before.
func TestNobodyIsWrittenToInAnEarlierTone(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Cycle.Policy.Credit.OverdueDays = 1000
	old := issued(t, w, "1")
	daily(t, w, 26)
	young := issued(t, w, "2")
	daily(t, w, 75)
	ladder, own := w.Cycle.Policy.Ladder, map[string]invoice.Data{}
	for _, id := range []string{old.ID, young.ID} {
		own[read(t, w, id).Number] = read(t, w, id)
	}
	for _, v := range w.Desk.Views {
		kind, reminds := strings.CutPrefix(v.Template, "reminder_")
		for _, i := range v.Items {
			for _, s := range own[i.Number].Dunning.Sent {
				if reminds && s.On.Before(v.Today) && ladder.Level(s.Step) > ladder.Level(kind) {
					t.Errorf("%s on %s lists %s, which had had %s", kind, v.Today, i.Number, s.Step)
				}
			}
			if kind == "formal" && i.DaysLate <= 0 {
				t.Errorf("a formal notice lists %s, which is not due", i.Number)
			}
		}
	}
	if a, b := steps(read(t, w, old.ID)), steps(read(t, w, young.ID)); a != "nudge friendly firm personal formal last" || b != "nudge friendly firm personal formal" {
		t.Errorf("steps %q and %q", a, b)
	}
}

func TestCap_46_OneLinkForAllThatIsOpen(t *testing.T) {
	w := testkit.NewWorld(t)
	a, b := issued(t, w, "1"), issued(t, w, "2")
	daily(t, w, 36)
	view := lastView(t, w, "reminder_friendly")
	if want := a.Total.Plus(b.Total); len(view.Totals) != 1 || view.Totals[0] != want {
		t.Errorf("%v in all, want %s", view.Totals, want)
	}
	key, err := w.Cycle.OpenLink(ctx, o2c.LinkStatement, view.PayURL[strings.LastIndexByte(view.PayURL, '/')+1:])
	if err != nil || key.ID != a.CustomerID {
		t.Errorf("the link opens %v: %v", key, err)
	}
}

func TestCap_47_AWordBeforehandAndThanksForPaying(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	daily(t, w, 26)
	if got := fmt.Sprint(reminders(w)); got != "[reminder_nudge]" {
		t.Fatalf("before the due date: %s", got)
	}
	if on := read(t, w, inv.ID).Dunning.Sent[0].On; on.DaysSince(inv.DueOn) != -5 {
		t.Errorf("the word came on %s, due %s", on, inv.DueOn)
	}
	pay(t, w, "pi_1", inv.ID, inv.Total.Minor)
	last := w.Desk.Letters[len(w.Desk.Letters)-1]
	if !strings.HasPrefix(last.Subject, o2c.LetterPaid) {
		t.Errorf("after the payment came %s", last.Subject)
	}
	before := len(w.Desk.Letters)
	daily(t, w, 20)
	if len(w.Desk.Letters) != before {
		t.Error("something came after the thanks")
	}
	unasked := issued(t, w, "2")
	pay(t, w, "pi_2", unasked.ID, unasked.Total.Minor)
	if last := w.Desk.Letters[len(w.Desk.Letters)-1]; strings.HasPrefix(last.Subject, o2c.LetterPaid) {
		t.Error("who was never written to is thanked")
	}
}

// TestCap_86_TheThanksCarryTheQuestion: once, where the house asks and the invoice had no trouble.
func TestCap_86_TheThanksCarryTheQuestion(t *testing.T) {
	for name, tt := range map[string]struct {
		days  int // until it is paid
		asks  bool
		wants string
	}{
		"asked":                 {26, true, "#opinion"},
		"switched off":          {26, false, ""},
		"after a formal notice": {75, true, ""},
	} {
		w := testkit.NewWorld(t)
		w.Cycle.Policy.Room.AskCustomers = tt.asks
		inv := issued(t, w, "1")
		daily(t, w, tt.days)
		pay(t, w, "pi_1", inv.ID, inv.Total.Minor)
		view, want := lastView(t, w, o2c.LetterPaid), ""
		if tt.wants != "" {
			want = view.PayURL + tt.wants
		}
		if view.OpinionURL != want {
			t.Errorf("%s: the question is at %q, want %q", name, view.OpinionURL, want)
		}
	}
}

func TestCap_54_MoneyWithoutAHomeIsNetted(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-x", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_x", Amount: testkit.EUR(10_000), At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := w.Cycle.KeepOnAccount(ctx, w.Stamp("slack:U06BOOKS"), o2c.ReceiptID("stripe", "pi_x"), inv.CustomerID); err != nil {
		t.Fatal(err)
	}
	daily(t, w, 36)
	view := lastView(t, w, "reminder_friendly")
	if view.Amount.Minor != inv.Total.Minor-10_000 || len(view.Netted) != 1 || view.Netted[0].Minor != 10_000 {
		t.Errorf("asks for %s of %s, netted %v", view.Amount, inv.Total, view.Netted)
	}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-y", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_y", Amount: testkit.EUR(50_000), At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := w.Cycle.KeepOnAccount(ctx, w.Stamp("slack:U06BOOKS"), o2c.ReceiptID("stripe", "pi_y"), inv.CustomerID); err != nil {
		t.Fatal(err)
	}
	before := len(reminders(w))
	daily(t, w, 30)
	if len(reminders(w)) != before {
		t.Error("a letter though we hold more than is open")
	}
}

func TestCap_55_APartPaymentKeepsTheHistory(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	daily(t, w, 37)
	pay(t, w, "pi_1", inv.ID, 10_000)
	daily(t, w, 7)
	got := read(t, w, inv.ID)
	if steps(got) != "nudge friendly firm" {
		t.Errorf("steps %q", steps(got))
	}
	if view := lastView(t, w, "reminder_firm"); view.Amount != got.Open {
		t.Errorf("asks for %s, open %s", view.Amount, got.Open)
	}
}

func TestCap_61_ExcludedOwnLadderAndCallsFirst(t *testing.T) {
	for profile, want := range map[string]string{o2c.ProfileNone: "", "vip": "call personal", "": "nudge friendly firm personal"} {
		t.Run("profile "+profile, func(t *testing.T) {
			w := testkit.NewWorld(t)
			inv := issued(t, w, "1")
			amend(t, w, inv.CustomerID, func(d *party.Data) { d.DunningProfile = profile })
			daily(t, w, 52)
			if got := steps(read(t, w, inv.ID)); got != want {
				t.Errorf("steps %q, want %q", got, want)
			}
			if profile != o2c.ProfileNone {
				return
			}
			amend(t, w, inv.CustomerID, func(d *party.Data) { d.DunningProfile = "" })
			daily(t, w, 2)
			if got := steps(read(t, w, inv.ID)); got != "friendly" {
				t.Errorf("included again: %q", got)
			}
		})
	}
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	_, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), inv.CustomerID, func(d *party.Data) { d.DunningProfile = "vpi" })
	if err == nil || !strings.Contains(err.Error(), "vip") {
		t.Errorf("an unknown profile: %v", err)
	}
}

func TestConsumersClimbTheirOwnLadder(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	amend(t, w, inv.CustomerID, func(d *party.Data) { d.Kind, d.VATID, d.KVK = party.Consumer, "", "" })
	daily(t, w, 60)
	for _, s := range read(t, w, inv.ID).Dunning.Sent {
		if s.Step == "personal" || s.Step == "formal" {
			t.Errorf("a consumer got %s", s.Step)
		}
	}
}

func TestCap_51_ThresholdsPerCurrency(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Cycle.Policy.Credit.OverdueDays = 365
	for name, l := range w.Cycle.Policy.Ladders {
		l.Minimum = map[string]int64{"EUR": 30_000}
		w.Cycle.Policy.Ladders[name] = l
	}
	w.Cycle.Policy.Ladder.Minimum = map[string]int64{"EUR": 30_000, "USD": 10_000}
	inv := issued(t, w, "1") // 242.00 EUR
	daily(t, w, 45)
	if got := steps(read(t, w, inv.ID)); got != "" {
		t.Fatalf("%s below the threshold: %q", inv.Total, got)
	}
	second := issued(t, w, "2")
	daily(t, w, 40) // together 484.00
	if a, b := steps(read(t, w, inv.ID)), steps(read(t, w, second.ID)); !strings.HasPrefix(a, "friendly") || !strings.Contains(b, "friendly") {
		t.Errorf("together above the threshold: %q and %q", a, b)
	}
	l := w.Cycle.Policy.Ladder
	enough := func(asked money.Amount, inBooks int64) bool { return l.Enough(asked, testkit.EUR(inBooks)) }
	if !enough(money.Of(12_000, "USD"), 11_000) || enough(money.Of(9_999, "USD"), 9_000) || enough(testkit.EUR(14_900), 14_900) || enough(money.Of(1, "CHF"), 1) || !enough(money.Of(31_000, "CHF"), 30_000) {
		t.Error("thresholds are not per currency")
	}
}

func TestCap_60_StatesOfLateCustomersHoldOrdersAndClear(t *testing.T) {
	w := testkit.NewWorld(t)
	w.Cycle.Policy.Credit.OverdueDays = 365
	w.Cycle.Policy.Credit.States = states()
	inv := issued(t, w, "0")
	try := func(id string) (status, reason string) {
		t.Helper()
		taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, testkit.Order(id, 10_000, w.Now())))
		if err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		got, err := w.Cycle.OrderWithCredit(ctx, taken.OrderID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Credit != nil && len(got.Credit.Decision.Reasons) > 0 {
			reason = got.Credit.Decision.Reasons[0].Code
		}
		return got.Order.Status + " " + strings.Join(got.Order.Holds, ","), reason
	}
	today := func() calendar.Date { return calendar.On(w.Now(), w.Cycle.Policy.Zone) }
	for _, tc := range []struct {
		days                 int
		status, reasonOfThat string
	}{{29, "confirmed ", "within_limit"}, {31, "confirmed ", "within_limit"}, {41, "confirmed deposit", "prepay_only"}, {51, "declined ", "overdue_state"}} {
		w.Advance(time.Duration(inv.DueOn.AddDays(tc.days).DaysSince(today())) * 24 * time.Hour)
		status, reason := try(fmt.Sprint("s", tc.days))
		if status != tc.status || reason != tc.reasonOfThat {
			t.Errorf("%d days late: %s because of %s, want %s because of %s", tc.days, status, reason, tc.status, tc.reasonOfThat)
		}
	}
	pay(t, w, "pi_1", inv.ID, inv.Total.Minor)
	if status, reason := try("cleared"); status != "confirmed " {
		t.Errorf("after the payment: %s because of %s", status, reason)
	}
}

func TestFC_33_PaidBetweenTheListAndTheLetter(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	daily(t, w, 35) // until the Monday of the friendly word
	before := len(reminders(w))
	bankSaysNothing(t, w)
	if err := handler(w).Tick(ctx, trigger.Tick{}); err != nil {
		t.Fatal(err)
	}
	if got := steps(read(t, w, inv.ID)); got != "nudge friendly" {
		t.Fatalf("no step was taken: %q", got)
	}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-p", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_p", InvoiceID: inv.ID, Amount: inv.Total, At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t) // the letter is performed after the payment
	if len(reminders(w)) != before {
		t.Errorf("reminded of a paid invoice: %v", reminders(w))
	}
}

func TestFC_36_NoLetterOutsideTheHours(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	daily(t, w, 31)
	days := w.Cycle.Policy.Days
	due := days.Next(inv.DueOn.AddDays(3))
	w.Advance(due.At(19, 0, w.Cycle.Policy.Zone).Sub(w.Now())) // nobody ran in the day
	bankSaysNothing(t, w)
	h := handler(w)
	before := len(reminders(w))
	for range 14 { // until the next morning
		if err := h.Tick(ctx, trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		if len(reminders(w)) != before {
			t.Fatalf("a letter at %s", w.Now())
		}
		w.Advance(time.Hour)
	}
	daily(t, w, 4)
	if len(reminders(w)) != before+1 {
		t.Errorf("%v after the morning", reminders(w))
	}
}

func TestDoubtsWaitForAColleague(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	amend(t, w, inv.CustomerID, func(d *party.Data) { d.PORequired = true })
	daily(t, w, 36)
	got := read(t, w, inv.ID)
	if steps(got) != "nudge" || got.PausedBy() != "check" {
		t.Fatalf("steps %q, paused by %q", steps(got), got.PausedBy())
	}
	cards := testkit.CardsOf[o2c.CheckCard](w.Desk)
	if len(cards) != 1 || fmt.Sprint(cards[0].Doubts) != "[po_number]" {
		t.Fatalf("asked %v", cards)
	}
	if err := w.Cycle.Checked(ctx, w.Stamp("slack:U03COLLECT"), inv.ID); err != nil {
		t.Fatal(err)
	}
	daily(t, w, 3)
	if got := read(t, w, inv.ID); steps(got) != "nudge friendly" {
		t.Errorf("after the check: %q", steps(got))
	}
	other := issued(t, w, "2")
	daily(t, w, 36)
	amend(t, w, inv.CustomerID, func(d *party.Data) { d.PORequired = false })
	daily(t, w, 7)
	if got := read(t, w, other.ID); !strings.Contains(steps(got), "friendly") {
		t.Errorf("mended, and still %q, paused by %q", steps(got), got.PausedBy())
	}
}

// TestCap_44_TermsDecideTheDueDate: the customer's terms are frozen with the order and count from the invoice's day.
func TestCap_44_TermsDecideTheDueDate(t *testing.T) {
	for _, tc := range []struct {
		kind         calendar.TermKind
		days         int
		issued, want string
		rolls        bool
	}{
		{calendar.Net, 14, "2026-01-22", "2026-02-05", false},
		{calendar.DaysEndOfMonth, 30, "2026-01-22", "2026-02-28", false},
		{calendar.DaysEndOfMonth, 30, "2028-01-22", "2028-02-29", false},
		{calendar.EndOfMonthPlus, 14, "2026-01-22", "2026-02-14", false},
		{calendar.EndOfMonthPlus, 14, "2026-01-22", "2026-02-16", true}, // the 14th is a Saturday
	} {
		w := testkit.NewWorld(t)
		w.Cycle.Policy.DueRolls = tc.rolls
		cust := issued(t, w, "0").CustomerID
		amend(t, w, cust, func(d *party.Data) { d.TermsDays, d.TermsKind = &tc.days, tc.kind })
		on, err := calendar.Parse(tc.issued)
		if err != nil {
			t.Fatal(err)
		}
		w.Cycle.Policy.Credit.OverdueDays = 1000
		w.Advance(on.At(12, 0, w.Cycle.Policy.Zone).Sub(w.Now()))
		inv := issued(t, w, "1")
		if inv.IssuedOn != on || inv.DueOn.String() != tc.want || !read(t, w, inv.ID).DueOn.After(on) {
			t.Errorf("%s %d days from %s: due %s, want %s", tc.kind, tc.days, inv.IssuedOn, inv.DueOn, tc.want)
		}
	}
	w := testkit.NewWorld(t)
	cust := issued(t, w, "0").CustomerID
	for _, tc := range []struct {
		days  int
		large bool
		kind  party.Kind
		why   string
	}{{61, false, party.Company, "60 days"}, {31, true, party.Company, "30 days"}, {31, false, party.PublicBody, "30 days"}, {60, false, party.Company, ""}, {7, false, party.Consumer, ""}} {
		_, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), cust, func(d *party.Data) { d.TermsDays, d.Large, d.Kind = &tc.days, tc.large, tc.kind })
		if tc.why == "" && err != nil || tc.why != "" && (err == nil || !strings.Contains(err.Error(), tc.why)) {
			t.Errorf("%d days for %s, large %v: %v, want %q", tc.days, tc.kind, tc.large, err, tc.why)
		}
	}
}

// TestFC_34_DatesAreCivilInTheSellersZone: through days of 23 and 25 hours, and where midnight is skipped, due dates and
// steps are days of the seller's calendar, and letters leave in its hours.
func TestFC_34_DatesAreCivilInTheSellersZone(t *testing.T) {
	for _, name := range []string{"Pacific/Auckland", "Pacific/Pago_Pago", "America/Havana", "Asia/Beirut"} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			w := testkit.NewWorld(t)
			w.Cycle.Policy.Zone = zone
			w.Advance(45 * 24 * time.Hour) // due after the clocks were changed in spring
			inv := issued(t, w, "1")
			if today := calendar.On(w.Now(), zone); inv.IssuedOn != today || inv.DueOn != today.AddDays(30) {
				t.Fatalf("issued on %s, due %s, on %s", inv.IssuedOn, inv.DueOn, today)
			}
			h := handler(w)
			sent := 0
			for range 44 * 8 {
				w.Advance(3 * time.Hour)
				if w.Now().In(zone).Hour() < 3 {
					bankSaysNothing(t, w)
				}
				if err := h.Tick(ctx, trigger.Tick{}); err != nil {
					t.Fatal(err)
				}
				w.Settle(t)
				if n := len(reminders(w)); n > sent {
					sent = n
					if hour := w.Now().In(zone).Hour(); hour < 9 || hour >= 18 {
						t.Errorf("a letter at %s", w.Now().In(zone))
					}
				}
			}
			ladder := w.Cycle.Policy.Ladder
			for _, s := range read(t, w, inv.ID).Dunning.Sent {
				if want := w.Cycle.Policy.Days.Next(inv.DueOn.AddDays(ladder.Steps[ladder.Level(s.Step)].Day)); s.On != want {
					t.Errorf("%s on %s, want %s", s.Step, s.On, want)
				}
			}
			if sent != 3 {
				t.Errorf("%d letters", sent)
			}
		})
	}
}
