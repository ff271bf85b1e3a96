package chat

import (
	"errors"
	"testing"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// TestARefusalSpellsItsValues: amounts, dates, roles and statuses as the reader's language has them, in English too; what a
// person or a machine wrote stays as it is, and what nobody keyed is quoted from the log.
func TestARefusalSpellsItsValues(t *testing.T) {
	above := fault.New(fault.Forbidden, "The limit was not changed", "{limit} is more than the {most} that you decide on alone", "ask an approver with a higher limit").
		Keyed("limit.above").With("limit", eur(1_500_000), "most", eur(250_000))
	late := fault.By("/date", fault.Breaks("promise.date", "{date} is not between today and {until}", "date", calendar.Date{Year: 2026, Month: 1, Day: 2}, "until", calendar.Date{Year: 2026, Month: 3, Day: 9}), "choose an earlier date")
	for _, c := range []struct {
		language string
		err      error
		want     string
	}{
		{"en", above, "The limit was not changed — €15,000.00 is more than the €2,500.00 that you decide on alone — ask an approver with a higher limit [DULY-3005]"},
		{"de", above, "Das Limit wurde nicht geändert: 15.000,00\u00a0€ ist mehr als die 2.500,00\u00a0€, über die Sie allein entscheiden. Fragen Sie jemanden mit höherer Grenze. [DULY-3005]"},
		{"nl", late, "2 januari 2026 ligt niet tussen vandaag en 9 maart 2026. Kies een dag daartussen. [DULY-3001]"},
		{"fr", fault.Missing("invoice", "2026-0007"), "Rien n’est gardé sous « 2026-0007 » (facture). Vérifiez l’orthographe. [DULY-3002]"},
		{"de", fault.New(fault.Refused, "", "", "").Keyed("order.cancel").With("number", "SO-1", "status", "part_shipped"), "Auftrag SO-1 kann nicht mehr storniert werden: Der Status ist „teilweise versandt“. Schreiben Sie die Rechnung gut, wenn die Ware zurückkommt. [DULY-3003]"},
		{"nl", fault.New(fault.Refused, "No", "", ""), "Het lukte niet. In het logboek staat: “No [DULY-3003]”"},
		{"fr", errors.New("password=hunter2"), NewVoice(policy("fr")).Say("trouble") + " [DULY-5000]"},
	} {
		if got := NewVoice(policy(c.language)).Refusal(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.language, got, c.want)
		}
	}
}
