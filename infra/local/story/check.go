package story

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// outcome is what the story came to.
type outcome struct {
	checks                     []check
	orders, invoices, paid     int
	receipts, reminders        int
	kept, broken, people       int
	duplicates, forged         int
	dso                        string
	sum, receivable, bank, way money.Amount
}

// check is one thing that must be so.
type check struct {
	name string
	err  error // nil: it is
}

func (o *outcome) must(name string, ok bool, format string, args ...any) {
	c := check{name: name}
	if !ok {
		c.err = fmt.Errorf(format, args...)
	}
	o.checks = append(o.checks, c)
}

// state is all that the checks look at, read once.
type state struct {
	orders    []order.Data
	invoices  []invoice.Data
	receipts  []cash.ReceiptData
	promises  []dunning.PromiseData
	payouts   []cash.PayoutData
	credits   []credit.RequestData
	entries   []ledger.EntryData
	balances  []ledger.Balance
	openItems map[string]money.Amount
	figures   *kpi.Figures
	verified  o2c.VerifyReport
}

func (p *player) read(ctx context.Context) (state, error) {
	var s state
	var errs [11]error
	s.orders, errs[0] = dataOf(ctx, p, (*order.Order).Data)
	s.invoices, errs[1] = dataOf(ctx, p, (*invoice.Invoice).Data)
	s.receipts, errs[2] = dataOf(ctx, p, (*cash.Receipt).Data)
	s.promises, errs[3] = dataOf(ctx, p, (*dunning.Promise).Data)
	s.payouts, errs[4] = dataOf(ctx, p, (*cash.Payout).Data)
	s.credits, errs[5] = p.credits(ctx, s.orders)
	today := p.today()
	s.entries, errs[6] = p.Cycle.Entries(ctx, calendar.Date{}, calendar.Date{})
	s.balances, errs[7] = p.Cycle.TrialBalance(ctx, today)
	s.openItems, errs[8] = p.Cycle.OpenItems(ctx, today)
	s.figures, errs[9] = p.Cycle.Figures(ctx)
	s.verified, errs[10] = p.Cycle.VerifyWhole(ctx, p.Seals)
	return s, errors.Join(errs[:]...)
}

func (p *player) today() calendar.Date { return calendar.On(p.Clock.Now(), p.Policy.Zone) }

// document is a document of the cycle.
type document[D any] interface {
	*D
	o2c.Document
	UnmarshalJSON([]byte) error
}

// dataOf reads every document of a kind.
func dataOf[D any, P document[D], T any](ctx context.Context, p *player, data func(*D) T) ([]T, error) {
	var all []T
	after := ""
	for {
		page, err := o2c.ListOf[D, P](ctx, p.Cycle, 200, after)
		if err != nil {
			return nil, err
		}
		for _, doc := range page.Items {
			all = append(all, data(doc))
		}
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

func (p *player) credits(ctx context.Context, orders []order.Data) ([]credit.RequestData, error) {
	var all []credit.RequestData
	for _, o := range orders {
		view, err := p.Cycle.OrderWithCredit(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		if view.Credit != nil {
			all = append(all, *view.Credit)
		}
	}
	return all, nil
}

// judge looks at everything once the story is over.
func (p *player) judge(ctx context.Context) outcome {
	var o outcome
	s, err := p.read(ctx)
	o.must("everything can be read", err == nil, "%v", err)
	if err != nil {
		return o
	}
	p.count(&o, s)
	p.checkBooks(&o, s)
	p.checkDocuments(&o, s)
	p.checkOrders(ctx, &o, s)
	p.checkSenders(&o, s)
	p.checkLetters(&o, s)
	p.checkRoom(&o)
	for _, c := range s.verified.Checks {
		o.must("invariant: "+c.Name, len(c.Broken) == 0, "%s", strings.Join(c.Broken, "; "))
	}
	return o
}

func (p *player) count(o *outcome, s state) {
	o.orders, o.receipts = len(s.orders), len(s.receipts)
	for _, d := range s.invoices {
		if d.Type == invoice.Invoices && d.Number != "" {
			o.invoices++
		}
		if d.Status == invoice.Paid {
			o.paid++
		}
	}
	for _, f := range p.teller.facts {
		if f.Type == "dunning.step_taken" {
			o.reminders++
		}
	}
	for _, promise := range s.promises {
		switch promise.Status {
		case "kept":
			o.kept++
		case "broken":
			o.broken++
		}
	}
	for _, c := range s.credits {
		if strings.HasPrefix(c.DecidedBy, "slack:") {
			o.people++
		}
	}
	for _, sent := range p.again {
		o.duplicates += len(sent)
	}
	o.forged = len(p.forged)
	o.dso = kpi.Days(s.figures.DSO(p.today()))
}

// checkBooks holds the ledger against what the world says.
func (p *player) checkBooks(o *outcome, s state) {
	zero := money.Of(0, p.Policy.Currency)
	by := map[string]money.Amount{}
	o.sum = zero
	for _, b := range s.balances {
		o.sum = o.sum.Plus(b.Balance)
		by[b.Role] = b.Balance
	}
	of := func(role string) money.Amount {
		if a, ok := by[role]; ok {
			return a
		}
		return zero
	}
	o.must("the ledger sums to zero", o.sum.IsZero(), "it sums to %s", o.sum)
	unbalanced := slices.DeleteFunc(slices.Clone(s.entries), func(e ledger.EntryData) bool {
		sum := zero
		for _, l := range e.Legs {
			sum = sum.Plus(l.Amount)
		}
		return sum.IsZero()
	})
	o.must("every entry balances", len(unbalanced) == 0, "%d do not", len(unbalanced))
	open, documents, unapplied, refunded := zero, zero, zero, zero
	for _, a := range s.openItems {
		open = open.Plus(a)
	}
	for _, d := range s.invoices {
		if d.Number != "" && d.Type == invoice.Invoices {
			documents = documents.Plus(d.Open)
		}
	}
	for _, r := range s.receipts {
		unapplied, refunded = unapplied.Plus(r.Unapplied), refunded.Plus(r.Refunded)
	}
	o.receivable, o.bank, o.way = of(ledger.Receivable), of(ledger.Bank), of(ledger.ClearingStripe)
	atBank := money.Of(p.Bank.Balance(), p.Policy.Currency)
	o.must("receivable = what the invoices have open", o.receivable == documents, "%s in the books, %s on the invoices", o.receivable, documents)
	o.must("receivable = what the bookings leave open", o.receivable == open, "%s and %s", o.receivable, open)
	o.must("receivable = the figures", o.receivable == s.figures.Receivable(), "%s and %s", o.receivable, s.figures.Receivable())
	o.must("bank = the statement's closing balance", o.bank == atBank, "%s in the books, %s at the bank", o.bank, atBank)
	o.must("unapplied = receipts without a home", of(ledger.Unapplied).Neg() == unapplied, "%s and %s", of(ledger.Unapplied).Neg(), unapplied)
	o.must("each morning Home, the team's page and the books say the same", p.apart == nil && p.mornings > p.script.Days/2, "%v, on %d mornings", p.apart, p.mornings)
	o.must("nothing is unexplained", s.figures.Unexplained().IsZero() && of(ledger.Suspense).IsZero(), "%s has no home, %s no explanation", s.figures.Unexplained(), of(ledger.Suspense))
	for _, pay := range s.payouts {
		o.must("payout "+pay.ID[:min(8, len(pay.ID))]+"… adds up and landed", pay.Problem == "" && pay.EntryKey != "", "%s; landed: %t", cmp.Or(pay.Problem, "it adds up"), pay.EntryKey != "")
	}
	o.must("clearing = what Stripe has under way", o.way == p.underWay(s), "%s in the books, %s under way", o.way, p.underWay(s))
}

// underWay is what Stripe took and has not paid out: receipts less payouts and
// their fees.
func (p *player) underWay(s state) money.Amount {
	sum := money.Of(0, p.Policy.Currency)
	for _, r := range s.receipts {
		if r.Source == "stripe" {
			sum = sum.Plus(r.Amount).Minus(r.Refunded)
		}
	}
	for _, out := range s.payouts {
		sum = sum.Minus(out.Net).Minus(out.Fees)
	}
	return sum
}

// checkDocuments looks at numbers, dates, papers and mails of the invoices.
func (p *player) checkDocuments(o *outcome, s state) {
	series := map[string][]invoice.Data{}
	papers, mailed := 0, 0
	kept := map[string]bool{}
	for _, f := range p.papers() {
		kept[f.Key] = true
	}
	for _, d := range s.invoices {
		if d.Number == "" {
			continue
		}
		series[d.Series] = append(series[d.Series], d)
		if kept[archived(d)] {
			papers++
		}
		mailed += p.mailsAbout(d)
	}
	for _, name := range slices.Sorted(maps.Keys(series)) {
		all := series[name]
		slices.SortFunc(all, func(a, b invoice.Data) int { return cmp.Compare(a.Number, b.Number) })
		gap, back := "", ""
		for i, d := range all {
			if !strings.HasSuffix(d.Number, fmt.Sprintf("%04d", i+1)) {
				gap = d.Number
			}
			if i > 0 && d.IssuedOn.Before(all[i-1].IssuedOn) {
				back = d.Number
			}
		}
		o.must("numbers of series "+name+" run from 1 without a gap", gap == "", "%s is out of place", gap)
		o.must("dates of series "+name+" never go back", back == "", "%s does", back)
	}
	o.must("every invoice has its PDF in the archive", papers == o.invoices, "%d of %d", papers, o.invoices)
	o.must("every invoice was mailed once", mailed == o.invoices, "%d mails for %d invoices", mailed, o.invoices)
}

// mailsAbout counts the mails that carried an invoice's PDF.
func (p *player) mailsAbout(d invoice.Data) (n int) {
	for _, m := range p.Mail.Mails() {
		for _, a := range m.Attachments {
			if a.Name == d.Number+".pdf" {
				n++
			}
		}
	}
	return n
}

// checkOrders holds every order against the script.
func (p *player) checkOrders(ctx context.Context, o *outcome, s state) {
	for _, ref := range slices.Sorted(maps.Keys(p.script.Ends)) {
		want := p.script.Ends[ref]
		d, err := p.orderOf(ctx, ref)
		var got []string
		for n := range d.Invoices {
			inv, problem := p.invoiceOf(ctx, ref, n+1)
			err = errors.Join(err, problem)
			got = append(got, inv.Status)
		}
		o.must("order "+ref+" ends "+want.Status, err == nil && d.Status == want.Status && slices.Equal(got, want.Invoices), "it is %s with invoices %v (%v)", d.Status, got, err)
	}
	o.must("no order beyond the script", len(s.orders) == len(p.script.Ends), "%d orders, %d in the script", len(s.orders), len(p.script.Ends))
}

// checkSenders looks at what was repeated and forged.
func (p *player) checkSenders(o *outcome, s state) {
	cards := 0
	for _, m := range p.Slack.Messages() {
		if m.EphemeralFor == "" && m.ThreadTS == "" && strings.Contains(string(m.Blocks), "Credit approval ·") {
			cards++
		}
	}
	referred := 0
	for _, c := range s.credits {
		if c.Decision.Verdict == credit.Refer {
			referred++
		}
	}
	o.must("one card per question on credit", cards == referred, "%d cards for %d questions", cards, referred)
	for _, ref := range slices.Sorted(maps.Keys(p.again)) {
		same := 0
		for _, d := range s.orders {
			if d.Number == p.orders[ref].Number && d.Source.Endpoint == p.orders[ref].Endpoint {
				same++
			}
		}
		o.must("order "+ref+" exists once, however often it was posted", same == 1, "%d times", same)
	}
	for _, sent := range p.forged {
		o.must("a forged webhook is refused without a word", sent.Status == http.StatusUnauthorized && !strings.Contains(string(sent.Reply), "byte"), "it was answered %d: %s", sent.Status, sent.Reply)
		found := slices.ContainsFunc(s.orders, func(d order.Data) bool { return d.Number == forgedNumber })
		o.must("a forged webhook writes nothing", !found, "its order exists")
	}
	o.must("who may not decide is told so", p.refused > 0, "nobody was")
}
