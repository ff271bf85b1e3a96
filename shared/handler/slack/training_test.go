package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/testkit"
)

// trainee takes the tour in a room.
type trainee struct {
	*room
	user string
}

// newest is the newest message of the trainee's own talk whose blocks have a text.
func (s trainee) newest(has string) workspace.Message {
	s.t.Helper()
	var last workspace.Message
	for _, m := range s.slack.Messages() {
		if m.EphemeralFor == "" && m.Channel != "" && strings.Contains(string(m.Blocks), has) {
			last = m
		}
	}
	if last.TS == "" {
		d, _, err := s.Cycle.Tour(s.t.Context(), s.user)
		s.t.Fatalf("no card with %q; the tour is at %d %v, and %q was told", has, d.Step, err, s.whispers(s.user))
	}
	return last
}

// value is that of the first button of a card with an action.
func (s trainee) value(m workspace.Message, action string) string {
	s.t.Helper()
	var blocks any
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		s.t.Fatal(err)
	}
	if found, ok := valueOf(blocks, action); ok {
		return found
	}
	s.t.Fatalf("no button %s on %s", action, m.Blocks)
	return ""
}

// valueOf finds a button in a tree of blocks.
func valueOf(node any, action string) (value string, ok bool) {
	switch n := node.(type) {
	case map[string]any:
		if n["action_id"] == action {
			value, ok = n["value"].(string)
		}
		for _, child := range n {
			if !ok {
				value, ok = valueOf(child, action)
			}
		}
	case []any:
		for _, child := range n {
			if !ok {
				value, ok = valueOf(child, action)
			}
		}
	}
	return value, ok
}

func (s trainee) push(m workspace.Message, action string) {
	s.t.Helper()
	s.press(s.user, m, action, s.value(m, action))
}

// house is all that counts in the books and figures of the house, and what left it.
func house(t *testing.T, r *room) map[string]any {
	t.Helper()
	today := calendar.On(r.Now(), r.Cycle.Policy.Zone)
	balance, err := r.Cycle.Entries(t.Context(), calendar.Date{}, today)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := r.Cycle.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]any{
		"balance": balance, "figures": fmt.Sprintf("%+v", figures), "letters": len(r.Desk.Letters), "published": len(r.Desk.Published), "told": len(r.Desk.Told),
		"papers": len(r.Desk.Papers), "pages": len(r.Desk.Pages),
	}
	for _, kind := range []string{"order", "customer", "invoice", "receipt", "shipment", "entry", "statement", "bankaccount", "series", "promise", "creditrequest"} {
		page, err := r.Cycle.Store.List(t.Context(), o2c.Query{Kind: kind, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		counts["list "+kind] = len(page.Items)
	}
	return counts
}

// scan is every key of the table that a sandbox has.
func scan(t *testing.T, r *room) (apart []string) {
	t.Helper()
	in := &dynamodb.ScanInput{TableName: aws.String(testkit.Table)}
	for {
		out, err := testkit.Intruder(r.Engine.Transport()).Scan(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			raw, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), "apart#") || strings.Contains(string(raw), `TRAINING-20`) {
				apart = append(apart, string(raw))
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return apart
		}
	}
}

// exercises does the six of them, right or wrong where that can be.
func (s trainee) exercises(right bool) {
	s.t.Helper()
	order := s.newest("TRAINING Bakkerij Vos")
	if right {
		s.push(order, "credit.approve")
	} else {
		s.push(order, "credit.reject")
		s.submit(s.user, map[string]any{"why": "other", "reason": "I did not look", "release": "yes"})
	}
	order = s.newest("TRAINING Doorn Handel")
	s.push(order, "credit.reject")
	s.submit(s.user, map[string]any{"why": "other", "reason": "two months late already", "release": "yes"})
	late := s.newest("TRAINING Café De Kade")
	s.push(late, "overdue.take")
	s.push(late, "overdue.promise")
	s.submit(s.user, map[string]any{"date": "2026-01-12"})
	s.push(s.newest("cash.match"), "cash.match")
	number := regexp.MustCompile(`TRAINING-\d{4}-\d{4}`).FindString(string(s.newest("/duly find").Blocks))
	reply, err := s.slack.Command(s.t.Context(), s.user, "find "+number)
	if err != nil || !strings.Contains(string(reply.Body), "TRAINING Bakkerij Vos") {
		s.t.Fatalf("find %s: %s %v", number, reply.Body, err)
	}
	s.Settle(s.t)
}

// TestCap_85_TourThroughTheHandlers: a viewer takes the tour: six exercises with the real buttons, forms, commands and use
// cases, on data that no list, figure, book, letter, event or number of the house has; the score, the quiz, who finished, and
// after the removal not one key.
func TestCap_85_TourThroughTheHandlers(t *testing.T) {
	r := open(t)
	r.ordered() // the house has its own work
	before := house(t, r)
	s := trainee{r, vera}
	reply, err := r.slack.Command(t.Context(), vera, "tour")
	if err != nil || !strings.Contains(string(reply.Body), "The tour begins") {
		t.Fatalf("/duly tour: %s %v", reply.Body, err)
	}
	r.Settle(t)
	if guide := s.newest("1 of 6"); guide.Channel != r.talk(vera) || !strings.Contains(string(guide.Blocks), "TRAINING · 1 of 6: approve an order") || !strings.HasPrefix(guide.Text, "TRAINING ") {
		t.Errorf("the first exercise stands as %+v", guide)
	}
	s.exercises(true)
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), "Bakkerij Vos") && (m.Channel != r.talk(vera) || !strings.Contains(string(m.Blocks), "TRAINING")) {
			t.Errorf("a card of the training stands where it may be taken for a real one: %+v", m)
		}
	}
	now, _, err := r.Cycle.Tour(t.Context(), vera)
	if err != nil || now.Step != o2c.Exercises+1 || now.Score() != o2c.Exercises {
		t.Errorf("after the exercises: %+v %v", now, err)
	}
	if diff := cmp.Diff(before, house(t, r)); diff != "" {
		t.Errorf("the training shows in the house:\n%s", diff)
	}
	end := s.newest("Your score: 6 of 6")
	s.push(end, "quiz.start")
	for range o2c.Questions(o2c.Viewer) {
		card := s.newest("quiz.1")
		q := r.quiz(vera)
		s.push(card, fmt.Sprintf("quiz.%d", o2c.RightAnswer(q.Codes[len(q.Answers)])))
	}
	if done := s.newest("of 5 right"); !strings.Contains(string(done.Blocks), "5 of 5 right") {
		t.Errorf("the quiz ends as %s", done.Blocks)
	}
	if reply, err := r.slack.Command(t.Context(), sam, "tour team"); err != nil || !strings.Contains(string(reply.Body), "Vera (viewers): ✓") || !strings.Contains(string(reply.Body), "exercises 6 of 6, quiz 5 of 5") {
		t.Errorf("an admin sees %s %v", reply.Body, err)
	}
	if reply, _ := r.slack.Command(t.Context(), mira, "tour team"); !strings.Contains(string(reply.Body), "Only admin") {
		t.Errorf("an approver sees %s", reply.Body)
	}
	if len(scan(t, r)) == 0 {
		t.Fatal("the scan sees nothing of the sandbox, and proves nothing")
	}
	s.push(end, "tour.remove")
	if left := scan(t, r); len(left) > 0 {
		t.Errorf("%d rows are left: %s", len(left), left[0])
	}
	if !strings.Contains(string(s.newest("Your score").Blocks), "training data are gone") {
		t.Errorf("the end says %s", s.newest("Your score").Blocks)
	}
	s.push(s.newest("TRAINING Café De Kade"), "overdue.call")
	if told := r.whispers(vera); len(told) == 0 || !strings.Contains(told[len(told)-1], "This training has ended") {
		t.Errorf("a press after the end: %q", told)
	}
	r.noViolations()
}

// TestCap_85_SecondTourStartsClean: begun anew, the tour has a sandbox of its own, the old cards do nothing, and a wrong
// decision costs its point and is explained.
func TestCap_85_SecondTourStartsClean(t *testing.T) {
	r := open(t)
	s := trainee{r, lena}
	for _, said := range []string{"tour", "tour again"} {
		if _, err := r.slack.Command(t.Context(), lena, said); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	var first workspace.Message
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), "training:"+lena+".1!") && strings.Contains(string(m.Blocks), "credit.approve") {
			first = m
		}
	}
	s.push(first, "credit.approve")
	if told := r.whispers(lena); len(told) == 0 || !strings.Contains(told[len(told)-1], "This training has ended") {
		t.Errorf("a card of the first tour: %q", told)
	}
	for _, row := range scan(t, r) {
		if strings.Contains(row, "apart#"+lena+".1\\u001f") || strings.Contains(row, `"apart#`+lena+`.1"`) {
			t.Fatalf("the first tour's sandbox has %s", row)
		}
	}
	s.exercises(false)
	now, _, err := r.Cycle.Tour(t.Context(), lena)
	if err != nil || now.Run != 2 || now.Score() != o2c.Exercises-1 {
		t.Errorf("the second tour: %+v %v", now, err)
	}
	if !strings.Contains(string(s.newest("This order was safe").Blocks), "1 of 6") {
		t.Error("the mistake is not explained")
	}
	// Another's sandbox opens to nobody: the button is the trainee's alone.
	mine := s.newest("TRAINING Doorn Handel")
	r.press(joost, mine, "credit.undo", s.value(mine, "credit.undo"))
	if told := r.whispers(joost); len(told) == 0 || !strings.Contains(told[len(told)-1], "This training has ended") {
		t.Errorf("another's press: %q", told)
	}
	r.noViolations()
}

// talk is the channel of the talk between a colleague and the app.
func (r *room) talk(user string) string {
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), "training:"+user) {
			return m.Channel
		}
	}
	return ""
}

// quiz is the newest quiz of somebody.
func (r *room) quiz(user string) o2c.Quiz {
	r.t.Helper()
	d, _, err := r.Cycle.Tour(r.t.Context(), user)
	if err != nil || len(d.Quizzes) == 0 {
		r.t.Fatalf("no quiz: %+v %v", d, err)
	}
	return d.Quizzes[len(d.Quizzes)-1]
}
