package document

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
	"duly/shared/text"
)

func day(d int) calendar.Date {
	return calendar.Date{Year: 2026, Month: 12, Day: 4}.AddDays(d)
}

// view is what the cycle hands to a letter about invoice 2026-0042.
func view(late int) o2c.LetterView {
	return o2c.LetterView{
		Seller: seller(), Customer: "Bakkerij Vos B.V.", Today: day(late), Number: "2026-0042", OrderNumber: "SO-1042", Corrects: "2026-0031",
		Amount: money.Of(124000, "EUR"), DueOn: day(0), DaysLate: late,
		PayURL: sampleLink, PromiseURL: sampleLink + "#promise", OrderURL: strings.Replace(sampleLink, "/i/", "/o/", 1),
		Lines: []o2c.LetterLine{{Name: "Croissant-mix 25 kg", SKU: "MIX-25", Quantity: 8, Net: money.Of(50000, "EUR")}, {Name: "Weegschaal", Quantity: 2, Net: money.Of(52479, "EUR")}},
		Tax:   money.Of(21521, "EUR"), Total: money.Of(124000, "EUR"),
		Reference: "RF8820260042", IBAN: "NL91ABNA0417164300",
	}
}

// several is a view of three open invoices, one of which is not due yet.
func several(late int) o2c.LetterView {
	v := view(late)
	v.Amount = money.Of(824000, "EUR")
	v.Items = []o2c.LetterItem{
		{Number: "2026-0042", DueOn: day(0), Open: money.Of(500000, "EUR"), DaysLate: late, URL: sampleLink},
		{Number: "2026-0051", DueOn: day(late - 1), Open: money.Of(224000, "EUR"), DaysLate: 1, URL: sampleLink + "b"},
		{Number: "2026-0060", DueOn: day(late + 12), Open: money.Of(100000, "EUR"), DaysLate: -12, URL: sampleLink + "c"},
	}
	return v
}

// soon is a view of two invoices that are due in some days.
func soon(late int) o2c.LetterView {
	v := several(late)
	v.Items = v.Items[:2]
	v.Items[1].DueOn, v.Items[1].DaysLate = day(1), late-1
	v.Amount = money.Of(724000, "EUR")
	return v
}

// signed is a letter that a colleague signs; dated gives a last day; netted took
// off what was paid without saying for what.
func signed(v o2c.LetterView) o2c.LetterView {
	v.Signer = "Joost"
	return v
}

func dated(v o2c.LetterView) o2c.LetterView {
	v.PayBy = v.Today.AddDays(14)
	return v
}

func netted(v o2c.LetterView) o2c.LetterView {
	v.Netted = []money.Amount{money.Of(24000, "EUR")}
	v.Totals = []money.Amount{money.Of(100000, "EUR")}
	return v
}

// secured is a view of an order that is paid before it leaves.
func secured(late int) o2c.LetterView {
	v := view(late)
	v.Deposit, v.PromiseURL = v.Amount, ""
	return v
}

func paidUp(v o2c.LetterView) o2c.LetterView {
	v.Paid = true
	return v
}

type letterCase struct {
	template string
	view     o2c.LetterView
}

// letterCases are every letter, and its variants.
func letterCases() map[string]letterCase {
	paid := view(-30)
	paid.Paid = true
	noted := view(0)
	noted.Note = "We can deliver against prepayment."
	confirmed := view(-30)
	confirmed.DeliverOn, confirmed.TermsDays = day(-28), 30
	offered := view(0)
	offered.Number, offered.OrderNumber, offered.QuoteURL = "Q2026-0042", "Q2026-0042", strings.Replace(sampleLink, "/i/", "/q/", 1)
	return map[string]letterCase{
		"quote":                     {o2c.LetterQuote, offered},
		"invoice_person":            {o2c.LetterInvoice, private(view(-30))},
		"fourteen_day":              {o2c.LetterFourteenDays, noticed(view(12))},
		"fourteen_day_several":      {o2c.LetterFourteenDays, noticed(several(12))},
		"agency_dossier":            {o2c.LetterAgencyDossier, toAgency("Handle with care.")},
		"agency_recall":             {o2c.LetterAgencyRecall, toAgency("the customer paid")},
		"room_alert":                {o2c.LetterAlert, alert()},
		"payee_asked":               {o2c.LetterPayeeAsked, payee()},
		"payee_cooling":             {o2c.LetterPayeeCooling, payee()},
		"payee_done":                {o2c.LetterPayeeDone, payee()},
		"payee_stopped":             {o2c.LetterPayeeStopped, payee()},
		"agency_payment":            {o2c.LetterAgencyPayment, toAgency("€ 100,00")},
		"quote_reminder":            {o2c.LetterQuoteReminder, offered},
		"quote_accepted":            {o2c.LetterQuoteAccepted, offered},
		"contract_ends":             {o2c.LetterContractEnds, offered},
		"confirmation":              {o2c.LetterConfirmation, confirmed},
		"shipped":                   {o2c.LetterShipped, parcel()},
		"shipped_untracked":         {o2c.LetterShipped, untracked()},
		"declined":                  {o2c.LetterDeclined, noted},
		"credit_waiting":            {o2c.LetterWaiting, noted},
		"invoice":                   {o2c.LetterInvoice, view(-30)},
		"invoice_paid":              {o2c.LetterInvoice, paid},
		"credit_note":               {o2c.LetterCreditNote, view(-20)},
		"reminder_friendly":         {o2c.LetterFriendly, view(3)},
		"reminder_friendly_several": {o2c.LetterFriendly, several(3)},
		"reminder_firm":             {o2c.LetterFirm, view(1)},
		"reminder_firm_several":     {o2c.LetterFirm, several(10)},
		"reminder_nudge":            {o2c.LetterNudge, view(-5)},
		"reminder_nudge_several":    {o2c.LetterNudge, soon(-5)},
		"reminder_personal":         {o2c.LetterPersonal, signed(view(20))},
		"reminder_personal_several": {o2c.LetterPersonal, signed(several(20))},
		"reminder_formal":           {o2c.LetterFormal, dated(view(30))},
		"reminder_formal_several":   {o2c.LetterFormal, dated(several(30))},
		"reminder_last":             {o2c.LetterLast, dated(view(45))},
		"reminder_last_several":     {o2c.LetterLast, dated(several(45))},
		"reminder_netted":           {o2c.LetterFirm, netted(view(10))},
		"confirmation_deposit":      {o2c.LetterConfirmation, secured(-30)},
		"deposit":                   {o2c.LetterDeposit, secured(-7)},
		"deposit_paid":              {o2c.LetterDeposit, paidUp(secured(-7))},
		"deposit_reminder":          {o2c.LetterDepositReminder, secured(-3)},
		"deposit_lapsed":            {o2c.LetterDepositLapsed, secured(1)},
		"paid_thanks":               {o2c.LetterPaid, view(2)},
		"invoice_copy":              {o2c.LetterCopy, planned(func(v *o2c.LetterView) { v.PONumber = "VOS-2026-017" })},
		"payment_failed":            {o2c.LetterPaymentFailed, view(2)},
		"charge_failed":             {o2c.LetterChargeFailed, collected(func(v *o2c.LetterView) { v.Why = "bank" })},
		"charge_failed_again":       {o2c.LetterChargeFailed, collected(func(v *o2c.LetterView) { v.Why, v.Again = "funds", calendar.Date{Year: 2026, Month: 2, Day: 5} })},
		"charge_announced":          {o2c.LetterChargeAnnounced, collected(func(v *o2c.LetterView) { v.CollectOn = v.DueOn })},
		"card_expires":              {o2c.LetterCardExpires, collected(nil)},
		"invoice_collected":         {o2c.LetterInvoice, collected(func(v *o2c.LetterView) { v.CollectOn = v.DueOn })},
		"invoice_forward":           {o2c.LetterForward, view(2)},
		"plan_agreed":               {o2c.LetterPlanAgreed, planned(nil)},
		"plan_declined":             {o2c.LetterPlanDeclined, withNote("The invoice is too small for it.")},
		"plan_broken":               {o2c.LetterPlanBroken, planned(nil)},
		"instalment":                {o2c.LetterInstalment, planned(nil)},
		"instalment_missed":         {o2c.LetterInstalmentMissed, planned(nil)},
		"dispute_rejected":          {o2c.LetterDisputeRejected, withNote("All eight chairs were signed for on 8 January.")},
		"dispute_asked":             {o2c.LetterDisputeAsked, withNote("Which of the chairs are damaged?")},
		"paid_thanks_several":       {o2c.LetterPaid, several(2)},
		"paid_thanks_asked":         {o2c.LetterPaid, asked(view(2))},
	}
}

// private is a letter to a person.
func private(v o2c.LetterView) o2c.LetterView {
	v.Customer = "Jo Doe"
	v.Greet(party.Consumer, "jo@example.org", "jo@example.org")
	return v
}

// asked is a letter with the one question.
func asked(v o2c.LetterView) o2c.LetterView {
	v.OpinionURL = v.PayURL + "#opinion"
	return v
}

// parcel is half of an order on its way, untracked one that a van brings.
func parcel() o2c.LetterView {
	v := view(0)
	v.Carrier, v.Tracking, v.TrackURL = "PostNL", "3SVOOR123456789", "https://jouw.postnl.nl/track-and-trace/3SVOOR123456789-NL-1234CD"
	v.OrderURL = "https://pay.voorbeeld.example/o/k1abcdefghijklmnopqrstuvwxyz234567"
	v.Rest = []o2c.LetterLine{{Name: "Weegschaal 30 kg, geijkt", Quantity: 1}}
	return v
}

// noticed is a letter with its claims and the costs that it names.
func noticed(v o2c.LetterView) o2c.LetterView {
	v.Costs, v.TaxOnCosts, v.VerifiedUntil = v.Amount.Percent(decimal.NewFromInt(15)), v.Amount.Percent(decimal.NewFromInt(3)), v.Today
	v.Claims = []o2c.LetterClaim{{Number: v.Number, Principal: v.Amount, Interest: v.TaxOnCosts, Costs: v.Amount.Zero(), Total: v.Amount.Plus(v.TaxOnCosts)}}
	return v
}

// alert is word to the admins that Slack is away.
func alert() o2c.LetterView {
	v := view(0)
	v.Note = "Slack could not post a card — the channel is archived — take it out of the archive, or name another in duly.yaml"
	v.Reason = fault.Reason{Code: fault.Unavailable, Key: "slack.away", Detail: "is_archived"}
	return v
}

// payee is word to the owner about a change of the account.
func payee() o2c.LetterView {
	return o2c.LetterView{
		Seller: seller(), Today: calendar.Date{Year: 2026, Month: 11, Day: 3}, DueOn: calendar.Date{Year: 2026, Month: 11, Day: 6},
		Corrects: "NL91ABNA0417164300", Head: "NL02ABNA0123456789", Customer: "Noor", PONumber: "Joost",
	}
}

func toAgency(note string) o2c.LetterView {
	v := view(60)
	v.Note, v.Head = note, "3f9a51"
	return v
}

func untracked() o2c.LetterView {
	v := parcel()
	v.Carrier, v.Tracking, v.TrackURL, v.Rest = "", "", "", nil
	return v
}

func write(t *testing.T, c letterCase, language string) (subject, plain, html string) {
	t.Helper()
	subject, plain, html, err := Papers{}.Letter(c.template, language, c.view)
	if err != nil {
		t.Fatal(err)
	}
	return subject, plain, html
}

func TestLetters(t *testing.T) {
	for name, c := range letterCases() {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			for _, lang := range text.Languages() {
				subject, plain, _ := write(t, c, lang)
				fmt.Fprintf(&all, "=== %s\nSubject: %s\n\n%s", lang, subject, plain)
			}
			golden(t, "letter_"+name+".txt", all.String())
		})
	}
}

func TestLetterHTML(t *testing.T) {
	_, _, html := write(t, letterCases()["reminder_firm_several"], "nl")
	golden(t, "letter.html", strings.ReplaceAll(html, "><", ">\n<"))
}

var tags = regexp.MustCompile(`<[^>]*>`)

// readable is the words of a page, without its head.
func readable(html string) string {
	_, body, _ := strings.Cut(html, "</head>")
	body = tags.ReplaceAllString(body, " ")
	for from, to := range map[string]string{"&nbsp;": " ", "&amp;": "&", "&#39;": "'", "&#34;": `"`, "&lt;": "<", "&gt;": ">", "&#43;": "+"} {
		body = strings.ReplaceAll(body, from, to)
	}
	return strings.Join(strings.Fields(body), " ")
}

func TestPlainTextSaysWhatTheHTMLSays(t *testing.T) {
	for name, c := range letterCases() {
		for _, lang := range text.Languages() {
			_, plain, html := write(t, c, lang)
			words := readable(html)
			for line := range strings.SplitSeq(plain, "\n") {
				for part := range strings.SplitSeq(line, " | ") {
					label, link, _ := strings.Cut(part, ": http")
					label, _, _ = strings.Cut(label, ": mailto")
					label = strings.Join(strings.Fields(strings.TrimPrefix(label, "-- ")), " ")
					if pair := strings.SplitN(label, ": ", 2); len(pair) == 2 && !strings.Contains(words, label) {
						label = pair[1]
					}
					if !strings.HasPrefix(label, "http") && !strings.Contains(words, strings.TrimSpace(label)) {
						t.Errorf("%s %s: the HTML lacks %q", name, lang, label)
					}
					if link != "" && !strings.Contains(html, "http"+link) {
						t.Errorf("%s %s: the HTML lacks the link http%s", name, lang, link)
					}
				}
			}
		}
	}
}

func TestSubjectsFit(t *testing.T) {
	for name, c := range letterCases() {
		for _, lang := range text.Languages() {
			subject, _, _ := write(t, c, lang)
			if n := utf8.RuneCountInString(subject); n > subjectMax {
				t.Errorf("%s %s: %d characters: %s", name, lang, n, subject)
			}
			if strings.HasSuffix(subject, "…") {
				t.Errorf("%s %s: an ordinary subject is cut: %s", name, lang, subject)
			}
			wide := c
			wide.view.Number, wide.view.OrderNumber = strings.Repeat("9", 80), strings.Repeat("9", 80)
			if subject, _, _ := write(t, wide, lang); utf8.RuneCountInString(subject) > subjectMax {
				t.Errorf("%s %s: %s", name, lang, subject)
			}
		}
	}
}

// planned is a view of an invoice that is paid in instalments.
func planned(change func(*o2c.LetterView)) o2c.LetterView {
	v := view(2)
	v.PromiseURL = ""
	for i := range 3 {
		v.Instalments = append(v.Instalments, o2c.LetterInstalmentLine{On: v.DueOn.AddMonths(i), Amount: v.Amount.Split(1, 1, 1)[i]})
	}
	v.Parts = len(v.Instalments)
	if change != nil {
		change(&v)
	}
	return v
}

// collected is a view of what is collected from a kept method.
func collected(change func(*o2c.LetterView)) o2c.LetterView {
	v := view(-14)
	v.Method = o2c.KeptMethod{ID: "pm_1", Kind: "card", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2026}
	if change != nil {
		change(&v)
	}
	return v
}

// withNote is a view with a person's own sentence.
func withNote(said string) o2c.LetterView {
	v := view(2)
	v.Note = said
	return v
}

// unspoken is the key of words that nobody wrote.
var unspoken = regexp.MustCompile(`\bmail\.[a-z]`)

// leftover is a placeholder that nobody filled.
var leftover = regexp.MustCompile(`\{[A-Z]\w*\}`)

func TestEveryLetterHasWords(t *testing.T) {
	if len(forms()) != 42 {
		t.Errorf("%d letters: %v", len(forms()), slices.Sorted(maps.Keys(forms())))
	}
	for name, c := range letterCases() {
		for _, lang := range text.Languages() {
			subject, plain, html := write(t, c, lang)
			for _, s := range []string{subject, plain, html} {
				if unspoken.MatchString(s) && !strings.Contains(s, "mail.example") || leftover.MatchString(s) {
					t.Errorf("%s %s has no words for something:\n%s", name, lang, s)
				}
			}
		}
	}
}

func TestNamesBringNoMarkup(t *testing.T) {
	for _, evil := range []string{`"><script>alert(1)</script><a href="javascript:alert(1)">`, `</title><img src=x onerror=alert(1)>`, `' onclick='alert(1)`, "<!--", "{{.}}<b>\x00"} {
		for name, c := range letterCases() {
			c.view.Note = "a note"
			_, _, tame := write(t, c, "nl")
			c.view.Customer, c.view.Seller.Name, c.view.Number, c.view.OrderNumber, c.view.Corrects, c.view.Reference = evil, evil, evil, evil, evil, evil
			c.view.Note, c.view.Seller.Email, c.view.Seller.Phone, c.view.IBAN = evil, evil, evil, evil
			c.view.PayURL, c.view.QuoteURL, c.view.OrderURL = "javascript:alert(1)", "javascript:alert(1)", "https://pay.example/"+evil
			if c.view.Greeted != "" {
				c.view.Greeted = evil
			}
			if c.view.PromiseURL != "" {
				c.view.PromiseURL = "data:text/html," + evil
			}
			for i := range c.view.Lines {
				c.view.Lines[i].Name = evil
			}
			for i := range c.view.Items {
				c.view.Items[i].Number, c.view.Items[i].URL = evil, "javascript:alert(4)"
			}
			t.Run(name, func(t *testing.T) {
				_, _, wild := write(t, c, "nl")
				testkit.SameElements(t, wild, tame)
			})
		}
	}
}

func TestUnknownLetterIsNotTriedAgain(t *testing.T) {
	if _, _, _, err := (Papers{}).Letter("reminder_rude", "nl", view(3)); !fault.Is(err, fault.Refused) {
		t.Errorf("got %v", err)
	}
}

// TestTheInvoicesMailNamesEveryInstalment: the headline has the first one, the goods are those of all.
func TestTheInvoicesMailNamesEveryInstalment(t *testing.T) {
	v := view(-30)
	v.Terms = []o2c.LetterInstalmentLine{{On: day(0), Amount: money.Of(50000, "EUR")}, {On: day(30), Amount: money.Of(74000, "EUR")}}
	for _, language := range text.Languages() {
		w := text.In(language)
		_, said, page, err := (Papers{}).Letter(o2c.LetterInvoice, language, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range v.Terms {
			for _, want := range []string{w.Money(p.Amount.Minor, "EUR"), w.Date(text.Day(p.On))} {
				if !strings.Contains(said, want) || !strings.Contains(page, want) {
					t.Errorf("%s: %q is missing:\n%s", language, want, said)
				}
			}
		}
		v := v
		v.Paid = true
		if _, said, _, err := (Papers{}).Letter(o2c.LetterInvoice, language, v); err != nil || strings.Contains(said, w.Date(text.Day(day(30)))) {
			t.Errorf("%s: nothing is asked of who has paid: %v\n%s", language, err, said)
		}
	}
}
