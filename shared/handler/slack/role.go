package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// role gives a colleague a role: "/duly role @name approver 5000,00". Only admins may, and it is written down.
func (d desk) role(ctx context.Context, who o2c.Person, object string) chat.Message {
	a, limit, ok := d.voice.Assignment(object, d.Cycle.Policy.Currency)
	if !ok {
		return d.voice.RoleHow()
	}
	if who.Role != o2c.Admin {
		team, err := d.Cycle.Team(ctx, d.Now())
		if err != nil {
			return d.voice.Failed(err)
		}
		return d.voice.RoleAdmins(who, team)
	}
	m, err := d.member(ctx, a.ID)
	if err != nil {
		return d.voice.Failed(err)
	}
	a.ID, a.Name, a.Limit, a.By = m.ID, m.Name, limit, &who
	err = d.Cycle.Assign(ctx, o2c.Stamp{At: d.Now(), Actor: "slack:" + who.ID}, a)
	if fault.Is(err, fault.Invalid) {
		return d.voice.RoleHow()
	}
	if err != nil {
		d.log(ctx, "/duly role", err)
		return d.voice.Failed(err)
	}
	return d.voice.RoleDone(a)
}

// member finds an active member by id, or a colleague by name.
func (d desk) member(ctx context.Context, said string) (chat.Member, error) {
	team, err := d.Cycle.Team(ctx, d.Now())
	if err != nil {
		return chat.Member{}, err
	}
	for _, p := range team {
		if strings.EqualFold(p.Name, said) {
			said = p.ID
		}
	}
	return d.active(ctx, said)
}
