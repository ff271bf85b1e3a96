package slack_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	api "github.com/slack-go/slack"
)

func asRateLimited(err error, into **api.RateLimitedError) bool { return errors.As(err, into) }
func asStatus(err error, into *api.StatusCodeError) bool        { return errors.As(err, into) }

func modal() api.ModalViewRequest {
	release := api.NewCheckboxGroupsBlockElement("release",
		api.NewOptionBlockObject("stock", plain("Release the stock"), nil), api.NewOptionBlockObject("mail", plain("Tell the customer"), nil))
	release.InitialOptions = []*api.OptionBlockObject{api.NewOptionBlockObject("stock", plain("Release the stock"), nil)}
	number := api.NewNumberInputBlockElement(plain("days"), "terms", false)
	number.MinValue, number.MaxValue = "0", "90"
	reason := api.NewPlainTextInputBlockElement(plain("why"), "reason")
	reason.MinLength = 10
	input := func(id, label string, e api.BlockElement) *api.InputBlock {
		return api.NewInputBlock(id, plain(label), nil, e)
	}
	optional := input("b.release", "And", release)
	optional.Optional = true
	return api.ModalViewRequest{
		Type: api.VTModal, CallbackID: "credit.approve_with", PrivateMetadata: "appr-7", Title: plain("Approve with…"),
		Submit: plain("Approve"), Close: plain("Cancel"),
		Blocks: api.Blocks{BlockSet: []api.Block{
			input("b.mode", "Mode", api.NewOptionsSelectBlockElement(api.OptTypeStatic, plain("Choose"), "mode",
				api.NewOptionBlockObject("deposit", plain("Deposit %"), nil), api.NewOptionBlockObject("prepay", plain("Prepay"), nil))),
			input("b.percent", "Deposit in %", api.NewPlainTextInputBlockElement(plain("30"), "percent")),
			input("b.terms", "Terms in days", number),
			input("b.until", "Valid until", api.NewDatePickerBlockElement("until")),
			input("b.owner", "Owner", api.NewOptionsSelectBlockElement(api.OptTypeUser, plain("Who"), "owner")),
			input("b.reason", "Reason", reason),
			optional,
		}},
	}
}

// openModal is a product that opens a modal for every press and answers submissions as told.
func openModal(w *workspace, submit func() string) func(string, []byte) (int, string) {
	return func(path string, body []byte) (int, string) {
		c := w.interaction()
		if c.Type == api.InteractionTypeViewSubmission {
			return 200, submit()
		}
		if _, err := w.client.OpenView(c.TriggerID, modal()); err != nil {
			w.t.Error(err)
		}
		return 200, ""
	}
}

func filled() map[string]any {
	return map[string]any{"mode": "deposit", "b.percent": "30", "terms": 14.0, "until": "2026-12-04", "owner": joost,
		"reason": "A good customer since 2023", "release": []any{"stock", "mail"}}
}

func (w *workspace) openView() string {
	w.t.Helper()
	if _, err := w.Press(w.t.Context(), mira, credit, w.postCard(), "credit.approve", ""); err != nil {
		w.t.Fatal(err)
	}
	views := w.Views()
	if len(views) == 0 {
		w.t.Fatal("no modal open")
	}
	return views[len(views)-1].ID
}

func TestSubmitFillsEveryKindOfField(t *testing.T) {
	w := open(t)
	w.product = openModal(w, func() string { return "" })
	id := w.openView()
	if v := w.Views()[0]; v.Title != "Approve with…" || v.User != mira || v.CallbackID != "credit.approve_with" {
		t.Errorf("%+v", v)
	}
	if _, err := w.Submit(t.Context(), id, mira, filled()); err != nil {
		t.Fatal(err)
	}
	c := w.interaction()
	values := c.View.State.Values
	if c.View.ID != id || c.View.PrivateMetadata != "appr-7" || c.View.CallbackID != "credit.approve_with" || c.View.Hash == "" {
		t.Errorf("%+v", c.View)
	}
	if got := values["b.mode"]["mode"].SelectedOption; got.Value != "deposit" || got.Text.Text != "Deposit %" {
		t.Errorf("mode: %+v", got)
	}
	if values["b.percent"]["percent"].Value != "30" || values["b.terms"]["terms"].Value != "14" ||
		values["b.until"]["until"].SelectedDate != "2026-12-04" || values["b.owner"]["owner"].SelectedUser != joost ||
		len(values["b.release"]["release"].SelectedOptions) != 2 {
		t.Errorf("%+v", values)
	}
	if len(w.Views()) != 0 {
		t.Error("an empty 200 must close the view")
	}
}

func TestSubmitKeepsWhatWasTypedBesideErrors(t *testing.T) {
	w := open(t)
	answer := `{"response_action":"errors","errors":{"b.percent":"Is this 1240.00 or 1.24? Write 1240,00."}}`
	w.product = openModal(w, func() string { return answer })
	id := w.openView()
	reply, err := w.Submit(t.Context(), id, mira, filled())
	if err != nil || string(reply.Body) != answer {
		t.Fatal(err, reply)
	}
	v := w.Views()[0]
	if v.Errors["b.percent"] == "" || !strings.Contains(text(v.State), "A good customer") {
		t.Errorf("%+v", v)
	}
	answer = `{"response_action":"clear"}`
	if _, err := w.Submit(t.Context(), id, mira, map[string]any{"percent": "40"}); err != nil {
		t.Fatal(err)
	}
	if got := w.interaction().View.State.Values; got["b.percent"]["percent"].Value != "40" || got["b.reason"]["reason"].Value == "" {
		t.Errorf("%+v", got)
	}
	if len(w.Views()) != 0 {
		t.Error("clear must close the stack")
	}
}

func TestSubmitRefusesWhatSlackWould(t *testing.T) {
	w := open(t)
	w.product = openModal(w, func() string { return "" })
	id := w.openView()
	for name, tt := range map[string]struct {
		change map[string]any
		want   string
	}{
		"missing":       {map[string]any{"reason": ""}, "b.reason"},
		"too short":     {map[string]any{"reason": "short"}, "at least 10"},
		"no such field": {map[string]any{"colour": "red"}, `"colour" fits no field`},
		"no option":     {map[string]any{"mode": "gift"}, "deposit, prepay"},
		"no date":       {map[string]any{"until": "4 Dec"}, "2026-12-04"},
		"no number":     {map[string]any{"terms": "soon"}, "digits"},
		"too large":     {map[string]any{"terms": "91"}, "the most is 90"},
	} {
		values := filled()
		for k, v := range tt.change {
			values[k] = v
		}
		before := len(w.got)
		if _, err := w.Submit(t.Context(), id, mira, values); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if len(w.got) != before {
			t.Errorf("%s: was delivered", name)
		}
	}
	if _, err := w.Submit(t.Context(), id, joost, filled()); err == nil {
		t.Error("another member submitted the view")
	}
	nested := filled()
	delete(nested, "reason")
	nested["b.reason"] = map[string]any{"reason": map[string]any{"type": "plain_text_input", "value": "Nested like Slack's state"}}
	if _, err := w.Submit(t.Context(), id, mira, nested); err != nil {
		t.Error(err)
	}
}

func TestSubmitAnswersUpdateAndPush(t *testing.T) {
	w := open(t)
	next := modal()
	next.Title, next.CallbackID = plain("Really?"), "confirm"
	answer := api.NewUpdateViewSubmissionResponse(&next)
	w.product = openModal(w, func() string { return text(answer) })
	id := w.openView()
	if _, err := w.Submit(t.Context(), id, mira, filled()); err != nil {
		t.Fatal(err)
	}
	if v := w.Views()[0]; v.Title != "Really?" || v.ID != id || !strings.Contains(text(v.State), "A good customer") {
		t.Errorf("update: %+v", v)
	}
	answer = api.NewPushViewSubmissionResponse(&next)
	for want := 2; want <= 3; want++ {
		top := w.Views()[len(w.Views())-1]
		if _, err := w.Submit(t.Context(), top.ID, mira, filled()); err != nil || len(w.Views()) != want {
			t.Fatalf("push to %d: %v, %d open", want, err, len(w.Views()))
		}
	}
	top := w.Views()[2]
	if _, err := w.Submit(t.Context(), top.ID, mira, filled()); err == nil || !strings.Contains(err.Error(), "push_limit_reached") {
		t.Errorf("a fourth modal: %v", err)
	}
	if _, err := w.CloseView(t.Context(), top.ID, mira); err != nil || len(w.Views()) != 2 {
		t.Errorf("close: %v", err)
	}
	answer = &api.ViewSubmissionResponse{ResponseAction: "errors", Errors: map[string]string{"nowhere": "x"}}
	if _, err := w.Submit(t.Context(), w.Views()[1].ID, mira, filled()); err == nil || len(w.Violations()) != 1 {
		t.Errorf("an error beside no input block: %v", err)
	}
	answer = &api.ViewSubmissionResponse{ResponseAction: "vanish"}
	if _, err := w.Submit(t.Context(), w.Views()[1].ID, mira, filled()); err == nil {
		t.Error("an unknown response_action was accepted")
	}
}

func TestAFailingSubmissionKeepsTheViewOpen(t *testing.T) {
	w := open(t)
	w.product = openModal(w, nil)
	id := w.openView()
	w.product = func(string, []byte) (int, string) { return 500, "oops" }
	reply, err := w.Submit(t.Context(), id, mira, filled())
	if err != nil || reply.Status != 500 || w.Views()[0].Errors[""] == "" {
		t.Errorf("%v %+v %+v", err, reply, w.Views())
	}
}

func TestTriggerOnceAndWithinThreeSeconds(t *testing.T) {
	w := open(t)
	press := func() string {
		if _, err := w.Press(t.Context(), mira, credit, w.postCard(), "credit.approve", ""); err != nil {
			t.Fatal(err)
		}
		return w.interaction().TriggerID
	}
	id := press()
	if _, err := w.client.OpenView(id, modal()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.OpenView(id, modal()); err == nil || err.Error() != "exchanged_trigger_id" {
		t.Errorf("second use: %v", err)
	}
	id = press()
	w.now = w.now.Add(3*time.Second + time.Millisecond)
	if _, err := w.client.OpenView(id, modal()); err == nil || err.Error() != "expired_trigger_id" {
		t.Errorf("late use: %v", err)
	}
}

func TestUpdateAndPushByMethod(t *testing.T) {
	w := open(t)
	w.product = openModal(w, nil)
	id := w.openView()
	hash := w.Views()[0].Hash
	loading := modal()
	loading.Title = plain("Loaded")
	if _, err := w.client.UpdateView(loading, "", "stale", id); err == nil || err.Error() != "hash_conflict" {
		t.Errorf("stale hash: %v", err)
	}
	if got, err := w.client.UpdateView(loading, "", hash, id); err != nil || got.Hash == hash || w.Views()[0].Title != "Loaded" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := w.client.UpdateView(loading, "", "", "V9"); err == nil || err.Error() != "not_found" {
		t.Errorf("unknown view: %v", err)
	}
	pushed := modal()
	pushed.ExternalID = "ext-1"
	pushed.Blocks.BlockSet = append(pushed.Blocks.BlockSet, api.NewActionBlock("more", api.NewButtonBlockElement("deeper", "1", plain("Deeper"))))
	if _, err := w.client.UpdateView(pushed, "", "", id); err != nil {
		t.Fatal(err)
	}
	w.product = nil
	if _, err := w.Press(t.Context(), mira, "", id, "deeper", ""); err != nil {
		t.Fatal(err)
	}
	c := w.interaction()
	if c.Container.ViewID != id || c.View.ID != id || c.ActionCallback.BlockActions[0].Value != "1" {
		t.Errorf("%+v", c)
	}
	if got, err := w.client.PushView(c.TriggerID, modal()); err != nil || got.RootViewID != id || got.PreviousViewID != id {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := w.client.UpdateView(loading, "ext-1", "", ""); err != nil {
		t.Errorf("by external id: %v", err)
	}
}

func TestAppHome(t *testing.T) {
	w := open(t)
	home := api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: card()}}
	w.product = func(path string, body []byte) (int, string) {
		if path == "/slack/events" {
			if _, err := w.client.PublishView(mira, home, ""); err != nil {
				t.Error(err)
			}
		}
		return 200, ""
	}
	if _, ok := w.Home(mira); ok {
		t.Error("a home before it was published")
	}
	if _, err := w.OpenHome(t.Context(), mira); err != nil {
		t.Fatal(err)
	}
	r := w.last()
	if !strings.Contains(string(r.body), `"app_home_opened"`) || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s", r.body)
	}
	v, ok := w.Home(mira)
	if !ok || v.Type != "home" || len(w.Views()) != 0 {
		t.Errorf("%+v", v)
	}
	if _, err := w.Press(t.Context(), mira, "", "", "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	if c := w.interaction(); c.View.ID != v.ID || c.View.Type != "home" || c.TriggerID == "" {
		t.Errorf("%+v", c.View)
	}
	if _, err := w.Press(t.Context(), joost, "", v.ID, "credit.approve", ""); err == nil {
		t.Error("a member pressed in another's home")
	}
}

func TestCommand(t *testing.T) {
	w := open(t)
	w.product = func(path string, body []byte) (int, string) {
		return 200, `{"response_type":"ephemeral","text":"I don't know ovedue."}`
	}
	if _, err := w.Command(t.Context(), joost, "/duly ovedue me"); err != nil {
		t.Fatal(err)
	}
	r := w.last()
	in, _ := http.NewRequest("POST", "http://product"+r.path, strings.NewReader(string(r.body)))
	in.Header = r.header
	c, err := api.SlashCommandParse(in)
	if err != nil || c.Command != "/duly" || c.Text != "ovedue me" || c.UserID != joost || c.TriggerID == "" || c.TeamID != "T0001" ||
		c.ChannelName != "directmessage" || r.path != "/slack/commands" {
		t.Errorf("%+v %v", c, err)
	}
	if m := w.Messages()[0]; m.EphemeralFor != joost || m.Text != "I don't know ovedue." {
		t.Errorf("%+v", m)
	}
	w.product = func(string, []byte) (int, string) { return 200, `{"response_type":"in_channel","text":"For all"}` }
	if _, err := w.CommandIn(t.Context(), joost, "credit", "kpi --here"); err != nil {
		t.Fatal(err)
	}
	if m := w.Messages()[1]; m.EphemeralFor != "" || m.Channel != credit {
		t.Errorf("%+v", m)
	}
}

func TestURLVerification(t *testing.T) {
	w := open(t)
	w.product = func(_ string, body []byte) (int, string) { return 200, string(body) }
	if _, err := w.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
	w.product = func(string, []byte) (int, string) { return 200, "hello" }
	if _, err := w.VerifyURL(t.Context()); err == nil {
		t.Error("an answer without the challenge passed")
	}
}

func TestALateAnswerCountsAsNone(t *testing.T) {
	w := open(t)
	w.product = openModal(w, nil)
	id := w.openView()
	w.product = func(path string, _ []byte) (int, string) {
		w.now = w.now.Add(3*time.Second + time.Millisecond)
		return 200, ""
	}
	reply, err := w.Submit(t.Context(), id, mira, filled())
	if err != nil || reply.Milliseconds != 3001 || len(w.Views()) != 1 || w.Views()[0].Errors[""] == "" {
		t.Errorf("%v %+v %+v", err, reply, w.Views())
	}
	w.product = func(path string, _ []byte) (int, string) {
		w.now = w.now.Add(4 * time.Second)
		return 200, "too late"
	}
	if _, err := w.Command(t.Context(), joost, "kpi"); err != nil || len(w.Messages()) != 1 {
		t.Errorf("%v, %d messages", err, len(w.Messages()))
	}
}
