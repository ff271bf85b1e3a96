package slack

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"duly/shared/o2c"
)

// TestCap_88_ARefusalIsInTheColleaguesLanguage: a press, a form and a command that are refused say why in the words, amounts
// and dates of whoever asked, the code last; nobody reads English who does not speak it.
func TestCap_88_ARefusalIsInTheColleaguesLanguage(t *testing.T) {
	for language, want := range map[string]struct{ second, above, iban, past, limit, twice, mean, missing string }{
		"nl": {
			second: "Een tweede persoon moet hiernaar kijken: jij vroeg erom, en het gaat naar een andere rekening dan waar het geld vandaan kwam. Laat een collega het goedkeuren. [DULY-3005]",
			above:  "€ 600,00 is meer dan de € 500,00 die nergens bij hoort.", iban: "de controlecijfers kloppen niet", past: "1 januari 2026 ligt niet tussen vandaag en",
			limit: "alleen goedkeurders bepalen limieten. Je rol: debiteurenbeheer.", twice: "Factuur 2026-0001 heeft al een betwisting", mean: "Bedoel je /duly overdue?", missing: "Ik vind niets dat SO-99 heet.",
		},
		"de": {
			second: "Lassen Sie es jemand anderen freigeben. [DULY-3005]",
			above:  "600,00 € ist mehr als die 500,00 €, die nicht zugeordnet sind.", iban: "Die Prüfziffern passen nicht", past: "Der 1. Januar 2026 liegt nicht zwischen heute und dem",
			limit: "Limits setzt nur, wer freigeben darf. Ihre Rolle: ", twice: "Rechnung 2026-0001 hat schon eine Beanstandung", mean: "Meinten Sie /duly overdue?", missing: "Ich finde nichts namens SO-99.",
		},
		"fr": {
			second: "Faites-le approuver par un collègue. [DULY-3005]",
			above:  "600,00 € dépasse les 500,00 € non affectés.", iban: "sa clé de contrôle est fausse", past: "Le 1er janvier 2026 n’est pas entre aujourd’hui et le",
			limit: "seuls les approbateurs les fixent. Votre rôle : ", twice: "La facture 2026-0001 a déjà un litige", mean: "Vouliez-vous dire /duly overdue ?", missing: "Je ne trouve rien du nom de SO-99.",
		},
	} {
		t.Run(language, func(t *testing.T) {
			r := open(t)
			for _, who := range []string{joost, noor, mira} {
				if err := r.Cycle.SetPersonal(t.Context(), r.Stamp("slack:"+who), who, o2c.Personal{Language: language}); err != nil {
					t.Fatal(err)
				}
			}
			inv := r.shipped("1", 100_000)
			card := r.received("e1", 50_000, "Somebody")
			says := func(where, got, want string) {
				t.Helper()
				if got = plainly(got); !strings.Contains(got, want) {
					t.Errorf("%s says %q, want %q", where, got, want)
				}
			}
			r.press(noor, card, "cash.refund", "")
			says("a refund above what is left", string(r.submit(noor, map[string]any{"amount": "600,00", "holder": "S. Omebody", "iban": "NL91ABNA0417164300", "reason": "not ours"}).Body), want.above)
			r.press(noor, card, "cash.refund", "")
			says("a wrong IBAN", string(r.submit(noor, map[string]any{"holder": "S. Omebody", "iban": "NL91ABNA0417164301", "reason": "not ours"}).Body), want.iban)
			r.press(noor, card, "cash.refund", "")
			r.submit(noor, map[string]any{"holder": "S. Omebody", "iban": "NL91 ABNA 0417 1643 00", "reason": "not ours"})
			r.press(noor, r.card("C02COLLECT"), "cash.approve_refund", "")
			if told := r.whispers(noor); len(told) != 1 {
				t.Errorf("a press by whoever asked: %q", told)
			} else {
				says("a press by whoever asked", told[0], want.second)
			}
			_, all := r.typed(joost, "promise "+inv.Number+" 2026-01-01")
			says("a promise in the past", all, want.past)
			_, all = r.typed(joost, "credit acme limit 15000")
			says("a limit by a collector", all, want.limit)
			_, all = r.typed(joost, "ovedue")
			says("a command mistyped", all, want.mean)
			_, all = r.typed(joost, "order SO-99")
			says("an order that is not there", all, want.missing)
			r.typed(joost, `dispute `+inv.Number+` "wrong price"`)
			_, all = r.typed(joost, `dispute `+inv.Number+` "wrong price"`)
			says("a second dispute", all, want.twice)
			r.noViolations()
		})
	}
}

// plainly is an answer as it is read: no JSON, no emphasis, plain blanks.
func plainly(answer string) string {
	var text string
	if json.Unmarshal([]byte(`"`+answer+`"`), &text) != nil {
		text = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(answer)
	}
	return strings.NewReplacer("*", "", "`", "", "\u00a0", " ", "\u202f", " ").Replace(html.UnescapeString(text))
}
