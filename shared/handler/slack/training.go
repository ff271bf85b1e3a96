package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// inTraining is the same desk in front of somebody's sandbox: the same buttons, forms, commands and use cases on data of
// their own. There everybody may do everything, so that a viewer too learns what becomes of a press.
func (d desk) inTraining(ctx context.Context, user, part string) (desk, error) {
	inside, err := d.Cycle.Training(ctx, user, part)
	if fault.Is(err, fault.NotFound) {
		return d, chat.Told(d.voice.Say("training.over"))
	}
	if err != nil {
		return d, err
	}
	t, _, err := d.Cycle.Tour(ctx, user)
	d.outside, d.Cycle, d.part = d.Cycle, inside, t.Part()
	d.Views = markedViews{Views: d.Views, voice: d.voice, part: d.part}
	return d, err
}

// markedViews marks every form as training.
type markedViews struct {
	Views
	voice chat.Voice
	part  string
}

// Open shows a form that says it is training.
func (m markedViews) Open(ctx context.Context, triggerID string, form chat.Modal) error {
	return m.Views.Open(ctx, triggerID, m.voice.Trained(form, m.part))
}

// ofTour reports whether an action is about the training itself, and not in it.
func ofTour(action string) bool {
	return strings.HasPrefix(action, "tour.") || strings.HasPrefix(action, "quiz.")
}

// learn looks what became of the exercise in hand. That a press was done is not undone by a failure here: the next press, or
// the button of the exercise, looks again.
func (d desk) learn(ctx context.Context, s o2c.Stamp, user, found string) {
	if d.part == "" {
		return
	}
	if err := d.outside.GoOn(ctx, s, user, found); err != nil {
		d.log(ctx, "the tour", err)
	}
}

// commanded answers a command about a document of the sandbox, which its number tells.
func (d desk) commanded(ctx context.Context, word string, a ask) (chat.Message, error) {
	inside, err := d.inTraining(ctx, a.Who.ID, "")
	if err != nil {
		return chat.Message{}, err
	}
	a.Who.Role, a.Who.Limit = o2c.Approver, nil
	m, told := inside.answer(ctx, word, a)
	if told {
		inside.learn(ctx, a.Stamp, a.Who.ID, bare(a.Object))
	}
	return d.voice.TrainedAnswer(m), nil
}

// asksTraining reports whether a command is about a document of a sandbox.
func asksTraining(object string) bool {
	return strings.HasPrefix(strings.ToUpper(bare(object)), o2c.TrainingNumbers)
}

// tour answers "/duly tour": it begins, or says where it stands.
func (d desk) tour(ctx context.Context, a ask) (chat.Message, error) {
	switch a.Object {
	case "team":
		return d.certificates(ctx, a.Who)
	case "remove":
		return d.voice.Answer("tour.removing"), d.Cycle.RemoveTraining(ctx, a.Stamp, a.Who.ID)
	}
	was, known, err := d.Cycle.Tour(ctx, a.Who.ID)
	if err != nil {
		return chat.Message{}, err
	}
	again := a.Object == "again"
	now, err := d.Cycle.StartTour(ctx, a.Stamp, a.Who, again)
	if err != nil {
		return chat.Message{}, err
	}
	if known && now.Run == was.Run {
		return d.voice.Answer("tour.goes_on", "n", now.Step, "of", o2c.Exercises), nil
	}
	return d.voice.Answer("tour.started"), nil
}

// certificates tell an admin who finished.
func (d desk) certificates(ctx context.Context, who o2c.Person) (chat.Message, error) {
	if err := d.may(ctx, who, chat.ActTourTeam, ""); err != nil {
		return chat.Message{}, err
	}
	team, err := d.Cycle.Team(ctx, d.Now())
	if err != nil {
		return chat.Message{}, err
	}
	tours, err := d.Cycle.Tours(ctx)
	return d.voice.Certificates(team, tours), err
}

func (d desk) startTour(ctx context.Context, p press) error {
	return d.beginTour(ctx, p, false)
}

func (d desk) tourAgain(ctx context.Context, p press) error {
	return d.beginTour(ctx, p, true)
}

func (d desk) beginTour(ctx context.Context, p press, again bool) error {
	if _, err := d.Cycle.StartTour(ctx, p.Stamp, p.Who, again); err != nil || !p.Home {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Word(d.voice.Say("tour.started")))
}

// checkTour looks whether the exercise is done that somebody says is done.
func (d desk) checkTour(ctx context.Context, p press) error {
	was, _, err := d.Cycle.Tour(ctx, p.User)
	if err != nil {
		return err
	}
	if !was.Active() || p.Training != was.Part() {
		return chat.Told(d.voice.Say("training.over"))
	}
	if err := d.Cycle.GoOn(ctx, p.Stamp, p.User, ""); err != nil {
		return err
	}
	now, _, err := d.Cycle.Tour(ctx, p.User)
	if err == nil && now.Step == was.Step {
		err = chat.Told(d.voice.Say("tour.not_done"))
	}
	return err
}

func (d desk) removeTour(ctx context.Context, p press) error {
	return d.Cycle.RemoveTraining(ctx, p.Stamp, p.User)
}

func (d desk) startQuiz(ctx context.Context, p press) error {
	return d.Cycle.StartQuiz(ctx, p.Stamp, p.Who)
}

// answered takes the answer to a question.
func answered(choice int) func(desk, context.Context, press) error {
	return func(d desk, ctx context.Context, p press) error {
		index, question, ok := chat.ReadQuizRef(p.Value)
		if !ok {
			return errNoRef
		}
		return d.Cycle.AnswerQuiz(ctx, p.Stamp, p.Who, index, question, choice)
	}
}

// openPersonal shows a colleague's own settings.
func (d desk) openPersonal(ctx context.Context, p press) error {
	return d.showPersonal(ctx, p.TriggerID, p.Who)
}

func (d desk) showPersonal(ctx context.Context, triggerID string, who o2c.Person) error {
	now, err := d.Cycle.PersonalOf(ctx, who.ID)
	if err != nil {
		return err
	}
	member, err := d.roll.Active(ctx, who.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, triggerID, d.voice.Personal(now, d.Cycle.ZoneOf(o2c.Personal{}).String(), member.Zone))
}

// savePersonal takes the form.
func (d desk) savePersonal(ctx context.Context, p press) (chat.Errors, error) {
	want, wrong := d.voice.Wanted(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.Cycle.SetPersonal(ctx, p.Stamp, p.User, want)
}

// speaking is the desk in the language that somebody chose.
func (d desk) speaking(ctx context.Context, user string) desk {
	mine, err := d.Cycle.PersonalOf(ctx, user)
	if err != nil {
		d.log(ctx, "the language of "+user, err) // the team's will do
		return d
	}
	d.voice = d.voice.In(mine.Language)
	if mine.Zone != "" {
		d.voice = d.voice.There(d.Cycle.ZoneOf(mine))
	}
	return d
}
