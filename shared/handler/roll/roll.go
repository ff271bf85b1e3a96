// Package roll knows who somebody of the workspace is now: whether Slack still has them as a full, active member, and which
// role they have. It owns how long Slack's word is taken for the present; it does not own what a role may do. The functions
// behind Slack and behind the team's pages ask it at each request.
package roll

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
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

// Roll remembers what Slack said of people, shortly.
type Roll struct {
	cycle *o2c.Cycle
	ask   Members
	team  string
	now   func() time.Time
	log   *slog.Logger
	voice chat.Voice

	mu      sync.Mutex
	members map[string]known[chat.Member]
	groups  map[string]known[[]string]
}

// known is a word of Slack's and when it was given.
type known[T any] struct {
	word T
	at   time.Time
}

// New asks about members of one team; those of another are strangers.
func New(c *o2c.Cycle, ask Members, team string, now func() time.Time, log *slog.Logger) *Roll {
	return &Roll{
		cycle: c, ask: ask, team: team, now: now, log: log, voice: chat.NewVoice(c.Policy),
		members: map[string]known[chat.Member]{}, groups: map[string]known[[]string]{},
	}
}

// recall gives what is remembered, or asks when that is too old. While Slack does not answer, an older word counts.
func recall[T any](r *Roll, all map[string]known[T], id string, at time.Time, fresh time.Duration, ask func() (T, error)) (T, error) {
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

// Active lets in who is an active, full member of our workspace now (row 27 of the failure catalogue).
func (r *Roll) Active(ctx context.Context, user string) (chat.Member, error) {
	m, err := recall(r, r.members, user, r.now(), memberFresh, func() (chat.Member, error) { return r.ask.Member(ctx, user) })
	switch {
	case err != nil:
		r.log.ErrorContext(ctx, "who "+user+" is", "error", err.Error(), "cause", fmt.Sprint(fault.Of(err).Cause))
		return m, chat.Told(r.voice.NotActive("unsure"))
	case m.Deactivated:
		return m, chat.Told(r.voice.NotActive("deactivated"))
	case m.Foreign || m.Team != "" && m.Team != r.team:
		return m, chat.Told(r.voice.NotActive("foreign"))
	case m.Guest:
		return m, chat.Told(r.voice.NotActive("guest"))
	}
	return m, nil
}

// Person is who acts, with the role of now: the policy's, an admin's word, or the Slack user group's.
func (r *Roll) Person(ctx context.Context, user string) (o2c.Person, bool, error) {
	m, err := r.Active(ctx, user)
	if err != nil {
		return o2c.Person{}, false, err
	}
	who, known, err := r.cycle.Person(ctx, user, r.now())
	if err != nil || len(r.cycle.Policy.Approval.Groups) == 0 {
		return who, known, err
	}
	role, err := r.grouped(ctx, user)
	if err != nil || role == who.Role || who.For != "" || role == "" && !known {
		return who, known, err
	}
	if role == "" {
		role = o2c.Viewer // taken out of every group
	}
	err = r.cycle.Assign(ctx, o2c.Stamp{At: r.now(), Actor: "system:slack"}, o2c.Assignment{ID: user, Name: m.Name, Role: role, Limit: who.Limit})
	if err != nil {
		return who, known, err
	}
	return r.cycle.Person(ctx, user, r.now())
}

// grouped is the most powerful role of the user groups that somebody is in; "" for none. A role without a group of its own
// is not given or taken by groups.
func (r *Roll) grouped(ctx context.Context, user string) (o2c.Role, error) {
	var found o2c.Role
	for _, role := range o2c.Roles() {
		group := r.cycle.Policy.Approval.Groups[role]
		if group == "" {
			continue
		}
		ids, err := recall(r, r.groups, group, r.now(), groupFresh, func() ([]string, error) { return r.ask.Group(ctx, group) })
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
	who, known := r.cycle.Policy.Person(user)
	if known && r.cycle.Policy.Approval.Groups[who.Role] == "" {
		return who.Role, nil
	}
	return "", nil
}
