package slack

import (
	"cmp"
	"sort"
	"strconv"
	"strings"
	"time"
)

func (s *Server) botUser() string { return "U0BOT" }
func (s *Server) botID() string   { return "B0BOT" }

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) + ".000000" }

func (s *Server) authTest(args) (map[string]any, *refusal) {
	return map[string]any{
		"url": s.opt.BaseURL + "/", "team": "Duly", "user": "duly", "team_id": s.opt.Team,
		"user_id": s.botUser(), "bot_id": s.botID(), "is_enterprise_install": false,
	}, nil
}

// botsInfo is how a token's bearer learns its app's id, which auth.test does not promise.
func (s *Server) botsInfo(args) (map[string]any, *refusal) {
	return map[string]any{"bot": map[string]any{"id": s.botID(), "app_id": s.opt.AppID, "user_id": s.botUser(), "name": "duly", "deleted": false}}, nil
}

func (s *Server) usersInfo(a args) (map[string]any, *refusal) {
	u, ok := s.user(a.Get("user"))
	if !ok {
		return nil, refused("user_not_found")
	}
	return map[string]any{"user": s.userJSON(u)}, nil
}

func (s *Server) usersList(a args) (map[string]any, *refusal) {
	members := make([]any, len(s.opt.Users))
	for i, u := range s.opt.Users {
		members[i] = s.userJSON(u)
	}
	page, cursor, no := paginate(members, a)
	if no != nil {
		return nil, no
	}
	return map[string]any{"members": page, "cache_ts": s.opt.Now().Unix(),
		"response_metadata": map[string]any{"next_cursor": cursor}}, nil
}

func (s *Server) userJSON(u User) map[string]any {
	team := s.teamOf(u)
	return map[string]any{
		"id": u.ID, "team_id": team, "name": strings.ToLower(u.Name), "real_name": u.Name, "deleted": u.Deleted,
		"is_bot": false, "is_restricted": u.Guest, "is_ultra_restricted": false, "is_stranger": team != s.opt.Team,
		"is_admin": u.Role == "admin", "is_owner": false, "tz": cmp.Or(u.TZ, "Europe/Amsterdam"), "tz_offset": 3600, "locale": "en-GB",
		"profile": map[string]any{"real_name": u.Name, "display_name": u.Name, "team": team,
			"email": strings.ToLower(u.Name) + "@duly.example"},
	}
}

func (s *Server) teamOf(u User) string {
	if u.Team != "" {
		return u.Team
	}
	return s.opt.Team
}

// paginate cuts a list by limit and cursor; our cursors are offsets, opaque to callers as Slack's are.
func paginate(items []any, a args) (page []any, cursor string, no *refusal) {
	from, limit := 0, len(items)
	if c := a.Get("cursor"); c != "" {
		n, err := strconv.Atoi(c)
		if err != nil || n < 0 || n > len(items) {
			return nil, "", refused("invalid_cursor")
		}
		from = n
	}
	if n, err := strconv.Atoi(a.Get("limit")); err == nil && n > 0 {
		limit = n
	}
	to := min(from+limit, len(items))
	if to < len(items) {
		cursor = strconv.Itoa(to)
	}
	return items[from:to], cursor, nil
}

func (s *Server) conversationsList(a args) (map[string]any, *refusal) {
	names := make([]string, 0, len(s.opt.Channels))
	for name := range s.opt.Channels {
		names = append(names, name)
	}
	sort.Strings(names)
	channels := make([]any, len(names))
	for i, name := range names {
		channels[i] = s.channelJSON(s.opt.Channels[name], name)
	}
	page, cursor, no := paginate(channels, a)
	if no != nil {
		return nil, no
	}
	return map[string]any{"channels": page, "response_metadata": map[string]any{"next_cursor": cursor}}, nil
}

func (s *Server) conversationsInfo(a args) (map[string]any, *refusal) {
	id, name, ok := s.channel(a.Get("channel"))
	if !ok {
		return nil, refused("channel_not_found")
	}
	return map[string]any{"channel": s.channelJSON(id, name)}, nil
}

// conversationsOpen opens a direct message with one member; several members share no channel here.
func (s *Server) conversationsOpen(a args) (map[string]any, *refusal) {
	if ref := a.Get("channel"); ref != "" {
		id, name, ok := s.channel(ref)
		if !ok {
			return nil, refused("channel_not_found")
		}
		return map[string]any{"channel": s.channelJSON(id, name)}, nil
	}
	u, ok := s.user(a.Get("users"))
	switch {
	case !ok:
		return nil, refused("user_not_found")
	case u.Deleted:
		return nil, refused("user_disabled")
	}
	_, known := s.state.IMs[u.ID]
	return map[string]any{"channel": s.channelJSON(s.im(u.ID), s.imName(u.ID)), "already_open": known}, nil
}

func (s *Server) channelJSON(id, name string) map[string]any {
	im := strings.HasPrefix(name, "@")
	out := map[string]any{
		"id": id, "is_channel": !im, "is_im": im, "is_group": false, "is_mpim": false, "is_private": im,
		"is_archived": s.refusedIn(id) == IsArchived, "is_member": s.refusedIn(id) != "not_in_channel",
		"is_general": false, "context_team_id": s.opt.Team,
	}
	if im {
		u, _ := s.user(name[1:])
		out["user"] = u.ID
	} else {
		out["name"], out["name_normalized"] = name, name
		out["num_members"] = len(s.opt.Users)
	}
	return out
}

// groupID is the id of the user group of a role: one group per role, its handle the role's name.
func groupID(role string) string { return "S0" + strings.ToUpper(role) }

func (s *Server) usergroupsList(args) (map[string]any, *refusal) {
	groups := []any{}
	for _, role := range s.roles() {
		groups = append(groups, map[string]any{"id": groupID(role), "team_id": s.opt.Team, "is_usergroup": true,
			"name": role, "handle": role, "users": s.membersOf(role), "user_count": len(s.membersOf(role))})
	}
	return map[string]any{"usergroups": groups}, nil
}

func (s *Server) usergroupsUsersList(a args) (map[string]any, *refusal) {
	for _, role := range s.roles() {
		if ref := a.Get("usergroup"); ref == groupID(role) || ref == role {
			return map[string]any{"users": s.membersOf(role)}, nil
		}
	}
	return nil, refused("no_such_subteam")
}

func (s *Server) roles() []string {
	var out []string
	seen := map[string]bool{}
	for _, u := range s.opt.Users {
		if u.Role != "" && !seen[u.Role] {
			seen[u.Role] = true
			out = append(out, u.Role)
		}
	}
	sort.Strings(out)
	return out
}

func (s *Server) membersOf(role string) []string {
	out := []string{}
	for _, u := range s.opt.Users {
		if u.Role == role && !u.Deleted {
			out = append(out, u.ID)
		}
	}
	return out
}
