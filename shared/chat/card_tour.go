package chat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
)

// Answer is one sentence in answer to a command.
func (v Voice) Answer(key string, pairs ...any) Message { return v.answer(key, pairs...) }

// exercises are the names of the exercises in the words, by number.
var exercises = []string{"approve", "reject", "take", "promise", "match", "find"}

// asked draws what a colleague is asked to do or to answer apart from the work itself.
func (v Voice) asked(c o2c.Card) Message {
	switch c := c.(type) {
	case o2c.QuizCard:
		return v.quiz(c)
	case o2c.QuestionCard:
		return v.question(c)
	case o2c.TourCard:
		return v.tour(c)
	}
	panic(fmt.Sprintf("chat: %T is no question", c)) // Render has named its kind
}

// tour guides through one exercise; the card after the last tells the score.
func (v Voice) tour(c o2c.TourCard) Message {
	if c.Step > o2c.Exercises {
		return v.tourEnd(c)
	}
	name := exercises[c.Step-1]
	title := v.Say("tour.title", "n", c.Step, "of", o2c.Exercises, "what", v.Say("tour.name."+name))
	lesson := c.Tour.Lessons[c.Step-1]
	ref := Ref{ID: c.Tour.Part()}.String()
	var buttons, outcome slack.Block
	switch {
	case lesson.DoneAt.IsZero():
		buttons = actions(primary(button(ActTourCheck, v.Say("button.tour_check"), ref)), button(ActTourRemove, v.Say("button.tour_stop"), ref))
	case lesson.Right:
		outcome = section(v.mark("tour.right." + name))
	default:
		outcome = section(v.mark("tour.wrong." + name))
	}
	return message(title, header(title), section(v.mark("tour.what."+name, "number", c.Number)), outcome, buttons, notes(v.mark("training.note")))
}

// tourEnd tells the score, and what comes next.
func (v Voice) tourEnd(c o2c.TourCard) Message {
	title := v.Say("tour.score", "n", c.Tour.Score(), "of", o2c.Exercises)
	lines := make([]markup, len(c.Tour.Lessons))
	for i, l := range c.Tour.Lessons {
		key := "tour.line.wrong"
		if l.Right {
			key = "tour.line.right"
		}
		lines[i] = v.mark(key, "what", v.Say("tour.name."+exercises[i]))
	}
	ref := Ref{ID: c.Tour.Part()}.String()
	again := button(ActTourAgain, v.Say("button.tour_again"), ref)
	if !c.Tour.Removed.IsZero() {
		return message(title, header(title), section(join("\n", lines...)), section(v.mark("tour.removed", "n", c.Tour.Cleared)), actions(again))
	}
	return message(title, header(title), section(join("\n", lines...)), section(v.mark("tour.next")),
		actions(primary(button(ActQuizStart, v.Say("button.quiz"), ref)), button(ActTourRemove, v.Say("button.tour_remove"), ref), again),
		notes(v.mark("training.note")))
}

// answers are the buttons of a question's choices.
var answers = [o2c.ChoicesMax]string{ActQuiz1, ActQuiz2, ActQuiz3}

// letters name the choices.
var letters = [o2c.ChoicesMax]string{"A", "B", "C"}

// quiz asks a question with its choices; above it stands how the one before was answered, and why.
func (v Voice) quiz(c o2c.QuizCard) Message {
	q, n := c.Quiz, len(c.Quiz.Answers)
	role := v.known("role.", string(c.Role))
	title := v.Say("quiz.title."+q.Why, "role", role)
	all := []slack.Block{header(title)}
	if n == 0 {
		all = append(all, section(v.mark("quiz.intro", "n", len(q.Codes))))
	} else {
		all = append(all, v.explained(q.Codes[n-1], q.Answers[n-1]))
	}
	if n == len(q.Codes) {
		said := v.Say("quiz.done", "n", q.Right(), "of", len(q.Codes), "role", role)
		return message(said, append(all, section(v.mark("quiz.done", "n", q.Right(), "of", len(q.Codes), "role", role)))...)
	}
	code := q.Codes[n]
	lines := []markup{v.mark("quiz.question", "n", n+1, "of", len(q.Codes), "question", v.Say("quiz.ask."+code))}
	buttons := make([]*slack.ButtonBlockElement, len(answers))
	for i, action := range answers {
		lines = append(lines, v.mark("quiz.choice", "letter", letters[i], "choice", v.quizChoice(code, i+1)))
		buttons[i] = button(action, letters[i], quizRef(c.User, c.Index, n))
	}
	return message(title+": "+v.Say("quiz.ask."+code), append(all, section(join("\n", lines...)), actions(buttons...))...)
}

// explained says whether an answer was right, and why.
func (v Voice) explained(code string, answer int) slack.Block {
	right := o2c.RightAnswer(code)
	about := []any{"choice", v.quizChoice(code, right), "why", v.Say("quiz.why." + code)}
	if answer == right {
		return section(v.mark("quiz.right", about...))
	}
	return section(v.mark("quiz.wrong", about...))
}

// quizChoice is the text of a question's answer, from 1 on.
func (v Voice) quizChoice(code string, n int) string {
	return v.Say([]string{"quiz.a.", "quiz.b.", "quiz.c."}[n-1] + code)
}

// quizRef is what the buttons of a question carry: whose quiz, the how manieth, and the question.
func quizRef(user string, index, question int) string {
	return Ref{ID: user + "/" + strconv.Itoa(index), Version: int64(question)}.String()
}

// ReadQuizRef reads it; whose it is, the presser says.
func ReadQuizRef(value string) (index, question int, ok bool) {
	r, ok := ParseRef(value)
	_, n, cut := strings.Cut(r.ID, "/")
	index, err := strconv.Atoi(n)
	return index, int(r.Version), ok && cut && err == nil
}

// Certificates tell who finished the training, for an admin: everybody of the team, whether they began or not.
func (v Voice) Certificates(team []o2c.Person, tours []o2c.TourData) Message {
	title := v.Say("tour.team")
	line := func(p o2c.Person) markup {
		i := slices.IndexFunc(tours, func(t o2c.TourData) bool { return t.User == p.ID })
		about := []any{"name", named(p.Name), "role", v.known("role.", string(p.Role))}
		switch {
		case i < 0 || tours[i].Run == 0:
			return v.mark("tour.team.none", about...)
		case len(tours[i].Finished) == 0 && tours[i].Step > o2c.Exercises:
			return join(" · ", v.mark("tour.team.quiz", append(about, "score", tours[i].Score(), "exercises", o2c.Exercises)...), v.refreshed(tours[i]))
		case len(tours[i].Finished) == 0:
			return join(" · ", v.mark("tour.team.begun", append(about, "n", min(tours[i].Step, o2c.Exercises))...), v.refreshed(tours[i]))
		}
		f := tours[i].Finished[len(tours[i].Finished)-1]
		return join(" · ", v.mark("tour.team.done", append(about, "time", f.At, "score", f.Score, "exercises", o2c.Exercises, "quiz", f.Quiz, "of", f.Of)...), v.refreshed(tours[i]))
	}
	return message(title, section(v.mark("tour.team")), section(listed(v, team, listMax, line)))
}

// refreshed is how the newest refresher of somebody stands.
func (v Voice) refreshed(t o2c.TourData) markup {
	for _, q := range slices.Backward(t.Quizzes) {
		switch {
		case q.Why == o2c.QuizTour:
			continue
		case q.DoneAt.IsZero():
			return v.mark("tour.team.asked", "what", q.For)
		}
		return v.mark("tour.team.refreshed", "what", q.For, "n", q.Right(), "of", len(q.Codes))
	}
	return ""
}
