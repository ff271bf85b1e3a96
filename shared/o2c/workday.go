package o2c

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/kpi"
)

// Workday is what waits for one colleague today, and the money as it stands: a view on the table through its sparse
// indexes and running totals, however many invoices there are.
type Workday struct {
	Questions []CreditCard // about credit that the colleague may answer, the oldest first; without what only a card tells
	Promises  []dunning.PromiseData
	Debtors   []Debtor             // the colleague's and nobody's who do not rest, the latest first
	Money     []cash.ReceiptData   // without a home, the oldest first
	Guesses   map[string]Candidate // where the oldest of it belongs most likely, by the receipt's id
	Cards     []Card               // that ask the colleague, what cannot wait first
	More      int                  // questions about credit beyond those listed
	MoreCards int                  // cards beyond those listed
	Whole     bool                 // all that waits is listed
	Figures   TodaysFigures
}

// workMax is how much of each kind of work is listed: a Home has 100 blocks.
const workMax = 5

// Count is how many things are listed.
func (w Workday) Count() int {
	return len(w.Questions) + w.More + len(w.Promises) + len(w.Debtors) + len(w.Money) + len(w.Cards) + w.MoreCards
}

// TodaysFigures are the figures of a day with what they are compared to.
type TodaysFigures struct {
	DigestCard
	Before string // DSO a week ago, "–" when it is not known
	Trend  string // of the DSO: TrendBetter, TrendWorse, TrendSame; "": not known
}

// How a figure moves.
const (
	TrendBetter = "better"
	TrendWorse  = "worse"
	TrendSame   = "same"
)

// Today reads the figures of today, and what the nightly check of the books found.
func (c *Cycle) Today(ctx context.Context, at time.Time) (TodaysFigures, error) {
	f, err := c.Figures(ctx)
	if err != nil {
		return TodaysFigures{}, err
	}
	t := c.todaysFigures(f, c.today(at))
	checked, err := find[Verified](ctx, NewTx(c.Store), booksID)
	if checked != nil {
		last := checked.Data()
		t.Verified = &last
	}
	return t, err
}

func (c *Cycle) todaysFigures(f *kpi.Figures, day calendar.Date) TodaysFigures {
	t := TodaysFigures{DigestCard: DigestCard{
		Date: day.String(), Receivable: f.Receivable(), Overdue: f.Overdue(day), DSO: kpi.Days(f.DSO(day)),
		Decisions: f.Waiting(), Promises: f.PromisesOn(day), Unexplained: f.Unexplained(), Low: f.Low(), Solo: c.Policy.Approval.Solo,
	}}
	for _, b := range f.Ageing(day) {
		t.Ageing = append(t.Ageing, Bucket(b))
	}
	t.Until = day.AddDays((7 - int(day.Weekday())) % 7) // Sunday
	t.Expected = f.DueWithin(day, t.Until)
	now, known := f.DSO(day)
	then, was := f.DSOThen(day.AddDays(-7))
	t.Before = kpi.Days(then, was)
	if known && was {
		t.Trend = TrendSame
		switch moved := now.Sub(then); { // half a day is noise
		case moved.GreaterThan(trendNoise()):
			t.Trend = TrendWorse
		case moved.Neg().GreaterThan(trendNoise()):
			t.Trend = TrendBetter
		}
	}
	return t
}

// trendNoise is how many days the DSO may move without moving.
func trendNoise() decimal.Decimal { return decimal.New(5, -1) }

// Workday reads what waits for a colleague.
func (c *Cycle) Workday(ctx context.Context, at time.Time, who Person) (Workday, error) {
	figures, err := c.Today(ctx, at)
	if err != nil {
		return Workday{}, err
	}
	w := Workday{Figures: figures, Whole: true}
	team, err := c.Team(ctx, at)
	if err == nil && who.Decides() && figures.Decisions > 0 {
		err = c.questionsFor(ctx, &w)
	}
	if err == nil {
		w.Cards, w.MoreCards, err = c.questionsOf(ctx, at, who, team)
	}
	if err == nil && who.Collects() {
		err = c.collectingFor(ctx, at, who, worksOn(who, team, Collector), &w)
	}
	if err == nil && worksOn(who, team, Collector, Bookkeeper) && !figures.Unexplained.IsZero() {
		err = c.moneyFor(ctx, at, &w)
	}
	return w, err
}

// questionsFor lists the questions about credit that nobody has answered.
func (c *Cycle) questionsFor(ctx context.Context, w *Workday) error {
	page, err := ListOf[credit.Request](ctx, c, 100, "")
	if err != nil {
		return err
	}
	slices.Reverse(page.Items)
	w.More = max(0, len(page.Items)-workMax)
	for _, r := range page.Items[:min(len(page.Items), workMax)] {
		tx := NewTx(c.Store)
		q, err := c.question(ctx, tx, r.ID())
		if err != nil {
			return err
		}
		w.Questions = append(w.Questions, CreditCard{Order: q.about, Customer: q.cust.Data(), Request: q.req.Data(), Version: tx.Version(q.req)})
	}
	return nil
}

// collectingFor lists the promises of today and the late customers with whom something is to be done: the colleague's own,
// and nobody's for those whose work collecting is.
func (c *Cycle) collectingFor(ctx context.Context, at time.Time, who Person, collects bool, w *Workday) error {
	today := c.today(at)
	if w.Figures.Promises > 0 && collects {
		due := Query{Queue: dunning.PromiseQueue, Until: today.AddDays(dunning.GraceDays+1).At(23, 59, c.Policy.Zone)}
		page, err := c.Store.List(ctx, due)
		if err != nil {
			return err
		}
		for _, s := range page.Items {
			p, err := restore[dunning.Promise](s)
			if err != nil {
				return err
			}
			if p.Data().Date == today && len(w.Promises) < workMax {
				w.Promises = append(w.Promises, p.Data())
			}
		}
	}
	if w.Figures.Overdue.IsZero() {
		return nil
	}
	looks := ownLooks
	if collects {
		looks = debtorsLooks
	}
	all, whole, err := c.debtorsAmong(ctx, at, 1, workMax, looks, func(d Debtor) bool { return !d.Rests && (d.Owner == who.ID || d.Owner == "" && collects) })
	w.Debtors, w.Whole = all, whole
	return err
}

// guessesMax is for how much money without a home a Home says where it may belong: each guess is a search.
const guessesMax = 3

// moneyFor lists money without a home, and where the oldest of it belongs most likely.
func (c *Cycle) moneyFor(ctx context.Context, at time.Time, w *Workday) error {
	var err error
	if w.Money, err = c.Homeless(ctx, at, workMax); err != nil {
		return err
	}
	w.Guesses = map[string]Candidate{}
	for _, r := range w.Money[:min(len(w.Money), guessesMax)] {
		likely, err := c.Candidates(ctx, r)
		if err != nil {
			return err
		}
		if len(likely) > 0 {
			w.Guesses[r.ID] = likely[0]
		}
	}
	return nil
}

// Homeless lists money that a person must find a home for, the oldest first.
func (c *Cycle) Homeless(ctx context.Context, at time.Time, most int) ([]cash.ReceiptData, error) {
	page, err := c.Store.List(ctx, Query{Queue: cash.HomelessQueue, Until: at, Limit: most})
	if err != nil {
		return nil, err
	}
	var all []cash.ReceiptData
	for _, s := range page.Items {
		r, err := restore[cash.Receipt](s)
		if err != nil {
			return nil, err
		}
		all = append(all, r.Data())
	}
	return all, nil
}
