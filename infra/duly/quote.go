package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// quoteVerb is about quotes.
type quoteVerb struct {
	New  quoteNewVerb  `cmd:"" help:"Draft a quote and, with --send, send it."`
	Send quoteSendVerb `cmd:"" help:"Send a draft: it is mailed, or waits for credit approval."`
	Show quoteShowVerb `cmd:"" help:"Show a quote and how it stands."`
	List quoteListVerb `cmd:"" help:"List the newest quotes."`
}

// quoteNewVerb drafts a quote.
type quoteNewVerb struct {
	target
	Customer string   `required:"" help:"Id, e-mail address or name of the customer."`
	Line     []string `required:"" sep:"none" placeholder:"12 x FLOUR-25" help:"What is offered, once per line: 12 x FLOUR-25, or 2 x Oak table @ 450,00 21%."`
	Currency string   `placeholder:"USD" help:"Of the prices; else that of the books."`
	Until    string   `placeholder:"2026-02-04" help:"Last day of its validity; else as duly.yaml says."`
	Terms    *int     `help:"Days to pay; else the customer's."`
	Subject  string   `help:"What it is about."`
	Start    string   `placeholder:"2026-02-01" help:"Of what runs for a time: its first day …"`
	End      string   `placeholder:"2027-01-31" help:"… and its last."`
	Notice   int      `help:"Days before the end when it must be renewed or ended."`
	Send     bool     `help:"Send it at once."`
	JSON     bool     `name:"json" help:"Print the quote as JSON."`
}

// Run drafts, and sends if asked to.
func (v *quoteNewVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		id, err := customerID(c, d, v.Customer)
		if err != nil {
			return err
		}
		in := api.QuoteInput{CustomerID: id, Subject: v.Subject, ValidUntil: v.Until, Terms: v.Terms}
		in.Currency = cmp.Or(strings.ToUpper(v.Currency), d.Info.Policy.AutoApprove.Currency)
		if in.Lines, err = quoteLines(v.Line, in.Currency); err != nil {
			return err
		}
		if v.Start != "" || v.End != "" {
			in.Contract = &api.PeriodInput{StartOn: v.Start, EndOn: v.End, NoticeDays: v.Notice}
		}
		var q api.Quote
		if err := d.Do(c.ctx, http.MethodPost, "/v1/quotes", in, &q); err != nil {
			return err
		}
		if v.Send {
			if err := d.Do(c.ctx, http.MethodPost, "/v1/quotes/"+q.ID+"/send", nil, &q); err != nil {
				fmt.Fprintf(c.out, "%s is drafted\n", q.Number)
				return err
			}
		}
		return printQuote(c.out, q, v.JSON)
	})
}

// quoteSendVerb sends a draft.
type quoteSendVerb struct {
	target
	Number string `arg:"" help:"Number or id of the quote."`
	JSON   bool   `name:"json" help:"Print the quote as JSON."`
}

// Run sends it and says what came of it.
func (v *quoteSendVerb) Run(c *console) error {
	return v.printed(c, http.MethodPost, url.PathEscape(v.Number)+"/send", v.JSON)
}

// printed asks for one quote and prints what came back.
func (t target) printed(c *console, method, path string, asJSON bool) error {
	return t.with(c, func(d *demo.Client) error {
		var q api.Quote
		if err := d.Do(c.ctx, method, "/v1/quotes/"+path, nil, &q); err != nil {
			return err
		}
		return printQuote(c.out, q, asJSON)
	})
}

// quoteShowVerb shows a quote.
type quoteShowVerb struct {
	target
	Number string `arg:"" help:"Number or id of the quote."`
	JSON   bool   `name:"json" help:"Print the quote as JSON."`
}

// Run shows it.
func (v *quoteShowVerb) Run(c *console) error {
	return v.printed(c, http.MethodGet, url.PathEscape(v.Number), v.JSON)
}

// quoteListVerb lists quotes.
type quoteListVerb struct {
	target
	Status string `enum:",draft,sent,accepted,declined,expired" default:"" help:"Only those in this status."`
	JSON   bool   `name:"json" help:"Print the quotes as JSON."`
}

// Run lists the newest.
func (v *quoteListVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var list struct{ Items []api.Quote }
		path := "/v1/quotes?limit=50"
		if v.Status != "" {
			path += "&status=" + v.Status
		}
		if err := d.Do(c.ctx, http.MethodGet, path, nil, &list); err != nil {
			return err
		}
		if v.JSON {
			return indented(c.out, list.Items)
		}
		table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, q := range list.Items {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\tuntil %s\n", q.Number, standing(q), q.CustomerName, spelled(q.Total), q.ValidUntil)
		}
		return table.Flush()
	})
}

// quoteLines are the lines as the API takes them.
func quoteLines(said []string, currency string) ([]api.QuoteLineInput, error) {
	lines, err := o2c.TypedLines(strings.Join(said, "\n"), currency)
	if err != nil {
		return nil, err
	}
	out := make([]api.QuoteLineInput, len(lines))
	for i, l := range lines {
		out[i] = api.QuoteLineInput{Name: l.Name, Quantity: l.Quantity}
		if !l.Unpriced {
			price, err := money.FromDecimal(l.UnitPrice, currency)
			if err != nil {
				return nil, fault.Bad("/lines", err.Error(), "write it like "+o2c.TypedExample)
			}
			out[i].UnitPrice = &api.Money{Amount: price.Minor, Currency: price.Currency}
		}
		if !l.Untaxed {
			out[i].TaxRate = l.TaxRate.String()
		}
	}
	return out, nil
}

// customerID finds whom somebody means.
func customerID(c *console, d *demo.Client, said string) (string, error) {
	var list struct{ Items []api.Customer }
	if err := d.Do(c.ctx, http.MethodGet, "/v1/customers?limit=1000", nil, &list); err != nil {
		return "", err
	}
	var found []api.Customer
	for _, one := range list.Items {
		if one.ID == said {
			return said, nil
		}
		if strings.Contains(strings.ToLower(one.Name+"\n"+strings.Join(one.Emails, "\n")), strings.ToLower(said)) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 0:
		return "", fault.New(fault.NotFound, "There is no customer "+said, "none has this id, address or name", "look with: GET /v1/customers")
	case 1:
		return found[0].ID, nil
	}
	var names []string
	for _, one := range found[:min(len(found), 5)] {
		names = append(names, one.Name+" ("+one.ID+")")
	}
	return "", fault.New(fault.Invalid, "Several customers are called "+said, strings.Join(names, ", "), "name one by its id")
}

// standing is the status, and what a draft waits for.
func standing(q api.Quote) string {
	if len(q.Holds) > 0 {
		return q.Status + " (waits for " + strings.Join(q.Holds, ", ") + ")"
	}
	return q.Status
}

func spelled(m api.Money) string { return text.Money(m.Amount, m.Currency, "en") }

// printQuote shows a quote to who made or sent it: with the verdict and why.
func printQuote(w io.Writer, q api.Quote, asJSON bool) error {
	if asJSON {
		return indented(w, q)
	}
	fmt.Fprintf(w, "%s  %s  %s  %s  valid until %s, to pay within %d days\n", q.Number, standing(q), q.CustomerName, spelled(q.Total), q.ValidUntil, q.Terms)
	for _, l := range q.Lines {
		fmt.Fprintf(w, "  %d × %s  %s  VAT %s %%\n", l.Quantity, l.Name, spelled(l.Net), l.TaxRate)
	}
	if k := q.Credit.Value; k != nil {
		var why []string
		for _, r := range k.Reasons {
			why = append(why, r.Text)
		}
		fmt.Fprintf(w, "  credit: %s — %s\n", k.Status, strings.Join(why, "; "))
	}
	if q.PortalURL != nil {
		fmt.Fprintf(w, "  %s\n", *q.PortalURL)
	}
	if q.OrderID != nil {
		fmt.Fprintf(w, "  order %s\n", *q.OrderID)
	}
	return nil
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
