package o2c

import (
	"context"
	"encoding/json"
)

// The effects of training.
const (
	doTour  = "chat.tour"   // the card of an exercise, and what is to be done in it
	doQuiz  = "chat.quiz"   // a question
	doClear = "tour.remove" // what a sandbox holds
)

// tourArgs name a sandbox, and an exercise or a quiz.
type tourArgs struct {
	Part string `json:"part,omitempty"`
	Step int    `json:"step,omitempty"`
	Quiz int    `json:"quiz,omitempty"` // index
}

// TourCard guides through one exercise, in the trainee's own talk with the app; the one after the last tells the score.
type TourCard struct {
	Tour   TourData
	Step   int
	Number string // of the invoice that the last exercise asks for
}

func (TourCard) card() {}

// performTour draws the card of an exercise in the trainee's own talk with the app, and sets the exercise up when it is the
// one in hand.
func performTour(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	t, args, talk, err := o.training(ctx, e)
	if err != nil || talk == nil || args.Part != t.Part() || !t.Active() && args.Step <= Exercises {
		return nil, err
	}
	inside := o.Cycle.sandbox(t)
	card := TourCard{Tour: t, Step: args.Step}
	if args.Step == ExerciseFind {
		inv, err := inside.lessonInvoice(ctx, "SO-13")
		if err != nil {
			return nil, err
		}
		card.Number = inv.Number
	}
	at := t.Guides[args.Step-1]
	if at.TS != "" {
		err = talk.Update(ctx, at, card)
	} else {
		at, err = talk.Post(ctx, t.User, card)
	}
	if err != nil {
		return nil, err
	}
	if args.Step == t.Step && t.Active() {
		if err := inside.stage(ctx, args.Step, o.Now()); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx *Tx) error {
		now, err := get[tour](ctx, tx, t.User)
		if err != nil || now.data.Run != t.Run || now.data.Guides[args.Step-1] == at {
			return err
		}
		now.data.Guides[args.Step-1] = at
		return tx.Save(now)
	}, nil
}

// training reads what an effect of training is about, and opens the talk with the trainee.
func (o *Outbox) training(ctx context.Context, e Effect) (t TourData, args tourArgs, talk Chat, err error) {
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return t, args, nil, damaged("The training card cannot be drawn", err)
	}
	t, known, err := o.Cycle.Tour(ctx, e.Subject.ID)
	if err != nil || !known || o.Direct == nil {
		return t, args, nil, err
	}
	language, err := o.Cycle.languageOf(ctx, t.User)
	return t, args, o.Direct(Direct{User: t.User, Language: language, Part: t.Part()}), err
}

// performClear empties a sandbox, and tells the trainee.
func performClear(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args tourArgs
	if err := json.Unmarshal(e.Args, &args); err != nil || o.Cycle.Sandboxes == nil {
		return nil, Permanent("The training data cannot be removed", "nothing says which", "tell us", err).Keyed("damaged")
	}
	rows, err := o.Cycle.Sandboxes.Clear(ctx, args.Part)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		t, err := get[tour](ctx, tx, e.Subject.ID)
		if err != nil || t.data.Part() != args.Part {
			return err
		}
		t.data.Cleared += rows
		if err := tx.Save(t, Fact{Type: "tour.cleared", Data: map[string]any{"part": args.Part, "rows": rows}}); err != nil || t.data.Step <= Exercises {
			return err
		}
		return o.Cycle.showExercise(tx, t, Exercises+1)
	}, nil
}
