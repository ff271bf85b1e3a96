package page

import (
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// The keys of page.error, and the field each belongs to.
const (
	SaidAmount  = "amount"  // no amount, or more than is open
	SaidDate    = "date"    // no date, or one too far ahead
	SaidLater   = "later"   // the payment provider does not answer
	SaidRefused = "refused" // the document's state does not allow it any more
)

// invoicePage is the page of an invoice or credit note.
type invoicePage struct {
	frame
	o2c.InvoicePageView
	brand    string
	doneNow  string // what the last press did
	returned bool   // from the payment page, maybe before its news: the customer should not pay twice
}

// Invoice renders the page of an invoice or credit note.
func (p *Pages) Invoice(v o2c.InvoicePageView, at Visit) []byte {
	i := invoicePage{frame: p.frame(at, v.Invoice.Buyer.Language, v.Invoice.Seller), InvoicePageView: v, brand: p.opt.Brand, doneNow: at.Done}
	i.title = i.Say("page."+v.Invoice.Nature(), "Number", v.Invoice.Number)
	i.returned = at.Returned && v.Payable.IsPositive() && at.Said == ""
	if slices.Contains([]string{SaidAmount, SaidDate, SaidLater, SaidRefused, SaidDisputed, SaidWrong, SaidPO, SaidParts, SaidEmail, SaidScore}, at.Said) {
		i.at, i.problem = at.Said, i.Say("page.error."+at.Said, "Most", i.amount(v.Most), "Example", i.example(), "Until", i.full(v.PromiseUntil))
	}
	return i.document(i.state(), i.collectDone(i.doneNow), i.collected(), i.notes(), i.opinion(), i.pay(), i.collecting(i.Collect, i.brand != ""), i.transfer(),
		i.paper(), i.einvoice(), i.claim(),
		i.lines(), i.promise(), i.answers(), i.statement())
}

// paper leads to the document; one that another package issued has none here.
func (p invoicePage) paper() g.Node {
	if p.Invoice.BroughtForward() {
		return nil
	}
	return h.P(h.A(h.Class("file"), href(p.path+"/pdf"), p.said("page.pdf")))
}

// einvoice is for who books by machine: consumers have no use for it.
func (p invoicePage) einvoice() g.Node {
	if p.Invoice.Buyer.Kind == party.Consumer || p.Invoice.BroughtForward() {
		return nil
	}
	return h.P(h.A(h.Class("file"), href(p.path+"/ubl"), p.said("page.ubl")))
}

// claim leads to what the law adds, once something of legal effect has happened.
func (p invoicePage) claim() g.Node {
	if !p.Invoice.Dunning.Filed || !p.Invoice.Open.IsPositive() {
		return nil
	}
	return h.P(h.A(h.Class("file"), href(p.path+"/claim"), p.said("page.claim")))
}

// state is the amount to pay and its date, or why there is none.
func (p invoicePage) state() g.Node {
	if done := p.done(); done != "" {
		return h.P(h.Class("done"), g.Text(done))
	}
	due := p.due()
	if len(p.Invoice.Instalments) > 0 && p.Payable.IsPositive() {
		due = p.Say("page.of_which", "Amount", p.amount(p.Payable)) + " " + due
	}
	if p.partly() {
		due = p.Say("page.open_of", "Total", p.amount(p.Invoice.Total)) + ", " + due
	}
	return h.P(h.Class("sum"), h.Strong(g.Text(p.amount(p.Invoice.Open))), g.Text(" "+due))
}

// notes are what is under way, so that nobody pays twice.
func (p invoicePage) notes() g.Node {
	var all g.Group
	if p.Waits {
		all = append(all, note(p.Say("page.deposit_waits", "Order", text.Plain(p.Invoice.OrderNo))))
	}
	if p.returned {
		all = append(all, note(p.Say("page.returned")))
	}
	if p.UnderWay.IsPositive() {
		all = append(all, note(p.Say("page.under_way", "Amount", p.amount(p.UnderWay))))
	}
	if p.Promise != nil {
		all = append(all, note(p.Say("page.promised", "Amount", p.amount(p.Promise.Amount), "Date", p.full(p.Promise.Date),
			"Due", p.full(p.Invoice.DueOn), "Until", p.quiet())))
	}
	if p.Invoice.BuyerPO != "" {
		all = append(all, note(p.Say("page.po_given", "Number", text.Plain(p.Invoice.BuyerPO))))
	}
	if p.doneNow == DoneForwarded {
		all = append(all, note(p.Say("page.forwarded")))
	}
	return append(all, p.disputed(), p.planned())
}

// pay is the button for all that is open, and a form for another amount.
func (p invoicePage) pay() g.Node {
	if !p.Payable.IsPositive() || p.brand == "" {
		return nil
	}
	return g.Group{
		p.form("pay",
			h.Button(h.Type("submit"), g.If(!p.Collect.On.IsZero(), h.Class("second")), p.said("page.pay", "Amount", p.amount(p.Payable))),
			hint(p.methods()),
			p.keep(p.Collect, p.Invoice.Seller.Name)),
		h.Details(g.If(p.at == SaidAmount, g.Attr("open")),
			h.Summary(p.said("page.other")),
			p.form("pay",
				p.field("amount", p.Say("page.other_label", "Currency", p.Invoice.Currency),
					p.Say("page.other_hint", "Most", p.amount(p.Most), "Example", p.example()),
					h.Name("other"), h.Type("text"), g.Attr("inputmode", "decimal"), h.AutoComplete("off")),
				h.Button(h.Type("submit"), h.Class("second"), p.said("page.other_button")))),
	}
}

// form posts to one of the page's verbs.
func (p invoicePage) form(verb string, parts ...g.Node) g.Node {
	return h.Form(h.Method("post"), h.Action(p.action(verb)), g.Group(parts))
}

// transfer is what a bank transfer needs, in words and as a code.
func (p invoicePage) transfer() g.Node {
	seller := p.Invoice.Seller
	if !p.Payable.IsPositive() || seller.IBAN == "" {
		return nil
	}
	pick := func(name, value string) g.Node {
		return g.Group{h.Dt(g.Text(name)), h.Dd(h.Class("pick"), g.Text(value))}
	}
	return h.Section(h.Aria("labelledby", "transfer"),
		h.H2(h.ID("transfer"), p.said("page.transfer")),
		h.Div(h.Class("transfer"),
			h.Dl(
				h.Dt(p.said("pdf.holder")), h.Dd(g.Text(text.Plain(seller.Name))),
				pick("IBAN", invoice.Grouped(seller.IBAN)),
				g.If(seller.BIC != "", pick("BIC", seller.BIC)),
				pick(p.Say("pdf.reference"), invoice.Grouped(p.Invoice.Reference)),
				pick(p.Say("page.amount"), p.amount(p.Payable)),
			),
			transferCode(p.TransferCode, p.Say("page.code")),
		))
}

// lines is what the invoice is for, and its sums.
func (p invoicePage) lines() g.Node {
	d := p.Invoice
	sums := append(p.overall(d), sum(3, p.Say("pdf.net"), p.amount(d.Net)))
	for _, t := range d.Taxes {
		sums = append(sums, p.tax(t))
	}
	if !d.Rounding.IsZero() {
		sums = append(sums, sum(3, p.Say("pdf.rounding"), p.amount(d.Rounding)))
	}
	sums = append(sums, total(3, p.Say("pdf.total"), p.amount(d.Total)))
	for _, n := range d.Notes {
		sums = append(sums, sum(3, p.Say("page.credit_note", "Number", n.Number), p.amount(n.Total.Neg())))
	}
	columns := []string{p.Say("pdf.description"), p.Say("pdf.quantity"), p.Say("pdf.vat"), p.Say("pdf.amount")}
	return h.Section(
		h.H2(h.ID("lines"), p.said("page.lines")),
		wide(h.Aria("labelledby", "lines"), columns, g.Map(d.Items(), p.line), sums))
}

// overall are the discounts and surcharges of the whole document, below the sum
// of its lines.
func (p invoicePage) overall(d invoice.Data) g.Group {
	var rows g.Group
	for i, l := range d.Overall() {
		if lines, _, _ := d.Gross(); i == 0 {
			rows = append(rows, sum(3, p.Say("pdf.lines_sum"), p.amount(lines)))
		}
		name := text.Plain(l.Name)
		if len(d.Taxes) > 1 {
			name += " (" + p.Say("pdf.vat") + " " + p.Percent(l.TaxRate.String()) + ")"
		}
		rows = append(rows, sum(3, name, p.amount(l.Net)))
	}
	return rows
}

func (p invoicePage) line(l invoice.Line) g.Node {
	var head g.Node
	if said := p.supplied(l); said != "" {
		head = h.Tr(h.Th(h.Scope("rowgroup"), h.ColSpan("4"), g.Text(said)))
	}
	return g.Group{head, row(g.Text(text.Plain(p.called(l))), cell(strconv.FormatInt(l.Quantity, 10)), cell(p.Percent(l.TaxRate.String())), cell(p.amount(l.Net)))}
}

// called is what a line is for: of a deposit, and of what takes one off, in the
// customer's language.
func (p invoicePage) called(l invoice.Line) string {
	if a := p.Invoice.Advance; a != nil {
		return p.Say("pdf."+a.Nature()+"_line", "Percent", p.Percent(a.Percent.String()), "Order", p.Invoice.OrderNo)
	}
	for _, before := range p.Invoice.Preceding {
		if l.Advance == before.Number {
			return p.Say("pdf.less_deposit", "Number", before.Number, "Date", p.full(before.IssuedOn))
		}
	}
	return l.Name
}

// supplied is which delivery of a collective invoice a line belongs to, where the
// line before it belongs to another.
func (p invoicePage) supplied(l invoice.Line) string {
	d := p.Invoice
	if l.Supply == 0 || l.Supply > len(d.Supplies) || l.N > 1 && d.Lines[l.N-2].Supply == l.Supply {
		return ""
	}
	del, key := d.Supplies[l.Supply-1], "pdf.delivery"
	if del.PONumber != "" {
		key = "pdf.delivery_po"
	}
	return p.Say(key, "Date", p.full(del.On), "Order", text.Plain(del.OrderNo), "PO", text.Plain(del.PONumber))
}

func (p invoicePage) tax(t statute.Tax) g.Node {
	return sum(3, p.Say("pdf.tax", "Rate", p.Percent(t.Rate.String()), "Base", p.amount(t.Base)), p.amount(t.Tax))
}

// promise is the form for a day to pay on. It is offered while money is open
// and no promise pauses the letters yet.
func (p invoicePage) promise() g.Node {
	if !p.Payable.IsPositive() || p.Promise != nil || p.Waits {
		return nil
	}
	return h.Section(h.Aria("labelledby", "promise"),
		h.H2(h.ID("promise"), p.said("page.promise")),
		p.form("promise",
			p.field("date", p.Say("page.promise_label"), p.Say("page.promise_hint", "Until", p.full(p.PromiseUntil), "Due", p.full(p.Invoice.DueOn)),
				h.Name("date"), h.Type("date"), h.Min(p.Today.String()), h.Max(p.PromiseUntil.String())),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.promise_button"))))
}

// methods names what the button leads to: iDEAL and SEPA debits move euros alone.
func (p invoicePage) methods() string {
	if p.Invoice.Currency != "EUR" {
		return p.Say("page.methods_abroad")
	}
	return p.Say("page.methods", "Brand", p.brand)
}

// statement is the way to all that the customer has open.
func (p invoicePage) statement() g.Node {
	if p.StatementURL == "" {
		return nil
	}
	return h.P(link(p.StatementURL, p.Say("page.statement", "Open", p.Open, "Amount", p.amount(p.OpenTotal))))
}

// credit reports whether the page is of a credit note.
func (p invoicePage) credit() bool { return p.Invoice.Type == invoice.CreditNotes }

// due says when the invoice is or was due, seen from today.
func (p invoicePage) due() string {
	date := p.near(p.Invoice.NextDue())
	switch days := p.Invoice.NextDue().DaysSince(p.Today); {
	case days > 0:
		return p.Count("page.due_in", days, "Date", date)
	case days < 0:
		return p.Count("page.due_ago", -days, "Date", date)
	}
	return p.Say("page.due_today", "Date", date)
}

// partly reports whether a part of the invoice was paid before.
func (p invoicePage) partly() bool {
	return p.Invoice.Open.IsPositive() && p.Invoice.Open.Cmp(p.Invoice.Total) < 0
}

// done is the sentence under which an invoice without anything open stands.
func (p invoicePage) done() string {
	switch d := p.Invoice; {
	case p.credit():
		return p.Say("page.corrects", "Number", d.Refers)
	case d.Open.IsPositive():
		return ""
	case d.Status == invoice.Credited:
		return p.Say("page.credited")
	case d.Status == invoice.Paid && !d.PaidOn.IsZero():
		return p.Say("page.paid_on", "Date", p.full(d.PaidOn))
	}
	return p.Say("page.settled")
}

// example is an amount as the reader writes it, such as "100,00".
func (p invoicePage) example() string {
	digits := int(money.Digits(p.Invoice.Currency))
	if digits == 0 {
		return "100"
	}
	return "100" + p.Say("format.decimal") + strings.Repeat("0", digits)
}

// quiet is the first day on which a letter may go out after the promise.
func (p invoicePage) quiet() string {
	return p.full(p.Promise.Date.AddDays(dunning.GraceDays))
}
