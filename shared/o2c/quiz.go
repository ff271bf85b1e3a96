package o2c

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// Why questions are asked.
const (
	QuizTour    = "tour"    // after the exercises
	QuizQuarter = "quarter" // a refresher
	QuizPolicy  = "policy"  // a refresher: the policy changed
)

// ChoicesMax is how many answers each question has.
const ChoicesMax = 3

// Quiz is some questions to one colleague, and the answers so far.
type Quiz struct {
	Why     string    `json:"why"`
	For     string    `json:"for,omitempty"` // of a refresher: "2026-Q1", or the policy's version
	Codes   []string  `json:"codes"`
	Answers []int     `json:"answers,omitempty"` // from 1 on
	AskedAt time.Time `json:"asked_at"`
	DoneAt  time.Time `json:"done_at,omitzero"`
	Place   Place     `json:"place,omitzero"`
}

// Right is how many answers are right so far.
func (q Quiz) Right() (n int) {
	for i, a := range q.Answers {
		if a == RightAnswer(q.Codes[i]) {
			n++
		}
	}
	return n
}

// examine is one question of the quiz; its words have its code.
type examine struct {
	code  string
	right int    // of its choices, from 1 on
	of    []Role // nil: everybody is asked
}

// examination has the questions, those about each role's own work first.
func examination() []examine {
	deciding, chasing := []Role{Approver, Admin}, []Role{Collector, Approver, Admin}
	return []examine{
		{"limit", 2, append([]Role{Sales}, deciding...)},
		{"two_people", 1, deciding},
		{"card_stale", 3, deciding},
		{"take", 2, []Role{Collector}},
		{"promise", 3, append([]Role{Sales}, chasing...)},
		{"dispute", 1, []Role{Collector, Sales}},
		{"match", 2, []Role{Collector, Bookkeeper}},
		{"payout", 1, []Role{Bookkeeper}},
		{"closed", 3, []Role{Bookkeeper}},
		{"new_iban", 3, []Role{Bookkeeper, Admin}},
		{"wrong_role", 2, []Role{Viewer, Sales}},
		{"find", 1, []Role{Viewer}},
		{"training", 1, nil},
		{"link", 2, []Role{Viewer, Sales, Collector, Bookkeeper}},
		{"secrets", 3, nil},
	}
}

// questionsMax is how many questions a role is asked after the tour; a refresher asks fewer, which takes five minutes.
const (
	questionsMax = 5
	refreshMax   = 3
)

// Questions are the codes of what a role is asked.
func Questions(role Role) []string {
	var codes []string
	for _, q := range examination() {
		if (q.of == nil || slices.Contains(q.of, role)) && len(codes) < questionsMax {
			codes = append(codes, q.code)
		}
	}
	return codes
}

// RightAnswer is the right choice of a question, from 1 on; 0: there is no such question.
func RightAnswer(code string) int {
	for _, q := range examination() {
		if q.code == code {
			return q.right
		}
	}
	return 0
}

// QuizCard asks one question after the other; each answer is explained above the next question.
type QuizCard struct {
	User  string
	Role  Role
	Index int // of the quiz
	Quiz  Quiz
}

func (QuizCard) card() {}

// StartQuiz asks somebody the questions of the role, after the tour.
func (c *Cycle) StartQuiz(ctx context.Context, s Stamp, who Person) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		t, err := c.trainee(ctx, tx, who)
		if err != nil {
			return err
		}
		if n := len(t.data.Quizzes); n > 0 && t.data.Quizzes[n-1].DoneAt.IsZero() && t.data.Quizzes[n-1].Why == QuizTour {
			return errors.Join(tx.Save(t), c.showQuiz(tx, t, n-1)) // it goes on where it stands
		}
		return c.askQuestions(tx, t, QuizTour, "", Questions(who.Role))
	})
}

// quizzesMax bounds what is kept of a colleague's quizzes; the trail has them all.
const quizzesMax = 12

// askQuestions begins a quiz.
func (c *Cycle) askQuestions(tx *Tx, t *tour, why, about string, codes []string) error {
	t.data.Quizzes = append(t.data.Quizzes, Quiz{Why: why, For: about, Codes: codes, AskedAt: tx.At()})
	if over := len(t.data.Quizzes) - quizzesMax; over > 0 {
		t.data.Quizzes = t.data.Quizzes[over:]
	}
	return errors.Join(
		tx.Save(t, Fact{Type: "quiz.asked", Data: map[string]any{"why": why, "for": about, "questions": codes}}),
		c.showQuiz(tx, t, len(t.data.Quizzes)-1),
	)
}

func (c *Cycle) showQuiz(tx *Tx, t *tour, index int) error {
	return tx.ask(doQuiz, KeyOf(t), tourArgs{Quiz: index})
}

// Refresh asks each colleague a few questions of the role: once a quarter, and after a change of the policy (off until
// switched on). Who took the quiz of the tour in this quarter is not asked again in it.
func (c *Cycle) Refresh(ctx context.Context, at time.Time) error {
	rules, err := c.Room(ctx)
	if err != nil || !rules.Refreshers {
		return err
	}
	team, err := c.Team(ctx, at)
	for _, who := range team {
		if err == nil {
			err = c.refresh(ctx, at, who)
		}
	}
	return err
}

func (c *Cycle) refresh(ctx context.Context, at time.Time, who Person) error {
	today := c.today(at)
	quarter := (int(today.Month)-1)/3 + 1
	name := fmt.Sprintf("%04d-Q%d", today.Year, quarter)
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:training"})
		t, err := c.trainee(ctx, tx, who)
		if err != nil {
			return err
		}
		version, changed := c.Policy.Version, t.data.Policy != "" && t.data.Policy != c.Policy.Version
		asked := slices.ContainsFunc(t.data.Quizzes, func(q Quiz) bool {
			on := c.today(q.AskedAt)
			return on.Year == today.Year && (int(on.Month)-1)/3+1 == quarter && (q.Why != QuizPolicy || q.For == version)
		})
		why, about := QuizQuarter, name
		switch {
		case changed:
			why, about = QuizPolicy, version
		case asked && t.data.Policy == version:
			return nil
		case asked:
			t.data.Policy = version
			return tx.Save(t)
		}
		t.data.Policy = version
		return c.askQuestions(tx, t, why, about, someOf(Questions(who.Role), quarter))
	})
}

// someOf are a few of the questions, others in each quarter.
func someOf(all []string, quarter int) []string {
	var some []string
	for i := range min(refreshMax, len(all)) {
		some = append(some, all[(quarter*refreshMax+i)%len(all)])
	}
	return some
}

// AnswerQuiz takes the answer to the question in hand; a second press on the same question changes nothing.
func (c *Cycle) AnswerQuiz(ctx context.Context, s Stamp, who Person, index, question, choice int) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		t, err := find[tour](ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if t == nil || index < 0 || index >= len(t.data.Quizzes) || choice < 1 || choice > ChoicesMax {
			return fault.Missing("quiz", who.ID)
		}
		q := &t.data.Quizzes[index]
		if question != len(q.Answers) || question >= len(q.Codes) {
			return nil
		}
		q.Answers = append(q.Answers, choice)
		facts := []Fact{{Type: "quiz.answered", Data: map[string]any{"question": q.Codes[question], "right": choice == RightAnswer(q.Codes[question])}}}
		if len(q.Answers) == len(q.Codes) {
			q.DoneAt = tx.At()
			if q.Why == QuizTour {
				f := Finish{At: tx.At(), Role: who.Role, Score: t.data.Score(), Quiz: q.Right(), Of: len(q.Codes)}
				t.data.Finished = append(t.data.Finished, f)
				facts = append(facts, Fact{Type: "tour.finished", Data: f})
			} else {
				facts = append(facts, Fact{Type: "refresher.done", Data: map[string]any{"why": q.Why, "for": q.For, "right": q.Right(), "of": len(q.Codes)}})
			}
		}
		return errors.Join(tx.Save(t, facts...), c.showQuiz(tx, t, index))
	})
}

// performQuiz draws the questions as they stand. They are asked in earnest, so that they bear no mark of training.
func performQuiz(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	t, args, talk, err := o.training(ctx, e)
	if err != nil || talk == nil || args.Quiz >= len(t.Quizzes) {
		return nil, err
	}
	mine, err := o.Cycle.PersonalOf(ctx, t.User)
	if err != nil {
		return nil, err
	}
	talk = o.Direct(Direct{User: t.User, Language: mine.Language})
	q := t.Quizzes[args.Quiz]
	if q.Why != QuizTour && q.Place.TS == "" {
		if err := o.awake(mine); err != nil {
			return nil, err
		}
	}
	card := QuizCard{User: t.User, Role: t.Role, Index: args.Quiz, Quiz: q}
	if q.Place.TS != "" {
		return nil, talk.Update(ctx, q.Place, card)
	}
	place, err := talk.Post(ctx, t.User, card)
	return func(ctx context.Context, tx *Tx) error {
		now, err := get[tour](ctx, tx, t.User)
		if err != nil || args.Quiz >= len(now.data.Quizzes) || !now.data.Quizzes[args.Quiz].AskedAt.Equal(q.AskedAt) {
			return err
		}
		now.data.Quizzes[args.Quiz].Place = place
		return tx.Save(now)
	}, err
}
