package o2c

import (
	"context"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/quote"
)

// TrainingNumbers begin the number of every document of a sandbox, so that nobody takes one for a real one.
const TrainingNumbers = "TRAINING-"

// Training is the cycle of somebody's sandbox. fault.NotFound: there is none, such as for the cards of a tour that is over.
func (c *Cycle) Training(ctx context.Context, user, part string) (*Cycle, error) {
	t, known, err := c.Tour(ctx, user)
	if err != nil {
		return nil, err
	}
	if !known || !t.Active() || c.Sandboxes == nil || part != "" && part != t.Part() {
		return nil, fault.Missing("training", user)
	}
	return c.sandbox(t), nil
}

// sandbox is the same cycle on data of its own: a policy that leads nowhere but to the trainee, its own numbers and links
// that open nothing.
func (c *Cycle) sandbox(t TourData) *Cycle {
	p := *c.Policy
	p.People = []Person{{ID: t.User, Name: t.Name, Role: Approver}}
	p.Channels = map[string]string{"digest": t.User}
	p.Numbers = invoice.Numbers{
		invoice.Invoices: {Prefix: TrainingNumbers + "{year}-"}, invoice.CreditNotes: {Prefix: TrainingNumbers + "CN{year}-"}, invoice.Quotes: {Prefix: TrainingNumbers + "Q{year}-"},
	}
	limit := money.Of(trainingLimit, p.Currency)
	p.Credit = credit.Policy{
		Version: p.Credit.Version, AutoApprove: money.Of(trainingAuto, p.Currency), DefaultLimit: &limit,
		OverdueDays: 14, OverdueAmount: money.Of(5000, p.Currency), StockHours: 72,
	}
	p.Approval = Approval{Office: p.Approval.Office}
	p.Cash.AutoScore = 101 // a person matches
	p.Room, p.Shops, p.Subscribers, p.Freshness, p.BaseURL = RoomRules{}, nil, nil, 0, "https://training.invalid"
	p.Shipping.Asked, p.StrictStock, p.OneStopShop = nil, false, false
	return &Cycle{Store: c.Sandboxes.Apart(t.Part()), Policy: &p, Links: LinkKeys{{ID: "training", Secret: []byte("opens nothing: training.invalid")}}, Pay: nowhere{}}
}

// What the sandbox's policy approves by itself, and its limit, in minor units.
const (
	trainingAuto  = 100_000
	trainingLimit = 1_000_000
)

// Direct is the talk between one colleague and the app.
type Direct struct {
	User     string
	Language string // the colleague's own; "": the team's
	Part     string // of the sandbox whose cards these are, each marked as training; "": they are real
}

// inTraining performs the effects of a sandbox: its letters, files and events reach nobody, its cards the trainee alone.
// nil: the tour is over, and nothing is to be performed.
func (o *Outbox) inTraining(ctx context.Context, part string) (*Outbox, error) {
	user, run, _ := strings.Cut(part, ".")
	t, known, err := o.Cycle.Tour(ctx, user)
	if err != nil {
		return nil, err
	}
	if !known || !t.Active() || strconv.Itoa(t.Run) != run || o.Direct == nil || o.Cycle.Sandboxes == nil {
		return nil, nil
	}
	language, err := o.Cycle.languageOf(ctx, user)
	if err != nil {
		return nil, err
	}
	away := nowhere{}
	return &Outbox{
		Cycle: o.Cycle.sandbox(t), Mail: away, Chat: o.Direct(Direct{User: user, Language: language, Part: part}), Files: away, Papers: away, Bus: away, Hooks: away, Now: o.Now,
	}, nil
}

// SweepTraining performs what the sandboxes' stream left behind, and removes what nobody came back to for a month. A sandbox
// that went is looked at once more: what was under way then may have written to it since.
func (o *Outbox) SweepTraining(ctx context.Context) (performed int, err error) {
	if o.Cycle.Sandboxes == nil || o.Direct == nil {
		return 0, nil
	}
	all, err := o.Cycle.Tours(ctx)
	for _, t := range all {
		if err == nil && t.Run > 0 {
			var n int
			n, err = o.sweepSandbox(ctx, t)
			performed += n
		}
	}
	return performed, err
}

func (o *Outbox) sweepSandbox(ctx context.Context, t TourData) (performed int, err error) {
	now := o.Now()
	if before := t; now.Sub(t.Started) < trainingLate && t.Run > 1 {
		before.Run--
		if _, err := o.Cycle.Sandboxes.Clear(ctx, before.Part()); err != nil {
			return 0, err
		}
	}
	switch {
	case !t.Active() && now.Sub(t.Removed) < trainingLate:
		_, err := o.Cycle.Sandboxes.Clear(ctx, t.Part())
		return 0, err
	case !t.Active():
		return 0, nil
	case now.Sub(t.Started) > trainingKept:
		return 0, o.Cycle.RemoveTraining(ctx, Stamp{At: now, Actor: "system:training"}, t.User)
	}
	inside, err := o.inTraining(ctx, t.Part())
	if err != nil || inside == nil {
		return 0, err
	}
	return inside.Sweep(ctx)
}

// trainingKept is how long a sandbox stands that nobody removes; trainingLate, for how long after its end something may
// still write to it.
const (
	trainingKept = 30 * 24 * time.Hour
	trainingLate = time.Hour
)

// nowhere takes all that would leave a sandbox, and lets nothing out.
type nowhere struct{}

func (nowhere) Send(context.Context, Letter) (string, error)      { return "training", nil }
func (nowhere) Publish(context.Context, []Published) error        { return nil }
func (nowhere) Tell(context.Context, Subscriber, Published) error { return nil }
func (nowhere) InvoicePDF(invoice.Data, string) ([]byte, error)   { return nil, nil }
func (nowhere) PackingSlip(PackingSlipView) ([]byte, error)       { return nil, nil }
func (nowhere) InvoiceUBL(invoice.Data) ([]byte, error)           { return nil, nil }
func (nowhere) InvoiceCII(invoice.Data) ([]byte, error)           { return nil, nil }
func (nowhere) ClaimPDF(ClaimSheetView) ([]byte, error)           { return nil, nil }
func (nowhere) Expire(context.Context, string) error              { return nil }
func (nowhere) Get(_ context.Context, name string) ([]byte, error) {
	return nil, fault.Missing("file", name)
}
func (nowhere) Payout(context.Context, string) (PayoutFacts, error) { return PayoutFacts{}, noMoney() }
func (nowhere) Refund(context.Context, RefundRequest) (RefundMade, error) {
	return RefundMade{}, noMoney()
}
func (nowhere) Put(context.Context, string, string, []byte, calendar.Date) error { return nil }
func (nowhere) QuotePDF(quote.Data, quote.TermsData, string) ([]byte, error)     { return nil, nil }
func (nowhere) ContractPDF(quote.ContractData, quote.Data, quote.TermsData, *time.Location) ([]byte, error) {
	return nil, nil
}
func (nowhere) Letter(string, string, LetterView) (subject, text, html string, err error) {
	return "TRAINING", "TRAINING", "TRAINING", nil
}
func (nowhere) Checkout(context.Context, CheckoutRequest) (CheckoutPage, error) {
	return CheckoutPage{}, noMoney()
}
func (nowhere) Setup(context.Context, CheckoutRequest) (CheckoutPage, error) {
	return CheckoutPage{}, noMoney()
}
func (nowhere) Charge(context.Context, ChargeRequest) (ChargeMade, error) {
	return ChargeMade{}, noMoney()
}
func (nowhere) FindCharge(context.Context, ChargeRequest) (ChargeMade, bool, error) {
	return ChargeMade{}, false, noMoney()
}
func (nowhere) Kept(context.Context, string) (KeptMethod, error) { return KeptMethod{}, noMoney() }
func (nowhere) Detach(context.Context, string) error             { return nil }
func (nowhere) FindRefund(context.Context, RefundRequest) (RefundMade, bool, error) {
	return RefundMade{}, false, noMoney()
}

func noMoney() error {
	return fault.New(fault.Refused, "No money moves in training", "the sandbox reaches no payment provider", "try it with a real order, on a test day").Keyed("tour.money")
}
