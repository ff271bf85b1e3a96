// Package story owns the seventy-five days of business that `make run` plays:
// it moves the clock, lets shops, customers, colleagues and the bank act as the
// script says, tells what the product made of it, checks the outcome, and writes
// the files. It does not own the runtime, nor anything that the product decides.
package story

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"gopkg.in/yaml.v3"

	"duly/events"
	"duly/infra/local"
	"duly/shared/o2c/calendar"
)

// Options say how to play.
type Options struct {
	Seed  int64     // secrets, ids and the seconds at which things happen follow from it
	Files string    // folder for what is left behind; "" leaves nothing
	Print io.Writer // what people read
	Log   slog.Handler
}

// script is the story as written.
type script struct {
	Start time.Time         `yaml:"start"`
	Days  int               `yaml:"days"`
	Ends  map[string]ending `yaml:"ends"`
	Steps []step            `yaml:"steps"`
}

// ending is how an order must stand when the story is over.
type ending struct {
	Status   string   `yaml:"status"`
	Invoices []string `yaml:"invoices"` // their statuses
}

func load() (script, error) {
	var s script
	raw, err := events.FS.ReadFile("stories/seventy-five-days.yaml")
	if err == nil {
		dec := yaml.NewDecoder(bytes.NewReader(raw))
		dec.KnownFields(true)
		err = dec.Decode(&s)
	}
	if err != nil {
		return s, fmt.Errorf("read the story: %w", err)
	}
	return s, nil
}

// BaseURL is where the story's links lead: nowhere, but always the same.
const BaseURL = "http://127.0.0.1:8700"

// Play plays the story from beginning to end in memory and fails when a check
// fails.
func Play(ctx context.Context, o Options) error {
	s, err := load()
	if err != nil {
		return err
	}
	r, err := local.Open(local.Options{BaseURL: BaseURL, Start: s.Start, Seed: o.Seed, Manual: true, Log: o.Log})
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := perform(ctx, r, s, o)
	if err != nil {
		return err
	}
	result := p.judge(ctx)
	if o.Files != "" {
		if err := p.write(ctx, o.Files); err != nil {
			return err
		}
	}
	return result.report(o)
}

// Fill plays the story into a runtime whose clock stands still, for a demo that
// begins with it.
func Fill(ctx context.Context, r *local.Runtime, o Options) error {
	s, err := load()
	if err != nil {
		return err
	}
	_, err = perform(ctx, r, s, o)
	return err
}

// Start is when the story begins.
func Start() (time.Time, error) {
	s, err := load()
	return s.Start, err
}

// player plays one story.
type player struct {
	*local.Runtime
	script  script
	cast    local.Cast
	teller  *teller
	start   time.Time
	orders  map[string]placed // by the script's name
	forged  []local.Sent
	again   map[string][]local.Sent
	refused int // presses that a role did not allow

	mornings int           // on which what people see was compared
	compared calendar.Date // the last of them
	apart    error         // the first that disagreed
}

// placed is an order of the script as its shop knows it.
type placed struct {
	Endpoint, Number string
}

func perform(ctx context.Context, r *local.Runtime, s script, o Options) (*player, error) {
	cast, err := local.LoadCast()
	if err != nil {
		return nil, err
	}
	p := &player{Runtime: r, script: s, cast: cast, start: r.Clock.Now(), orders: map[string]placed{}, again: map[string][]local.Sent{}}
	if o.Print == nil {
		o.Print = io.Discard
	}
	p.teller = &teller{runtime: r, start: p.start, out: o.Print}
	p.teller.open(s, len(cast.Customers), o.Seed)
	seconds := rand.New(rand.NewPCG(uint64(o.Seed), 75)) //nolint:gosec // when a shop's customer presses is no secret
	for i, step := range s.Steps {
		at, err := p.when(step.At)
		if err != nil {
			return nil, fmt.Errorf("story, step %d: %w", i+1, err)
		}
		if err := p.until(ctx, at.Add(time.Duration(seconds.IntN(50))*time.Second)); err != nil {
			return nil, fmt.Errorf("story, before step %d (%s): %w", i+1, step.At, err)
		}
		if err := step.play(ctx, p); err != nil {
			return nil, fmt.Errorf("story, step %d (%s): %w", i+1, step.At, err)
		}
		if err := p.settle(ctx); err != nil {
			return nil, fmt.Errorf("story, after step %d (%s): %w", i+1, step.At, err)
		}
	}
	return p, p.until(ctx, p.start.Add(time.Duration(s.Days)*24*time.Hour))
}

// when reads "18 10:45": the day of the story and the time where the company is.
func (p *player) when(text string) (time.Time, error) {
	var day, hour, minute int
	if _, err := fmt.Sscanf(text, "%d %d:%d", &day, &hour, &minute); err != nil {
		return time.Time{}, fmt.Errorf("%q is no day and time — %w — write it as \"18 10:45\"", text, err)
	}
	first := p.start.In(p.Policy.Zone)
	return time.Date(first.Year(), first.Month(), first.Day()+day, hour, minute, 0, 0, p.Policy.Zone), nil
}

// until lets time pass, a day at a time so that what happens is told as it does.
func (p *player) until(ctx context.Context, at time.Time) error {
	for {
		left := at.Sub(p.Clock.Now())
		if left <= 0 {
			return nil
		}
		if err := p.Advance(ctx, min(left, 6*time.Hour)); err != nil {
			return err
		}
		if err := errors.Join(p.teller.tell(ctx), p.compare(ctx)); err != nil {
			return err
		}
	}
}

func (p *player) settle(ctx context.Context) error {
	if err := p.Settle(ctx); err != nil {
		return err
	}
	return p.teller.tell(ctx)
}
