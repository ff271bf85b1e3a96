package o2c

import (
	"context"
	"errors"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// TakeCase makes a colleague the owner of a customer's case, unless another has
// taken it and still looks after it.
func (c *Cycle) TakeCase(ctx context.Context, s Stamp, customerID string, who Person) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, *CaseLine, error) {
		today := c.today(s.At)
		if owner := k.owner(today); owner != "" && owner != who.ID {
			return Fact{}, nil, fault.New(fault.Refused, "{name} has taken it already. Nothing changed.", "", "").Keyed("case.taken").With("name", c.Policy.NameOf("slack:"+owner))
		}
		k.data.Owner = who.ID
		c.acted(k, who.ID, today)
		return Fact{Type: "dunning.taken", Data: map[string]string{"owner": who.ID}}, nil, nil
	})
}

// What came of a call.
const (
	CallReached  = "reached"   // we spoke
	CallNoAnswer = "no_answer" // nobody answered
	CallWord     = "left_word" // a message was left
	CallWrong    = "wrong"     // the number is not theirs
)

// CallOutcomes lists them.
func CallOutcomes() []string { return []string{CallReached, CallNoAnswer, CallWord, CallWrong} }

// CallInput is a call as a colleague tells of it.
type CallInput struct {
	CustomerID string
	Outcome    string
	Note       string
	Again      calendar.Date // when to call again; zero: not
}

// callsMax bounds the calls that a case remembers; the trail has them all.
const callsMax = 20

// LogCall writes a call down. Whoever was spoken to gets no letter before the
// gap has passed.
func (c *Cycle) LogCall(ctx context.Context, s Stamp, who Person, in CallInput) error {
	today := c.today(s.At)
	if !slices.Contains(CallOutcomes(), in.Outcome) {
		return fault.Bad("/outcome", "{outcome} is none of {outcomes}", "say what came of the call").Keyed("call.outcome").With("outcome", in.Outcome, "outcomes", strings.Join(CallOutcomes(), ", "))
	}
	if !in.Again.IsZero() && in.Again.Before(today) {
		return fault.Bad("/again", "{date} is over", "choose a day from today on").Keyed("day.past").With("date", in.Again)
	}
	return c.changeCase(ctx, s, in.CustomerID, func(k *dunningCase) (Fact, *CaseLine, error) {
		note := CallNote{On: today, By: who.ID, Outcome: in.Outcome, Note: in.Note}
		k.data.Calls = append(k.data.Calls, note)
		if n := len(k.data.Calls); n > callsMax {
			k.data.Calls = k.data.Calls[n-callsMax:]
		}
		k.data.CallBy = in.Again
		if in.Outcome == CallReached {
			k.data.LastLetter = today
		}
		c.acted(k, who.ID, today)
		return Fact{Type: "dunning.called", Data: note}, &CaseLine{What: LineCalled, By: s.Actor, Code: in.Outcome, Note: in.Note, Date: in.Again}, nil
	})
}

// HoldCustomer keeps letters back up to and including a day; no day lets them go
// on.
func (c *Cycle) HoldCustomer(ctx context.Context, s Stamp, customerID string, until calendar.Date, reason string) error {
	return c.changeCase(ctx, s, customerID, func(k *dunningCase) (Fact, *CaseLine, error) {
		k.data.HoldUntil, k.data.HoldWhy = until, reason
		c.acted(k, personID(s.Actor), c.today(s.At))
		if until.IsZero() {
			return Fact{Type: "dunning.released", Data: map[string]string{}}, &CaseLine{What: LineReleased, By: s.Actor}, nil
		}
		return Fact{Type: "dunning.held", Data: map[string]any{"until": until, "reason": reason}}, &CaseLine{What: LineHeld, By: s.Actor, Date: until, Note: reason}, nil
	})
}

// StopSupply stops new orders of a customer, or proposes it: a second colleague
// who approves credit decides, unless one person decides everything.
func (c *Cycle) StopSupply(ctx context.Context, s Stamp, customerID string, who Person, reason string) error {
	return c.changeSupply(ctx, s, customerID, func(k *dunningCase, cust *party.Customer) (Fact, *CaseLine, error) {
		ask := k.data.Stop
		switch {
		case cust.Data().Stopped != nil:
			return Fact{}, nil, fault.New(fault.Refused, "Supply is stopped already. Nothing changed.", "", "").Keyed("supply.stopped")
		case ask == nil && !c.Policy.Approval.Solo:
			if strings.TrimSpace(reason) == "" {
				return Fact{}, nil, fault.Bad("/reason", "nobody knows why", "say why supply should stop").Keyed("supply.reason")
			}
			k.data.Stop = &StopAsk{By: who.ID, Why: reason, On: c.today(s.At)}
			return Fact{Type: "supply.stop_proposed", Data: k.data.Stop}, &CaseLine{What: LineStopAsked, By: s.Actor, Note: reason}, nil
		case ask == nil:
			ask = &StopAsk{By: who.ID, Why: reason}
		case !who.Decides():
			return Fact{}, nil, fault.New(fault.Refused, "Approvers decide on it. Nothing changed.", "", "").Keyed("supply.approvers")
		case ask.By == who.ID && !c.Policy.Approval.Solo:
			return Fact{}, nil, fault.New(fault.Refused, "You proposed it; another approver decides. Nothing changed.", "", "").Keyed("supply.own")
		}
		k.data.Stop = nil
		stop := party.Stop{By: s.Actor, Why: ask.Why, On: c.today(s.At)}
		if err := cust.Amend(func(d *party.Data) { d.Stopped = &stop }); err != nil {
			return Fact{}, nil, err
		}
		return Fact{Type: "supply.stopped", Data: stop}, &CaseLine{What: LineStopped, By: s.Actor, Note: ask.Why}, nil
	})
}

// ResumeSupply lets a customer order again, or drops the proposal to stop.
func (c *Cycle) ResumeSupply(ctx context.Context, s Stamp, customerID string) error {
	return c.changeSupply(ctx, s, customerID, func(k *dunningCase, cust *party.Customer) (Fact, *CaseLine, error) {
		if k.data.Stop == nil && cust.Data().Stopped == nil {
			return Fact{}, nil, fault.New(fault.Refused, "Nothing is stopped. Nothing changed.", "", "").Keyed("supply.none")
		}
		k.data.Stop = nil
		if err := cust.Amend(func(d *party.Data) { d.Stopped = nil }); err != nil {
			return Fact{}, nil, err
		}
		return Fact{Type: "supply.resumed", Data: map[string]string{"by": s.Actor}}, &CaseLine{What: LineResumed, By: s.Actor}, nil
	})
}

func (c *Cycle) changeSupply(ctx context.Context, s Stamp, customerID string, change func(*dunningCase, *party.Customer) (Fact, *CaseLine, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		cust, err := get[party.Customer](ctx, tx, customerID)
		if err != nil {
			return err
		}
		k, err := c.caseOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		before := cust.Data().Stopped
		fact, line, err := change(k, cust)
		if err != nil {
			return err
		}
		c.acted(k, personID(s.Actor), c.today(s.At))
		if cust.Data().Stopped != before {
			if err := tx.Save(cust, fact); err != nil {
				return err
			}
			return c.caseChanged(tx, k, line)
		}
		return c.caseChanged(tx, k, line, fact)
	})
}

func (c *Cycle) changeCase(ctx context.Context, s Stamp, customerID string, change func(*dunningCase) (Fact, *CaseLine, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		k, err := c.caseOf(ctx, tx, customerID)
		if err != nil {
			return err
		}
		fact, line, err := change(k)
		if err != nil {
			return err
		}
		return c.caseChanged(tx, k, line, fact)
	})
}

// caseChanged saves the case, draws its card and adds a line to the card's
// thread.
func (c *Cycle) caseChanged(tx *Tx, k *dunningCase, line *CaseLine, facts ...Fact) error {
	customer := Key{Kind: "customer", ID: k.ID()}
	if err := errors.Join(tx.Save(k, facts...), c.showCard(tx, "overdue", customer)); err != nil || line == nil {
		return err
	}
	return c.caseSays(tx, k.ID(), *line)
}

// caseSays adds a line to the thread of a customer's card.
func (c *Cycle) caseSays(tx *Tx, customerID string, line CaseLine) error {
	return tx.ask(doReply, Key{Kind: "customer", ID: customerID}, replyArgs{Purpose: "overdue", Case: &line})
}
