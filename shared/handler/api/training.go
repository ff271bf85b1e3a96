package api

import (
	"context"
	"time"

	"duly/shared/o2c"
)

// Training is how one colleague stands with the tour, its quiz and the refreshers.
type Training struct {
	User       string      `json:"user" example:"U03COLLECT"`
	Name       string      `json:"name"`
	Role       string      `json:"role"`
	Tours      int         `json:"tours" doc:"Begun so far"`
	Exercise   int         `json:"exercise" doc:"In hand, from 1 on; 7 when all six are done, 0 before the first tour"`
	Score      int         `json:"score" doc:"Exercises that went right in this tour"`
	Removed    bool        `json:"removed" doc:"Its training data are gone"`
	Finished   *TourFinish `json:"finished,omitempty" doc:"The newest tour that was finished with its quiz; left out: none was"`
	Refreshers []Refresher `json:"refreshers" nullable:"false" doc:"The oldest first"`
}

// TourFinish is a finished tour.
type TourFinish struct {
	At        time.Time `json:"at"`
	Score     int       `json:"score" doc:"Exercises that went right"`
	Exercises int       `json:"exercises"`
	Quiz      int       `json:"quiz" doc:"Questions answered right"`
	Questions int       `json:"questions"`
}

// Refresher is a few questions that were asked later.
type Refresher struct {
	Why       string     `json:"why" enum:"quarter,policy"`
	For       string     `json:"for" doc:"The quarter, or the policy's version" example:"2026-Q1"`
	AskedAt   time.Time  `json:"asked_at"`
	DoneAt    *time.Time `json:"done_at"`
	Right     int        `json:"right"`
	Questions int        `json:"questions"`
}

func trainingView(d o2c.TourData) Training {
	out := Training{User: d.User, Name: d.Name, Role: string(d.Role), Tours: d.Run, Exercise: d.Step, Score: d.Score(), Removed: d.Run > 0 && !d.Active(), Refreshers: []Refresher{}}
	if n := len(d.Finished); n > 0 {
		f := d.Finished[n-1]
		out.Finished = &TourFinish{At: f.At, Score: f.Score, Exercises: o2c.Exercises, Quiz: f.Quiz, Questions: f.Of}
	}
	for _, q := range d.Quizzes {
		if q.Why == o2c.QuizTour {
			continue
		}
		r := Refresher{Why: q.Why, For: q.For, AskedAt: q.AskedAt, Right: q.Right(), Questions: len(q.Codes)}
		if !q.DoneAt.IsZero() {
			r.DoneAt = &q.DoneAt
		}
		out.Refreshers = append(out.Refreshers, r)
	}
	return out
}

func (s server) training() {
	type nothing struct{}
	type all struct {
		Items []Training `json:"items" nullable:"false"`
	}
	route(s, get("list-training", "/v1/training", "List who has trained, and how it went"), func(ctx context.Context, _ *nothing) (*reply[all], error) {
		tours, err := s.Cycle.Tours(ctx)
		if err != nil {
			return nil, err
		}
		out := all{Items: []Training{}}
		for _, t := range tours {
			out.Items = append(out.Items, trainingView(t))
		}
		return &reply[all]{out}, nil
	})
}
