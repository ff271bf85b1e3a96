package slack

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// command answers whoever typed: that person alone, or everybody where --here asks for it.
func (d desk) command(ctx context.Context, body []byte) events.APIGatewayV2HTTPResponse {
	c, err := chat.ReadCommand(body)
	if err != nil {
		return d.failed(ctx, "a command", err)
	}
	if !d.serves(c.Team, c.App, "") {
		return unproven()
	}
	who, known, err := d.roll.Person(ctx, c.User)
	switch {
	case err != nil:
		return data(chat.Ephemeral(d.voice.Failed(err)))
	case !known:
		return data(chat.Ephemeral(d.voice.NotForYou()))
	}
	d = d.speaking(ctx, c.User)
	word, object, here := words(c.Text)
	v := verbs[word]
	if v.opens != nil && (strings.EqualFold(object, "new") || object == "" && !v.object) {
		if err := v.opens(d, ctx, c.TriggerID, who); err != nil {
			d.log(ctx, "/duly "+word, err)
			return data(chat.Ephemeral(d.voice.Failed(err)))
		}
		return done()
	}
	stamp := o2c.Stamp{At: d.Now(), Actor: "slack:" + who.ID, Cause: o2c.Name("sl", string(body))}
	asked := ask{Who: who, Stamp: stamp, Object: object, Channel: c.Channel, Trigger: c.TriggerID}
	if asksTraining(object) {
		m, err := d.commanded(ctx, word, asked)
		if err != nil {
			m = d.voice.Failed(err)
		}
		return data(chat.Ephemeral(m)) // whatever --here says
	}
	m, told := d.answer(ctx, word, asked)
	switch {
	case m.Text == "": // a form says the rest
		return done()
	case told && here && !v.silent:
		return data(chat.InChannel(m))
	}
	return data(chat.Ephemeral(m))
}

// answer does what was asked; told is false for what only who asked has to know, such as a mistyped word.
func (d desk) answer(ctx context.Context, word string, a ask) (m chat.Message, told bool) {
	if word == "" || word == "help" {
		return d.help(a.Object), true
	}
	v, ok := verbs[word]
	switch {
	case !ok:
		return d.voice.DidYouMean(word, nearest(word)), false
	case v.object && a.Object == "":
		return d.voice.Needs(v.examples[0]), false
	}
	m, err := v.answer(d, ctx, a)
	if fault.Is(err, fault.NotFound) {
		return d.voice.NotFound(a.Object), false
	}
	if err != nil {
		d.log(ctx, "/duly "+word, err)
		return d.voice.Failed(err), false
	}
	return m, true
}

func (d desk) order(ctx context.Context, a ask) (chat.Message, error) {
	o, err := d.called(ctx, bare(a.Object))
	if err != nil {
		return chat.Message{}, err
	}
	view, err := d.Cycle.OrderWithCredit(ctx, o.ID)
	if err != nil {
		return chat.Message{}, err
	}
	var numbers []string
	for _, id := range view.Order.Invoices {
		inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, id)
		if err != nil {
			return chat.Message{}, err
		}
		if n := inv.Number(); n != "" {
			numbers = append(numbers, n)
		}
	}
	return d.voice.OrderAnswer(view, numbers), nil
}

// called finds an order by its number, in capitals if need be.
func (d desk) called(ctx context.Context, number string) (order.Data, error) {
	o, err := d.Cycle.OrderByNumber(ctx, number)
	if upper := strings.ToUpper(number); fault.Is(err, fault.NotFound) && upper != number {
		return d.Cycle.OrderByNumber(ctx, upper)
	}
	return o, err
}

// lookMax bounds how many of the newest documents a command looks at, inside Slack's 3 seconds.
const lookMax = 3000

// lookPage is how many of them are read at once.
const lookPage = 500

// look visits the newest documents of a kind.
func look[D any, P interface {
	*D
	o2c.Document
	UnmarshalJSON([]byte) error
}](ctx context.Context, d desk, visit func(P)) error {
	after := ""
	for seen := 0; seen < lookMax; {
		page, err := o2c.ListOf[D, P](ctx, d.Cycle, lookPage, after)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			visit(item)
		}
		seen += len(page.Items)
		if after = page.Next; after == "" {
			return nil
		}
	}
	return nil
}

// find looks for an order or an invoice by its number, else for customers by a part of their name.
func (d desk) find(ctx context.Context, a ask) (chat.Message, error) {
	what := bare(a.Object)
	var f chat.Found
	o, err := d.called(ctx, what)
	if err == nil {
		f.Orders = append(f.Orders, o)
	} else if !fault.Is(err, fault.NotFound) {
		return chat.Message{}, err
	}
	inv, err := d.Cycle.InvoiceByNumber(ctx, what)
	if err == nil {
		f.Invoices = append(f.Invoices, inv)
	} else if !fault.Is(err, fault.NotFound) {
		return chat.Message{}, err
	}
	err = look(ctx, d, func(c *party.Customer) {
		if strings.Contains(strings.ToLower(c.Data().Name), strings.ToLower(what)) {
			f.Customers = append(f.Customers, c.Data())
		}
	})
	return d.voice.Results(what, f), err
}

// who shows the one customer that a name fits; of several it lists them.
func (d desk) who(ctx context.Context, a ask) (chat.Message, error) {
	c, others, err := d.named(ctx, bare(a.Object))
	if err != nil || c == nil {
		return others, err
	}
	at, err := d.Cycle.Exposures(ctx, d.Now(), *c)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.CustomerAnswer(*c, at[0]), nil
}

// named finds the one customer that a name fits, its whole name before a part of it; else others says who they could be.
func (d desk) named(ctx context.Context, what string) (one *party.Data, others chat.Message, err error) {
	var f chat.Found
	err = look(ctx, d, func(c *party.Customer) {
		known := c.Data()
		if strings.EqualFold(known.Name, what) || known.ID == what {
			one = &known
		}
		if strings.Contains(strings.ToLower(known.Name), strings.ToLower(what)) {
			f.Customers = append(f.Customers, known)
		}
	})
	if err != nil {
		return nil, others, err
	}
	if one == nil && len(f.Customers) == 1 {
		one = &f.Customers[0]
	}
	return one, d.voice.Results(what, f), nil
}

// bare is a name without the quotes that somebody put around it.
func bare(s string) string { return strings.Trim(s, ` "'“”„«»#`) }
