package document

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// subjectMax is how much of a subject a phone shows, in characters.
const subjectMax = 55

// form is one row of the letters: which sentence comes first, what the button
// opens, and what follows. The words themselves are the catalogue's.
type form struct {
	line    string // key of the first line
	button  string // key of the button's label
	opens   func(o2c.LetterView) string
	dun     bool   // asks for money that is late: may be about several invoices
	owes    bool   // asks for money: the two text links and the bank's particulars
	goods   bool   // lists what was ordered
	parts   bool   // lists the instalments of a plan
	parcel  bool   // lists what left, without prices
	agreed  bool   // says when it comes, how it is paid, and where to object
	all     string // key of the first line when it is about several invoices
	note    bool   // asks for nothing: no button
	own     bool   // goes to the house itself, not to a customer
	several bool   // more than one invoice is open; filled in
}

func forms() map[string]form {
	pay := func(v o2c.LetterView) string { return v.PayURL }
	order := func(v o2c.LetterView) string { return v.OrderURL }
	offer := func(v o2c.LetterView) string { return v.QuoteURL }
	return map[string]form{
		o2c.LetterConfirmation:    {line: "confirmed", button: "order", opens: order, goods: true, agreed: true},
		o2c.LetterShipped:         {line: "shipped", button: "track", opens: func(v o2c.LetterView) string { return v.TrackURL }, parcel: true},
		o2c.LetterDeclined:        {line: "declined", button: "order", opens: order},
		o2c.LetterWaiting:         {line: "order", button: "order", opens: order},
		o2c.LetterInvoice:         {line: "invoice", button: "pay", opens: pay, owes: true, goods: true},
		o2c.LetterCreditNote:      {line: "credit", button: "credit_note", opens: pay, goods: true},
		o2c.LetterNudge:           {line: "soon", all: "several_soon", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterFriendly:        {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterFirm:            {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterPersonal:        {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterFormal:          {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterLast:            {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterDeposit:         {line: "deposit", button: "pay", opens: pay, owes: true},
		o2c.LetterDepositReminder: {line: "deposit", button: "pay", opens: pay, owes: true},
		o2c.LetterDepositLapsed:   {line: "lapsed", button: "order", opens: order},
		o2c.LetterDisputeRejected: {line: "disputed", button: "pay", opens: pay},
		o2c.LetterDisputeAsked:    {line: "disputed", button: "invoice", opens: pay},
		o2c.LetterPaid:            {line: "received", all: "thanks", button: "invoice", opens: pay, dun: true},

		o2c.LetterCopy:             {line: "copy", button: "invoice", opens: pay},
		o2c.LetterForward:          {line: "forward", button: "pay", opens: pay},
		o2c.LetterPaymentFailed:    {line: "failed", button: "pay", opens: pay, owes: true},
		o2c.LetterChargeAnnounced:  {line: "collected", button: "invoice", opens: pay},
		o2c.LetterChargeFailed:     {line: "charge_failed", button: "pay", opens: pay, owes: true},
		o2c.LetterCardExpires:      {line: "card_expires", button: "renew", opens: func(v o2c.LetterView) string { return v.PayURL + "#collect" }},
		o2c.LetterPlanAgreed:       {line: "plan", button: "invoice", opens: pay, parts: true},
		o2c.LetterPlanDeclined:     {line: "due", button: "pay", opens: pay},
		o2c.LetterPlanBroken:       {line: "plan_broken", button: "pay", opens: pay, owes: true},
		o2c.LetterInstalment:       {line: "instalment", button: "pay", opens: pay, owes: true},
		o2c.LetterInstalmentMissed: {line: "instalment_missed", button: "pay", opens: pay, owes: true},
		o2c.LetterFourteenDays:     {line: "late", button: "pay", opens: pay, owes: true, dun: true},
		o2c.LetterAlert:            {line: "alert", note: true, own: true},
		o2c.LetterPayeeAsked:       {line: "payee", note: true, own: true},
		o2c.LetterPayeeCooling:     {line: "payee", note: true, own: true},
		o2c.LetterPayeeDone:        {line: "payee", note: true, own: true},
		o2c.LetterPayeeStopped:     {line: "payee", note: true, own: true},
		o2c.LetterAgencyDossier:    {line: "agency", note: true},
		o2c.LetterAgencyRecall:     {line: "agency", note: true},
		o2c.LetterAgencyPayment:    {line: "agency", note: true},

		o2c.LetterQuote:         {line: "quote", button: "quote", opens: offer, goods: true},
		o2c.LetterQuoteReminder: {line: "quote", button: "quote", opens: offer, goods: true},
		o2c.LetterQuoteAccepted: {line: "agreed", button: "agreed", opens: offer, goods: true},
		o2c.LetterContractEnds:  {line: "ends", button: "agreed", opens: offer},
	}
}

// letter is what a letter says, once, for the HTML and the plain text alike.
type letter struct {
	Look     o2c.Look
	House    string // whose logo it is
	Language string
	Subject  string
	Line     string // amount, number and date: the first thing read
	Button   action
	Links    []action
	Greeting string
	Note     string
	Body     string
	Table    table
	Claim    claimed // what the law gives on it
	Bank     string  // the sentence before the particulars
	Pairs    [][2]string
	Regards  string
	Sender   []string
	Foot     string
}

// action is a link with its label.
type action struct{ Label, URL string }

// table has figures right of its first column.
type table struct {
	Head []string
	Rows [][]cell
}

// cell may be a link; a tight one stays on one line.
type cell struct {
	Text, URL string
	Tight     bool
}

// Letter writes a letter in a language.
func (p Papers) Letter(template, language string, v o2c.LetterView) (subject, plain, html string, err error) {
	f, ok := forms()[template]
	if !ok {
		return "", "", "", o2c.Permanent("The letter "+template+" is unknown", "this version does not have it", "deploy the version that asked for it", nil).Keyed("unknown", template)
	}
	l := compose(template, f, v, text.In(language))
	l.Look, l.House = p.Look, text.Plain(v.Seller.Name)
	if template == o2c.LetterFourteenDays {
		if err := lawful(l, v); err != nil {
			return "", "", "", err
		}
	}
	return l.Subject, l.plain(), l.html(), nil
}

// words names the subject, the first line and the body of a letter, and settles
// what follows from them: a letter about what is paid asks for nothing.
func (f *form) words(template string, v o2c.LetterView) (kind, line, body string) {
	kind, line = template, f.line
	switch {
	case f.several:
		kind, line = template+"_several", cmp.Or(f.all, "several")
	case template == o2c.LetterInvoice && !v.CollectOn.IsZero() && !v.Paid:
		kind, line, f.owes, f.button = template+"_collected", "collected", false, "invoice"
	case f.owes && v.Paid:
		kind, line, f.owes, f.button = template+"_paid", "paid", false, "invoice"
	case template == o2c.LetterInvoice:
		line = asks(v)
	}
	body = kind
	if v.Deposit.IsPositive() && template == o2c.LetterConfirmation {
		body, line = body+"_deposit", line+"_deposit"
	}
	if template == o2c.LetterChargeFailed && !v.Again.IsZero() {
		body += "_again"
	}
	return kind, line, body
}

func compose(template string, f form, v o2c.LetterView, w text.Words) letter {
	f.several = f.dun && v.Invoices() > 1
	said := sayer{w: w, v: v, pairs: placeholders(v, about(v, w), w)}
	brief := sayer{w: w, v: v, pairs: placeholders(v, inBrief(v), w)}
	kind, line, body := f.words(template, v)
	l := letter{
		Language: w.Language(), Line: said.say("mail.line." + line), Greeting: greeting(v, w), Note: noted(v, w),
		Subject: shorten(brief.count("mail.subject."+kind, v.DaysLate), subjectMax), Body: said.say("mail.body." + body),
		Regards: w.Say("mail.regards"), Sender: nonEmpty(plain(v.Signer), plain(v.Seller.Name), plain(v.Seller.Phone), plain(v.Seller.Email)),
		Foot: w.Say("mail.recipient", "Customer", plain(v.Customer), "Seller", plain(v.Seller.Name)),
	}
	if len(v.Netted) > 0 {
		l.Body += " " + said.say("mail.netted")
	}
	if f.goods && f.owes && len(v.Terms) > 0 { // the headline names the first of them alone
		l.Body += " " + payInParts(v.Terms, w)
	}
	if v.OpinionURL != "" {
		l.Body += " " + said.say("mail.opinion")
		l.Links = []action{{w.Say("mail.link.opinion"), v.OpinionURL}}
	}
	if f.own {
		l.Foot = plain(v.Seller.Name)
	}
	if !f.note {
		l.Button = action{Label: w.Say("mail.button." + f.button), URL: f.opens(v)}
	}
	l.Claim = claimTable(v, w)
	switch {
	case f.several && f.owes:
		l.Table = openTable(v.Items, w)
	case f.several:
		l.Table = settledTable(v.Items, w)
	case f.dun && len(v.Items) > 1: // instalments of one invoice
		l.Table = openTable(v.Items, w)
	case f.goods:
		l.Table = goodsTable(v, w)
	case f.parts:
		l.Table = instalmentTable(v.Instalments, w)
	case len(v.Terms) > 0:
		l.Table = instalmentTable(v.Terms, w)
	case f.parcel:
		l.Table, l.Pairs = parcelTable(v.Lines, w), travels(v, w)
		l.parcel(v, w)
	}
	switch {
	case f.owes:
		l.Links = links(v, w)
		l.Bank, l.Pairs = w.Say("mail.transfer"), bank(v, f.several, w)
	case f.agreed:
		l.Pairs = confirmedTerms(v, w)
		l.Links = []action{{w.Say("mail.link.correct"), v.OrderURL + "#correct"}}
	}
	return l
}

// greeting names a private person; a business is greeted as a whole.
func greeting(v o2c.LetterView, w text.Words) string {
	if v.Greeted == "" {
		return w.Say("mail.greeting")
	}
	return w.Say("mail.greeting.person", "Name", plain(v.Greeted))
}

// sayer fills the placeholders that a letter's sentences may have.
type sayer struct {
	w     text.Words
	v     o2c.LetterView
	pairs []any
}

func (s sayer) say(key string) string { return s.w.Say(key, s.pairs...) }

func (s sayer) count(key string, n int) string { return s.w.Count(key, n, s.pairs...) }

func placeholders(v o2c.LetterView, number string, w text.Words) []any {
	return []any{
		"Amount", total(v, w), "Netted", amounts(v.Netted, w), "Weekday", w.Weekday(text.Day(v.DueOn)), "PayBy", w.Date(text.Day(v.PayBy)), "PayByShort", w.Short(text.Day(v.PayBy)),
		"Deposit", amount(v.Deposit, w), "Number", number, "Order", plain(v.OrderNumber), "Corrects", plain(v.Corrects), "PO", plain(v.PONumber), "Parts", v.Parts,
		"Due", w.Date(text.Day(v.DueOn)), "Short", w.Short(text.Day(v.DueOn)), "Today", w.Date(text.Day(v.Today)), "Invoices", v.Invoices(),
		"Costs", amount(v.Costs, w), "TaxOnCosts", taxOnCosts(v, w), "Customer", plain(v.Customer), "Head", plain(v.Head),
		"Method", method(v.Method, w), "MethodShort", v.Method.Shown(), "Why", why(v.Why, w), "Again", w.Date(text.Day(v.Again)),
		"CollectOn", w.Date(text.Day(v.CollectOn)), "CollectShort", w.Short(text.Day(v.CollectOn)),
	}
}

// method is what is collected from, as its owner knows it.
func method(m o2c.KeptMethod, w text.Words) string {
	if m.Kind == "" {
		return ""
	}
	return w.Say("method."+m.Kind, "Brand", m.BrandName(), "Last4", plain(m.Last4))
}

// why is a bank's reason in words.
func why(key string, w text.Words) string {
	if key == "" {
		return ""
	}
	return w.Say("charge.why." + key)
}

// about is the document that a letter speaks of, and which instalment of it.
func about(v o2c.LetterView, w text.Words) string {
	if len(v.Items) == 1 && v.Items[0].Of > 0 {
		return numbered(v.Items[0], w)
	}
	return plain(v.Number)
}

// inBrief is the same in a subject: "2026-0042 (1/3)".
func inBrief(v o2c.LetterView) string {
	if len(v.Items) == 1 && v.Items[0].Of > 0 {
		return plain(v.Number) + " (" + strconv.Itoa(v.Items[0].Turn) + "/" + strconv.Itoa(v.Items[0].Of) + ")"
	}
	return plain(v.Number)
}

// total is what a letter is about: one amount for each currency of a reminder.
func total(v o2c.LetterView, w text.Words) string {
	if len(v.Totals) > 0 {
		return amounts(v.Totals, w)
	}
	return amount(v.Amount, w)
}

func amounts(all []money.Amount, w text.Words) string {
	said := make([]string, len(all))
	for i, a := range all {
		said[i] = amount(a, w)
	}
	return strings.Join(said, " + ")
}

func amount(a money.Amount, w text.Words) string { return w.Money(a.Minor, a.Currency) }

// links are the two ways to answer beside paying, and the statement. Where our
// page has no form for a complaint yet, the complaint is a mail.
func links(v o2c.LetterView, w text.Words) []action {
	wrong := v.DisputeURL
	if wrong == "" && v.Seller.Email != "" {
		wrong = (&url.URL{Scheme: "mailto", Opaque: v.Seller.Email, RawQuery: "subject=" + url.PathEscape(v.Number)}).String()
	}
	var out []action
	for _, a := range []action{
		{w.Say("mail.link.promise"), v.PromiseURL}, {w.Say("mail.link.dispute"), wrong}, {w.Say("mail.link.statement"), v.StatementURL},
	} {
		if a.URL != "" {
			out = append(out, a)
		}
	}
	return out
}

func openTable(items []o2c.LetterItem, w text.Words) table {
	t := table{Head: []string{w.Say("mail.col.invoice"), w.Say("mail.col.due"), w.Say("mail.col.late"), w.Say("mail.col.open")}}
	for _, i := range items {
		t.Rows = append(t.Rows, []cell{
			{Text: numbered(i, w), URL: i.URL, Tight: i.Of == 0}, {Text: w.Short(text.Day(i.DueOn)), Tight: true},
			{Text: late(i.DaysLate, w)}, {Text: amount(i.Open, w), Tight: true},
		})
	}
	return t
}

// numbered is an invoice's number, and which instalment of it is meant.
func numbered(i o2c.LetterItem, w text.Words) string {
	if i.Of == 0 {
		return plain(i.Number)
	}
	return plain(i.Number) + ", " + w.Say("mail.turn", "N", i.Turn, "Of", i.Of)
}

// settledTable is what one payment was for.
func settledTable(items []o2c.LetterItem, w text.Words) table {
	t := table{Head: []string{w.Say("mail.col.invoice"), w.Say("mail.col.received")}}
	for _, i := range items {
		t.Rows = append(t.Rows, []cell{{Text: plain(i.Number), URL: i.URL, Tight: true}, {Text: amount(i.Open, w), Tight: true}})
	}
	return t
}

func late(days int, w text.Words) string {
	if days <= 0 {
		return w.Say("mail.not_due")
	}
	return w.Count("mail.days", days)
}

// named is what a line is for; one that takes a deposit off says so in the
// customer's language.
func named(l o2c.LetterLine, w text.Words) string {
	if l.Less == "" {
		return l.Name
	}
	return w.Say("pdf.less_deposit", "Number", l.Less, "Date", w.Date(text.Day(l.LessOn)))
}

// bank is where a transfer goes. One reference belongs to one invoice: a
// transfer for several names their numbers.
func bank(v o2c.LetterView, several bool, w text.Words) [][2]string {
	reference := invoice.Grouped(v.Reference)
	if several {
		reference = w.Say("mail.state_numbers")
	}
	var out [][2]string
	for _, p := range [][2]string{{w.Say("pdf.holder"), plain(v.Seller.Name)}, {"IBAN", invoice.Grouped(v.IBAN)}, {w.Say("pdf.reference"), reference}} {
		if p[1] != "" {
			out = append(out, p)
		}
	}
	return out
}

// shorten cuts a subject to so many characters.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
