package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/slack"
	"duly/infra/local/slack/page"
)

// sample is a workspace with an approval, an overdue customer, a thread, an ephemeral answer, a Home and a modal that
// was submitted once and refused.
func sample(t *testing.T) (*slack.Server, time.Time) {
	t.Helper()
	now := time.Date(2026, 1, 5, 8, 12, 0, 0, time.UTC)
	var ws *slack.Server
	call := func(method string, args map[string]any) map[string]any {
		args["token"] = "xoxb"
		body, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: loopback.Transport{"slack.local": ws}}
		resp, err := client.Post("http://slack.local/api/"+method, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out["ok"] != true {
			t.Fatalf("%s: %v %v", method, out, err)
		}
		return out
	}
	modal := fixture(t, "modal.json")
	ws = slack.New(slack.Options{
		Now: func() time.Time { return now }, SigningSecret: "s", BotToken: "xoxb", Team: "T1", AppID: "A1",
		Users: []slack.User{{ID: "U0001", Name: "Mira", Role: "approver"}, {ID: "U0002", Name: "Joost", Role: "collector"},
			{ID: "U0003", Name: "Lena", Role: "sales"}},
		Channels: map[string]string{"credit": "C0001", "collections": "C0002"},
		Deliver: func(_ context.Context, path string, _ http.Header, body []byte) (int, []byte, error) {
			form, _ := url.ParseQuery(string(body))
			var payload struct {
				Type    string
				Trigger string `json:"trigger_id"`
			}
			_ = json.Unmarshal([]byte(form.Get("payload")), &payload)
			if payload.Type == "view_submission" {
				return 200, []byte(`{"response_action":"errors","errors":{"amount":"Is this 1240.00 or 1.24? Write 1240,00."}}`), nil
			}
			call("views.open", map[string]any{"trigger_id": payload.Trigger, "view": modal})
			return 200, nil, nil
		},
	})
	m1, m2 := fixture(t, "m1.json"), fixture(t, "m2.json")
	first := call("chat.postMessage", map[string]any{"channel": "C0001", "text": m1["text"], "blocks": m1["blocks"]})["ts"].(string)
	call("chat.postMessage", map[string]any{"channel": "C0001", "thread_ts": first, "text": "No answer in 4 hours: <@U0001>, can you look?"})
	call("chat.postEphemeral", map[string]any{"channel": "C0001", "user": "U0001", "text": "Already approved by *Joost* at 14:02. Nothing changed."})
	call("chat.postMessage", map[string]any{"channel": "C0002", "text": m2["text"], "blocks": m2["blocks"]})
	call("views.publish", map[string]any{"user_id": "U0001", "view": fixture(t, "home.json")})
	if _, err := ws.Press(t.Context(), "U0001", "C0001", first, "credit.approve_with", ""); err != nil {
		t.Fatal(err)
	}
	_, err := ws.Submit(t.Context(), ws.Views()[0].ID, "U0001", map[string]any{"mode": "deposit", "amount": "1.240",
		"stock": "hold,mail", "reason": "A good customer since 2023"})
	if err != nil {
		t.Fatal(err)
	}
	if v := ws.Violations(); len(v) > 0 {
		t.Fatalf("the sample breaks Slack's limits: %+v", v)
	}
	return ws, now
}

func fixture(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func options(as, channel string) page.Options {
	return page.Options{
		Title: "Duly Coffee", As: as, Channel: channel, Zone: time.FixedZone("CET", 3600),
		Link:   func(as, channel string) string { return "/slack?as=" + as + "&channel=" + channel },
		Action: func(verb, id string) string { return "/do/" + verb + "/" + id },
	}
}

func draw(t *testing.T, ws page.Workspace, o page.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Page(&b, ws, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageShowsWhatSlackShows(t *testing.T) {
	ws, _ := sample(t)
	for name, tt := range map[string]struct {
		as, channel   string
		wants, wantNo []string
	}{
		"credit as the approver": {"U0001", "C0001",
			[]string{"Credit approval · SO-1042 · Acme BV · €12,400.00", "<b>Limit</b><br>€10,000", "09:12", "Monday, 5 January 2026",
				`name="action_id" value="credit.approve"`, `value="credit.ask:appr-7:1"`, `<span class="sl-mention">@Lena</span>`,
				"1 reply", "can you look?", "Only visible to you", "Already approved by <b>Joost</b>", "Not yet",
				// the modal, with what was typed and the error beside it
				`role="dialog"`, "Is this 1240.00 or 1.24? Write 1240,00.", `value="1.240"`, "A good customer since 2023</textarea>",
				`value="deposit" selected`, `value="hold" checked`, `action="/do/submit/V`},
			[]string{"Overdue", "No messages yet"}},
		"credit as a colleague": {"U0002", "C0001", []string{"Credit approval"}, []string{"Already approved", `role="dialog"`}},
		"collections": {"U0002", "C0002",
			[]string{"<th class=\"sl-left\">Invoice</th>", "<s>€3,240.00</s>", `href="mailto:finance@acme.example"`, "<blockquote>“We are waiting for our own customer &amp; will pay on Friday.”</blockquote>",
				"<code>+31 20 555 01 23</code>", "<i>(broken)</i>", "<svg", "Ageing of receivables", "Last week"},
			nil},
		"home":       {"U0001", page.Home, []string{"My work (2)", "<pre>Not due ▇", "<b>38 days</b>", "<li>", `name="channel" value=""`}, []string{"No messages yet"}},
		"other home": {"U0003", page.Home, []string{"Nothing here yet."}, nil},
	} {
		got := draw(t, ws, options(tt.as, tt.channel))
		for _, want := range tt.wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		for _, no := range tt.wantNo {
			if strings.Contains(got, no) {
				t.Errorf("%s: %q is shown", name, no)
			}
		}
		if strings.Contains(got, "no value") || strings.Contains(got, "ZgotmplZ") {
			t.Errorf("%s: the template dropped something", name)
		}
	}
}

// A customer's name cannot become markup, a mention or a script.
func TestHostileTextStaysText(t *testing.T) {
	ws, _ := sample(t)
	evil := `<script>alert(1)</script> <javascript:alert(1)|click> "><img src=x onerror=alert(1)> <!channel>`
	hostile := hostileWorkspace{ws, evil}
	got := draw(t, hostile, options("U0002", "C0001"))
	for _, bad := range []string{"<script", "<img src=x", `href="javascript`} {
		if strings.Contains(got, bad) {
			t.Errorf("%q got through", bad)
		}
	}
	if !strings.Contains(got, "click") {
		t.Error("the label of a refused link is lost")
	}
}

type hostileWorkspace struct {
	page.Workspace
	text string
}

func (h hostileWorkspace) Messages() []slack.Message {
	blocks, err := json.Marshal([]any{
		map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": h.text}},
		map[string]any{"type": "header", "text": map[string]any{"type": "plain_text", "text": h.text}},
		map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{
			map[string]any{"type": "text", "text": h.text}, map[string]any{"type": "link", "url": "javascript:alert(1)", "text": h.text}}}}},
		map[string]any{"type": "data_visualization", "title": h.text, "chart": map[string]any{"type": "pie", "segments": []any{map[string]any{"label": h.text, "value": 1}}}},
		map[string]any{"type": "table", "rows": []any{[]any{map[string]any{"type": "raw_text", "text": h.text}}}},
		map[string]any{"type": "image", "image_url": "javascript:alert(1)", "alt_text": h.text},
		map[string]any{"type": "actions", "elements": []any{map[string]any{"type": "button", "url": "javascript:alert(1)", "text": map[string]any{"type": "plain_text", "text": h.text}, "value": h.text}}},
	})
	if err != nil {
		panic(err)
	}
	return []slack.Message{{Channel: "C0001", TS: "1.000100", Text: h.text}, {Channel: "C0001", TS: "1.000200", Text: "x", Blocks: blocks}}
}

// What the page's own modal form posts is what Submit takes.
func TestAModalCanBeSubmittedFromThePage(t *testing.T) {
	ws, _ := sample(t)
	got := draw(t, ws, options("U0001", "C0001"))
	form := url.Values{}
	for _, name := range regexp.MustCompile(`name="(value:[^"]+)"`).FindAllStringSubmatch(got, -1) {
		form.Set(name[1], "")
	}
	form.Set("value:mode:mode", "prepay")
	form.Set("value:amount:amount", "1240,00")
	form.Set("value:until:until", "2026-01-12")
	form["value:stock:stock"] = []string{"", "hold", "mail"}
	form.Set("value:reason:reason", "A good customer since 2023")
	if len(form) != 5 {
		t.Errorf("the form has the fields %v", form)
	}
	values := page.Values(form)
	if _, err := ws.Submit(t.Context(), ws.Views()[0].ID, "U0001", values); err != nil {
		t.Fatal(err)
	}
	state, err := json.Marshal(ws.Views()[0].State)
	if err != nil || !strings.Contains(string(state), `"prepay"`) || !strings.Contains(string(state), `"mail"`) {
		t.Errorf("%s %v", state, err)
	}
}

func TestFragmentAndCSSFitAPageOfTheCallers(t *testing.T) {
	ws, _ := sample(t)
	o := options("", "")
	o.Notice = "200 in 12 ms"
	got, err := page.Fragment(ws, o)
	if err != nil || strings.Contains(string(got), "<html") || !strings.Contains(string(got), "200 in 12 ms") || !strings.Contains(string(page.CSS()), ".sl-message") {
		t.Errorf("%v\n%s", err, got)
	}
	for _, class := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(string(got), -1) {
		for _, c := range strings.Fields(class[1]) {
			if !strings.HasPrefix(c, "sl-") {
				t.Errorf("class %q is not ours alone", c)
			}
		}
	}
	if _, err := page.Fragment(slack.New(slack.Options{Now: time.Now, SigningSecret: "s", BotToken: "b"}), o); err == nil {
		t.Error("an empty workspace was drawn")
	}
}
