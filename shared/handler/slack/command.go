package slack

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// verb is one word that people type behind /duly.
type verb struct {
	answer  func(desk, context.Context, string) (chat.Message, error)
	example string // "": it needs no object
	// open opens a form for "new", or when nothing is named and nothing need be; nil: there is none.
	open func(d desk, ctx context.Context, triggerID string, who o2c.Person) error
}

// verbs is the table of them.
var verbs = map[string]verb{
	"help":     {answer: desk.help},
	"order":    {answer: desk.order, example: "order SO-1042", open: desk.openNewOrder},
	"invoice":  {answer: desk.invoice, example: "invoice 2026-0042"},
	"claim":    {answer: desk.claimAnswer, example: "claim 2026-0042"},
	"overdue":  {answer: desk.overdue},
	"kpi":      {answer: desk.kpi},
	"find":     {answer: desk.find, example: "find acme"},
	"customer": {answer: desk.who, example: "customer acme"},

	"quote": {answer: desk.quote, open: desk.openNewQuote},
}

// command answers whoever typed, and nobody else.
func (d desk) command(ctx context.Context, body []byte) events.APIGatewayV2HTTPResponse {
	c, err := chat.ReadCommand(body)
	if err != nil {
		return d.failed(ctx, "a command", err)
	}
	if !d.serves(c.Team, c.App, "") {
		return unproven()
	}
	who, known, err := d.person(ctx, c.User)
	switch {
	case err != nil:
		return data(chat.Ephemeral(d.voice.Failed(err)))
	case !known:
		return data(chat.Ephemeral(d.voice.NotForYou()))
	}
	word, object := words(c.Text)
	if v := verbs[word]; v.open != nil && (strings.EqualFold(object, "new") || object == "" && v.example == "") {
		if err := v.open(d, ctx, c.TriggerID, who); err != nil {
			d.log(ctx, "/duly "+word, err)
			return data(chat.Ephemeral(d.voice.Failed(err)))
		}
		return done()
	}
	return data(chat.Ephemeral(d.answer(ctx, who, c.Text)))
}

// words is the verb and the object that somebody typed.
func words(text string) (word, object string) {
	word, object, _ = strings.Cut(text, " ")
	return strings.ToLower(word), strings.Trim(object, ` "“”#`)
}

func (d desk) answer(ctx context.Context, who o2c.Person, text string) chat.Message {
	word, object := words(text)
	if word == "" {
		word = "help"
	}
	if word == "role" {
		return d.role(ctx, who, object)
	}
	v, ok := verbs[word]
	switch {
	case !ok:
		return d.voice.DidYouMean(word, nearest(word))
	case v.example != "" && object == "":
		return d.voice.Needs(v.example)
	}
	m, err := v.answer(d, ctx, object)
	if fault.Is(err, fault.NotFound) {
		return d.voice.NotFound(object)
	}
	if err != nil {
		d.log(ctx, "/duly "+word, err)
		return d.voice.Failed(err)
	}
	return m
}

func (d desk) help(context.Context, string) (chat.Message, error) { return d.voice.Help(), nil }

func (d desk) order(ctx context.Context, number string) (chat.Message, error) {
	o, err := d.Cycle.OrderByNumber(ctx, number)
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

func (d desk) invoice(ctx context.Context, number string) (chat.Message, error) {
	inv, err := d.Cycle.InvoiceByNumber(ctx, number)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.InvoiceAnswer(inv), nil
}

func (d desk) kpi(ctx context.Context, _ string) (chat.Message, error) {
	figures, err := d.figures(ctx)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.FiguresAnswer(figures), nil
}

// lookMax bounds how many of the newest documents a command looks at, inside Slack's 3 seconds.
const lookMax = 500

// look visits the newest documents of a kind.
func look[D any, P interface {
	*D
	o2c.Document
	UnmarshalJSON([]byte) error
}](ctx context.Context, d desk, visit func(P)) error {
	after := ""
	for seen := 0; seen < lookMax; {
		page, err := o2c.ListOf[D, P](ctx, d.Cycle, 100, after)
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

// overdue lists who is late, the most first.
func (d desk) overdue(ctx context.Context, _ string) (chat.Message, error) {
	today := d.today()
	late, sum := map[string]chat.Late{}, money.Of(0, d.Cycle.Policy.Currency)
	err := look(ctx, d, func(inv *invoice.Invoice) {
		if i := inv.Data(); inv.Overdue(today) {
			l := late[i.CustomerID]
			late[i.CustomerID] = chat.Late{Customer: i.Buyer.Name, Amount: l.Amount.Plus(i.InBooks(i.Open)), Days: max(l.Days, today.DaysSince(i.DueOn))}
			sum = sum.Plus(i.InBooks(i.Open))
		}
	})
	all := make([]chat.Late, 0, len(late))
	for _, l := range late {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b chat.Late) int {
		if c := b.Amount.Cmp(a.Amount); c != 0 {
			return c
		}
		return strings.Compare(a.Customer, b.Customer)
	})
	return d.voice.OverdueAnswer(sum, all), err
}

// find looks for an order or an invoice by its number, else for customers by a part of their name.
func (d desk) find(ctx context.Context, what string) (chat.Message, error) {
	var f chat.Found
	o, err := d.Cycle.OrderByNumber(ctx, what)
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

// who shows the one customer that a name fits, its whole name before a part of it; of several it lists them.
func (d desk) who(ctx context.Context, what string) (chat.Message, error) {
	var f chat.Found
	var exact *party.Data
	err := look(ctx, d, func(c *party.Customer) {
		known := c.Data()
		if strings.EqualFold(known.Name, what) || known.ID == what {
			exact = &known
		}
		if strings.Contains(strings.ToLower(known.Name), strings.ToLower(what)) {
			f.Customers = append(f.Customers, known)
		}
	})
	if err != nil {
		return chat.Message{}, err
	}
	if exact == nil && len(f.Customers) != 1 {
		return d.voice.Results(what, f), nil
	}
	if exact == nil {
		exact = &f.Customers[0]
	}
	at, err := d.Cycle.Exposures(ctx, d.Now(), *exact)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.CustomerAnswer(*exact, at[0]), nil
}
