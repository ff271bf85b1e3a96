package rule

import (
	"math"
	"strconv"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// kind is what a value is.
type kind string

const (
	aSum     kind = "an amount"
	aNumber  kind = "a whole number"
	aText    kind = "a text"
	aTruth   kind = "true or false"
	aDecimal kind = "a number with decimals" // only ever a mistake
	texts    kind = "a list of texts"
	numbers  kind = "a list of numbers"
)

// value is one value of any kind.
type value struct {
	kind kind
	sum  money.Amount
	n    int
	text string
	yes  bool
	list []value
}

func sumValue(a money.Amount) value { return value{kind: aSum, sum: a} }
func number(n int) value            { return value{kind: aNumber, n: n} }
func textValue(s string) value      { return value{kind: aText, text: s} }
func truth(b bool) value            { return value{kind: aTruth, yes: b} }

// String is how a reason shows it.
func (v value) String() string {
	switch v.kind {
	case aSum:
		return v.sum.String()
	case aNumber:
		return strconv.Itoa(v.n)
	case aTruth:
		return strconv.FormatBool(v.yes)
	}
	return v.text
}

// facts are what an expression may ask about.
type facts struct {
	credit.Input
	limit money.Amount // more than anything when there is none
}

func factsOf(in credit.Input) facts {
	f := facts{Input: in, limit: money.Of(math.MaxInt64/4, in.Amount.Currency)}
	if in.Limit != nil {
		f.limit = *in.Limit
	}
	return f
}

func (f *facts) headroom() money.Amount {
	if f.Limit == nil {
		return f.limit
	}
	return f.limit.Minus(f.Exposure())
}

// report is an outside report's score and age.
func (f *facts) report() (score, age int) {
	score, age = -1, -1
	if r := f.Report; r != nil {
		age = f.On.DaysSince(r.On)
		if r.Known {
			score = r.Score
		}
	}
	return score, age
}

// order is the order in which the facts are explained.
var order = []string{
	"amount", "exposure", "receivable", "confirmed", "limit", "headroom", "unlimited", "group_exposure", "insured", "overdue", "overdue_days",
	"band", "score", "days_late", "payments", "promises_broken", "promises_kept", "disputes", "orders", "days_known",
	"business", "kind", "country", "channel", "platform", "currency", "report_score", "report_age", "weekday",
}

// table gives each fact its value.
var table = map[string]func(*facts) value{
	"amount":          func(f *facts) value { return sumValue(f.Amount) },     // of the order, in the books' currency
	"exposure":        func(f *facts) value { return sumValue(f.Exposure()) }, // open + confirmed + this order
	"receivable":      func(f *facts) value { return sumValue(f.Receivable) }, // open invoices
	"confirmed":       func(f *facts) value { return sumValue(f.Confirmed) },  // confirmed and not yet invoiced
	"limit":           func(f *facts) value { return sumValue(f.limit) },
	"headroom":        func(f *facts) value { return sumValue(f.headroom()) }, // limit − exposure
	"unlimited":       func(f *facts) value { return truth(f.Limit == nil) },
	"group_exposure":  func(f *facts) value { return sumValue(f.GroupExposure()) },
	"insured":         func(f *facts) value { return sumValue(f.Cover()) }, // what the insurer covers today
	"overdue":         func(f *facts) value { return sumValue(f.Overdue) },
	"overdue_days":    func(f *facts) value { return number(f.OverdueDays) },
	"band":            func(f *facts) value { return textValue(f.Rating.Band) }, // "A" … "E", "" while too little is known
	"score":           func(f *facts) value { return number(f.Rating.Score) },
	"days_late":       func(f *facts) value { return number(f.Rating.DaysLate) }, // on average
	"payments":        func(f *facts) value { return number(f.Rating.Payments) },
	"promises_broken": func(f *facts) value { return number(f.Rating.Broken) },
	"promises_kept":   func(f *facts) value { return number(f.Rating.Kept) },
	"disputes":        func(f *facts) value { return number(f.Rating.Disputes) },
	"orders":          func(f *facts) value { return number(f.Orders) },      // confirmed before this one
	"days_known":      func(f *facts) value { return number(f.KnownDays()) }, // a customer for so long
	"business":        func(f *facts) value { return truth(f.Kind != party.Consumer) },
	"kind":            func(f *facts) value { return textValue(string(f.Kind)) },
	"country":         func(f *facts) value { return textValue(f.Country) },
	"channel":         func(f *facts) value { return textValue(f.Channel) }, // endpoint
	"platform":        func(f *facts) value { return textValue(f.Platform) },
	"currency":        func(f *facts) value { return textValue(f.Order().Currency) },         // of the order
	"report_score":    func(f *facts) value { score, _ := f.report(); return number(score) }, // of 100, -1 without a report
	"report_age":      func(f *facts) value { _, age := f.report(); return number(age) },     // days, -1 without a report
	"weekday":         func(f *facts) value { return number((int(f.On.Weekday())+6)%7 + 1) }, // 1 Monday … 7 Sunday
}

// Facts names them all, in the order of their explanation.
func Facts() []string { return append([]string{}, order...) }
