package chat

import (
	"context"

	"github.com/slack-go/slack"
)

// Member is somebody of the workspace, as Slack knows them now.
type Member struct {
	ID          string
	Name        string
	Team        string
	Zone        string // IANA name of where they are, by their profile; "": it says nothing
	Deactivated bool
	Guest       bool // of one or of several channels
	Foreign     bool // of another workspace, in a shared channel
}

// Member asks Slack about somebody (docs.slack.dev/reference/methods/users.info). Whom Slack does not know is deactivated.
func (c *Client) Member(ctx context.Context, id string) (Member, error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeMax)
	defer cancel()
	u, err := c.api.GetUserInfoContext(ctx, id)
	switch code := codeOf(err); {
	case code == "user_not_found" || code == "user_not_visible":
		return Member{ID: id, Deactivated: true}, nil
	case err != nil:
		return Member{}, failure("say who pressed", err)
	}
	return Member{
		ID: u.ID, Name: nameOf(u), Team: u.TeamID, Zone: u.TZ, Deactivated: u.Deleted,
		Guest: u.IsRestricted || u.IsUltraRestricted, Foreign: u.IsStranger,
	}, nil
}

// nameOf is what a member is called in the workspace.
func nameOf(u *slack.User) string {
	for _, name := range []string{u.Profile.DisplayName, u.RealName, u.Name} {
		if name != "" {
			return named(name)
		}
	}
	return u.ID
}

// Group lists the ids of a user group's members (docs.slack.dev/reference/methods/usergroups.users.list).
func (c *Client) Group(ctx context.Context, group string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeMax)
	defer cancel()
	ids, err := c.api.GetUserGroupMembersContext(ctx, group)
	return ids, failure("list the members of "+group, err)
}
