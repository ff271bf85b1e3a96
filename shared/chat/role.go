package chat

import (
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
)

// Assignment reads "<@U01|lena> approver 5000,00", "@lena sales" or "U01 admin". The person may be named by id or by name.
func (v Voice) Assignment(said, currency string) (a o2c.Assignment, limit *money.Amount, ok bool) {
	words := strings.Fields(said)
	if len(words) < 2 || len(words) > 3 {
		return a, nil, false
	}
	a.ID, _, _ = strings.Cut(strings.Trim(words[0], "<@>"), "|")
	a.Role = o2c.Role(strings.ToLower(words[1]))
	if len(words) == 3 {
		amount, misread := ParseAmount(words[2], currency)
		if misread != nil {
			return a, nil, false
		}
		limit = &amount
	}
	return a, limit, a.ID != ""
}

// RoleHow says how the command is written.
func (v Voice) RoleHow() Message { return v.said(v.mark("command.role.how")) }

// RoleAdmins is for who may not give roles.
func (v Voice) RoleAdmins(who o2c.Person, team []o2c.Person) Message {
	return v.said(v.mark("command.role.admins", "role", v.roleOf(string(who.Role)), "names", v.anyOf([]o2c.Role{o2c.Admin}, team)))
}

// RoleDone says what was done.
func (v Voice) RoleDone(a o2c.Assignment) Message {
	var limit markup
	if a.Limit != nil {
		limit = v.mark("command.role.limit", "amount", *a.Limit)
	}
	return v.said(v.mark("command.role.done", "name", named(a.Name), "role", string(a.Role), "limit", limit))
}

// said is a message of one line of markup.
func (v Voice) said(m markup) Message { return Message{Text: string(m), Blocks: blocks(section(m))} }
