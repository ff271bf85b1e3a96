package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
)

// Exercises is how many the tour has (ux.md §2.7): approve an order, reject one with a reason, take an overdue customer,
// record a promise, match a payment, find an invoice.
const Exercises = 6

// The exercises by number; their words have these names too.
const (
	ExerciseApprove = iota + 1
	ExerciseReject
	ExerciseTake
	ExercisePromise
	ExerciseMatch
	ExerciseFind
)

// Lesson is how an exercise went.
type Lesson struct {
	DoneAt time.Time `json:"done_at,omitzero"`
	Right  bool      `json:"right"`
}

// Finish is a tour that somebody went through to the end.
type Finish struct {
	At    time.Time `json:"at"`
	Role  Role      `json:"role"`
	Score int       `json:"score"` // of Exercises
	Quiz  int       `json:"quiz"`  // right answers
	Of    int       `json:"of"`    // questions
}

// TourData is one colleague's training: the tour under way, what was finished, and the questions asked since.
type TourData struct {
	User     string    `json:"user"`
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Run      int       `json:"run"` // the how manieth tour; 0: only asked questions so far
	Started  time.Time `json:"started,omitzero"`
	Step     int       `json:"step"`    // the exercise in hand; Exercises+1: all are done
	Lessons  []Lesson  `json:"lessons"` // of this run, by exercise
	Guides   []Place   `json:"guides"`  // where the cards of the exercises stand
	Quizzes  []Quiz    `json:"quizzes,omitempty"`
	Finished []Finish  `json:"finished,omitempty"`
	Policy   string    `json:"policy,omitempty"` // the version of the policy that the colleague was asked about, or began with
	Removed  time.Time `json:"removed,omitzero"` // the training data of this run were asked to go
	Cleared  int       `json:"cleared"`          // rows that went
}

// Part is the name of the sandbox of a run.
func (d TourData) Part() string { return fmt.Sprintf("%s.%d", d.User, d.Run) }

// Active reports whether there is a sandbox to train in.
func (d TourData) Active() bool { return d.Run > 0 && d.Removed.IsZero() }

// Score is how many exercises went right.
func (d TourData) Score() (right int) {
	for _, l := range d.Lessons {
		if !l.DoneAt.IsZero() && l.Right {
			right++
		}
	}
	return right
}

// tour is a colleague's training; it has the colleague's id.
type tour struct{ data TourData }

// Kind, ID and ListKey make the tour a document.
func (t *tour) Kind() string    { return "tour" }
func (t *tour) ID() string      { return t.data.User }
func (t *tour) ListKey() string { return t.data.User }

// MarshalJSON and UnmarshalJSON are the store's door.
func (t *tour) MarshalJSON() ([]byte, error) { return json.Marshal(t.data) }
func (t *tour) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &t.data) }

// Tour reads somebody's training; known is false for who has never had any.
func (c *Cycle) Tour(ctx context.Context, user string) (d TourData, known bool, err error) {
	t, err := find[tour](ctx, NewTx(c.Store), user)
	if err != nil || t == nil {
		return TourData{User: user}, false, err
	}
	return t.data, true, nil
}

// Tours lists who has trained, by id.
func (c *Cycle) Tours(ctx context.Context) ([]TourData, error) {
	var all []TourData
	after := ""
	for {
		page, err := c.Store.List(ctx, Query{Kind: "tour", After: after})
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			t, err := restore[tour](s)
			if err != nil {
				return nil, err
			}
			all = append(all, t.data)
		}
		if after = page.Next; after == "" {
			slices.SortFunc(all, func(a, b TourData) int { return strings.Compare(a.User, b.User) })
			return all, nil
		}
	}
}

// StartTour begins the exercises in a sandbox of their own. A tour under way is told again where it is, unless it is to
// begin anew: then the sandbox of the one before is removed.
func (c *Cycle) StartTour(ctx context.Context, s Stamp, who Person, again bool) (TourData, error) {
	if c.Sandboxes == nil {
		return TourData{}, fault.New(fault.Refused, "There is no training here", "nothing is set up that could keep it apart", "ask an admin").Keyed("tour.none")
	}
	var now TourData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		t, err := c.trainee(ctx, tx, who)
		if err != nil {
			return err
		}
		if t.data.Active() && t.data.Step <= Exercises && !again {
			now = t.data
			return errors.Join(tx.Save(t), c.showExercise(tx, t, t.data.Step))
		}
		left := t.data
		t.data.Run++
		t.data.Started, t.data.Step, t.data.Removed, t.data.Cleared = tx.At(), ExerciseApprove, time.Time{}, 0
		t.data.Lessons, t.data.Guides = make([]Lesson, Exercises), make([]Place, Exercises+1)
		now = t.data
		if err := tx.Save(t, Fact{Type: "tour.started", Data: map[string]any{"run": t.data.Run, "role": who.Role}}); err != nil {
			return err
		}
		if left.Active() {
			if err := tx.ask(doClear, KeyOf(t), tourArgs{Part: left.Part()}); err != nil {
				return err
			}
		}
		return c.showExercise(tx, t, ExerciseApprove)
	})
	return now, err
}

// trainee is somebody's training, with the name and role of today.
func (c *Cycle) trainee(ctx context.Context, tx *Tx, who Person) (*tour, error) {
	t, err := find[tour](ctx, tx, who.ID)
	if err != nil {
		return nil, err
	}
	if t == nil {
		t = &tour{data: TourData{User: who.ID}}
	}
	t.data.Name, t.data.Role = who.Name, who.Role
	return t, nil
}

// showExercise asks for the card of an exercise, and for what is to be done in it.
func (c *Cycle) showExercise(tx *Tx, t *tour, step int) error {
	return tx.ask(doTour, KeyOf(t), tourArgs{Part: t.data.Part(), Step: step})
}

// GoOn looks what became of the exercise in hand, and goes on to the next when it is done. It may be asked at any time: it
// looks at the sandbox, not at what was pressed; found is the number that somebody looked up, if that is what was done.
func (c *Cycle) GoOn(ctx context.Context, s Stamp, user, found string) error {
	was, known, err := c.Tour(ctx, user)
	if err != nil || !known || !was.Active() || was.Step < 1 || was.Step > Exercises {
		return err
	}
	done, right, err := c.sandbox(was).lessonDone(ctx, was.Step, user, found, c.today(s.At))
	if err != nil || !done {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		t, err := get[tour](ctx, tx, user)
		if err != nil || t.data.Run != was.Run || t.data.Step != was.Step || !t.data.Active() {
			return err
		}
		t.data.Lessons[was.Step-1] = Lesson{DoneAt: tx.At(), Right: right}
		t.data.Step++
		if err := tx.Save(t, Fact{Type: "tour.exercise_done", Data: map[string]any{"run": was.Run, "exercise": was.Step, "right": right}}); err != nil {
			return err
		}
		return errors.Join(c.showExercise(tx, t, was.Step), c.showExercise(tx, t, was.Step+1))
	})
}

// RemoveTraining takes the sandbox of somebody's tour away, with all that is in it. What was finished stays known.
func (c *Cycle) RemoveTraining(ctx context.Context, s Stamp, user string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		t, err := find[tour](ctx, tx, user)
		if err != nil || t == nil || !t.data.Active() {
			return err
		}
		t.data.Removed = tx.At()
		return errors.Join(
			tx.Save(t, Fact{Type: "tour.removed", Data: map[string]any{"run": t.data.Run}}),
			tx.ask(doClear, KeyOf(t), tourArgs{Part: t.data.Part()}),
		)
	})
}
