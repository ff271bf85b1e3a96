package o2c

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Role is what a colleague may do.
type Role string

// The one set of roles (design §5).
const (
	Viewer     Role = "viewer"
	Sales      Role = "sales"
	Collector  Role = "collector"
	Approver   Role = "approver"
	Bookkeeper Role = "bookkeeper"
	Admin      Role = "admin"
)

// Roles lists them, the most powerful last.
func Roles() []Role { return []Role{Viewer, Sales, Collector, Bookkeeper, Approver, Admin} }

// Person is a colleague.
type Person struct {
	ID    string // in Slack
	Name  string
	Role  Role
	Limit *money.Amount // of orders that an approver decides on alone; nil: any
	Email string        // where word goes when Slack is away
	Away  []Absence
	For   string // the name of the absent colleague in whose place the person acts today
}

// Absence is a colleague's holiday and who acts in the meantime. Both days count.
type Absence struct {
	From, To calendar.Date
	Deputy   string // in Slack
}

// Decides reports whether the role decides on credit.
func (p Person) Decides() bool { return p.Role == Approver || p.Role == Admin }

// Collects reports whether the role chases debtors.
func (p Person) Collects() bool { return p.Role == Collector || p.Decides() }

// Administers reports whether the role sets policy.
func (p Person) Administers() bool { return p.Role == Admin }

// away is the absence that a day falls into, nil when there is none.
func (p Person) away(on calendar.Date) *Absence {
	for i, a := range p.Away {
		if !on.Before(a.From) && !on.After(a.To) {
			return &p.Away[i]
		}
	}
	return nil
}

// member is a colleague whom an admin or a Slack user group gave a role: it
// prevails over duly.yaml.
type member struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Role   Role          `json:"role"`
	Limit  *money.Amount `json:"limit,omitempty"`
	Source string        `json:"source"` // "admin" or "group"
	By     string        `json:"by"`
	At     time.Time     `json:"at"`
}

// team is who was given a role outside duly.yaml; there is one.
type team struct {
	Members []member `json:"members"`
}

const teamID = "team"

// Kind and ID make the team a document.
func (t *team) Kind() string { return "team" }
func (t *team) ID() string   { return teamID }

// people are all colleagues: those of duly.yaml, as the team's document changes
// them, and those whom it alone knows.
func (c *Cycle) people(ctx context.Context, tx *Tx) ([]Person, error) {
	t, err := find[team](ctx, tx, teamID)
	if err != nil || t == nil {
		return c.Policy.People, err
	}
	all := slices.Clone(c.Policy.People)
	for _, m := range t.Members {
		i := slices.IndexFunc(all, func(p Person) bool { return p.ID == m.ID })
		if i < 0 {
			all, i = append(all, Person{ID: m.ID, Name: m.Name}), len(all)
		}
		all[i].Role, all[i].Limit = m.Role, m.Limit
	}
	return all, nil
}

// personIn finds a colleague as of a day: whoever stands in for an absent
// approver has the approver's role and limit.
func personIn(all []Person, id string, on calendar.Date) (Person, bool) {
	i := slices.IndexFunc(all, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{ID: id}, false
	}
	who := all[i]
	if who.Decides() {
		return who, true
	}
	for _, p := range all {
		if a := p.away(on); a != nil && a.Deputy == id && p.Decides() {
			who.Role, who.Limit, who.For = p.Role, p.Limit, p.Name
			return who, true
		}
	}
	return who, true
}

// Person finds a colleague as of an instant.
func (c *Cycle) Person(ctx context.Context, id string, at time.Time) (Person, bool, error) {
	all, err := c.people(ctx, NewTx(c.Store))
	who, known := personIn(all, id, c.today(at))
	return who, known, err
}

// Team lists the colleagues as of an instant: each with the role that counts.
func (c *Cycle) Team(ctx context.Context, at time.Time) ([]Person, error) {
	all, err := c.people(ctx, NewTx(c.Store))
	return present(all, c.today(at)), err
}

// present leaves the absent out and gives their deputies the role.
func present(all []Person, on calendar.Date) []Person {
	var here []Person
	for _, p := range all {
		if p.away(on) == nil {
			who, _ := personIn(all, p.ID, on)
			here = append(here, who)
		}
	}
	return here
}

// Assignment gives a colleague a role.
type Assignment struct {
	ID, Name string
	Role     Role
	Limit    *money.Amount
	By       *Person // the admin who does; nil: a Slack user group says so
}

// Assign gives a colleague a role from now on, audited (ux.md §2.3: roles are an
// admin's to give). A role that an admin gave is not taken by a user group.
func (c *Cycle) Assign(ctx context.Context, s Stamp, a Assignment) error {
	if !slices.Contains(Roles(), a.Role) {
		return fault.Bad("/role", "there is no role {id}", "write viewer, sales, collector, bookkeeper, approver or admin").Keyed("role.unknown").With("id", string(a.Role))
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		all, err := c.people(ctx, tx)
		if err != nil {
			return err
		}
		next := member{ID: a.ID, Name: a.Name, Role: a.Role, Limit: a.Limit, Source: "group", By: s.Actor, At: tx.At()}
		if a.By != nil {
			next.Source = "admin"
			if by, known := personIn(all, a.By.ID, c.today(tx.At())); !known || by.Role != Admin {
				return fault.New(fault.Forbidden, "Only admins give roles", "you are {role}", "ask an admin").Keyed("role.admins").With("role", string(by.Role))
			}
		}
		t, err := find[team](ctx, tx, teamID)
		if err != nil {
			return err
		}
		if t == nil {
			t = &team{}
		}
		i := slices.IndexFunc(t.Members, func(m member) bool { return m.ID == a.ID })
		switch {
		case i < 0:
			t.Members = append(t.Members, next)
		case next.Source == "group" && t.Members[i].Source == "admin":
			return nil
		default:
			t.Members[i] = next
		}
		return tx.Save(t, Fact{Type: "team.role_given", Data: next})
	})
}
