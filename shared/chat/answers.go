package chat

import (
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
)

// NotAllowed is for whoever has the wrong role (ux.md §2.3): what it takes, what they are, and whom to ask.
func (v Voice) NotAllowed(action string, who o2c.Person, people []o2c.Person) string {
	row, _ := ActionOf(action)
	roles := make([]string, len(row.Roles))
	for i, r := range row.Roles {
		roles[i] = v.Say("role." + string(r))
	}
	about := []any{"roles", strings.Join(roles, ", "), "role", v.roleOf(string(who.Role)), "names", v.anyOf(row.Roles, people)}
	if strings.HasPrefix(action, "credit.") {
		return v.Say("role.only.credit", about...)
	}
	return v.Say("role.only", about...)
}

// roleOf is what a colleague is, as the team's pages call it; a role that a newer policy names stays as it is.
func (v Voice) roleOf(role string) string {
	if said := v.formats.Say("web.role." + role); said != "web.role."+role {
		return said
	}
	return role
}

// anyOf names some people with one of the roles.
func (v Voice) anyOf(roles []o2c.Role, people []o2c.Person) string {
	var names []string
	for _, p := range people {
		if (Action{Roles: roles}).May(p.Role, false) && len(names) < candidatesMax {
			names = append(names, named(p.Name))
		}
	}
	if len(names) == 0 {
		return v.Say("role.nobody")
	}
	return strings.Join(names, v.Say("or"))
}

// Asked is what an approver is told, and AskedDone what the asker is.
func (v Voice) Asked(by o2c.Person, o order.Data) string {
	return v.Say("credit.asked", "name", named(by.Name), "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total)
}

// AskedDone tells the asker who was asked.
func (v Voice) AskedDone(asked []o2c.Person) string {
	if len(asked) == 0 {
		return v.Say("credit.asked.nobody")
	}
	names := make([]string, len(asked))
	for i, p := range asked {
		names[i] = named(p.Name)
	}
	return v.Say("credit.asked.done", "names", strings.Join(names, ", "))
}

// notAllowed is for whoever may not decide on this order: by which rule, and whom to ask.
func (v Voice) notAllowed(no *credit.NotAllowed) string {
	names := v.Say("role.nobody")
	if len(no.Ask) > 0 {
		some := slices.Clone(no.Ask[:min(len(no.Ask), candidatesMax)])
		for i, name := range some {
			some[i] = named(name)
		}
		names = strings.Join(some, v.Say("or"))
	}
	if no.Rule == credit.RuleRole {
		return v.Say("role.only.credit", "role", v.roleOf(no.Role), "names", names)
	}
	return v.Say("credit.may."+string(no.Rule), "names", names, "amount", no.Amount)
}

// SnoozeDone, SalesAsked and NotActive answer whoever pressed.
func (v Voice) SnoozeDone(until time.Time) string { return v.Say("credit.snooze.done", "until", until) }

// SalesAsked says who was asked in the thread.
func (v Voice) SalesAsked(names []string) string {
	if len(names) == 0 {
		return v.Say("credit.asked.no_sales")
	}
	return v.Say("credit.asked.sales", "names", strings.Join(names, ", "))
}

// NotActive is for whoever is no active member of the workspace (row 27).
func (v Voice) NotActive(why string) string { return v.Say("door." + why) }

// NothingMissing is for whoever decides on a shortage that is over.
func (v Voice) NothingMissing(o order.Data) string {
	return v.Say("stock.nothing", "order", orderNumber(o))
}

// Unknown is for a button that no version here knows, and Unfamiliar for a person whom the policy does not name.
func (v Voice) Unknown() string    { return v.Say("unknown.action") }
func (v Voice) Unfamiliar() string { return v.Say("stranger") }

// NothingOpen is for a promise that nothing asks for, AlreadyApplied for money that somebody matched before.
func (v Voice) NothingOpen(customer string) string {
	return v.Say("promise.nothing_open", "customer", named(customer))
}

// AlreadyApplied tells whoever presses second.
func (v Voice) AlreadyApplied(r cash.ReceiptData) string {
	return v.Say("cash.already", "amount", r.Amount, "payer", v.payer(r))
}

// NoInvoice is for a number that no invoice has.
func (v Voice) NoInvoice(number string) Errors {
	return Errors{FieldInvoice: v.Say("error.invoice", "number", named(number))}
}
