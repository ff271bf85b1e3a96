package o2c

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"duly/shared/o2c/fault"
)

// SavedView is a page of the team's with what a colleague narrowed it down to, under a name of their own.
type SavedView struct {
	Name string `json:"name"`
	Path string `json:"path"` // of our own pages, with the filter: "/invoices?status=overdue"
}

// How many views a colleague keeps, and how long a name may be: each is a button of their Home in Slack.
const (
	viewsMax    = 8
	viewNameMax = 40
	viewPathMax = 500
)

// viewable are the pages that can be narrowed down.
var viewable = []string{"/invoices", "/customers"}

// SaveView keeps a view for a colleague; one of the same name is replaced.
func (c *Cycle) SaveView(ctx context.Context, s Stamp, user string, view SavedView) error {
	view.Name = strings.Join(strings.Fields(view.Name), " ")
	at, err := url.Parse(view.Path)
	switch {
	case view.Name == "" || utf8.RuneCountInString(view.Name) > viewNameMax:
		return fault.Bad("/name", "a view needs a name of at most 40 characters", "give it a short name").Keyed("view.name")
	case err != nil || len(view.Path) > viewPathMax || at.Host != "" || at.Scheme != "" || at.RawQuery == "" || !slices.Contains(viewable, at.Path):
		return fault.Bad("/path", "it is no page with a filter", "narrow a list down and save it from there").Keyed("view.path")
	}
	view.Path = at.Path + "?" + at.Query().Encode()
	return c.changeViews(ctx, s, user, func(all []SavedView) ([]SavedView, error) {
		all = slices.DeleteFunc(slices.Clone(all), func(v SavedView) bool { return v.Name == view.Name })
		if len(all) == viewsMax {
			return nil, fault.New(fault.Refused, "The view was not saved", "you have eight, and more are no help in the morning", "remove one first").Keyed("view.many")
		}
		return append(all, view), nil
	})
}

// DropView forgets a colleague's view.
func (c *Cycle) DropView(ctx context.Context, s Stamp, user, name string) error {
	return c.changeViews(ctx, s, user, func(all []SavedView) ([]SavedView, error) {
		return slices.DeleteFunc(slices.Clone(all), func(v SavedView) bool { return v.Name == name }), nil
	})
}

func (c *Cycle) changeViews(ctx context.Context, s Stamp, user string, change func([]SavedView) ([]SavedView, error)) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := habitsOf(ctx, tx, user)
		if err != nil {
			return err
		}
		before := p.data.Views
		if p.data.Views, err = change(before); err != nil {
			return err
		}
		return tx.Save(p, Fact{Type: "settings.views_changed", Data: map[string]any{"before": before, "after": p.data.Views}})
	})
}
