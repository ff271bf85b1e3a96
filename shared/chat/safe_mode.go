package chat

import "duly/shared/o2c"

// SafeMode says whether letters wait for a press, since when, and who said so.
func (v Voice) SafeMode(now o2c.SafeModeData) Message {
	switch {
	case now.On:
		return v.answer("safe_mode.on", "by", named(v.people(now.By)), "time", now.Since)
	case now.By == "":
		return v.answer("safe_mode.never")
	}
	return v.answer("safe_mode.off", "by", named(v.people(now.By)), "time", now.Since)
}

// SafeModeAdmins is for who may not switch it.
func (v Voice) SafeModeAdmins(who o2c.Person, team []o2c.Person) Message {
	return v.answer("safe_mode.admins", "role", v.roleOf(string(who.Role)), "names", v.anyOf([]o2c.Role{o2c.Admin}, team))
}
