package rule

import (
	"fmt"
	"math"
	"reflect"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// facts are what an expression may ask about, by the names of their tags.
type facts struct {
	Amount        Sum    `expr:"amount"`     // of the order, in the books' currency
	Exposure      Sum    `expr:"exposure"`   // open + confirmed + this order
	Receivable    Sum    `expr:"receivable"` // open invoices
	Confirmed     Sum    `expr:"confirmed"`  // confirmed and not yet invoiced
	Limit         Sum    `expr:"limit"`      // more than anything when there is none
	Headroom      Sum    `expr:"headroom"`   // limit − exposure
	Unlimited     bool   `expr:"unlimited"`  // there is no limit
	GroupExposure Sum    `expr:"group_exposure"`
	Insured       Sum    `expr:"insured"` // what the insurer covers today
	Overdue       Sum    `expr:"overdue"`
	OverdueDays   int    `expr:"overdue_days"`
	Band          string `expr:"band"` // "A" … "E", "" while too little is known
	Score         int    `expr:"score"`
	DaysLate      int    `expr:"days_late"` // on average
	Payments      int    `expr:"payments"`
	Broken        int    `expr:"promises_broken"`
	Kept          int    `expr:"promises_kept"`
	Disputes      int    `expr:"disputes"`
	Orders        int    `expr:"orders"`     // confirmed before this one
	DaysKnown     int    `expr:"days_known"` // a customer for so long
	Business      bool   `expr:"business"`   // not a consumer
	Kind          string `expr:"kind"`
	Country       string `expr:"country"`
	Channel       string `expr:"channel"` // endpoint
	Platform      string `expr:"platform"`
	Currency      string `expr:"currency"`     // of the order
	ReportScore   int    `expr:"report_score"` // of 100, -1 without a report
	ReportAge     int    `expr:"report_age"`   // days, -1 without a report
	Weekday       int    `expr:"weekday"`      // 1 Monday … 7 Sunday
}

// Facts names them all, in the order of their explanation.
func Facts() []string {
	of := reflect.TypeFor[facts]()
	all := make([]string, of.NumField())
	for i := range all {
		all[i] = of.Field(i).Tag.Get("expr")
	}
	return all
}

func factsOf(in credit.Input) facts {
	f := facts{
		Amount: Sum{in.Amount}, Exposure: Sum{in.Exposure()}, Receivable: Sum{in.Receivable}, Confirmed: Sum{in.Confirmed},
		Unlimited: in.Limit == nil, GroupExposure: Sum{in.GroupExposure()}, Insured: Sum{in.Cover()},
		Overdue: Sum{in.Overdue}, OverdueDays: in.OverdueDays, Band: in.Rating.Band, Score: in.Rating.Score, DaysLate: in.Rating.DaysLate,
		Payments: in.Rating.Payments, Broken: in.Rating.Broken, Kept: in.Rating.Kept, Disputes: in.Rating.Disputes, Orders: in.Orders, DaysKnown: in.KnownDays(),
		Business: in.Kind != party.Consumer, Kind: string(in.Kind), Country: in.Country, Channel: in.Channel, Platform: in.Platform,
		Currency: in.Order().Currency, Weekday: (int(in.On.Weekday())+6)%7 + 1,
	}
	f.ReportScore, f.ReportAge = -1, -1
	if r := in.Report; r != nil {
		f.ReportAge = in.On.DaysSince(r.On)
		if r.Known {
			f.ReportScore = r.Score
		}
	}
	endless := money.Of(math.MaxInt64/4, in.Amount.Currency)
	f.Limit, f.Headroom = Sum{endless}, Sum{endless}
	if in.Limit != nil {
		f.Limit, f.Headroom = Sum{*in.Limit}, Sum{in.Limit.Minus(in.Exposure())}
	}
	return f
}

// spell is a fact as a reason shows it.
func (f facts) spell(name string) string {
	of := reflect.ValueOf(f)
	for i, known := range Facts() {
		if known != name {
			continue
		}
		v := of.Field(i).Interface()
		if s, ok := v.(Sum); ok {
			return s.String()
		}
		return fmt.Sprint(v)
	}
	return ""
}
