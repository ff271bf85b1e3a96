package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// lossy is a mail service whose next answers are lost after it took the mail.
type lossy struct {
	*testkit.Desk
	lose int
}

func (l *lossy) Send(ctx context.Context, mail o2c.Letter) (string, error) {
	id, err := l.Desk.Send(ctx, mail)
	if err == nil && l.lose > 0 {
		l.lose--
		return "", errors.New("the connection was closed before the answer came")
	}
	return id, err
}

// TestFC_49_TheMailWasAcceptedAndOurMarkLost: a letter is sent once more when
// nobody knows what became of it, and not when the service tells by the letter's
// tag that it has arrived; the invoice keeps its number.
func TestFC_49_TheMailWasAcceptedAndOurMarkLost(t *testing.T) {
	for name, tc := range map[string]struct {
		told bool
		want int
	}{"the service tells that it arrived": {true, 1}, "nobody knows": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			m, inv := openMailbox(t)
			m.Cycle.Policy.Freshness = 0
			service := &lossy{Desk: m.Desk, lose: 1}
			m.Outbox.Mail = service
			h := dunning.New(dunning.Deps{Cycle: m.Cycle, Now: m.Now, Log: slog.New(slog.DiscardHandler)})
			before := len(m.Desk.Letters)
			for service.lose > 0 { // until the first reminder
				m.Advance(24 * time.Hour)
				if err := h.Tick(t.Context(), trigger.Tick{}); err != nil {
					t.Fatal(err)
				}
				m.Settle(t)
			}
			letter := m.Desk.Letters[len(m.Desk.Letters)-1]
			if tc.told {
				for range 2 {
					detail := fmt.Sprintf(`{"eventType":"Delivery","mail":{"destination":[%q],"tags":{"effect":[%q]}},"delivery":{"smtpResponse":"250 ok"}}`, letter.To, letter.Tag)
					if err := m.h.News(t.Context(), events.CloudWatchEvent{Detail: json.RawMessage(detail)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			m.Advance(time.Hour)
			m.Settle(t)
			m.Advance(time.Hour)
			m.Settle(t)
			sent := m.Desk.Letters[before:]
			if len(sent) != tc.want {
				t.Fatalf("%d letters, want %d", len(sent), tc.want)
			}
			for _, l := range sent {
				if l.Tag != letter.Tag || l.Subject != letter.Subject {
					t.Errorf("another letter: %q", l.Subject)
				}
			}
			if now, err := o2c.Read[invoice.Invoice](t.Context(), m.Cycle, inv.ID); err != nil || now.Number() != inv.Number {
				t.Errorf("number %s, %v", now.Number(), err)
			}
		})
	}
}
