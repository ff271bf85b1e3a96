package config

import (
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c"
)

// subscriber is one row of subscribers.
type subscriber struct {
	Name   string   `yaml:"name"`
	URL    string   `yaml:"url"`
	Events []string `yaml:"events"`
}

// subscriberName fits into a parameter's name and into a path.
var subscriberName = lazy.Pattern(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (f file) subscribers(c *checker) []o2c.Subscriber {
	var all []o2c.Subscriber
	for i, s := range f.Subscribers {
		at := fmt.Sprintf("subscribers[%d]", i)
		c.must(subscriberName().MatchString(s.Name), at+".name", s.Name, "small letters, digits and dashes, e.g. warehouse")
		c.must(!slices.ContainsFunc(all, func(o o2c.Subscriber) bool { return o.Name == s.Name }), at+".name", s.Name, "a name that no other subscriber has")
		c.must(strings.HasPrefix(s.URL, "https://"), at+".url", s.URL, "where the events go, e.g. https://erp.example.com/duly")
		next := o2c.Subscriber{Name: s.Name, URL: s.URL, Events: s.Events}
		for n, pattern := range s.Events {
			one := o2c.Subscriber{Events: []string{pattern}}
			c.must(slices.ContainsFunc(o2c.PublishedTypes(), one.Wants), fmt.Sprintf("%s.events[%d]", at, n), pattern, "a published type, e.g. invoice.issued, or a family, e.g. invoice.*")
		}
		all = append(all, next)
	}
	return all
}
