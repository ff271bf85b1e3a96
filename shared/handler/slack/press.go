package slack

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// press is what a colleague did, and who it was.
type press struct {
	chat.Interaction
	Who   o2c.Person
	Stamp o2c.Stamp
}

// act is what an action id does: when its button is pressed, and when the form that it opened is submitted.
type act struct {
	press  func(desk, context.Context, press) error
	submit func(desk, context.Context, press) (chat.Errors, error)
}

// acts has one entry per row of chat's action table; a test compares them.
var acts = map[string]act{
	chat.ActCreditApprove:     {press: desk.approve},
	chat.ActCreditApproveWith: {press: desk.openApproveWith, submit: desk.approveWith},
	chat.ActCreditReject:      {press: desk.openReject, submit: desk.reject},
	chat.ActCreditAsk:         {press: desk.ask},
	chat.ActCreditAskSales:    {press: desk.askSales},
	chat.ActCreditCustomer:    {press: desk.openCustomer},
	chat.ActCreditSnooze:      {press: desk.snoozeCredit},
	chat.ActCreditUndo:        {press: desk.undo},
	chat.ActOverdueTake:       {press: desk.take},
	chat.ActOverduePromise:    {press: desk.openPromise, submit: desk.promise},
	chat.ActOverdueSnooze:     {press: desk.openSnooze, submit: desk.snooze},
	chat.ActOverdueDispute:    {press: desk.openDispute, submit: desk.dispute},
	chat.ActOverduePlan:       {press: desk.openPlan, submit: desk.plan},
	chat.ActPlanApprove:       {press: desk.approvePlan},
	chat.ActPlanEdit:          {press: desk.openEditPlan, submit: desk.editPlan},
	chat.ActPlanDecline:       {press: desk.openDeclinePlan, submit: desk.declinePlan},
	chat.ActDisputeAccept:     {press: desk.openAcceptDispute, submit: desk.acceptDispute},
	chat.ActDisputeReject:     {press: desk.openRejectDispute, submit: desk.rejectDispute},
	chat.ActDisputeAsk:        {press: desk.openAskDispute, submit: desk.askDispute},
	chat.ActDisputeTake:       {press: desk.takeDispute},
	chat.ActOverdueCall:       {press: desk.openCall, submit: desk.call},
	chat.ActOverduePause:      {press: desk.openPause, submit: desk.pause},
	chat.ActOverdueGoOn:       {press: desk.goOn},
	chat.ActOverdueStop:       {press: desk.openStop, submit: desk.stop},
	chat.ActOverdueStopYes:    {press: desk.approveStop},
	chat.ActOverdueSupply:     {press: desk.supply},
	chat.ActOverdueChecked:    {press: desk.checked},
	chat.ActOverdueAgency:     {press: desk.showClaims},
	chat.ActStopCollecting:    {press: desk.stopCollecting},
	chat.ActLetterSkip:        {press: coming((*o2c.Cycle).SkipLetter)},
	chat.ActLetterCall:        {press: coming((*o2c.Cycle).CallInstead)},
	chat.ActLetterSend:        {press: coming((*o2c.Cycle).SendLetter)},
	chat.ActLetterSendAll:     {press: desk.sendLetters},
	chat.ActAwaitingSend:      {press: awaited((*o2c.Cycle).SendAwaiting)},
	chat.ActAwaitingSkip:      {press: awaited((*o2c.Cycle).SkipAwaiting)},
	chat.ActInvoiceCopyLink:   {press: desk.copyLink},
	chat.ActInvoiceOpen:       {press: desk.nothing},
	chat.ActInvoiceRetry:      {press: desk.retry},
	chat.ActInvoiceComplete:   {press: desk.openComplete, submit: desk.complete},
	chat.ActInvoiceCredit:     {press: desk.openCreditNote, submit: desk.creditNote},
	chat.ActPayeeApprove:      {press: desk.approveAccount},
	chat.ActPayeeStop:         {press: desk.stopAccount},
	chat.ActDeliveryFix:       {press: desk.openFixAddress, submit: desk.fixAddress},
	chat.ActDeliveryResend:    {press: desk.resend},
	chat.ActDeliveryPDF:       {press: desk.sendPDF},
	chat.ActDeliveryPosted:    {press: desk.posted},
	chat.ActCashMatch:         {press: desk.match},
	chat.ActCashSplit:         {press: desk.openSplit, submit: desk.split},
	chat.ActCashKeep:          {press: desk.keep},
	chat.ActPayoutExplain:     {press: desk.openExplainPayout, submit: desk.explainPayout},
	chat.ActPayoutTake:        {press: desk.takePayout},
	chat.ActCashRefund:        {press: desk.openRefund, submit: desk.refund},
	chat.ActCashApprove:       {press: desk.approveRefund},
	chat.ActCashRefuse:        {press: desk.refuseRefund},
	chat.ActCashOther:         {press: desk.openOther, submit: desk.other},
	chat.ActCashUndo:          {press: desk.undoCash},
	chat.ActBankExplain:       {press: desk.openExplainLine, submit: desk.explainLine},
	chat.ActBankRefund:        {press: desk.repayLine},
	chat.ActBankUndo:          {press: desk.undoLine},
	chat.ActScore1:            {press: scored(1)},
	chat.ActScore2:            {press: scored(2)},
	chat.ActScore3:            {press: scored(3)},
	chat.ActScore4:            {press: scored(4)},
	chat.ActScore5:            {press: scored(5)},
	chat.ActHomeTop:           {press: desk.showView},
	chat.ActHomeDays:          {press: desk.showView},
	chat.ActHomeMine:          {press: desk.showView},
	chat.ActHomeMatch:         {press: desk.showView},
	chat.ActHomeDue:           {press: desk.showView},
	chat.ActHomeFigures:       {press: desk.showView},
	chat.ActSettings:          {press: desk.openSettings, submit: desk.saveSettings},
	chat.ActPersonal:          {press: desk.openPersonal, submit: desk.savePersonal},
	chat.ActTourStart:         {press: desk.startTour},
	chat.ActTourAgain:         {press: desk.tourAgain},
	chat.ActTourCheck:         {press: desk.checkTour},
	chat.ActTourRemove:        {press: desk.removeTour},
	chat.ActTourTeam:          {press: desk.showView},
	chat.ActQuizStart:         {press: desk.startQuiz},
	chat.ActQuiz1:             {press: answered(1)},
	chat.ActQuiz2:             {press: answered(2)},
	chat.ActQuiz3:             {press: answered(3)},
	chat.ActHomeAgain:         {press: desk.nothing}, // the Home is drawn anew after every press in it
	chat.ActOrderNew:          {press: desk.openOrder, submit: desk.newOrder},
	chat.ActQuoteNew:          {press: desk.openQuote, submit: desk.newQuote},
	chat.ActWebOpen:           {press: desk.openWeb},
	chat.ActWebGo:             {press: desk.nothing},
	chat.ActWebView:           {press: desk.openView},
	chat.ActHomeWeek:          {press: desk.showView},
	chat.ActQuoteRenew:        {press: desk.openRenewQuote, submit: desk.renewQuote},
	chat.ActQuoteRemind:       {press: desk.remindQuote},
	chat.ActContractRenew:     {press: desk.openRenewContract, submit: desk.renewContract},
	chat.ActContractRemind:    {press: desk.remindContract},
	chat.ActCustomerSame:      {press: desk.sameCustomer},
	chat.ActCustomerDifferent: {press: desk.differentCustomers},
	chat.ActStockShipPart:     {press: desk.openShipPart, submit: desk.shipPart},
	chat.ActShipMark:          {press: desk.openMarkShipped, submit: desk.markShipped},
	chat.ActShipDelivered:     {press: desk.openDelivered, submit: desk.delivered},
	chat.ActShipSlip:          {press: desk.nothing},
	chat.ActStockWait:         {press: desk.waitForStock},
	chat.ActStockSubstitute:   {press: desk.openSubstitute, submit: desk.substitute},
	chat.ActStockCancelLine:   {press: desk.openCancelLine, submit: desk.cancelLine},
	chat.ActStockReceive:      {press: desk.openReceive, submit: desk.receive},
	chat.ActStockSeen:         {press: desk.seeAlert},
	chat.ActHandOverPropose:   {press: desk.openHandOver, submit: desk.proposeHandOver},
	chat.ActHandOverApprove:   {press: desk.approveHandOver},
	chat.ActHandOverAbort:     {press: desk.abortHandOver},
	chat.ActHandOverRecall:    {press: desk.openRecall, submit: desk.recallHandOver},
	chat.ActWriteOffAsk:       {press: desk.openWriteOff, submit: desk.askWriteOff},
	chat.ActWriteOffApprove:   {press: desk.approveWriteOff},
	chat.ActWriteOffRefuse:    {press: desk.refuseWriteOff},
	chat.ActReliefClaim:       {press: desk.claimRelief},
	chat.ActClaimSheet:        {press: desk.showSheet},
	chat.ActClaimForgive:      {press: desk.openForgive, submit: desk.forgive},
	chat.ActClaimRecord:       {press: desk.openRecord, submit: desk.record},
	chat.ActClaimLetter:       {press: desk.openClaimLetter, submit: desk.claimLetter},
}

// actions takes a press or a submitted form. A request that Slack repeats goes the same way as the first: the use cases
// look at the state, so that a second press does nothing (rows 19 and 20).
func (d desk) actions(ctx context.Context, body []byte) events.APIGatewayV2HTTPResponse {
	i, err := chat.ReadInteraction(body)
	if err != nil {
		return d.failed(ctx, "an interaction", err)
	}
	if !d.serves(i.Team, i.App, i.UserTeam) {
		return unproven()
	}
	d = d.speaking(ctx, i.User)
	p := press{Interaction: i, Stamp: o2c.Stamp{At: d.Now(), Actor: "slack:" + i.User, Cause: o2c.Name("sl", string(body))}}
	if i.Training != "" && !ofTour(i.Action) {
		inside, err := d.inTraining(ctx, i.User, i.Training)
		if err != nil {
			return d.refuse(ctx, p, o2c.Person{}, err)
		}
		d = inside
	}
	switch i.Kind {
	case chat.Pressed:
		return d.pressed(ctx, p)
	case chat.Submitted:
		return d.submitted(ctx, p)
	}
	return done()
}

// pressed lets the right people press, and tells everybody else why not. The use case looks at the role again.
func (d desk) pressed(ctx context.Context, p press) events.APIGatewayV2HTTPResponse {
	who, a, err := d.allowed(ctx, p)
	if err == nil {
		p.Who = who
		err = a.press(d, ctx, p)
	}
	if p.Home && who.ID != "" {
		d.redraw(ctx, p.User)
	}
	if err == nil {
		d.learn(ctx, p.Stamp, p.User, "")
		return done()
	}
	return d.refuse(ctx, p, who, err)
}

// refuse tells whoever pressed why nothing happened.
func (d desk) refuse(ctx context.Context, p press, who o2c.Person, err error) events.APIGatewayV2HTTPResponse {
	d.log(ctx, p.Action, err)
	if p.Kind == chat.Submitted {
		return data(chat.Replace(d.voice.Word(d.voice.Refusal(err))))
	}
	if p.Home && d.Views.Open(ctx, p.TriggerID, d.voice.Word(d.voice.Refusal(err))) == nil {
		return done()
	}
	if err := d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, p.User, d.voice.Refusal(err), d.instead(p, who, err)...); err != nil {
		return d.failed(ctx, "an answer to "+p.Action, err) // Slack marks the button, so that nobody waits
	}
	return done()
}

// submitted acts on a form; its answer stays in the form, beside the field where that helps.
func (d desk) submitted(ctx context.Context, p press) events.APIGatewayV2HTTPResponse {
	who, a, err := d.allowed(ctx, p)
	var wrong chat.Errors
	if err == nil && a.submit != nil {
		p.Who = who
		wrong, err = a.submit(d, ctx, p)
	}
	if err == nil && len(wrong) == 0 {
		d.learn(ctx, p.Stamp, p.User, "")
	}
	if err == nil && len(wrong) == 0 && p.Place.Channel == "" {
		d.redraw(ctx, p.User) // the form was opened in the Home
	}
	if err != nil && len(wrong) == 0 {
		wrong = d.voice.FieldErrors(err, p.Fields)
	}
	switch {
	case len(wrong) > 0:
		return data(chat.Refuse(wrong))
	case err != nil && ours(err):
		return d.failed(ctx, p.Action, err) // Slack keeps the form and what was typed, and offers to try again
	case err != nil:
		return data(chat.Replace(d.voice.Word(d.voice.Refusal(err))))
	}
	return done()
}

// allowed finds the presser and the action, and asks the action table.
func (d desk) allowed(ctx context.Context, p press) (o2c.Person, act, error) {
	who, known, err := d.roll.Person(ctx, p.User)
	if err != nil {
		return who, act{}, err
	}
	if !known {
		return who, act{}, chat.Told(d.voice.Unfamiliar())
	}
	if d.part != "" {
		who.Role, who.Limit, who.For = o2c.Approver, nil, ""
	}
	row, listed := chat.ActionOf(p.Action)
	a, wired := acts[p.Action]
	if !listed || !wired {
		return who, act{}, chat.Told(d.voice.Unknown())
	}
	if row.May(who.Role, false) {
		return who, a, nil
	}
	if slices.Contains(row.Own, who.Role) {
		own, err := d.own(ctx, p, who)
		if own || err != nil {
			return who, a, err
		}
	}
	team, err := d.Cycle.Team(ctx, d.Now())
	if err != nil {
		return who, act{}, err
	}
	return who, act{}, wrongRole(d.voice.NotAllowed(p.Action, who, team))
}

// wrongRole is told like any other sentence; with it goes the way to ask somebody who may.
type wrongRole string

func (w wrongRole) Error() string { return string(w) }

// As lets the sentence be told as it is.
func (w wrongRole) As(target any) bool {
	told, ok := target.(*chat.Told)
	if ok {
		*told = chat.Told(w)
	}
	return ok
}

// instead is what somebody may do who may not decide: ask those who may.
func (d desk) instead(p press, who o2c.Person, err error) []o2c.Offer {
	var wrong wrongRole
	row, _ := chat.ActionOf(chat.ActCreditAsk)
	if !errors.As(err, &wrong) || !strings.HasPrefix(p.Action, "credit.") || p.Action == chat.ActCreditAsk || !row.May(who.Role, false) {
		return nil
	}
	if _, ok := chat.ParseRef(p.Value); !ok {
		return nil
	}
	return []o2c.Offer{{Action: chat.ActCreditAsk, Value: p.Value}}
}

// own reports whether the customer at hand is the presser's.
func (d desk) own(ctx context.Context, p press, who o2c.Person) (bool, error) {
	id := p.Place.ID
	if p.Kind == chat.Pressed {
		ref, err := ref(p)
		if err != nil {
			return false, err
		}
		id = ref.ID
	}
	return d.owns(ctx, who, id)
}

// owns reports whether somebody looks after a customer.
func (d desk) owns(ctx context.Context, who o2c.Person, customerID string) (bool, error) {
	c, err := o2c.Read[party.Customer](ctx, d.Cycle, customerID)
	if err != nil {
		return false, err
	}
	return slices.Contains([]string{who.ID, "slack:" + who.ID}, c.Data().Owner), nil
}

// ref is what the button refers to.
func ref(p press) (chat.Ref, error) {
	r, ok := chat.ParseRef(p.Value)
	if !ok {
		return r, errNoRef
	}
	return r, nil
}

var errNoRef = fault.New(fault.Unreadable, "The button cannot be read", "it refers to nothing that we know", "look at the card again").Keyed("button.unreadable").Because(fault.Breaks("button.unreadable", "button value"))

// about is what a form remembers: what the button referred to, and where it stands.
func about(p press, r chat.Ref) chat.Meta {
	m := p.Place
	m.ID, m.Version = r.ID, r.Version
	return m
}

// nothing is for a button that Slack acts on by itself.
func (d desk) nothing(context.Context, press) error { return nil }
