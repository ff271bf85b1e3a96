package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
)

// Who is asked how it was.
const (
	AskedCustomers = "customers"
	AskedTeam      = "team"
)

const (
	// ScoreMax is the best answer; 1 is the worst.
	ScoreMax = 5
	// OpinionWords is how many characters a customer may add.
	OpinionWords = 500
	// teamMin is how many colleagues must have answered before what they said is
	// told: of fewer it could be guessed who said what.
	teamMin = 3
	// askedFrom is the day of the month from which colleagues are asked, on a
	// working day.
	askedFrom = 20
)

// OpinionData is how a customer found what an invoice was for.
type OpinionData struct {
	InvoiceID  string    `json:"invoice_id"`
	CustomerID string    `json:"customer_id"`
	Score      int       `json:"score"` // 1 to 5
	Text       string    `json:"text,omitempty"`
	At         time.Time `json:"at"`
}

// opinion has the id of its invoice.
type opinion struct{ data OpinionData }

// Kind and ID make it a document.
func (o *opinion) Kind() string { return "opinion" }
func (o *opinion) ID() string   { return o.data.InvoiceID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (o *opinion) MarshalJSON() ([]byte, error) { return json.Marshal(o.data) }
func (o *opinion) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &o.data) }

// ballotData is what the answers of a month come to. Of a colleague's answer
// nothing else is kept, and no event: who answered stands apart from what.
type ballotData struct {
	ID       string          `json:"id"`                 // "team:2026-01"
	Scores   [ScoreMax]int64 `json:"scores"`             // how many answered 1, 2, …
	Answered []string        `json:"answered,omitempty"` // names made of the month and the colleague, in the order of the alphabet
}

type ballot struct{ data ballotData }

func ballotID(who string, month calendar.Date) string { return who + ":" + month.String()[:7] }

// Kind and ID make it a document.
func (t *ballot) Kind() string { return "ballot" }
func (t *ballot) ID() string   { return t.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (t *ballot) MarshalJSON() ([]byte, error) { return json.Marshal(t.data) }
func (t *ballot) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &t.data) }

// Scored is what a month's answers to a question come to.
type Scored struct {
	Answers int
	Mean    kpi.Figure // 1 to 5; none of colleagues when fewer than three answered
}

func (d ballotData) scored() Scored {
	var n, sum int64
	for i, count := range d.Scores {
		n, sum = n+count, sum+count*int64(i+1)
	}
	s := Scored{Answers: int(n)}
	if n >= teamMin || !strings.HasPrefix(d.ID, AskedTeam) {
		s.Mean = kpi.Ratio(sum, n)
	}
	return s
}

// scoreOf is what those who were asked in a month said.
func (c *Cycle) scoreOf(ctx context.Context, who string, month calendar.Date) (Scored, error) {
	t, err := find[ballot](ctx, NewTx(c.Store), ballotID(who, month))
	if err != nil || t == nil {
		return Scored{}, err
	}
	return t.data.scored(), nil
}

// asksOpinion reports whether the customer may be asked about an invoice: it is
// paid, and nobody disputed it, took the money back or had to be written to
// formally.
func (c *Cycle) asksOpinion(ctx context.Context, tx *Tx, d invoice.Data) (bool, error) {
	if !c.Policy.Room.AskCustomers || d.Status != invoice.Paid || d.Type != invoice.Invoices || d.BroughtForward() || d.Dunning.Disputes > 0 || d.Dunning.Filed {
		return false, nil
	}
	for _, sent := range d.Dunning.Sent {
		if !sent.Skipped && c.formal(sent.Step) {
			return false, nil
		}
	}
	keys, err := c.receiptsOf(ctx, tx, d)
	if err != nil {
		return false, err
	}
	for _, k := range keys {
		r, err := get[cash.Receipt](ctx, tx, k.ID)
		if err != nil {
			return false, err
		}
		if len(r.Data().Chargebacks) > 0 {
			return false, nil
		}
	}
	return true, nil
}

// formal reports whether a step is a letter of legal effect; of one that the
// ladder has no more nobody knows.
func (c *Cycle) formal(code string) bool {
	i := c.Policy.Ladder.Level(code)
	return i < 0 || slices.Contains([]string{dunning.FourteenDay, dunning.Formal, dunning.Last}, c.Policy.Ladder.Steps[i].Kind)
}

// addOpinion adds the question of the page, or its answer.
func (c *Cycle) addOpinion(ctx context.Context, tx *Tx, v *InvoicePageView) error {
	if !c.Policy.Room.AskCustomers {
		return nil
	}
	said, err := find[opinion](ctx, tx, v.Invoice.ID)
	if err != nil {
		return err
	}
	if said != nil {
		v.Opinion = &said.data
		return nil
	}
	v.Asks, err = c.asksOpinion(ctx, tx, v.Invoice)
	return err
}

// opinionURL leads from a letter to the question about an invoice; "" when
// nobody asks, or when it is answered.
func (c *Cycle) opinionURL(ctx context.Context, tx *Tx, d invoice.Data, page string) (string, error) {
	asks, err := c.asksOpinion(ctx, tx, d)
	if err != nil || !asks {
		return "", err
	}
	said, err := find[opinion](ctx, tx, d.ID)
	if err != nil || said != nil {
		return "", err
	}
	return page + "#opinion", nil
}

// GiveOpinion takes a customer's answer, once per invoice.
func (c *Cycle) GiveOpinion(ctx context.Context, s Stamp, invoiceID string, score int, text string) error {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	switch {
	case score < 1 || score > ScoreMax:
		return fault.Bad("/score", "no answer from 1 to 5 was chosen", "choose one").Keyed("score.none")
	case utf8.RuneCountInString(text) > OpinionWords:
		return fault.Bad("/text", "it is longer than 500 characters", "write less").Keyed("score.text")
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		month := ballotID(AskedCustomers, c.today(s.At))
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: invoiceID}, Key{Kind: "opinion", ID: invoiceID}, Key{Kind: "ballot", ID: month}); err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		said, err := find[opinion](ctx, tx, invoiceID)
		if err != nil || said != nil {
			return err
		}
		d := inv.Data()
		asks, err := c.asksOpinion(ctx, tx, d)
		if err != nil {
			return err
		}
		if !asks {
			return fault.New(fault.Refused, "Nobody asks about this invoice", "it is not paid, was disputed or had a formal letter, or the question is switched off", "").Keyed("question.none")
		}
		t, err := find[ballot](ctx, tx, month)
		if err != nil {
			return err
		}
		if t == nil {
			t = &ballot{data: ballotData{ID: month}}
		}
		t.data.Scores[score-1]++
		said = &opinion{data: OpinionData{InvoiceID: invoiceID, CustomerID: d.CustomerID, Score: score, Text: text, At: s.At.UTC()}}
		if err := errors.Join(tx.Save(said, Fact{Type: "opinion.given", Data: map[string]int{"score": score}}), tx.Save(t)); err != nil || text == "" {
			return err
		}
		return tx.ask(doCard, KeyOf(inv), cardArgs{Purpose: "notice", Notice: Notice{Key: "opinion", Name: d.Buyer.Name, Number: d.Number, Score: score, Why: text}})
	})
}

// AskTeam asks the colleagues how the month was, once in its last third, where
// the policy wants it.
func (c *Cycle) AskTeam(ctx context.Context, at time.Time) error {
	today := c.today(at)
	if !c.Policy.Room.AskTeam || today.Day < askedFrom || !c.Policy.Days.Works(today) {
		return nil
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		id := ballotID(AskedTeam, today)
		known, err := find[ballot](ctx, tx, id)
		if err != nil || known != nil {
			return err
		}
		t := &ballot{data: ballotData{ID: id}}
		return errors.Join(tx.Save(t), c.showCard(tx, "question", KeyOf(t)))
	})
}

// AnswerQuestion counts a colleague's answer of 1 to 5, the first of each; first
// is false for another. The commit names nobody.
func (c *Cycle) AnswerQuestion(ctx context.Context, at time.Time, id, person string, score int) (first bool, err error) {
	if score < 1 || score > ScoreMax {
		return false, fault.Bad("/score", "no answer from 1 to 5 was chosen", "choose one").Keyed("score.none")
	}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:question"})
		t, err := get[ballot](ctx, tx, id)
		if err != nil {
			return err
		}
		who := Name("a", id, person)
		i, answered := slices.BinarySearch(t.data.Answered, who)
		if first = !answered; answered {
			return nil
		}
		t.data.Answered = slices.Insert(t.data.Answered, i, who)
		t.data.Scores[score-1]++
		return errors.Join(tx.Save(t), c.refreshCard(tx, "question", KeyOf(t)))
	})
	return first, err
}

// QuestionCard asks the colleagues how the month was, and says how many answered.
type QuestionCard struct {
	ID      string // of the month's ballot
	Month   calendar.Date
	Answers int
}

func (QuestionCard) card() {}

func questionCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	t, err := get[ballot](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	_, month, _ := strings.Cut(t.data.ID, ":")
	first, err := calendar.Parse(month + "-01")
	return QuestionCard{ID: t.data.ID, Month: first, Answers: t.data.scored().Answers}, err
}
