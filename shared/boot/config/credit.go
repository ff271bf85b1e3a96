package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/rule"
)

// creditSection is the part of duly.yaml that decides on credit, as written.
type creditSection struct {
	AutoApprove   amount  `yaml:"auto_approve"`
	DefaultLimit  *amount `yaml:"default_limit"`
	OverdueDays   whole   `yaml:"overdue_days"`
	OverdueAmount amount  `yaml:"overdue_amount"`
	StockHours    whole   `yaml:"stock_hours"`
	New           *struct {
		Orders      *whole `yaml:"orders"`
		Days        *whole `yaml:"days"`
		AutoApprove amount `yaml:"auto_approve"`
	} `yaml:"new_customers"`
	Bands     map[string]amount `yaml:"bands"`
	Uninsured *amount           `yaml:"uninsured"`
	Report    *struct {
		Above    amount `yaml:"above"`
		AgeDays  whole  `yaml:"age_days"`
		ScoreMin whole  `yaml:"score_min"`
		Agency   string `yaml:"agency"`
	} `yaml:"report"`
	States []struct {
		Code string `yaml:"code"`
		Days whole  `yaml:"days"`
		Then string `yaml:"then"`
	} `yaml:"overdue_states"`
	Channels []struct {
		Endpoint    string  `yaml:"endpoint"`
		AutoApprove *amount `yaml:"auto_approve"`
		Then        string  `yaml:"then"`
	} `yaml:"channels"`
	Rules []struct {
		Code string     `yaml:"code"`
		When expression `yaml:"when"`
		Then string     `yaml:"then"`
		Say  string     `yaml:"say"`
	} `yaml:"rules"`
}

func (s creditSection) policy(c *checker, f file) credit.Policy {
	books := f.Books.Currency
	c.within("credit.overdue_days", s.OverdueDays, 0, 365)
	c.within("credit.stock_hours", s.StockHours, 1, 24*30)
	p := credit.Policy{
		Version: f.Version, AutoApprove: s.AutoApprove.in(c, "credit.auto_approve", books), DefaultLimit: optional(s.DefaultLimit, c, "credit.default_limit", books),
		OverdueDays: s.OverdueDays.n, OverdueAmount: s.OverdueAmount.in(c, "credit.overdue_amount", books), StockHours: s.StockHours.n,
		PrepayAsked: f.Deposits.PrepayOnly == askMoney, Uninsured: optional(s.Uninsured, c, "credit.uninsured", books),
	}
	if n := s.New; n != nil {
		p.New = credit.NewCustomers{Orders: counted(n.Orders, c, "credit.new_customers.orders", 100), Days: counted(n.Days, c, "credit.new_customers.days", 3650)}
		p.New.AutoApprove = n.AutoApprove.in(c, "credit.new_customers.auto_approve", books)
	}
	if r := s.Report; r != nil {
		c.within("credit.report.age_days", r.AgeDays, 1, 730)
		c.within("credit.report.score_min", r.ScoreMin, 0, 100)
		c.must(r.Agency == "" || r.Agency == "creditsafe", "credit.report.agency", r.Agency, "creditsafe, or nothing")
		p.Report = &credit.ReportRules{Agency: r.Agency, Above: r.Above.in(c, "credit.report.above", books), AgeDays: r.AgeDays.n, ScoreMin: r.ScoreMin.n}
	}
	for _, b := range credit.Bands() { // in their order, not the map's
		if a, ok := s.Bands[b.Name]; ok {
			p.Bands = append(p.Bands, credit.BandCeiling{Band: b.Name, AutoApprove: a.in(c, "credit.bands."+b.Name, books)})
		}
	}
	s.bandNames(c)
	p.Channels = s.channels(c, f)
	p.Rules = s.rules(c, books)
	p.States = s.states(c)
	return p
}

func (s creditSection) states(c *checker) []credit.State {
	var states []credit.State
	for i, one := range s.States {
		at := fmt.Sprintf("credit.overdue_states[%d]", i)
		then := credit.Verdict(one.Then)
		c.must(one.Code != "", at+".code", one.Code, "a name, e.g. watch")
		c.within(at+".days", one.Days, 1, 365)
		c.must(i == 0 || one.Days.n > s.States[i-1].Days.n, at+".days", one.Days.text, "more days than the state before")
		c.must(slices.Contains([]credit.Verdict{credit.StateWatch, credit.StatePrepay, credit.Refer, credit.Decline}, then), at+".then", one.Then, "watch, prepay, refer or decline")
		states = append(states, credit.State{Code: one.Code, AfterDays: one.Days.n, Then: then})
	}
	return states
}

func optional(a *amount, c *checker, key, currency string) *money.Amount {
	if a == nil {
		return nil
	}
	m := a.in(c, key, currency)
	return &m
}

func counted(w *whole, c *checker, key string, most int) int {
	if w == nil {
		return 0
	}
	c.within(key, *w, 0, most)
	return w.n
}

func (s creditSection) bandNames(c *checker) {
	bands := credit.Bands()
	for _, name := range sortedKeys(s.Bands) {
		known := slices.ContainsFunc(bands, func(b credit.Band) bool { return b.Name == name })
		c.must(known, "credit.bands."+name, name, "A, B, C, D or E")
	}
}

func sortedKeys(m map[string]amount) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s creditSection) channels(c *checker, f file) []credit.ChannelRule {
	var all []credit.ChannelRule
	for i, ch := range s.Channels {
		at := fmt.Sprintf("credit.channels[%d]", i)
		known := []string{"api", "slack"}
		for _, shop := range f.Shops {
			known = append(known, shop.Endpoint)
		}
		c.must(slices.Contains(known, ch.Endpoint), at+".endpoint", ch.Endpoint, "one of "+strings.Join(known, ", "))
		if ch.Then != "" {
			c.verdict(at+".then", ch.Then)
		}
		all = append(all, credit.ChannelRule{Endpoint: ch.Endpoint, AutoApprove: optional(ch.AutoApprove, c, at+".auto_approve", f.Books.Currency), Then: credit.Verdict(ch.Then)})
	}
	return all
}

func (c *checker) verdict(key, got string) {
	c.must(got == string(credit.Refer) || got == string(credit.Decline), key, got, "refer or decline")
}

func (s creditSection) rules(c *checker, currency string) []credit.ExpressedRule {
	var all []credit.ExpressedRule
	for i, r := range s.Rules {
		at := fmt.Sprintf("credit.rules[%d]", i)
		c.must(r.Code != "" && !strings.ContainsAny(r.Code, " ."), at+".code", r.Code, "a name without spaces, e.g. large_abroad")
		c.must(strings.TrimSpace(r.Say) != "", at+".say", r.Say, "the sentence that people read, e.g. Large order from abroad")
		c.verdict(at+".then", r.Then)
		test, err := rule.Compile(r.When.text, currency)
		var m *rule.Mistake
		if errors.As(err, &m) {
			what := m.What
			if name, unknown := strings.CutPrefix(what, "unknown name "); unknown {
				what = name + " is no fact; " + instead(name, rule.Facts())
			}
			c.say(r.When.at(m.Line, m.Column), at+".when: "+what)
		}
		all = append(all, credit.ExpressedRule{Code: r.Code, When: r.When.text, Then: credit.Verdict(r.Then), Say: r.Say, Test: test})
	}
	return all
}

// expression is a text that remembers where its letters stand.
type expression struct {
	place
	text   string
	kind   Kind
	indent int // of its lines
}

func (e *expression) read(node *Node) {
	*e = expression{place: node.place(), text: node.Text, kind: node.Kind, indent: node.Indent}
}

// at is where a line and column of the text stand in the file.
func (e expression) at(line, column int) place {
	switch {
	case e.kind == Block: // the text begins below its key
		return place{e.line + line, e.indent + column}
	case line > 1:
		return place{e.line + line - 1, e.indent + column}
	case e.kind == Quoted:
		return place{e.line, e.column + column}
	}
	return place{e.line, e.column + column - 1}
}
