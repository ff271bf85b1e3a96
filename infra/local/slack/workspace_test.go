package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"duly/infra/local/loopback"
	"duly/infra/local/slack"
)

const (
	secret = "8f742231b10e8888abcd99yyyzzz85a5"
	token  = "xoxb-test"
	mira   = "U0001"
	joost  = "U0002"
	credit = "C0001"
)

// workspace is a loopback Slack, the unchanged slack-go client against it, and a product that does what the test says.
type workspace struct {
	*slack.Server
	t       *testing.T
	client  *api.Client
	http    *http.Client
	now     time.Time
	product func(path string, body []byte) (int, string)
	got     []request
}

type request struct {
	path   string
	header http.Header
	body   []byte
}

func open(t *testing.T, change ...func(*slack.Options)) *workspace {
	t.Helper()
	// slack-go's verifier compares with the wall clock, so the workspace starts at it.
	w := &workspace{t: t, now: time.Now().Truncate(time.Second)}
	opt := slack.Options{
		Now: func() time.Time { return w.now }, SigningSecret: secret, BotToken: token, Team: "T0001", AppID: "A0001",
		BaseURL: "http://slack.local",
		Users: []slack.User{{ID: mira, Name: "Mira", Role: "approver"}, {ID: joost, Name: "Joost", Role: "collector"},
			{ID: "U0003", Name: "Lena", Role: "sales", Guest: true}, {ID: "U0004", Name: "Ex", Role: "sales", Deleted: true}},
		Channels: map[string]string{"credit": credit, "collections": "C0002"},
		Deliver: func(_ context.Context, path string, header http.Header, body []byte) (int, []byte, error) {
			w.got = append(w.got, request{path, header, body})
			if w.product == nil {
				return 200, nil, nil
			}
			status, reply := w.product(path, body)
			return status, []byte(reply), nil
		},
	}
	for _, c := range change {
		c(&opt)
	}
	w.Server = slack.New(opt)
	w.http = &http.Client{Transport: loopback.Transport{"slack.local": w.Server}}
	w.client = api.New(token, api.OptionAPIURL("http://slack.local/api/"), api.OptionHTTPClient(w.http))
	return w
}

// last checks the signature of the latest delivery with slack-go's own verifier and returns it.
func (w *workspace) last() request {
	w.t.Helper()
	if len(w.got) == 0 {
		w.t.Fatal("nothing was delivered")
	}
	r := w.got[len(w.got)-1]
	verifier, err := api.NewSecretsVerifier(r.header, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = verifier.Write(r.body)
	if err := verifier.Ensure(); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *workspace) interaction() api.InteractionCallback {
	w.t.Helper()
	r := w.last()
	in, err := http.NewRequest("POST", "http://product"+r.path, bytes.NewReader(r.body))
	if err != nil {
		w.t.Fatal(err)
	}
	in.Header = r.header
	callback, err := api.InteractionCallbackParse(in)
	if err != nil {
		w.t.Fatal(err)
	}
	return callback
}

func card() []api.Block {
	more := api.NewOverflowBlockElement("credit.more",
		api.NewOptionBlockObject("credit.ask|appr-7", plain("Ask sales"), nil),
		api.NewOptionBlockObject("credit.snooze|appr-7", plain("Snooze 4 h"), nil))
	return []api.Block{
		api.NewHeaderBlock(plain("Credit approval · SO-1042")),
		api.NewSectionBlock(mrkdwn("Acme BV wants *€12,400.00*"), nil, nil),
		api.NewActionBlock("decide",
			api.NewButtonBlockElement("credit.approve", "appr-7", plain("Approve")).WithStyle(api.StylePrimary),
			api.NewButtonBlockElement("credit.reject", "appr-7", plain("Reject…")), more,
			api.NewOptionsSelectBlockElement(api.OptTypeStatic, plain("Owner"), "credit.owner",
				api.NewOptionBlockObject("joost", plain("Joost"), nil), api.NewOptionBlockObject("mira", plain("Mira"), nil))),
	}
}

func plain(text string) *api.TextBlockObject {
	return api.NewTextBlockObject(api.PlainTextType, text, false, false)
}
func mrkdwn(text string) *api.TextBlockObject {
	return api.NewTextBlockObject(api.MarkdownType, text, false, false)
}

func (w *workspace) post(channel string, options ...api.MsgOption) (string, string) {
	w.t.Helper()
	ch, ts, err := w.client.PostMessage(channel, options...)
	if err != nil {
		w.t.Fatal(err)
	}
	return ch, ts
}

func (w *workspace) postCard() string {
	w.t.Helper()
	_, ts := w.post(credit, api.MsgOptionText("Credit approval: Acme BV, €12,400.00", false), api.MsgOptionBlocks(card()...))
	return ts
}

func TestPostUpdateDelete(t *testing.T) {
	w := open(t)
	ch, ts := w.post("#credit", api.MsgOptionText("Credit approval: Acme BV", false), api.MsgOptionBlocks(card()...))
	if ch != credit || !strings.HasSuffix(ts, ".000100") {
		t.Errorf("posted at %s %s", ch, ts)
	}
	_, reply := w.post(credit, api.MsgOptionText("No answer yet", false), api.MsgOptionTS(ts))
	w.now = w.now.Add(time.Minute)
	if _, _, _, err := w.client.UpdateMessage(credit, ts, api.MsgOptionText("Approved by Mira", false)); err != nil {
		t.Fatal(err)
	}
	messages := w.Messages()
	if m := messages[0]; m.Text != "Approved by Mira" || m.Blocks != nil || m.Updated == nil || !m.Updated.Equal(w.now) {
		t.Errorf("text alone must replace the blocks: %+v", m)
	}
	if m := messages[1]; m.ThreadTS != ts || m.TS != reply || m.TS <= ts || m.ChannelName != "credit" {
		t.Errorf("thread: %+v", m)
	}
	if link, err := w.client.GetPermalink(&api.PermalinkParameters{Channel: credit, Ts: ts}); err != nil || !strings.Contains(link, credit) {
		t.Errorf("permalink %q %v", link, err)
	}
	if _, _, err := w.client.DeleteMessage(credit, reply); err != nil || len(w.Messages()) != 1 {
		t.Errorf("delete: %v, %d left", err, len(w.Messages()))
	}
	if _, _, _, err := w.client.UpdateMessage(credit, reply, api.MsgOptionText("x", false)); err == nil || err.Error() != "message_not_found" {
		t.Errorf("update of a deleted message: %v", err)
	}
}

func TestEphemeralIsSeenByOneAndCannotBeUpdated(t *testing.T) {
	w := open(t)
	ts, err := w.client.PostEphemeral(credit, joost, api.MsgOptionText("Only approvers can approve.", false), api.MsgOptionBlocks(card()...))
	if err != nil || w.Messages()[0].EphemeralFor != joost {
		t.Fatalf("%v %+v", err, w.Messages())
	}
	if _, _, _, err := w.client.UpdateMessage(credit, ts, api.MsgOptionText("x", false)); err == nil {
		t.Error("an ephemeral message was updated")
	}
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.approve", ""); err == nil {
		t.Error("another member pressed in an ephemeral message")
	}
	if _, err := w.Press(t.Context(), joost, credit, ts, "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	if c := w.interaction(); !c.Container.IsEphemeral || c.Message.Timestamp != "" || c.ResponseURL == "" {
		t.Errorf("%+v", c.Container)
	}
}

func TestRefusals(t *testing.T) {
	w := open(t)
	bad := api.New("xoxb-wrong", api.OptionAPIURL("http://slack.local/api/"), api.OptionHTTPClient(w.http))
	ts := w.postCard()
	for name, tt := range map[string]struct {
		want string
		call func() error
	}{
		"token": {"invalid_auth", func() error { _, err := bad.AuthTest(); return err }},
		"channel": {"channel_not_found", func() error {
			_, _, err := w.client.PostMessage("C9", api.MsgOptionText("x", false))
			return err
		}},
		"thread": {"thread_not_found", func() error {
			_, _, err := w.client.PostMessage(credit, api.MsgOptionText("x", false), api.MsgOptionTS("1.000100"))
			return err
		}},
		"empty text": {"no_text", func() error {
			_, _, err := w.client.PostMessage(credit, api.MsgOptionBlocks(card()...))
			return err
		}},
		"user":   {"user_not_found", func() error { _, err := w.client.GetUserInfo("U9"); return err }},
		"method": {"unknown_method", func() error { _, err := w.client.GetEmoji(); return err }},
		"group":  {"no_such_subteam", func() error { _, err := w.client.GetUserGroupMembers("S9"); return err }},
		"trigger": {"invalid_trigger_id", func() error {
			_, err := w.client.OpenView("1.2.3", modal())
			return err
		}},
		"archived": {"is_archived", func() error {
			w.RefuseChannel(credit, "is_archived")
			defer w.RefuseChannel(credit, "")
			_, _, _, err := w.client.UpdateMessage(credit, ts, api.MsgOptionText("x", false))
			return err
		}},
		"revoked": {"token_revoked", func() error {
			w.RevokeToken(true)
			defer w.RevokeToken(false)
			_, err := w.client.AuthTest()
			return err
		}},
	} {
		if err := tt.call(); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if v := w.Violations(); len(v) != 1 || !strings.Contains(v[0].Message, "mobile") {
		t.Errorf("violations: %+v", v)
	}
	if _, _, err := w.client.PostMessage(credit, api.MsgOptionText("fine again", false)); err != nil {
		t.Error(err)
	}
}

func TestPeopleAndChannels(t *testing.T) {
	w := open(t)
	who, err := w.client.AuthTest()
	if err != nil || who.TeamID != "T0001" || who.BotID == "" {
		t.Errorf("%+v %v", who, err)
	}
	users, err := w.client.GetUsers(api.GetUsersOptionLimit(3))
	if err != nil || len(users) != 4 || !users[3].Deleted || users[0].Profile.Email == "" {
		t.Errorf("%+v %v", users, err)
	}
	lena, err := w.client.GetUserInfo("U0003")
	if err != nil || !lena.IsRestricted || lena.RealName != "Lena" {
		t.Errorf("%+v %v", lena, err)
	}
	channels, cursor, err := w.client.GetConversations(&api.GetConversationsParameters{Limit: 1})
	if err != nil || len(channels) != 1 || channels[0].Name != "collections" || cursor == "" {
		t.Errorf("%+v %q %v", channels, cursor, err)
	}
	info, err := w.client.GetConversationInfo(&api.GetConversationInfoInput{ChannelID: credit})
	if err != nil || info.Name != "credit" || !info.IsMember {
		t.Errorf("%+v %v", info, err)
	}
	im, _, _, err := w.client.OpenConversation(&api.OpenConversationParameters{Users: []string{mira}, ReturnIM: true})
	if err != nil || !im.IsIM || im.User != mira {
		t.Errorf("%+v %v", im, err)
	}
	if ch, _ := w.post(mira, api.MsgOptionText("For you", false)); ch != im.ID {
		t.Errorf("a message to a member went to %s, want %s", ch, im.ID)
	}
	members, err := w.client.GetUserGroupMembers("S0APPROVER")
	if err != nil || len(members) != 1 || members[0] != mira {
		t.Errorf("%v %v", members, err)
	}
	groups, err := w.client.GetUserGroups()
	if err != nil || len(groups) != 3 || groups[0].Handle != "approver" {
		t.Errorf("%+v %v", groups, err)
	}
}

func TestPress(t *testing.T) {
	w := open(t)
	ts := w.postCard()
	for _, tt := range []struct{ press, value, wantAction, wantValue string }{
		{"credit.approve", "", "credit.approve", "appr-7"},
		{"credit.approve", "forged", "credit.approve", "forged"},
		{"credit.more", "credit.snooze|appr-7", "credit.more", "credit.snooze|appr-7"},
		{"credit.more", "Ask sales", "credit.more", "credit.ask|appr-7"},
		{"credit.ask", "", "credit.more", "credit.ask|appr-7"},
		{"credit.owner", "mira", "credit.owner", "mira"},
	} {
		reply, err := w.Press(t.Context(), mira, credit, ts, tt.press, tt.value)
		if err != nil || reply.Status != 200 {
			t.Fatalf("%s %q: %+v %v", tt.press, tt.value, reply, err)
		}
		c := w.interaction()
		a := c.ActionCallback.BlockActions[0]
		value := a.Value + a.SelectedOption.Value
		if a.ActionID != tt.wantAction || value != tt.wantValue || a.BlockID != "decide" {
			t.Errorf("%s %q: pressed %s %q in %q", tt.press, tt.value, a.ActionID, value, a.BlockID)
		}
		if c.Type != api.InteractionTypeBlockActions || c.User.ID != mira || c.Team.ID != "T0001" || c.APIAppID != "A0001" ||
			c.Channel.ID != credit || c.Channel.Name != "credit" || c.Container.MessageTs != ts || c.Message.Timestamp != ts ||
			len(c.Message.Blocks.BlockSet) != 3 || c.TriggerID == "" || c.ResponseURL == "" || w.last().path != "/slack/actions" {
			t.Errorf("payload: %+v", c)
		}
	}
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.owner", "nobody"); err == nil || !strings.Contains(err.Error(), "joost, mira") {
		t.Errorf("unknown option: %v", err)
	}
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.fly", ""); err == nil || !strings.Contains(err.Error(), "credit.approve, credit.reject") {
		t.Errorf("unknown action: %v", err)
	}
	if _, err := w.Press(t.Context(), "U9", credit, ts, "credit.approve", ""); err == nil || !strings.Contains(err.Error(), "Mira") {
		t.Errorf("unknown user: %v", err)
	}
	if state := w.interaction().BlockActionState; state.Values["decide"]["credit.owner"].SelectedOption.Value != "mira" {
		t.Errorf("state: %+v", state)
	}
}

func TestRedeliverySaysSo(t *testing.T) {
	w := open(t)
	ts := w.postCard()
	if _, err := w.Redeliver(t.Context(), 1, "http_timeout"); err == nil {
		t.Error("redelivered nothing")
	}
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	first := w.last().body
	if _, err := w.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	if r := w.last(); !bytes.Equal(r.body, first) || r.header.Get("X-Slack-Retry-Num") != "1" {
		t.Errorf("%+v", r.header)
	}
}

func TestResponseURL(t *testing.T) {
	w := open(t)
	ts := w.postCard()
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	hook := w.interaction().ResponseURL
	respond := func(options ...api.MsgOption) error {
		_, _, err := w.client.PostMessage("", append(options, api.MsgOptionResponseURL(hook, "ephemeral"))...)
		return err
	}
	if err := respond(api.MsgOptionText("Already approved", false)); err != nil {
		t.Fatal(err)
	}
	if m := w.Messages()[1]; m.EphemeralFor != mira || m.Text != "Already approved" {
		t.Errorf("%+v", m)
	}
	if err := respond(api.MsgOptionText("Approved", false), api.MsgOptionReplaceOriginal(hook)); err != nil {
		t.Fatal(err)
	}
	if m := w.Messages()[0]; m.Text != "Approved" || m.Blocks != nil {
		t.Errorf("%+v", m)
	}
	for range 3 {
		if err := respond(api.MsgOptionText("again", false)); err != nil {
			t.Fatal(err)
		}
	}
	if err := respond(api.MsgOptionText("sixth", false)); err == nil {
		t.Error("a response_url took a sixth message")
	}
	if _, err := w.Press(t.Context(), mira, credit, w.postCard(), "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	hook = w.interaction().ResponseURL
	w.now = w.now.Add(30*time.Minute + time.Second)
	if err := respond(api.MsgOptionText("late", false)); err == nil {
		t.Error("a response_url outlived 30 minutes")
	}
}

func TestResponseURLDeletesTheOriginal(t *testing.T) {
	w := open(t)
	if _, err := w.Press(t.Context(), mira, credit, w.postCard(), "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	hook := w.interaction().ResponseURL
	if _, _, err := w.client.PostMessage("", api.MsgOptionDeleteOriginal(hook)); err != nil || len(w.Messages()) != 0 {
		t.Errorf("%v, %d left", err, len(w.Messages()))
	}
	for _, option := range []api.MsgOption{api.MsgOptionDeleteOriginal(hook), api.MsgOptionReplaceOriginal(hook)} {
		if _, _, err := w.client.PostMessage("", api.MsgOptionText("x", false), option); err == nil {
			t.Error("a message that is gone was changed")
		}
	}
	if _, _, err := w.client.PostMessage("", api.MsgOptionResponseURL(hook, "ephemeral"), api.MsgOptionBlocks(card()...)); err == nil || len(w.Violations()) != 1 {
		t.Errorf("blocks without text: %v", err)
	}
	resp, err := w.http.Post("http://slack.local/actions/T0001-9", "application/json", strings.NewReader("{}"))
	if err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown response_url: %v %v", resp, err)
	}
}

func TestStrangersAndDirectMessages(t *testing.T) {
	w := open(t, func(o *slack.Options) {
		o.Users = append(o.Users, slack.User{ID: "U0005", Name: "Guest", Role: "approver", Team: "T9999"})
	})
	if _, err := w.Press(t.Context(), "U0005", credit, w.postCard(), "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	if c := w.interaction(); c.User.TeamID != "T9999" || c.Team.ID != "T0001" {
		t.Errorf("a member of another workspace must show as one: %+v %+v", c.User, c.Team)
	}
	if _, _, _, err := w.client.OpenConversation(&api.OpenConversationParameters{Users: []string{"U0004"}}); err == nil || err.Error() != "user_disabled" {
		t.Errorf("deactivated: %v", err)
	}
	if _, _, _, err := w.client.OpenConversation(&api.OpenConversationParameters{Users: []string{"U9"}}); err == nil || err.Error() != "user_not_found" {
		t.Errorf("unknown: %v", err)
	}
	if ch, _, _, err := w.client.OpenConversation(&api.OpenConversationParameters{ChannelID: credit}); err != nil || ch.ID != credit {
		t.Errorf("by channel: %+v %v", ch, err)
	}
	if _, err := w.Press(t.Context(), mira, "C9", "1.000100", "x", ""); err == nil || !strings.Contains(err.Error(), "C0001 (#credit)") {
		t.Errorf("unknown channel: %v", err)
	}
}

func TestRateLimit(t *testing.T) {
	w := open(t, func(o *slack.Options) { o.Burst = 2 })
	say := func(channel string) error {
		_, _, err := w.client.PostMessage(channel, api.MsgOptionText("x", false))
		return err
	}
	if err := say(credit); err != nil {
		t.Fatal(err)
	}
	if err := say(credit); err != nil {
		t.Fatal(err)
	}
	var limited *api.RateLimitedError
	if err := say(credit); !asRateLimited(err, &limited) || limited.RetryAfter != time.Second {
		t.Fatalf("third message at once: %v", err)
	}
	if err := say("C0002"); err != nil {
		t.Errorf("another channel: %v", err)
	}
	w.now = w.now.Add(time.Second)
	if err := say(credit); err != nil {
		t.Errorf("after a second: %v", err)
	}
}

func TestOutage(t *testing.T) {
	w := open(t)
	say := func() error {
		_, _, err := w.client.PostMessage(credit, api.MsgOptionText("x", false))
		return err
	}
	_ = w.Fail("429", w.now.Add(time.Minute))
	var limited *api.RateLimitedError
	if err := say(); !asRateLimited(err, &limited) || limited.RetryAfter != 30*time.Second {
		t.Errorf("429: %v", err)
	}
	_ = w.Fail("500", w.now.Add(time.Minute))
	var status api.StatusCodeError
	if err := say(); !asStatus(err, &status) || status.Code != 500 {
		t.Errorf("500: %v", err)
	}
	_ = w.Fail("lost", w.now.Add(time.Minute))
	if err := say(); err == nil || len(w.Messages()) != 1 {
		t.Errorf("lost: %v, %d posted", err, len(w.Messages()))
	}
	w.now = w.now.Add(time.Minute)
	if err := say(); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

func TestSnapshotRestores(t *testing.T) {
	w := open(t)
	ts := w.postCard()
	w.product = openModal(w, nil)
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Snapshot(); err != nil {
		t.Fatal(err)
	}
	// what changes after a snapshot is in the next one
	if _, err := w.Press(t.Context(), mira, credit, ts, "credit.owner", "mira"); err != nil {
		t.Fatal(err)
	}
	edited := w.postCard()
	if _, err := w.Snapshot(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.client.UpdateMessage(credit, edited, api.MsgOptionText("edited", false)); err != nil {
		t.Fatal(err)
	}
	snapshot, err := w.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	again := open(t)
	if err := again.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	if a, b := text(w.Messages()), text(again.Messages()); a != b {
		t.Errorf("messages differ:\n%s\n%s", a, b)
	}
	if a, b := text(w.Views()), text(again.Views()); a != b {
		t.Errorf("views differ:\n%s\n%s", a, b)
	}
	if next := again.postCard(); next <= edited {
		t.Errorf("timestamp %s went back before %s", next, edited)
	}
	if err := again.Restore([]byte("{")); err == nil {
		t.Error("a torn snapshot was accepted")
	}
}

// The same server answers over a real socket.
func TestOverASocket(t *testing.T) {
	w := open(t)
	server := httptest.NewServer(w.Server)
	defer server.Close()
	client := api.New(token, api.OptionAPIURL(server.URL+"/slack/api/"))
	if _, _, err := client.PostMessage(credit, api.MsgOptionText("hello", false)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(server.URL+"/api/auth.test", "application/json", strings.NewReader(`{"token":`))
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), "invalid_json") {
		t.Errorf("%s", body)
	}
	resp, err = http.PostForm(server.URL+"/api/auth.test", url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), "not_authed") {
		t.Errorf("%s", body)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
