package slack

import (
	"context"
	"slices"
	"sync"
	"time"

	"duly/shared/chat"
	"duly/shared/o2c"
)

// Members knows who belongs to the workspace now.
type Members interface {
	Member(ctx context.Context, user string) (chat.Member, error)
	Group(ctx context.Context, group string) ([]string, error)
}

// How long the workspace's word about a member, or about a group, is taken for the present; and how long it stands in while
// Slack does not answer. Somebody who was let go may act for a minute more, ten while Slack is away.
const (
	memberFresh = time.Minute
	groupFresh  = 5 * time.Minute
	rollStale   = 10 * time.Minute
)

// roll remembers what Slack said of people, shortly.
type roll struct {
	mu      sync.Mutex
	members map[string]known[chat.Member]
	groups  map[string]known[[]string]
	homes   map[string]time.Time // when each Home was drawn last
}

// homeFresh is how often a Home is drawn at most while nothing is done in it (ux.md §2.6).
const homeFresh = time.Minute

// drawnLately reports whether somebody's Home was drawn within the last minute.
func (r *roll) drawnLately(user string, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, ok := r.homes[user]
	return ok && at.Sub(last) < homeFresh
}

func (r *roll) drew(user string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.homes[user] = at
}

// known is a word of Slack's and when it was given.
type known[T any] struct {
	word T
	at   time.Time
}

func newRoll() *roll {
	return &roll{members: map[string]known[chat.Member]{}, groups: map[string]known[[]string]{}, homes: map[string]time.Time{}}
}

// recall gives what is remembered, or asks when that is too old. While Slack does not answer, an older word counts.
func recall[T any](r *roll, all map[string]known[T], id string, at time.Time, fresh time.Duration, ask func() (T, error)) (T, error) {
	r.mu.Lock()
	k, ok := all[id]
	r.mu.Unlock()
	if ok && at.Sub(k.at) < fresh {
		return k.word, nil
	}
	word, err := ask()
	if err != nil {
		if ok && at.Sub(k.at) < rollStale {
			return k.word, nil
		}
		return word, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all[id] = known[T]{word: word, at: at}
	return word, nil
}

// active lets in who is an active, full member of our workspace now (row 27 of the failure catalogue).
func (d desk) active(ctx context.Context, user string) (chat.Member, error) {
	m, err := recall(d.roll, d.roll.members, user, d.Now(), memberFresh, func() (chat.Member, error) { return d.Members.Member(ctx, user) })
	switch {
	case err != nil:
		d.log(ctx, "who "+user+" is", err)
		return m, chat.Told(d.voice.NotActive("unsure"))
	case m.Deactivated:
		return m, chat.Told(d.voice.NotActive("deactivated"))
	case m.Foreign || m.Team != "" && m.Team != d.Workspace.Team:
		return m, chat.Told(d.voice.NotActive("foreign"))
	case m.Guest:
		return m, chat.Told(d.voice.NotActive("guest"))
	}
	return m, nil
}

// person is who acts, with the role of now: the policy's, an admin's word, or the Slack user group's.
func (d desk) person(ctx context.Context, user string) (o2c.Person, bool, error) {
	m, err := d.active(ctx, user)
	if err != nil {
		return o2c.Person{}, false, err
	}
	who, known, err := d.Cycle.Person(ctx, user, d.Now())
	if err != nil || len(d.Cycle.Policy.Approval.Groups) == 0 {
		return who, known, err
	}
	role, err := d.grouped(ctx, user)
	if err != nil || role == who.Role || who.For != "" || role == "" && !known {
		return who, known, err
	}
	if role == "" {
		role = o2c.Viewer // taken out of every group
	}
	err = d.Cycle.Assign(ctx, o2c.Stamp{At: d.Now(), Actor: "system:slack"}, o2c.Assignment{ID: user, Name: m.Name, Role: role, Limit: who.Limit})
	if err != nil {
		return who, known, err
	}
	return d.Cycle.Person(ctx, user, d.Now())
}

// grouped is the most powerful role of the user groups that somebody is in; "" for none. A role without a group of its own
// is not given or taken by groups.
func (d desk) grouped(ctx context.Context, user string) (o2c.Role, error) {
	var found o2c.Role
	for _, role := range o2c.Roles() {
		group := d.Cycle.Policy.Approval.Groups[role]
		if group == "" {
			continue
		}
		ids, err := recall(d.roll, d.roll.groups, group, d.Now(), groupFresh, func() ([]string, error) { return d.Members.Group(ctx, group) })
		if err != nil {
			return "", err
		}
		if slices.Contains(ids, user) {
			found = role
		}
	}
	if found != "" {
		return found, nil
	}
	who, known := d.Cycle.Policy.Person(user)
	if known && d.Cycle.Policy.Approval.Groups[who.Role] == "" {
		return who.Role, nil
	}
	return "", nil
}
