package feedback

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/mail"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// mailbox is a world whose received mails lie in the intake.
type mailbox struct {
	*testkit.World
	t    *testing.T
	h    trigger.Handler
	kept map[string]string
}

func openMailbox(t *testing.T) (mailbox, invoice.Data) {
	t.Helper()
	m := mailbox{World: testkit.NewWorld(t), t: t, kept: map[string]string{}}
	m.h = New(Deps{Cycle: m.Cycle, Now: m.Now, Read: mail.ReadReply, Fetch: func(_ context.Context, key string) ([]byte, error) { return []byte(m.kept[key]), nil }})
	taken, err := m.Cycle.HandleShop(t.Context(), m.Arrive(order.Create, testkit.Order("1", 10_000, m.Now())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Cycle.Ship(t.Context(), m.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	m.Settle(t)
	o, err := o2c.Read[order.Order](t.Context(), m.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := o2c.Read[invoice.Invoice](t.Context(), m.Cycle, o.Data().Invoices[0])
	if err != nil {
		t.Fatal(err)
	}
	return m, inv.Data()
}

// receives lets a mail arrive, twice as buckets announce objects.
func (m mailbox) receives(key, from, subject, header, text string) {
	m.t.Helper()
	m.kept[key] = fmt.Sprintf("From: %s\r\nTo: invoices@duly.example\r\nSubject: %s\r\n%s\r\n%s\r\n", from, subject, header, text)
	for range 2 {
		if err := m.h.Arrival(m.t.Context(), trigger.Arrival{Bucket: "intake", Key: key}); err != nil {
			m.t.Fatal(err)
		}
	}
	m.Settle(m.t)
}

// live lets days pass with the dunning schedule and an empty statement a day,
// and counts the reminders that went out.
func (m mailbox) live(days int) (reminders int) {
	m.t.Helper()
	before := len(m.Desk.Letters)
	h := dunning.New(dunning.Deps{Cycle: m.Cycle, Now: m.Now, Log: slog.New(slog.DiscardHandler)})
	for range days {
		for range 24 {
			if err := h.Tick(context.Background(), trigger.Tick{Schedule: "dunning"}); err != nil {
				m.t.Fatal(err)
			}
			m.Advance(time.Hour)
		}
		m.Settle(m.t)
		today := calendar.On(m.Now(), m.Cycle.Policy.Zone)
		if _, err := m.Cycle.ImportStatement(context.Background(), m.Stamp("bank"), cash.Statement{
			ID: "empty-" + today.String(), Account: m.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
		}); err != nil {
			m.t.Fatal(err)
		}
	}
	for _, l := range m.Desk.Letters[before:] {
		if strings.HasPrefix(l.Subject, "reminder_") {
			reminders++
		}
	}
	return reminders
}

// TestCap_52_AnAnswerByMailHoldsLettersBack for three working days, and is read
// below the card of the customer's case; an automatic answer is only read.
func TestCap_52_AnAnswerByMailHoldsLettersBack(t *testing.T) {
	for name, c := range map[string]struct {
		from, header string
		holds        bool
	}{
		"the customer":        {"Eline <finance@acme.example>", "", true},
		"out of office":       {"finance@acme.example", "Auto-Submitted: auto-replied\r\n", false},
		"a stranger":          {"eve@evil.example", "", false},
		"in another's name":   {"\"finance@acme.example\" <eve@evil.example>", "", false},
		"upper-case, as some": {"FINANCE@ACME.EXAMPLE", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			m, inv := openMailbox(t)
			m.live(34) // due 4 February; the friendly reminder would go out on Monday the 9th
			m.receives("mail/1", c.from, "Re: Invoice "+inv.Number, c.header, "We pay on Friday <!channel>.")
			told := ""
			for _, n := range append(m.Desk.News("mail"), m.Desk.News("mail_stranger")...) {
				told += n.Why
			}
			if strings.Count(told, "We pay on Friday") != 1 {
				t.Errorf("the team reads %q", told)
			}
			if n := m.live(2); (n == 0) != c.holds {
				t.Errorf("%d reminders in the days after it", n)
			}
			if n := m.live(5); c.holds && n == 0 {
				t.Error("letters never went on")
			}
		})
	}
}

// TestAMailThatCannotBeReadIsReported and does not come again.
func TestAMailThatCannotBeReadIsReported(t *testing.T) {
	m, _ := openMailbox(t)
	m.kept["mail/2"] = "\x00 no mail"
	if err := m.h.Arrival(t.Context(), trigger.Arrival{Bucket: "intake", Key: "mail/2"}); err != nil {
		t.Fatal(err)
	}
	m.Settle(t)
	if n := m.Desk.News("mail_unreadable"); len(n) != 1 {
		t.Errorf("%+v", n)
	}
}
