package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// MailReply is a mail that a customer sent us, mostly in answer to one of ours.
type MailReply struct {
	Key     string // of the mail where it is kept; counts once
	From    string // the address alone
	Subject string
	Text    string // what was written, without what it answers
	Machine bool   // an automatic answer, such as "out of office"
}

// repliesShown is how much of a mail stands below a card, in characters.
const repliesShown = 1500

// TakeReply reads a customer's mail: a line below the card of its case, and no
// letter for three working days, so that somebody can answer. Only who we write
// to ourselves is believed to speak for a customer; any other mail is shown to
// the team and changes nothing. An automatic answer holds nothing back.
func (c *Cycle) TakeReply(ctx context.Context, at time.Time, in MailReply) error {
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "mail:" + in.From, Once: Name("seen", "mail", in.Key)})
		cust, number, err := c.writer(ctx, tx, in)
		if err != nil {
			return err
		}
		said := clipped(in.Text, repliesShown)
		if cust == nil {
			return errors.Join(
				tx.Save(&received{Data: receivedData{ID: Name("m", in.Key), From: in.From, Subject: in.Subject}}, Fact{Type: "mail.received", Data: in}),
				tx.ask(doCard, Key{Kind: "mail", ID: Name("m", in.Key)}, cardArgs{Purpose: "notice", Notice: Notice{Key: "mail_stranger", Name: in.From, Detail: in.Subject, Why: said}}),
			)
		}
		d := cust.Data()
		tx.Link(Link{Parent: KeyOf(cust), Name: linkMail, Sort: at.UTC().Format(time.RFC3339), To: Key{Kind: "mail", ID: Name("m", in.Key)}})
		if err := errors.Join(
			tx.Save(&received{Data: receivedData{ID: Name("m", in.Key), From: in.From, Subject: in.Subject, CustomerID: d.ID, Invoice: number}}, Fact{Type: "mail.received", Data: in}),
			tx.ask(doMailLine, KeyOf(cust), mailLine{From: in.From, Subject: in.Subject, Text: said, Customer: d.Name}),
		); err != nil || in.Machine {
			return err
		}
		return errors.Join(
			c.restCase(ctx, tx, d.ID, c.Policy.Days.Add(c.today(at), HoldDays), "answered by mail"),
			c.refreshCard(tx, "overdue", KeyOf(cust)),
		)
	})
	if errors.Is(err, ErrSeen) {
		return nil
	}
	return err
}

// writer is the customer who wrote: the one whose document the mail names, if
// the sender is one of its addresses, else the one whose address it is.
func (c *Cycle) writer(ctx context.Context, tx *Tx, in MailReply) (*party.Customer, string, error) {
	var names []Alias
	for _, n := range c.numbersIn(in.Subject) {
		names = append(names, Alias{Space: spaceInvoice, Value: n})
	}
	names = append(names, Alias{Space: spaceHint, Value: "mail:" + strings.ToLower(in.From)})
	keys, err := tx.Resolve(ctx, names...)
	if err != nil {
		return nil, "", err
	}
	for i, key := range keys {
		if key.IsZero() {
			continue
		}
		id, number := key.ID, ""
		if key.Kind == "invoice" {
			inv, err := get[invoice.Invoice](ctx, tx, key.ID)
			if err != nil {
				return nil, "", err
			}
			id, number = inv.Data().CustomerID, names[i].Value
			if strings.EqualFold(inv.Data().Buyer.Email, in.From) {
				cust, err := get[party.Customer](ctx, tx, id)
				return cust, number, err
			}
		}
		cust, err := find[party.Customer](ctx, tx, id)
		if err != nil {
			return nil, "", err
		}
		if cust != nil && slices.ContainsFunc(cust.Data().Emails, func(e string) bool { return strings.EqualFold(e, in.From) }) {
			return cust, number, nil
		}
	}
	return nil, "", nil
}

func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// receivedData is a mail that came in; its words are in its event.
type receivedData struct {
	ID         string `json:"id"`
	From       string `json:"from"`
	Subject    string `json:"subject"`
	CustomerID string `json:"customer_id,omitempty"`
	Invoice    string `json:"invoice,omitempty"`
}

// received is a mail that came in.
type received struct{ Data receivedData }

// Kind and ID make it a document.
func (m *received) Kind() string { return "mail" }
func (m *received) ID() string   { return m.Data.ID }

// doMailLine tells the team what a customer wrote.
const doMailLine = "chat.mail"

type mailLine struct {
	From     string `json:"from"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
	Customer string `json:"customer"`
}

// performMailLine writes below the card of the customer's case, and where none
// stands, a notice of its own among what is collected.
func performMailLine(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args mailLine
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The mail cannot be shown", err)
	}
	said := Notice{Key: "mail", Name: args.From, Detail: args.Subject, Why: args.Text}
	card, err := find[posted](ctx, NewTx(o.Cycle.Store), "overdue:"+e.Subject.String())
	if err != nil {
		return nil, err
	}
	if card != nil && card.data.Place.TS != "" {
		err := o.line(ctx, card.data.Place, said)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	_, err = o.Chat.Post(ctx, o.Cycle.Policy.Channel("collections"), NoticeCard{Notice: said, At: e.CreatedAt})
	return nil, err
}
