// Package cost owns the estimate of what a deployment costs a month: what the
// synthesized template has, what a run was counted to ask for, and a dated table
// of list prices. It owns no bill: AWS sends that.
package cost

import (
	_ "embed" // the prices
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed prices.json
var pricesFile []byte

// Price is the list price of one thing.
type Price struct {
	ID   string  `json:"id"`
	What string  `json:"what"`
	Unit string  `json:"unit"`
	Per  float64 `json:"per"`  // of the thing, for that many
	USD  float64 `json:"usd"`  // before tax
	EUR  float64 `json:"eur"`  // instead, where that is how it is listed
	Free float64 `json:"free"` // of the thing each month, for ever, for an account that uses it for nothing else

	Own    bool   `json:"own"`    // read on the vendor's own page or price list
	Source string `json:"source"` // where it was read
	Seen   string `json:"seen"`   // of which day that page is, or "unknown"
}

// Prices are a dated table.
type Prices struct {
	Date   string  `json:"date"` // on which the sources were looked at
	Region string  `json:"region"`
	EUR    float64 `json:"eur_per_usd"`
	List   []Price `json:"prices"`
}

// Listed reads the table.
func Listed() (Prices, error) {
	var p Prices
	return p, json.Unmarshal(pricesFile, &p)
}

// Use is how much of each thing a month takes, by the price's id.
type Use map[string]float64

// Plus adds n times another use.
func (u Use) Plus(more Use, n float64) Use {
	sum := Use{}
	for id, amount := range u {
		sum[id] += amount
	}
	for id, amount := range more {
		sum[id] += n * amount
	}
	return sum
}

// Of is what a use costs, in euros: at list price, and after what is always free.
func (p Prices) Of(u Use, only func(id string) bool) (list, free float64) {
	for _, one := range p.List {
		if !only(one.ID) {
			continue
		}
		euros := (one.USD*p.EUR + one.EUR) / one.Per
		list += u[one.ID] * euros
		free += max(0, u[one.ID]-one.Free) * euros
	}
	return list, free
}

// Mail, Stripe, Slack, AccessPoint and AWS part a bill by who sends it, mail apart.
func Mail(id string) bool        { return strings.HasPrefix(id, "mail") }
func Stripe(id string) bool      { return strings.HasPrefix(id, "stripe") }
func Slack(id string) bool       { return id == "slack" }
func AccessPoint(id string) bool { return id == "access_point" }
func AWS(id string) bool         { return !Mail(id) && !Vendor(id) }

// Vendor is who is paid beside AWS.
func Vendor(id string) bool { return Stripe(id) || Slack(id) || AccessPoint(id) }

// Dashboard is what a dashboard takes, which is there for who asks for it.
func Dashboard() Use { return Use{"dashboard": 1} }

// Quoted are the prices whose vendor's own page could not be read.
func (p Prices) Quoted() []Price {
	return slices.DeleteFunc(slices.Clone(p.List), func(one Price) bool { return one.Own })
}

// listed is a price as its vendor lists it.
func (p Price) listed() string {
	figure := "$" + strconv.FormatFloat(p.USD, 'f', -1, 64)
	if p.EUR != 0 {
		figure = "€" + strconv.FormatFloat(p.EUR, 'f', -1, 64)
	}
	return figure + " per " + p.Unit
}

// Old are the prices whose page is more than a year older than the table, or does
// not name its day.
func (p Prices) Old() (aged, undated []Price) {
	table, err := time.Parse(time.DateOnly, p.Date)
	for _, one := range p.List {
		seen, wrong := time.Parse(time.DateOnly, one.Seen)
		if wrong != nil {
			seen, wrong = time.Parse("2006", one.Seen)
		}
		switch {
		case wrong != nil || err != nil:
			undated = append(undated, one)
		case table.Sub(seen) > 366*24*time.Hour:
			aged = append(aged, one)
		}
	}
	return aged, undated
}

// Print writes the table of a use.
func (p Prices) Print(w io.Writer, u Use) {
	fmt.Fprintf(w, "  %-38s %12s  %-26s %8s %8s\n", "", "a month", "list price", "€ list", "€ free")
	for _, one := range p.List {
		if u[one.ID] == 0 && !Vendor(one.ID) {
			continue
		}
		list, free := p.Of(u, func(id string) bool { return id == one.ID })
		decimals := 0
		if u[one.ID] < 10 && u[one.ID] != math.Trunc(u[one.ID]) {
			decimals = 2
		}
		fmt.Fprintf(w, "  %-38s %12.*f  %-26s %8.2f %8.2f\n", one.What, decimals, u[one.ID], one.listed(), list, free)
	}
}

// month is the number of hours of a month.
const month = 730.0

// Standing is what a template costs by being there, deployed without an answer to any question that has a default.
func Standing(raw []byte) (Use, error) {
	var t template
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("the template cannot be read — %w — run make synth again", err)
	}
	u := Use{"metric": 1.0 / 24} // broken invariants, in one hour of each day; outbox age comes when something waits
	for _, r := range t.Resources {
		if r.Condition != "" && !t.holds(t.Conditions[r.Condition]) {
			continue
		}
		switch r.Type {
		case "AWS::CloudWatch::Alarm":
			u["alarm"] += looksAt(r.Properties)
		case "AWS::CloudWatch::Dashboard":
			u["dashboard"]++
		case "AWS::Scheduler::Schedule":
			expression, _ := r.Properties["ScheduleExpression"].(string)
			u["scheduler"] += Ticks(expression)
		}
	}
	return u, nil
}

// template is what of a CloudFormation template costs, and when.
type template struct {
	Parameters map[string]struct{ Default any }
	Conditions map[string]condition
	Resources  map[string]struct {
		Type       string
		Condition  string
		Properties map[string]any
	}
}

// condition is a condition in the two forms that ours have.
type condition struct {
	Equals []any       `json:"Fn::Equals"`
	Not    []condition `json:"Fn::Not"`
}

// holds says whether a condition holds where every parameter has its default.
func (t template) holds(c condition) bool {
	if len(c.Not) == 1 {
		return !t.holds(c.Not[0])
	}
	return len(c.Equals) == 2 && t.value(c.Equals[0]) == t.value(c.Equals[1])
}

// value is a text, or what a reference to a parameter stands for.
func (t template) value(of any) string {
	if ref, ok := of.(map[string]any); ok {
		name, _ := ref["Ref"].(string)
		of = t.Parameters[name].Default
	}
	return fmt.Sprint(of)
}

// looksAt is how many metrics an alarm looks at: each is billed, also within an expression.
func looksAt(alarm map[string]any) float64 {
	all, ok := alarm["Metrics"].([]any)
	if !ok {
		return 1
	}
	n := 0.0
	for _, one := range all {
		if m, ok := one.(map[string]any); ok && m["MetricStat"] != nil {
			n++
		}
	}
	return n
}

// Ticks is how often a schedule fires a month.
func Ticks(expression string) float64 {
	kind, rest, _ := strings.Cut(strings.TrimSuffix(expression, ")"), "(")
	f := strings.Fields(rest)
	if kind == "rate" && len(f) == 2 {
		n, err := strconv.ParseFloat(f[0], 64)
		if err != nil || n <= 0 {
			return 0
		}
		return month / n / map[string]float64{"minute": 1.0 / 60, "hour": 1, "day": 24}[strings.TrimSuffix(f[1], "s")]
	}
	if len(f) == 6 && f[4] == "MON-FRI" {
		return month / 24 * 5 / 7
	}
	return month / 24
}
