package chat

import "duly/shared/o2c"

// sampleTour is a tour at a step; the second exercise went wrong.
func sampleTour(step int) o2c.TourData {
	d := o2c.TourData{User: "U01", Name: "Mira", Role: o2c.Approver, Run: 1, Step: step, Lessons: make([]o2c.Lesson, o2c.Exercises), Guides: make([]o2c.Place, o2c.Exercises+1)}
	for i := range step - 1 {
		d.Lessons[i] = o2c.Lesson{DoneAt: at("2026-01-05T09:00:00Z"), Right: i != 1}
	}
	return d
}

func goneTour() o2c.TourData {
	d := sampleTour(7)
	d.Removed, d.Cleared = at("2026-01-05T10:00:00Z"), 161
	return d
}

// sampleQuiz is an approver's, with some answers.
func sampleQuiz(why string, answers ...int) o2c.QuizCard {
	return o2c.QuizCard{User: "U01", Role: o2c.Approver, Quiz: o2c.Quiz{Why: why, For: "2026-Q1", Codes: o2c.Questions(o2c.Approver), Answers: answers}}
}
