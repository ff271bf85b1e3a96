package chat

import (
	"slices"

	"duly/shared/o2c"
)

// The action ids: the contract between the buttons and whoever handles them. They never change, because old cards stand
// in the channels for years.
const (
	ActCreditApprove     = "credit.approve"
	ActCreditApproveWith = "credit.approve_with"
	ActCreditReject      = "credit.reject"
	ActCreditAsk         = "credit.ask"
	ActCreditAskSales    = "credit.ask_sales"
	ActCreditCustomer    = "credit.customer"
	ActCreditSnooze      = "credit.snooze"
	ActCreditUndo        = "credit.undo"
	ActCreditMore        = "credit.more" // the menu that has the last of them
	ActOverdueTake       = "overdue.take"
	ActOverduePromise    = "overdue.promise"
	ActOverdueSnooze     = "overdue.snooze"
	ActOverdueDispute    = "overdue.dispute"
	ActOverduePlan       = "overdue.plan"
	ActPlanApprove       = "plan.approve"
	ActPlanEdit          = "plan.edit"
	ActPlanDecline       = "plan.decline"
	ActOverdueCall       = "overdue.call"
	ActOverduePause      = "overdue.pause"
	ActOverdueGoOn       = "overdue.go_on"
	ActOverdueStop       = "overdue.stop"
	ActOverdueStopYes    = "overdue.stop_approve"
	ActOverdueSupply     = "overdue.supply"
	ActOverdueAgency     = "overdue.agency"
	ActStopCollecting    = "overdue.stop_collecting"
	ActOverdueMore       = "overdue.more" // the menu that has the last of them
	ActOverdueChecked    = "overdue.checked"
	ActLetterSkip        = "letter.skip"
	ActLetterCall        = "letter.call"
	ActLetterSend        = "letter.send"
	ActLetterSendAll     = "letter.send_all"
	ActAwaitingSend      = "letter.send_this"
	ActAwaitingSkip      = "letter.skip_this"
	ActLetterMore        = "letter.more" // the menu that has them
	ActDisputeAccept     = "dispute.accept"
	ActDisputeReject     = "dispute.reject"
	ActDisputeAsk        = "dispute.ask"
	ActDisputeTake       = "dispute.take"
	ActInvoiceCopyLink   = "invoice.copy_link"
	ActInvoiceOpen       = "invoice.open"
	ActInvoiceRetry      = "invoice.retry"
	ActInvoiceComplete   = "invoice.complete"
	ActInvoiceCredit     = "invoice.credit"
	ActPayeeApprove      = "payee.approve"
	ActPayeeStop         = "payee.stop"
	ActDeliveryFix       = "delivery.fix"
	ActDeliveryResend    = "delivery.resend"
	ActDeliveryPDF       = "delivery.pdf"
	ActDeliveryPosted    = "delivery.posted"
	ActCashMatch         = "cash.match"
	ActCashSplit         = "cash.split"
	ActCashKeep          = "cash.keep"
	ActPayoutExplain     = "payout.explain"
	ActPayoutTake        = "payout.take"
	ActCashRefund        = "cash.refund"
	ActCashApprove       = "cash.approve_refund"
	ActCashRefuse        = "cash.refuse_refund"
	ActCashOther         = "cash.other"
	ActCashUndo          = "cash.undo"
	ActBankExplain       = "bank.explain"
	ActBankRefund        = "bank.refund"
	ActBankUndo          = "bank.undo"
	ActCustomerSame      = "customer.same"
	ActCustomerDifferent = "customer.different"
	ActStockShipPart     = "stock.ship_part"
	ActHomeTop           = "home.top"
	ActHomeDays          = "home.days"
	ActHomeMine          = "home.mine"
	ActHomeMatch         = "home.match"
	ActHomeDue           = "home.due"
	ActHomeFigures       = "home.figures"
	ActHomeWeek          = "home.week"
	ActSettings          = "settings.edit"
	ActPersonal          = "settings.personal"
	ActTourStart         = "tour.start"
	ActTourAgain         = "tour.again"
	ActTourCheck         = "tour.check"
	ActTourRemove        = "tour.remove"
	ActTourTeam          = "tour.team"
	ActQuizStart         = "quiz.start"
	ActQuiz1             = "quiz.1"
	ActQuiz2             = "quiz.2"
	ActQuiz3             = "quiz.3"
	ActHomeAgain         = "home.again"
	ActScore1            = "score.1"
	ActScore2            = "score.2"
	ActScore3            = "score.3"
	ActScore4            = "score.4"
	ActScore5            = "score.5"
	ActOrderNew          = "order.new"
	ActQuoteNew          = "quote.new"
	ActWebOpen           = "web.open"
	ActWebGo             = "web.go"
	ActWebView           = "web.view"
	ActQuoteRenew        = "quote.renew"
	ActQuoteRemind       = "quote.remind"
	ActContractRenew     = "contract.renew"
	ActContractRemind    = "contract.remind"
	ActShipMark          = "ship.mark"
	ActShipDelivered     = "ship.delivered"
	ActShipSlip          = "ship.slip"
	ActStockWait         = "stock.wait"
	ActStockSubstitute   = "stock.substitute"
	ActStockCancelLine   = "stock.cancel_line"
	ActStockReceive      = "stock.receive"
	ActStockSeen         = "stock.seen"
	ActHandOverPropose   = "handover.propose"
	ActHandOverApprove   = "handover.approve"
	ActHandOverAbort     = "handover.abort"
	ActHandOverRecall    = "handover.recall"
	ActWriteOffAsk       = "writeoff.ask"
	ActWriteOffApprove   = "writeoff.approve"
	ActWriteOffRefuse    = "writeoff.refuse"
	ActReliefClaim       = "relief.claim"
	ActClaimSheet        = "claim.sheet"
	ActClaimForgive      = "claim.forgive"
	ActClaimRecord       = "claim.record"
	ActClaimLetter       = "claim.letter"
	ActClaimMore         = "claim.more" // the menu that has the last of them
)

// Action is one row of the action table: who may press the button, and whether it opens a modal, whose callback id is
// then the action id.
type Action struct {
	Roles []o2c.Role // who may
	Own   []o2c.Role // who may for their own customers alone
	Modal bool
}

// May reports whether the role may press; own, whether the customer at hand is the presser's own.
func (a Action) May(role o2c.Role, own bool) bool {
	return slices.Contains(a.Roles, role) || own && slices.Contains(a.Own, role)
}

// ActionOf looks a row up.
func ActionOf(id string) (Action, bool) {
	a, ok := actionTable[id]
	return a, ok
}

// Actions lists the action ids in order.
func Actions() []string {
	ids := make([]string, 0, len(actionTable))
	for id := range actionTable {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// The roles of the matrix in ux.md §2.3.
var (
	deciders   = []o2c.Role{o2c.Approver, o2c.Admin}
	collectors = []o2c.Role{o2c.Collector, o2c.Approver, o2c.Admin}
	matchers   = []o2c.Role{o2c.Collector, o2c.Bookkeeper, o2c.Approver, o2c.Admin}
	sellers    = []o2c.Role{o2c.Sales, o2c.Collector, o2c.Approver, o2c.Admin}
	colleagues = []o2c.Role{o2c.Sales, o2c.Collector, o2c.Bookkeeper, o2c.Approver, o2c.Admin}
	everybody  = []o2c.Role{o2c.Viewer, o2c.Sales, o2c.Collector, o2c.Bookkeeper, o2c.Approver, o2c.Admin}
	sales      = []o2c.Role{o2c.Sales}
)

// actionTable has one row per action id.
var actionTable = map[string]Action{
	ActCreditApprove:     {Roles: deciders},
	ActCreditApproveWith: {Roles: deciders, Modal: true},
	ActCreditReject:      {Roles: deciders, Modal: true},
	ActCreditAsk:         {Roles: colleagues},
	ActCreditAskSales:    {Roles: deciders},
	ActCreditCustomer:    {Roles: colleagues, Modal: true},
	ActCreditSnooze:      {Roles: deciders},
	ActCreditUndo:        {Roles: deciders},
	ActOverdueTake:       {Roles: collectors, Own: sales},
	ActOverduePromise:    {Roles: collectors, Own: sales, Modal: true},
	ActOverdueSnooze:     {Roles: collectors, Own: sales, Modal: true},
	ActOverdueDispute:    {Roles: collectors, Own: sales, Modal: true},
	ActOverduePlan:       {Roles: collectors, Own: sales, Modal: true},
	ActPlanApprove:       {Roles: deciders},
	ActPlanEdit:          {Roles: deciders, Modal: true},
	ActPlanDecline:       {Roles: deciders, Modal: true},
	ActOverdueCall:       {Roles: collectors, Own: sales, Modal: true},
	ActOverduePause:      {Roles: collectors, Modal: true},
	ActOverdueGoOn:       {Roles: collectors},
	ActOverdueStop:       {Roles: collectors, Modal: true},
	ActOverdueStopYes:    {Roles: deciders},
	ActOverdueSupply:     {Roles: deciders},
	ActOverdueChecked:    {Roles: collectors},
	ActOverdueAgency:     {Roles: collectors},
	ActStopCollecting:    {Roles: collectors, Own: sales},
	ActLetterSkip:        {Roles: collectors, Own: sales},
	ActLetterCall:        {Roles: collectors, Own: sales},
	ActLetterSend:        {Roles: collectors, Own: sales},
	ActLetterSendAll:     {Roles: collectors},
	ActAwaitingSend:      {Roles: collectors},
	ActAwaitingSkip:      {Roles: collectors},
	ActDisputeAccept:     {Roles: collectors, Modal: true},
	ActDisputeReject:     {Roles: collectors, Modal: true},
	ActDisputeAsk:        {Roles: collectors, Modal: true},
	ActDisputeTake:       {Roles: collectors},
	ActInvoiceCopyLink:   {Roles: colleagues, Modal: true},
	ActInvoiceOpen:       {Roles: everybody}, // Slack opens the page by itself and tells us
	ActInvoiceRetry:      {Roles: matchers},
	ActInvoiceComplete:   {Roles: matchers, Modal: true},
	ActInvoiceCredit:     {Roles: collectors, Modal: true},
	ActPayeeApprove:      {Roles: deciders},
	ActPayeeStop:         {Roles: colleagues},
	ActDeliveryFix:       {Roles: collectors, Modal: true},
	ActDeliveryResend:    {Roles: collectors},
	ActDeliveryPDF:       {Roles: collectors},
	ActDeliveryPosted:    {Roles: colleagues},
	ActCashMatch:         {Roles: matchers},
	ActCashSplit:         {Roles: matchers, Modal: true},
	ActCashKeep:          {Roles: matchers},
	ActPayoutExplain:     {Roles: matchers, Modal: true},
	ActPayoutTake:        {Roles: matchers},
	ActCashRefund:        {Roles: matchers, Modal: true},
	ActCashApprove:       {Roles: matchers},
	ActCashRefuse:        {Roles: matchers},
	ActCashOther:         {Roles: matchers, Modal: true},
	ActCashUndo:          {Roles: matchers},
	ActBankExplain:       {Roles: matchers, Modal: true},
	ActBankRefund:        {Roles: matchers},
	ActBankUndo:          {Roles: matchers},
	ActCustomerSame:      {Roles: colleagues},
	ActCustomerDifferent: {Roles: colleagues},
	ActStockShipPart:     {Roles: sellers, Modal: true},
	ActHomeTop:           {Roles: everybody},
	ActScore1:            {Roles: everybody},
	ActScore2:            {Roles: everybody},
	ActScore3:            {Roles: everybody},
	ActScore4:            {Roles: everybody},
	ActScore5:            {Roles: everybody},
	ActHomeDays:          {Roles: everybody},
	ActHomeMine:          {Roles: everybody},
	ActHomeMatch:         {Roles: everybody},
	ActHomeDue:           {Roles: everybody},
	ActHomeFigures:       {Roles: everybody},
	ActHomeWeek:          {Roles: everybody},
	ActSettings:          {Roles: []o2c.Role{o2c.Admin}, Modal: true},
	ActHomeAgain:         {Roles: everybody},
	ActPersonal:          {Roles: everybody, Modal: true},
	ActTourStart:         {Roles: everybody},
	ActTourAgain:         {Roles: everybody},
	ActTourCheck:         {Roles: everybody},
	ActTourRemove:        {Roles: everybody},
	ActTourTeam:          {Roles: []o2c.Role{o2c.Admin}},
	ActQuizStart:         {Roles: everybody},
	ActQuiz1:             {Roles: everybody},
	ActQuiz2:             {Roles: everybody},
	ActQuiz3:             {Roles: everybody},
	ActOrderNew:          {Roles: sellers, Modal: true}, // by command
	ActQuoteNew:          {Roles: sellers, Modal: true}, // by command
	ActWebOpen:           {Roles: everybody, Modal: true},
	ActWebView:           {Roles: everybody, Modal: true},
	ActWebGo:             {Roles: everybody}, // Slack opens the page by itself and tells us
	ActQuoteRenew:        {Roles: sellers, Modal: true},
	ActQuoteRemind:       {Roles: sellers},
	ActContractRenew:     {Roles: sellers, Modal: true},
	ActContractRemind:    {Roles: sellers},
	ActShipMark:          {Roles: sellers, Modal: true},
	ActShipDelivered:     {Roles: sellers, Modal: true},
	ActShipSlip:          {Roles: everybody}, // Slack opens the page by itself and tells us
	ActStockWait:         {Roles: sellers},
	ActStockSubstitute:   {Roles: sellers, Modal: true},
	ActStockCancelLine:   {Roles: sellers, Modal: true},
	ActStockReceive:      {Roles: sellers, Modal: true},
	ActStockSeen:         {Roles: sellers},
	ActHandOverPropose:   {Roles: collectors, Modal: true},
	ActHandOverApprove:   {Roles: deciders},
	ActHandOverAbort:     {Roles: collectors},
	ActHandOverRecall:    {Roles: collectors, Modal: true},
	ActWriteOffAsk:       {Roles: collectors, Modal: true},
	ActWriteOffApprove:   {Roles: deciders},
	ActWriteOffRefuse:    {Roles: deciders},
	ActReliefClaim:       {Roles: matchers},
	ActClaimSheet:        {Roles: colleagues, Modal: true},
	ActClaimForgive:      {Roles: deciders, Modal: true},
	ActClaimRecord:       {Roles: collectors, Modal: true},
	ActClaimLetter:       {Roles: collectors, Modal: true},
}
