package chat

import (
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/kpi"
)

// sampleWorkday is a day on which everything waits, about customers of one name.
func sampleWorkday(name string) o2c.Workday {
	question := sampleCredit()
	question.Order.CustomerName, question.Order.Number = name, name
	money := sampleReceipt()
	money.Payer = name
	digest := cards()["digest"].(o2c.DigestCard)
	digest.Expected, digest.Until = eur(1_840_000), on("2026-01-11")
	digest.Verified = &o2c.VerifiedData{At: at("2026-01-05T03:15:00Z"), Checks: 12}
	w := o2c.Workday{More: 2, Figures: o2c.TodaysFigures{DigestCard: digest, Before: "41.0", Trend: o2c.TrendBetter}}
	for range 5 {
		w.Questions = append(w.Questions, question)
		w.Promises = append(w.Promises, dunning.PromiseData{CustomerID: "c_1", Number: name, Amount: eur(500_000), Date: on("2026-01-05")})
		w.Debtors = append(w.Debtors, o2c.Debtor{CustomerID: "c_1", Name: name, Overdue: eur(824_000), Invoices: 2, Oldest: 33, Contact: name})
		w.Money = append(w.Money, money)
	}
	return w
}

// sampleAnswers are the answers to commands, with one foreign name wherever one can come from.
func sampleAnswers(v Voice, name string) map[string]Message {
	w := sampleWorkday(name)
	d := sampleInvoice(name, 1, "2026-01-01")
	d.Buyer.Name = name
	c := sampleCustomer()
	c.Name = name
	late := Late{Key: "top", Sum: eur(1), All: []o2c.Debtor{w.Debtors[0], {Name: name, Owner: name, Overdue: eur(1)}}}
	return map[string]Message{
		"help": v.Help([]Topic{{Word: "find", Examples: []string{"find acme"}}}), "help on": v.HelpOn(Topic{Word: "overdue", Examples: []string{"overdue >30d"}}),
		"unknown": v.DidYouMean(name, ""), "nothing": v.NotFound(name), "overdue": v.OverdueOf(late), "nobody": v.OverdueOf(Late{Key: "me"}),
		"kpi": v.FiguresAnswer(w.Figures), "due": v.ForecastAnswer(sampleForecast()),
		"match":   v.MatchAnswer(eur(1), []o2c.CashCard{{Receipt: w.Money[0], Candidates: []o2c.Candidate{{InvoiceID: "i", Number: name, Customer: name, Why: name, Open: eur(1)}}}}, []o2c.BankLineCard{{Line: left(), Refunds: []o2c.Repayment{{ReceiptID: "r", Number: name, Left: eur(1), Score: 90, Why: name}}}}),
		"promise": v.PromiseDone(dunning.PromiseData{Number: name, Amount: eur(1), Date: on("2026-01-09")}), "dispute": v.DisputeDone(dunning.DisputeData{Amount: eur(1)}, d),
		"rest": v.RestDone(name, on("2026-01-09")), "too long": v.RestTooLong(on("2026-03-09"), on("2026-01-05")), "limit": v.LimitDone(c, nil),
		"sent": v.SentAgain(d), "link": v.LinkComes(d), "no day": v.NoDay(name), "misread": v.Misread(Misread{Key: "amount.unreadable", Pairs: []any{"typed", name}}),
		"no clock": v.NoClock(), "clock": v.ClockMoves(7),
	}
}

// monstrousWorkday has as much of everything as a view lists, under a name that no screen holds.
func monstrousWorkday() o2c.Workday {
	w := sampleWorkday(strings.Repeat("Ünïcode & Söhne <GmbH> ", 40))
	for range 9 {
		w.Figures.Ageing = append(w.Figures.Ageing, o2c.Bucket{Name: "90+", Amount: eur(1 << 50), Count: 1 << 30})
		w.Money = append(w.Money, cash.ReceiptData{Payer: strings.Repeat("x", 500), Unapplied: eur(1)})
	}
	return w
}

// sampleDebtors are customers of one name who are late.
func sampleDebtors(name string) []o2c.Debtor {
	return []o2c.Debtor{{CustomerID: "c_1", Name: name, Overdue: eur(824_000), Invoices: 2, Oldest: 33, Owner: "U03COLLECT"}, {CustomerID: "c_2", Name: name, Overdue: eur(1), Invoices: 1, Oldest: 1}}
}

// sampleWeek is the week's message about customers of one name.
func sampleWeek(name string) o2c.WeeklyCard {
	ageing := []o2c.Bucket{{Name: "not_due", Amount: eur(4_200_000), Count: 12}, {Name: "1-30", Amount: eur(1_200_000), Count: 4}, {Name: "90+", Amount: eur(0)}}
	w := o2c.WeeklyCard{Top: sampleDebtors(name), TodaysFigures: o2c.TodaysFigures{Before: "36.0", Trend: o2c.TrendBetter, DigestCard: o2c.DigestCard{
		Date: "2026-01-05", Receivable: eur(5_400_000), Overdue: eur(1_200_000), DSO: "34.2", Unexplained: eur(0), Ageing: ageing, Expected: eur(1_840_000), Until: on("2026-01-11"),
	}}}
	for n := range 8 {
		line := o2c.WeekLine{From: on("2025-11-10").AddDays(7 * n), Cash: eur(int64(700_000 + 50_000*n))}
		if n > 0 { // it came into use in the first of these weeks
			expected := eur(int64(900_000 + 10_000*n))
			line.Expected = &expected
		}
		w.Weeks = append(w.Weeks, line)
	}
	return w
}

// sampleForecast is a quarter of which nothing comes at the least and all of it at the most.
func sampleForecast() kpi.ForecastData {
	f := kpi.ForecastData{On: on("2026-01-05"), Currency: "EUR", Open: 13 << 40, Later: 7, Weeks: make([]kpi.Week, kpi.ForecastWeeks)}
	for i := range f.Weeks {
		f.Weeks[i] = kpi.Week{From: on("2026-01-05").AddDays(7 * i), To: on("2026-01-11").AddDays(7 * i), LikelySum: int64(i) << 40, HighSum: 13 << 40}
	}
	return f
}
