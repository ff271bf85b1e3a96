package chat

import (
	"maps"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

func amsterdam() *time.Location {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	return zone
}

func policy(language string) *o2c.Policy {
	return &o2c.Policy{
		Language: language, Zone: amsterdam(), Currency: "EUR",
		People: []o2c.Person{{ID: "U01", Name: "Mira", Role: o2c.Approver}, {ID: "U02", Name: "Joost", Role: o2c.Collector}},
	}
}

func eur(minor int64) money.Amount { return money.Of(minor, "EUR") }

func on(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func sampleOrder() order.Data {
	return order.Data{
		ID: "o_1", Number: "SO-1042", Status: order.Received, Holds: []string{order.CreditHold}, CustomerID: "c_1", CustomerName: "Acme BV",
		Source: order.Source{Endpoint: "demo-shopify", Platform: "shopify"}, Currency: "EUR", Total: eur(1240000),
		Lines: []order.Line{
			{N: 1, SKU: "BEAN-1", Name: "Coffee beans 1 kg", Quantity: 48, Tracked: true, Reserved: 40, Waiting: 8},
			{N: 2, SKU: "GRIND", Name: "Grinder", Quantity: 2, Tracked: true, Reserved: 2},
		},
	}
}

// collecting is a late customer from whose card its invoices are collected.
func collecting() o2c.OverdueCard {
	c := sampleOverdue()
	c.Collects = &o2c.KeptMethod{Kind: "card", Brand: "visa", Last4: "4242"}
	return c
}

func sampleCustomer() party.Data {
	return party.Data{ID: "c_1", Name: "Acme BV", Kind: party.Company, Emails: []string{"finance@acme.example"}, Phone: "+31 20 123 4567", Owner: "U02"}
}

func sampleCredit() o2c.CreditCard {
	limit := eur(1000000)
	in := credit.Input{Amount: eur(1240000), Receivable: eur(410000), Limit: &limit, Overdue: eur(0)}
	p := credit.Policy{Version: "1", AutoApprove: eur(500000), OverdueAmount: eur(5000), OverdueDays: 14}
	return o2c.CreditCard{
		Order: sampleOrder(), Customer: sampleCustomer(), Version: 3,
		Request: credit.RequestData{
			OrderID: "o_1", CustomerID: "c_1", Amount: eur(1240000), Decision: p.Decide(in), Status: credit.Pending,
			AskedAt: at("2026-01-05T09:00:00Z"), HeldUntil: at("2026-01-06T16:00:00Z"),
		},
	}
}

func decidedCredit(status string, c credit.Conditions, reason string) o2c.CreditCard {
	card := sampleCredit()
	card.Request.Status, card.Request.Conditions, card.Request.Reason = status, c, reason
	card.Request.DecidedBy, card.DecidedBy, card.Request.DecidedAt = "slack:U01", "Mira", at("2026-01-05T13:02:00Z")
	return card
}

// waitingCredit is a question with something having happened to it.
func waitingCredit(change func(*o2c.CreditCard)) o2c.CreditCard {
	c := sampleCredit()
	c.Ageing = []o2c.Bucket{{Name: "not_due", Amount: eur(300000), Count: 2}, {Name: "1-30", Amount: eur(110000), Count: 1}}
	c.Promises = []o2c.PromiseLine{{Amount: eur(110000), Date: "2026-01-12", Status: "open", By: "Joost"}}
	c.Approvers = 1
	change(&c)
	return c
}

func partCredit() o2c.CreditCard {
	c := decidedCredit(credit.Approved, credit.Conditions{PartAmount: eur(400000)}, "the first half")
	part := eur(400000)
	c.Order.Status, c.Order.ShipMost, c.CanExtend = order.Confirmed, &part, true
	return c
}

func undoableCredit() o2c.CreditCard {
	c := decidedCredit(credit.Approved, credit.Conditions{RaiseLimitTo: eur(2000000), Expires: at("2026-01-09T23:00:00Z")}, "")
	c.CanUndo, c.Request.Undo = true, &credit.Undo{Until: at("2026-01-05T13:12:00Z"), Letter: "e_1"}
	return c
}

func sampleInvoice(number string, open int64, due string) invoice.Data {
	return invoice.Data{
		ID: "i_" + number, Type: invoice.Invoices, Number: number, Status: invoice.Issued, OrderID: "o_1", OrderNo: "SO-1042", CustomerID: "c_1",
		Buyer: invoice.Buyer{Name: "Acme BV"}, Currency: "EUR", Total: eur(open), Open: eur(open), IssuedOn: on("2025-11-01"), DueOn: on(due),
	}
}

func sampleOverdue() o2c.OverdueCard {
	late := sampleInvoice("2026-0042", 500000, "2025-12-03")
	late.Dunning = invoice.Dunning{Sent: []invoice.Sent{{Step: "friendly", On: on("2025-12-08")}, {Step: "firm", On: on("2025-12-15")}}, NextStep: "formal", NextOn: on("2026-01-08")}
	newer := sampleInvoice("2026-0051", 324000, "2025-12-27")
	newer.Dunning = invoice.Dunning{PausedBy: "promise p_1"}
	return o2c.OverdueCard{
		Customer: sampleCustomer(), Invoices: []invoice.Data{late, newer, sampleInvoice("2026-0060", 10000, "2026-02-01")},
		Today: on("2026-01-05"), Overdue: eur(824000), Oldest: 33, Promise: &o2c.PromiseLine{Amount: eur(324000), Date: "2026-01-12", Status: "open", By: "Joost"},
	}
}

// workedOverdue is a customer whom colleagues have worked on; stoppedOverdue gets no new goods.
func workedOverdue() o2c.OverdueCard {
	c := sampleOverdue()
	paid := sampleInvoice("2026-0040", 50000, "2025-12-01")
	paid.Status, paid.Open = invoice.Paid, eur(0)
	c.Settled, c.Owner, c.CallBy, c.HoldUntil, c.HoldWhy = []invoice.Data{paid}, "Joost", on("2026-01-08"), on("2026-01-12"), "in talks"
	c.Calls, c.Call = 1, &o2c.CallNote{On: on("2026-01-04"), By: "U03COLLECT", Outcome: o2c.CallReached, Note: "pays on Friday"}
	c.Stop = &o2c.StopAsk{By: "U03COLLECT", Why: "third time", On: on("2026-01-05")}
	return c
}

func stoppedOverdue() o2c.OverdueCard {
	c := sampleOverdue()
	c.Customer.Stopped = &party.Stop{By: "slack:U04APPROVE", Why: "third time", On: on("2026-01-05")}
	return c
}

func sampleLetters() o2c.LettersCard {
	return o2c.LettersCard{On: on("2026-01-06"), More: 3, All: []o2c.Coming{
		{CustomerID: "c_1", Customer: "Acme BV", Step: "firm", Numbers: []string{"2026-0042", "2026-0051"}, Totals: []money.Amount{eur(824000), money.Of(12000, "USD")}},
		{CustomerID: "c_2", Customer: "Bakkerij Vos", Step: "call", Calls: true, Numbers: []string{"2026-0044"}, Totals: []money.Amount{eur(310000)}},
		{CustomerID: "c_3", Customer: "De Boer", Step: "friendly", Numbers: []string{"2026-0047"}, Totals: []money.Amount{eur(4000)}, Status: o2c.ComingSkipped, By: "slack:U03COLLECT"},
	}}
}

func sampleReceipt() cash.ReceiptData {
	return cash.ReceiptData{
		ID: "r_1", Source: "bank", Account: "bank", Amount: eur(95000), Unapplied: eur(95000), Payer: "J. Jansen", IBAN: "NL91ABNA0417164300",
		Text: "rekening november, min korting", ValueOn: on("2026-01-05"), Applications: []cash.Application{}, CustomerID: "c_1",
	}
}

func sampleLikeness(status string) o2c.LikenessCard {
	other := sampleCustomer()
	other.Name, other.Kind, other.KVK = "Acme B.V.", party.Consumer, ""
	return o2c.LikenessCard{
		Likeness: o2c.LikenessData{ID: "lk_1", Customer: "c_1", Other: "c_2", Why: []string{"mail", "name"}, Status: status, DecidedAt: at("2026-01-05T11:00:00Z")},
		Customer: sampleCustomer(), Other: other, By: "Joost",
	}
}

// cards are all kinds of cards in all their states: the goldens, the limits and the action table are checked on them.
func cards() map[string]o2c.Card {
	paid := sampleInvoice("2026-0042", 124000, "2026-01-09")
	paid.Status, paid.Open = invoice.Paid, eur(0)
	note := sampleInvoice("C2026-0001", 124000, "2026-01-09")
	note.Type, note.Refers = invoice.CreditNotes, "2026-0042"
	draft := sampleInvoice("", 124000, "2026-01-09")
	draft.ID, draft.Status, draft.DueOn, draft.IssuedOn = "i_9", invoice.Draft, calendar.Date{}, calendar.Date{}
	draft.Missing = []string{"the customer's address", "the description of line 12", "something that a newer version asks for"}
	settled := sampleReceipt()
	settled.Unapplied = eur(0)
	settled.Applications = []cash.Application{{N: 1, Number: "2026-0042", Amount: eur(95000), Why: "same amount and name"}, {N: 2, Number: "2026-0043", Amount: eur(1), Undone: true}, {N: 3, Number: "2026-0044", Amount: eur(30000), Why: cash.MatchedBy + "Noor"}}
	shipping := sampleOrder()
	shipping.Status = order.Confirmed
	waits, dropped := shipping, shipping
	waits.DeliverOn, waits.WaitsBy, waits.WaitsAt = on("2026-01-12"), "slack:U02", at("2026-01-05T13:02:00Z")
	dropped.Status = order.Cancelled
	low := o2c.ReorderCard{
		Alert:   o2c.AlertData{ID: "al_1", SKU: "BEAN-1", Nth: 1, At: at("2026-01-05T09:00:00Z")},
		Product: fulfilment.ProductData{SKU: "BEAN-1", Name: "Coffee beans 1 kg", ReorderPoint: 20, Substitute: "BEAN-2"},
		Shelf:   o2c.Shelf{Tracked: true, OnHand: 60, Reserved: 52, Available: 8, Backordered: 8},
		Waiting: []o2c.WaitingOrder{{Order: shipping, Units: 8}},
	}
	seen, over := low, low
	seen.Waiting, seen.SeenBy, seen.Alert.SeenAt = nil, "Joost", at("2026-01-05T13:02:00Z")
	over.Alert.ClosedAt = at("2026-01-06T09:00:00Z")
	taken := sampleOverdue()
	taken.Owner, taken.Promise = "Joost", nil
	parked := o2c.ParkedData{ID: "pk_1", Endpoint: "demo-woocommerce", Topic: "order.created", Problem: "line 3 has no quantity", At: at("2026-01-05T09:00:00Z")}
	replayed := parked
	replayed.Replayed = at("2026-01-05T11:00:00Z")
	unlimited := sampleCredit()
	unlimited.Request.Decision.Input.Limit = nil
	unlimited.Request.Decision.Reasons = []credit.Reason{{Code: "newer_rule", Text: "Something <new>", Numbers: map[string]string{"x": "1"}}}
	late := sampleCredit()
	late.Request.Decision.Input.Overdue, late.Request.Decision.Input.OverdueDays, late.Request.Decision.Input.Confirmed = eur(30000), 20, eur(5000)
	all := map[string]o2c.Card{
		"tour": o2c.TourCard{Tour: sampleTour(1), Step: 1}, "tour_right": o2c.TourCard{Tour: sampleTour(2), Step: 1}, "tour_find": o2c.TourCard{Tour: sampleTour(6), Step: 6, Number: "TRAINING-2026-0003"},
		"tour_wrong": o2c.TourCard{Tour: sampleTour(3), Step: 2}, "tour_end": o2c.TourCard{Tour: sampleTour(7), Step: 7}, "tour_gone": o2c.TourCard{Tour: goneTour(), Step: 7},
		"quiz": sampleQuiz(o2c.QuizTour), "quiz_wrong": sampleQuiz(o2c.QuizQuarter, 1), "quiz_done": sampleQuiz(o2c.QuizPolicy, 2, 1, 1, 2, 3),
		"credit_pending":       sampleCredit(),
		"credit_unlimited":     unlimited,
		"credit_overdue":       late,
		"credit_approved":      decidedCredit(credit.Approved, credit.Conditions{}, ""),
		"credit_approved_with": decidedCredit(credit.Approved, credit.Conditions{TermsDays: 14}, "pays since 2019"),
		"credit_declined":      decidedCredit(credit.Declined, credit.Conditions{}, "two broken promises"),
		"credit_part":          partCredit(),
		"credit_undo":          undoableCredit(),
		"credit_first": waitingCredit(func(c *o2c.CreditCard) {
			c.Request.First = &credit.Approval{Name: "Mira", At: at("2026-01-05T13:02:00Z"), Conditions: credit.Conditions{DepositPercent: decimal.NewFromInt(30)}}
		}),
		"credit_snoozed_solo": waitingCredit(func(c *o2c.CreditCard) {
			c.Request.Snoozed, c.Snoozer, c.Solo = &credit.Snooze{By: "slack:U01", Until: at("2026-01-05T17:02:00Z")}, "Mira", true
		}),
		"credit_ended": waitingCredit(func(c *o2c.CreditCard) {
			c.Request.Ended, c.Request.AskedAgain, c.Request.HeldUntil = at("2026-01-06T09:00:00Z"), "expired", time.Time{}
		}),
		"credit_line_backup":  o2c.CreditLine{What: o2c.LineBackup, Order: sampleOrder(), Request: sampleCredit().Request, People: []string{"U05", "U07"}},
		"credit_line_expired": o2c.CreditLine{What: o2c.LineExpired, Order: sampleOrder(), Request: sampleCredit().Request, People: []string{"U05"}},
		"credit_line_hold":    o2c.CreditLine{What: o2c.LineEndedHold, Order: sampleOrder(), Request: sampleCredit().Request},
		"credit_line_reject":  o2c.CreditLine{What: o2c.LineEndedReject, Order: sampleOrder(), Request: sampleCredit().Request},
		"credit_line_sales":   o2c.CreditLine{What: o2c.LineAskSales, Order: sampleOrder(), Request: sampleCredit().Request, People: []string{"U02"}, By: "Mira"},
		"credit_void":         decidedCredit(credit.Void, credit.Conditions{}, ""),
		"overdue":             sampleOverdue(),
		"overdue_taken":       taken,
		"overdue_worked":      workedOverdue(),
		"overdue_stopped":     stoppedOverdue(),
		"letters":             sampleLetters(),
		"check":               o2c.CheckCard{Invoice: sampleInvoice("2026-0042", 500000, "2025-12-03"), Doubts: []string{o2c.DoubtPONumber, o2c.DoubtUndelivered}},
		"check_held":          o2c.CheckCard{Invoice: sampleInvoice("2026-0042", 500000, "2025-12-03"), Doubts: []string{o2c.DoubtHeld}, Held: []o2c.Held{{ReceiptID: "r_1", Amount: eur(30000)}, {ReceiptID: "r_2", Amount: eur(1050)}}},
		"case_po_number":      o2c.CaseLine{What: o2c.LinePONumber, By: "finance@acme.example", Numbers: []string{"2026-0042"}, Note: "PO-77"},
		"case_po_elsewhere":   o2c.CaseLine{What: o2c.LinePOElsewhere, By: "finance@acme.example", Numbers: []string{"2026-0042"}, Note: "PO-77"},
		"case_forwarded":      o2c.CaseLine{What: o2c.LineForwarded, By: "finance@acme.example", Numbers: []string{"2026-0042"}, Note: "cfo@acme.example"},
		"case_promised":       o2c.CaseLine{What: o2c.LinePromised, By: "finance@acme.example", Amount: eur(500000), Numbers: []string{"2026-0042"}, Date: calendar.Date{Year: 2026, Month: 1, Day: 19}},
		"case_asked":          o2c.CaseLine{What: o2c.LineAsked, By: "slack:U03COLLECT", Note: "Which chair is broken?"},
		"case_answer_due":     o2c.CaseLine{What: o2c.LineAnswerDue, Numbers: []string{"2026-0042"}},
		"case_evidence_due":   o2c.CaseLine{What: o2c.LineEvidenceDue, Date: calendar.Date{Year: 2026, Month: 1, Day: 19}},
		"case_in_stock":       o2c.CaseLine{What: o2c.LineInStock, Numbers: []string{"1042"}},
		"case_report":         o2c.CaseLine{What: o2c.LineReport},
		"case_mandate":        o2c.CaseLine{What: o2c.LineMandate, By: "finance@acme.example", Code: "card", Note: "Visa •••• 4242"},
		"case_stopped":        o2c.CaseLine{What: o2c.LineMandateStopped, By: "finance@acme.example", Note: "Visa •••• 4242"},
		"case_card_expires":   o2c.CaseLine{What: o2c.LineCardExpires, Date: on("2026-03-31"), Note: "Visa •••• 4242"},
		"case_card_renewed":   o2c.CaseLine{What: o2c.LineCardRenewed, Note: "Visa •••• 5556 2030-01"},
		"case_charge_again":   o2c.CaseLine{What: o2c.LineChargeAgain, Code: "funds", Numbers: []string{"2026-0042"}, Amount: eur(124000), Date: on("2026-01-19")},
		"case_charge_failed":  o2c.CaseLine{What: o2c.LineChargeFailed, Code: "bank", Numbers: []string{"2026-0042"}, Amount: eur(124000)},
		"invoice_collected":   o2c.InvoiceCard{Invoice: sampleInvoice("2026-0042", 124000, "2026-01-19"), PayURL: "https://pay.example/i/k1abc", Collect: o2c.CollectView{Method: &o2c.KeptMethod{Kind: "sepa_debit", Last4: "3000"}, Usable: true, On: on("2026-01-19")}},
		"overdue_collects":    collecting(),
		"case_withdrawn":      o2c.CaseLine{What: o2c.LineWithdrawn, Code: "formal", Numbers: []string{"2026-0042"}},
		"check_done":          o2c.CheckCard{Invoice: sampleInvoice("2026-0042", 500000, "2025-12-03")},
		"case_step":           o2c.CaseLine{What: o2c.LineStep, Code: "firm", Numbers: []string{"2026-0042", "2026-0051"}, Note: "finance@acme.example"},
		"case_called":         o2c.CaseLine{What: o2c.LineCalled, By: "slack:U03COLLECT", Code: o2c.CallReached, Note: "pays on Friday", Date: on("2026-01-12")},
		"overdue_none":        o2c.OverdueCard{Customer: sampleCustomer(), Overdue: eur(0)},
		"invoice_open":        o2c.InvoiceCard{Invoice: sampleInvoice("2026-0042", 124000, "2026-01-09"), PayURL: "https://pay.example/i/k1abc"},
		"awaiting":            o2c.AwaitingCard{Customer: "Acme BV", Letter: o2c.AwaitingData{ID: "r_1", Template: o2c.LetterPaid, Number: "2026-0042", Amount: eur(124000)}},
		"awaiting_skipped":    o2c.AwaitingCard{Customer: "Acme BV", Letter: o2c.AwaitingData{ID: "i_1", Template: o2c.LetterDepositReminder, Number: "2026-0042", Amount: eur(124000), Status: o2c.ComingSkipped, By: "slack:U01"}},
		"issued":              o2c.IssuedCard{On: on("2026-01-05")},
		"invoice_paid":        o2c.InvoiceCard{Invoice: paid, PayURL: "https://pay.example/i/k1abc"},
		"credit_note":         o2c.InvoiceCard{Invoice: note},
		"dispute":             sampleDispute(dunning.DisputeOpen),
		"chargeback":          sampleChargeback("open"),
		"chargeback_won":      sampleChargeback("won"),
		"plan":                samplePlan(dunning.PlanProposed),
		"plan_active":         samplePlan(dunning.PlanActive),
		"plan_declined":       samplePlan(dunning.PlanDeclined),
		"plan_kept":           samplePlan(dunning.PlanKept),
		"plan_broken":         samplePlan(dunning.PlanBroken),
		"dispute_accepted":    sampleDispute(dunning.DisputeAccepted),
		"dispute_rejected":    sampleDispute(dunning.DisputeRejected),
		"draft":               o2c.DraftCard{Invoice: draft, Order: "SO-1042"},
		"draft_issued":        o2c.DraftCard{Invoice: sampleInvoice("2026-0042", 124000, "2026-01-09"), Order: "SO-1042"},
		"delivery_bounced":    o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Mail, delivery.Bounced)},
		"delivery_complained": o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Mail, delivery.Complained)},
		"delivery_rejected":   o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Peppol, delivery.Rejected)},
		"delivery_post":       o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Post, delivery.Waiting), PDF: "https://pay.example/i/k1abc/pdf"},
		"delivery_replaced":   o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Mail, delivery.Replaced), By: "Joost"},
		"delivery_delivered":  o2c.DeliveryCard{Delivery: sampleDelivery(delivery.Mail, delivery.Delivered)},
		"cash": o2c.CashCard{Receipt: sampleReceipt(), Candidates: []o2c.Candidate{
			{InvoiceID: "i_1", Number: "2026-0042", Customer: "Jansen Bouw", Open: eur(100000), Score: 82, Why: "the payer has the customer's name; the amount is a part of what is open"},
			{InvoiceID: "i_2", Number: "2026-0043", Customer: "Acme BV", Open: eur(95000), Score: 60, Why: "the amount is exactly what is open"},
		}},
		"cash_no_candidates":  o2c.CashCard{Receipt: cash.ReceiptData{ID: "r_2", Amount: eur(100), Unapplied: eur(100), ValueOn: on("2026-01-05")}},
		"file_booked":         o2c.FileLine{Name: "day <1>.xml", Account: "NL91ABNA0417164300", Entries: 12, New: 11, Applied: 9, Unmatched: 2},
		"file_known":          o2c.FileLine{Name: "day.xml", Entries: 12},
		"file_refused":        o2c.FileLine{Name: "day.xml", Problem: "The bank file was refused as a whole — line 7: the sum is wrong"},
		"bank_line":           o2c.BankLineCard{Line: left()},
		"bank_line_refund":    o2c.BankLineCard{Line: left(), Refunds: []o2c.Repayment{{ReceiptID: "r_3", Number: "CN-2026-0003", Left: eur(4_500), Score: 70, Why: "this customer has paid under the name before; the amount is exactly what is left of CN-2026-0003"}}},
		"bank_line_refunded":  o2c.BankLineCard{Line: leftFor("refund"), By: "Duly"},
		"bank_line_explained": o2c.BankLineCard{Line: leftFor("supplier"), By: "Noor"},
		"cash_settled":        o2c.CashCard{Receipt: settled, Settled: true},
		"cash_refund_asked":   o2c.CashCard{Receipt: sampleReceipt(), Refund: sampleRefund(cash.RefundAsked), AskedBy: "Joost"},
		"cash_refund_paid":    o2c.CashCard{Receipt: refunded(), Settled: true, Refund: sampleRefund(cash.RefundPaid)},
		"stock_on_hold":       o2c.StockCard{Order: sampleOrder(), Lines: sampleOrder().Lines[:1]},
		"stock_settled":       o2c.StockCard{Order: shipping},
		"quote_waiting":       quoted(quote.Draft, credit.Pending),
		"quote_refused":       quoted(quote.Draft, credit.Declined),
		"quote_sent":          quoted(quote.Sent, credit.Approved),
		"quote_accepted":      quoted(quote.Accepted, credit.Approved),
		"quote_declined":      quoted(quote.Declined, credit.Approved),
		"quote_expired":       quoted(quote.Expired, credit.Approved),
		"contract":            o2c.ContractCard{Contract: sampleContract()},
		"contract_renewed":    o2c.ContractCard{Contract: sampleContract(), RenewedBy: "Q2026-0044"},
		"ship":                sampleShip(),
		"ship_part":           o2c.ShipCard{Order: partly(), Shipments: parcels()[:1], SlipURL: "https://pay.example/o/k1abc/packing-slip"},
		"ship_delivered":      o2c.ShipCard{Order: gone(), Shipments: parcels()},
		"ship_ended":          o2c.ShipCard{Order: ended()},
		"invoice_credited":    o2c.InvoiceCard{Invoice: partlyCredited(), PayURL: "https://pay.example/i/k1abc"},
		"parked":              o2c.ParkedCard{Parked: parked},
		"parked_replayed":     o2c.ParkedCard{Parked: replayed},
		"likeness":            sampleLikeness(o2c.LikeOpen),
		"likeness_same":       sampleLikeness(o2c.LikeSame),
		"likeness_different":  sampleLikeness(o2c.LikeDifferent),
		"stock":               o2c.StockCard{Order: shipping, Lines: shipping.Lines[:1], Shelves: map[string]o2c.Shelf{"BEAN-1": {Tracked: true, OnHand: 52, Reserved: 52, Backordered: 20}}, Waiting: map[string]int{"BEAN-1": 3}},
		"stock_waits":         o2c.StockCard{Order: waits, Lines: shipping.Lines[:1], Shelves: map[string]o2c.Shelf{"BEAN-1": {Tracked: true, Backordered: 8}}, Waiting: map[string]int{"BEAN-1": 1}, WaitsBy: "Joost"},
		"stock_ended":         o2c.StockCard{Order: dropped},
		"reorder":             low, "reorder_seen": seen, "reorder_over": over,
		"lapse_gap": o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: "demo-shopify", Cause: o2c.LapseGap, Heard: at("2026-01-05T09:00:00Z"), Missing: []int64{1002, 1004}, Lost: []int64{1004},
			Fetched: []string{"#1002"}, Count: 1, Read: true, OpenedAt: at("2026-01-05T09:00:00Z"), ClosedAt: at("2026-01-05T10:00:00Z")}},
		"lapse_silence": o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: "demo-woocommerce", Cause: o2c.LapseSilence, Heard: at("2026-01-05T09:00:00Z"), Fetched: []string{"5001", "5002"}, Count: 2, Read: true,
			SwitchedOn: []string{"order.created", "order.updated"}, OpenedAt: at("2026-01-07T09:00:00Z")}},
		"lapse_problem": o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: "demo-shopify", Cause: o2c.LapseSilence, Problem: "The shop refuses our key — it answered 401 — enter a key that may read orders [DULY-1003]", Reason: fault.Reason{Code: fault.Config, Key: "shop.key"}, OpenedAt: at("2026-01-07T09:00:00Z")}},
		"lapse_dumb":    o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: "demo-generic", Cause: o2c.LapseSilence, Heard: at("2026-01-05T09:00:00Z"), Problem: o2c.LapseDumb, OpenedAt: at("2026-01-07T09:00:00Z")}},
		"lapse_closed":  o2c.ShopCard{Lapse: o2c.LapseData{Endpoint: "demo-shopify", Cause: o2c.LapseSilence, Read: true, OpenedAt: at("2026-01-07T09:00:00Z"), ClosedAt: at("2026-01-08T09:00:00Z")}},
		"payout":        o2c.PayoutCard{Payout: brokenPayout()},
		"payout_taken":  o2c.PayoutCard{Payout: brokenPayout(), Owner: "Joost"},
		"payout_fits":   o2c.PayoutCard{Payout: cash.PayoutData{Gateway: "shopify_payments", Reference: "po_1", Net: eur(96520)}},
		"payout_found":  o2c.PayoutCard{Payout: explainedPayout(), Found: "Joost"},
		"notice":        o2c.NoticeCard{Title: "An invoice could not be mailed", Text: "The address does not exist — mailbox unknown — correct it [DULY-3003]", At: at("2026-01-05T09:00:00Z")},
		"payout_moved": o2c.NoticeCard{At: at("2026-01-05T21:00:00Z"), Notice: o2c.Notice{Key: "payout_moved", Number: "po_1SmB8cLkdIwHu7ix2", Amount: eur(1840000), Until: on("2026-01-05"),
			ID: "ba_1SmAzVLkdIwHu7ixQ", Name: "ba_1PzQ2eLkdIwHu7ixV", Detail: "po_1SjUe3LkdIwHu7ixp", Other: eur(96520), From: on("2025-12-29")}},
		"digest": o2c.DigestCard{
			Date: "2026-01-05", Receivable: eur(5900000), Overdue: eur(1700000), DSO: "34.2", Decisions: 3, Low: 2, Promises: 1, Unexplained: eur(0),
			Ageing: []o2c.Bucket{{Name: "not_due", Amount: eur(4200000), Count: 12}, {Name: "1-30", Amount: eur(1200000), Count: 4},
				{Name: "31-60", Amount: eur(400000), Count: 2}, {Name: "61-90", Amount: eur(100000), Count: 1}, {Name: "90+", Amount: eur(0)}},
			Top: sampleDebtors("Acme BV"), Expected: eur(1840000), Until: on("2026-01-11"),
		},
		"weekly": sampleWeek("Acme BV"),
		"digest_broken": o2c.DigestCard{Date: "2026-01-05", Receivable: eur(0), Overdue: eur(0), Unexplained: eur(1_340_00), Verified: &o2c.VerifiedData{At: at("2026-01-05T02:15:00Z"), Checks: 14, Looked: 1234, Broken: 2}, MadeOf: []o2c.UnexplainedPart{
			{What: o2c.UnexplainedReceipts, Amount: eur(120_000), Count: 3, Name: "Bakkerij & Zn", Oldest: on("2026-01-02")},
			{What: o2c.UnexplainedLines, Amount: eur(9_000), Count: 2, Oldest: on("2026-01-04")},
			{What: o2c.UnexplainedPayouts, Amount: eur(5_000)},
		}},
		"digest_verified": o2c.DigestCard{Date: "2026-01-05", Receivable: eur(0), Overdue: eur(0), Unexplained: eur(0), Verified: &o2c.VerifiedData{At: at("2026-01-05T02:15:00Z"), Checks: 14, Looked: 1234}},
		"digest_empty":    o2c.DigestCard{Date: "2026-01-05", Receivable: eur(0), Overdue: eur(0), Unexplained: eur(0)},
	}
	maps.Copy(all, claimCards())
	maps.Copy(all, lawCards())
	return all
}

// brokenPayout lacks a payment and has an adjustment that the books have not.
func brokenPayout() cash.PayoutData {
	return cash.PayoutData{
		ID: "po_1", Gateway: "stripe", Reference: "po_1Nx", Net: eur(92320), Expected: eur(96520), Gap: eur(-4200), Code: cash.WhyListing,
		Causes: []cash.Movement{{Kind: cash.MovementCharge, Amount: eur(-3000), Fee: eur(0), Ref: "pi_3f", Invoices: []string{"2026-0042"}, Customer: "Acme BV"}, {Kind: cash.MovementAdjustment, Amount: eur(-1200), Fee: eur(0)}},
	}
}

func explainedPayout() cash.PayoutData {
	d := brokenPayout()
	d.Explained, d.ExplainedBy = "Stripe holds a reserve until March", "slack:U02"
	return d
}

// quoted is a quote in a status, with what was decided on its credit.
func quoted(status, decided string) o2c.QuoteCard {
	asked := decidedCredit(decided, credit.Conditions{}, "").Request
	c := o2c.QuoteCard{Credit: &asked, Quote: quote.Data{
		ID: "q_1", Number: "Q2026-0042", Status: status, Buyer: quote.Buyer{Name: "Acme BV"}, Total: eur(1240000), ValidUntil: on("2026-02-04"), TermsDays: 30, Owner: "U02", Reminders: 1,
	}}
	switch status {
	case quote.Accepted:
		c.Order, c.Quote.Acceptance = order.Confirmed, &quote.Acceptance{Name: "Eline Vos", At: at("2026-01-09T10:30:00Z")}
	case quote.Declined:
		c.Quote.Refusal = &quote.Refusal{Reason: "Too dear"}
	}
	return c
}

// sampleDispute is what a customer says is wrong, in a status.
func sampleDispute(status string) o2c.DisputeCard {
	inv := sampleInvoice("2026-0042", 124000, "2026-01-09")
	inv.Dunning.DisputeID, inv.Dunning.Disputed = "d_1", eur(30000)
	c := o2c.DisputeCard{Invoice: inv, By: "finance@acme.example", Dispute: dunning.DisputeData{
		ID: "d_1", InvoiceID: "i_1", Number: "2026-0042", CustomerID: "c_1", Amount: eur(30000), Reason: dunning.TooFew, Text: "We got 5 instead of 8.\n<!channel>",
		Status: status, OpenedAt: at("2026-01-12T09:00:00Z"), AnswerBy: on("2026-01-19"),
	}}
	if status != dunning.DisputeOpen {
		c.ClosedBy, c.Dispute.Accepted, c.Dispute.CreditNote, c.Dispute.Answer = "slack:U02", eur(30000), "CN2026-0001", "The carrier has a signature for all eight."
	}
	return c
}

// sampleChargeback is a chargeback with what speaks for us, in a status.
func sampleChargeback(status string) o2c.ChargebackCard {
	return o2c.ChargebackCard{
		Payer: "Acme BV", DaysLeft: 9,
		Case: o2c.EvidenceData{ID: "dp_1", ReceiptID: "r_1", Amount: eur(124000), Reason: "product_not_received", Status: status, DueAt: at("2026-01-21T22:59:00Z"), OpenedAt: at("2026-01-12T09:00:00Z")},
		Proofs: []o2c.Proof{
			{Invoice: sampleInvoice("2026-0042", 124000, "2026-01-09"), URL: "https://pay.example/i/k1abc", Shipment: &parcels()[0], Sent: []delivery.Data{
				{What: "invoice", To: "finance@acme.example", Status: delivery.Sent, SentAt: at("2026-01-05T09:00:00Z")},
			}},
			{Invoice: sampleInvoice("2026-0043", 5000, "2026-01-09"), URL: "https://pay.example/i/k1abd"},
		},
	}
}

// samplePlan is a payment plan in a status.
func samplePlan(status string) o2c.PlanCard {
	c := o2c.PlanCard{Customer: "Acme BV", By: "finance@acme.example", Invoice: sampleInvoice("2026-0042", 124000, "2026-01-09"), Plan: dunning.PlanData{
		ID: "pl_1", InvoiceID: "i_1", Number: "2026-0042", Total: eur(124000), Status: status, Text: "We wait for our own customer.", AskedAt: at("2026-01-12T09:00:00Z"),
		Parts: []dunning.Instalment{{On: on("2026-01-19"), Amount: eur(41334)}, {On: on("2026-02-19"), Amount: eur(41333)}, {On: on("2026-03-19"), Amount: eur(41333)}},
	}}
	if status != dunning.PlanProposed {
		c.Decider, c.Next, c.Plan.EndedOn = "Mira", 1, on("2026-03-19")
	}
	if status == dunning.PlanDeclined {
		c.Plan.Answer = "The invoice is too small for it."
	}
	return c
}

func sampleContract() quote.ContractData {
	return quote.ContractData{
		ID: "k_1", Number: "Q2026-0042", CustomerName: "Acme BV", Total: eur(1240000), TermsDays: 30, StartOn: on("2026-02-01"), EndOn: on("2027-01-31"), NoticeOn: on("2027-01-01"), Reminders: 2,
	}
}

// forms are all modals.
func forms(v Voice) map[string]Modal {
	about := Meta{ID: "o_1", Version: 3, Channel: "C01", TS: "1767600000.000100"}
	r := sampleCredit().Request
	within := r
	within.Decision.Input.Limit = nil
	shipping := sampleOrder()
	all := map[string]Modal{
		"personal": v.Personal(o2c.Personal{Language: "nl", QuietFrom: 18, QuietUntil: 8, Digest: true, DigestAt: 9, Zone: "America/New_York"}, "Europe/Amsterdam", "Europe/Lisbon"), "personal_new": v.Personal(o2c.Personal{}, "Europe/Amsterdam", "Europe/Amsterdam"),
		"training_form":       v.Trained(v.Word("word"), "U01.1"),
		"fix_address":         v.FixAddress(Meta{ID: "e_1"}, sampleDelivery(delivery.Mail, delivery.Bounced)),
		"approve_with":        v.ApproveWith(about, sampleOrder(), r),
		"approve_with_within": v.ApproveWith(about, sampleOrder(), within),
		"reject":              v.Reject(about, sampleOrder(), r.Amount, Mailed{Language: "nl", At: at("2026-01-05T09:10:00Z"), Text: "Uw bestelling SO-1042\n\nBeste Acme BV,\n\nWij kunnen deze bestelling niet op rekening leveren."}),
		"reject_no_mail":      v.Reject(about, sampleOrder(), r.Amount, Mailed{}),
		"customer":            v.Customer(sampleCustomer(), "Joost", o2c.Exposure{Limit: r.Decision.Input.Limit, Open: eur(410000), Confirmed: eur(0)}, sampleOverdue().Invoices),
		"promise":             v.Promise(about, "Acme BV", sampleOverdue().Invoices, on("2026-01-06")),
		"plan":                v.Plan(about, "Acme BV", sampleOverdue().Invoices, on("2026-01-12")),
		"plan_edit":           v.EditPlan(about, "Acme BV", samplePlan(dunning.PlanProposed).Plan),
		"plan_decline":        v.DeclinePlan(about, "Acme BV", samplePlan(dunning.PlanProposed).Plan),
		"dispute":             v.Dispute(about, "Acme BV", sampleOverdue().Invoices),
		"dispute_accept":      v.AcceptDispute(about, "Acme BV", sampleDispute(dunning.DisputeOpen).Dispute),
		"dispute_reject":      v.RejectDispute(about, "Acme BV", sampleDispute(dunning.DisputeOpen).Dispute),
		"dispute_ask":         v.AskAboutDispute(about, "Acme BV", sampleDispute(dunning.DisputeOpen).Dispute),
		"call":                v.Call(about, "Acme BV", "+31 20 123 4567"),
		"pause":               v.Pause(about, "Acme BV", on("2026-01-19")),
		"stop":                v.Stop(about, "Acme BV"),
		"snooze":              v.Snooze(about, "Acme BV", on("2026-01-07")),
		"split":               v.Split(about, sampleReceipt()),
		"ship_part":           v.ShipPart(about, shipping),
		"new_order":           v.NewOrder(),
		"new_quote":           v.NewQuote(on("2026-02-04"), "EUR"),
		"renew_quote":         v.RenewQuote(about, quoted(quote.Expired, credit.Approved).Quote, on("2026-03-04")),
		"renew_contract":      v.RenewContract(about, sampleContract(), quote.Period{StartOn: on("2027-02-01"), EndOn: on("2028-01-31")}, on("2027-01-01")),
		"mark_shipped":        v.MarkShipped(about, sampleShip().Order),
		"delivered":           v.Arrival(about, gone(), parcels()[:1], on("2026-01-06")),
		"credit_note":         v.CreditNote(about, partlyCredited()),
		"substitute":          v.Substitute(about, shipping, "BEAN-2"),
		"cancel_line":         v.CancelLine(about, shipping),
		"receive":             v.Receive(about, "Coffee beans 1 kg", "BEAN-1", 8),
		"pay_link":            v.PayLink("2026-0042", "https://pay.example/i/k1abc"),
		"web":                 v.WebLink(o2c.Person{ID: "U01", Name: "Mira", Role: o2c.Approver}, "https://duly.example/sign-in/k1abc"),
		"settings":            v.Settings([]o2c.Setting{{Key: "room.weekly_charts", Value: "true", Origin: "Slack, Sam on 2026-01-05"}}, o2c.Overrides{Weekly: new(true), LoudFrom: new(8), LoudUntil: new(18)}),
		"word":                v.Word("Already approved by Mira at 14:02. Nothing changed."),
	}
	maps.Copy(all, claimForms(v, about))
	return all
}

func sampleHome(v Voice) Home {
	return v.Home(o2c.Person{ID: "U01", Name: "Mira", Role: o2c.Approver}, sampleWorkday("Acme BV"), o2c.TourData{Run: 1}, at("2026-01-05T09:00:00Z"), false, HomeExtras{Views: []o2c.SavedView{{Name: "Late, above all", Path: "/invoices?status=overdue"}}, Cost: &o2c.MonthCost{Amount: eur(74), Orders: 12}})
}

// sampleDelivery is an invoice on its way, in a status.
func sampleDelivery(channel, status string) delivery.Data {
	d := delivery.Data{
		ID: "e_1", What: "invoice", Does: "mail.invoice", Invoices: []string{"i_1"}, Numbers: []string{"2026-0042"}, CustomerID: "c_1", Customer: "Acme BV",
		Channel: channel, To: "finance@acme.example", Status: status, ChangedAt: at("2026-01-06T09:30:00Z"),
	}
	switch {
	case channel == delivery.Peppol:
		d.To, d.Code, d.Reason = "0106:12345678", "BR-CO-10", "Sum of line net amounts does not match"
	case channel == delivery.Post:
		d.To = "Acme BV, Dam 1, 1012 JS Amsterdam, NL"
	case status == delivery.Bounced:
		d.Code, d.Reason = "5.1.1", "smtp; 550 5.1.1 user unknown"
	case status == delivery.Complained:
		d.Reason = "abuse"
	case status == delivery.Replaced:
		d.Next, d.By = "books@acme.example", "slack:U03COLLECT"
	}
	return d
}

func sampleRefund(status string) *cash.RefundData {
	return &cash.RefundData{
		ID: "rf_1", ReceiptID: "r_1", Amount: eur(95000), Name: "Jansen Bouw", IBAN: "NL91ABNA0417164300", Elsewhere: true, Reason: "paid twice", Status: status,
		AskedBy: "slack:U03", PaidOn: on("2026-01-07"),
	}
}

// refunded is money that went back, but for what was booked elsewhere.
func refunded() cash.ReceiptData {
	r := sampleReceipt()
	r.Unapplied, r.Refunded = eur(0), eur(95000)
	r.Bookings = []cash.Booking{{N: 1, Role: "interest_income", Amount: eur(500), Why: "interest of the year"}}
	return r
}

// left is money that left the bank.
func left() o2c.BankLineData {
	return o2c.BankLineData{ID: "bl_1", Unexplained: eur(-4_500), Entry: cash.Entry{
		Key: "k", Amount: eur(-4_500), ValueOn: on("2026-01-05"), Name: "Papier & Zn", IBAN: "NL91ABNA0417164300", Text: "Factuur <88>",
	}}
}

// leftFor is such money once somebody said what it was.
func leftFor(kind string) o2c.BankLineData {
	l := left()
	l.Booked, l.Unexplained = &o2c.LineBooking{Kind: kind, Role: "payables", By: "slack:U03NOOR", Why: "paper for the printer", Taught: true}, eur(0)
	return l
}
