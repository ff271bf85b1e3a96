package config

import (
	"fmt"
	"maps"
	"slices"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
)

// approval is the section that says how people decide on credit.
type approval struct {
	TwoAbove    *amount           `yaml:"two_above"`
	Solo        bool              `yaml:"solo"`
	BackupHours whole             `yaml:"backup_hours"`
	EndHours    whole             `yaml:"end_hours"`
	Ends        string            `yaml:"ends"`
	OfficeFrom  whole             `yaml:"office_from"`
	OfficeTo    whole             `yaml:"office_to"`
	Groups      map[string]string `yaml:"groups"`
}

// person is a colleague as written.
type person struct {
	ID    string  `yaml:"id"`
	Name  string  `yaml:"name"`
	Role  string  `yaml:"role"`
	Limit *amount `yaml:"limit"`
	Email string  `yaml:"email"`
	Away  []struct {
		From   string `yaml:"from"`
		To     string `yaml:"to"`
		Deputy string `yaml:"deputy"`
	} `yaml:"away"`
}

func (f file) approval(c *checker) o2c.Approval {
	a := f.Approval
	c.within("approval.backup_hours", a.BackupHours, 0, 80)
	c.within("approval.end_hours", a.EndHours, 0, 400)
	c.within("approval.office_from", a.OfficeFrom, 0, 23)
	c.within("approval.office_to", a.OfficeTo, a.OfficeFrom.n+1, 24)
	c.must(a.Ends == "hold" || a.Ends == "reject", "approval.ends", a.Ends, "hold or reject")
	p := o2c.Approval{
		Solo: a.Solo, BackupHours: a.BackupHours.n, EndHours: a.EndHours.n, EndRejects: a.Ends == "reject",
		Office: calendar.Office{Days: calendar.Netherlands(), From: a.OfficeFrom.n, To: a.OfficeTo.n}, Groups: map[o2c.Role]string{},
	}
	if a.TwoAbove != nil {
		most := a.TwoAbove.in(c, "approval.two_above", f.Books.Currency)
		p.TwoAbove = &most
	}
	for _, role := range slices.Sorted(maps.Keys(a.Groups)) {
		c.must(slices.Contains(o2c.Roles(), o2c.Role(role)), "approval.groups", role, "a role: viewer, sales, collector, approver, bookkeeper or admin")
		p.Groups[o2c.Role(role)] = a.Groups[role]
	}
	return p
}

func (f file) people(c *checker) []o2c.Person {
	var people []o2c.Person
	for i, p := range f.People {
		at := fmt.Sprintf("people[%d]", i)
		c.must(slices.Contains(o2c.Roles(), o2c.Role(p.Role)), at+".role", p.Role, "viewer, sales, collector, approver, bookkeeper or admin")
		who := o2c.Person{ID: p.ID, Name: p.Name, Role: o2c.Role(p.Role), Email: p.Email}
		if p.Limit != nil {
			most := p.Limit.in(c, at+".limit", f.Books.Currency)
			who.Limit = &most
		}
		for n, a := range p.Away {
			where := fmt.Sprintf("%s.away[%d]", at, n)
			from, err := calendar.Parse(a.From)
			c.must(err == nil, where+".from", a.From, "a date, e.g. 2026-07-20")
			to, err := calendar.Parse(a.To)
			c.must(err == nil && !to.Before(from), where+".to", a.To, "a date that is not before the first day")
			known := slices.ContainsFunc(f.People, func(d person) bool { return d.ID == a.Deputy && d.ID != p.ID })
			c.must(known, where+".deputy", a.Deputy, "the id of another of the people")
			who.Away = append(who.Away, o2c.Absence{From: from, To: to, Deputy: a.Deputy})
		}
		people = append(people, who)
	}
	return people
}
