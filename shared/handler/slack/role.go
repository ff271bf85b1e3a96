package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// role gives a colleague a role: "/duly role @name approver 5000,00". Only admins may, and it is written down.
func (d desk) role(ctx context.Context, asked ask) (chat.Message, error) {
	who := asked.Who
	a, limit, ok := d.voice.Assignment(asked.Object, d.Cycle.Policy.Currency)
	if !ok {
		return d.voice.RoleHow(), nil
	}
	if who.Role != o2c.Admin {
		team, err := d.Cycle.Team(ctx, d.Now())
		if err != nil {
			return chat.Message{}, err
		}
		return d.voice.RoleAdmins(who, team), nil
	}
	m, err := d.member(ctx, a.ID)
	if err != nil {
		return chat.Message{}, err
	}
	a.ID, a.Name, a.Limit, a.By = m.ID, m.Name, limit, &who
	err = d.Cycle.Assign(ctx, asked.Stamp, a)
	if fault.Is(err, fault.Invalid) {
		return d.voice.RoleHow(), nil
	}
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.RoleDone(a), nil
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
	return d.roll.Active(ctx, said)
}
