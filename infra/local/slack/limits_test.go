package slack_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// call posts raw JSON, because slack-go cannot even build much of what Slack refuses.
func (w *workspace) call(method string, form url.Values) (answer struct {
	OK       bool     `json:"ok"`
	Error    string   `json:"error"`
	Errors   []string `json:"errors"`
	Metadata struct {
		Messages []string `json:"messages"`
	} `json:"response_metadata"`
}) {
	w.t.Helper()
	form.Set("token", token)
	resp, err := w.http.PostForm("http://slack.local/api/"+method, form)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		w.t.Fatal(err)
	}
	return answer
}

func long(n int) string { return strings.Repeat("€", n) } // counted in code points, not bytes

// many is n copies of a JSON value; %d in it becomes the index.
func many(n int, one string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(one, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func TestBlockLimits(t *testing.T) {
	plainText := func(n int) string { return `{"type":"plain_text","text":"` + long(n) + `"}` }
	button := func(fields string) string {
		return `[{"type":"actions","elements":[{"type":"button","text":` + plainText(1) + fields + `}]}]`
	}
	confirm := func(title, text, answer int) string {
		return button(`,"confirm":{"title":` + plainText(title) + `,"text":` + plainText(text) + `,"confirm":` + plainText(answer) + `,"deny":` + plainText(answer) + `}`)
	}
	element := func(e string) string { return `[{"type":"actions","elements":[` + e + `]}]` }
	options := func(n, text, value int) string {
		return many(n, `{"text":`+plainText(text)+`,"value":"`+long(value)+`"}`)
	}
	table := func(kind, rest string, rows, columns int, cell string) string {
		return `[{"type":"` + kind + `"` + rest + `,"rows":` + many(rows, many(columns, cell)) + `}]`
	}
	raw := `{"type":"raw_text","text":"x"}`
	chart := func(body string) string {
		return `[{"type":"data_visualization","title":"Ageing","chart":` + body + `}]`
	}
	pie := func(n int) string { return `{"type":"pie","segments":` + many(n, `{"label":"l%d","value":1}`) + `}` }
	for name, tt := range map[string]struct {
		fits, breaks string
		want         string
	}{
		"blocks":         {many(50, `{"type":"divider"}`), many(51, `{"type":"divider"}`), "no more than 50 items allowed [json-pointer:/blocks]"},
		"header":         {`[{"type":"header","text":` + plainText(150) + `}]`, `[{"type":"header","text":` + plainText(151) + `}]`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		"header mrkdwn":  {`[{"type":"header","text":` + plainText(1) + `}]`, `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "must be a plain_text object [json-pointer:/blocks/0/text/type]"},
		"section text":   {`[{"type":"section","text":` + plainText(3000) + `}]`, `[{"type":"section","text":` + plainText(3001) + `}]`, "less than 3001"},
		"section empty":  {`[{"type":"section","text":` + plainText(1) + `}]`, `[{"type":"section","text":` + plainText(0) + `}]`, "more than 0 characters"},
		"section bare":   {`[{"type":"section","fields":[` + plainText(1) + `]}]`, `[{"type":"section"}]`, "must define either"},
		"fields":         {`[{"type":"section","fields":` + many(10, plainText(1)) + `}]`, `[{"type":"section","fields":` + many(11, plainText(1)) + `}]`, "no more than 10 items"},
		"field":          {`[{"type":"section","fields":[` + plainText(2000) + `]}]`, `[{"type":"section","fields":[` + plainText(2001) + `]}]`, "/fields/0/text"},
		"context":        {`[{"type":"context","elements":` + many(10, plainText(1)) + `}]`, `[{"type":"context","elements":` + many(11, plainText(1)) + `}]`, "no more than 10 items"},
		"actions":        {`[{"type":"actions","elements":` + many(25, `{"type":"button","text":`+plainText(1)+`}`) + `}]`, `[{"type":"actions","elements":` + many(26, `{"type":"button","text":`+plainText(1)+`}`) + `}]`, "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		"button text":    {element(`{"type":"button","text":` + plainText(75) + `}`), element(`{"type":"button","text":` + plainText(76) + `}`), "less than 76"},
		"button value":   {button(`,"value":"` + long(2000) + `"`), button(`,"value":"` + long(2001) + `"`), "less than 2001"},
		"button url":     {button(`,"url":"` + long(3000) + `"`), button(`,"url":"` + long(3001) + `"`), "less than 3001"},
		"button label":   {button(`,"accessibility_label":"` + long(75) + `"`), button(`,"accessibility_label":"` + long(76) + `"`), "less than 76"},
		"button style":   {button(`,"style":"danger"`), button(`,"style":"green"`), "primary or danger"},
		"action id":      {button(`,"action_id":"` + long(255) + `"`), button(`,"action_id":"` + long(256) + `"`), "less than 256"},
		"same action":    {many(2, `{"type":"actions","elements":[{"type":"button","text":`+plainText(1)+`,"action_id":"a"}]}`), element(`{"type":"button","text":` + plainText(1) + `,"action_id":"a"},{"type":"button","text":` + plainText(1) + `,"action_id":"a"}`), "already exists for another element"},
		"block id":       {`[{"type":"divider","block_id":"` + long(255) + `"}]`, `[{"type":"divider","block_id":"` + long(256) + `"}]`, "less than 256"},
		"same block":     {many(2, `{"type":"divider","block_id":"b%d"}`), many(2, `{"type":"divider","block_id":"b"}`), "already exists for another block"},
		"confirm":        {confirm(100, 300, 30), button(`,"confirm":{"title":` + plainText(1) + `}`), "missing required field: deny"},
		"string as list": {many(1, `{"type":"divider"}`), `[{"type":"actions","elements":"x"}]`, "must be a list"},
		"string as text": {many(1, `{"type":"divider"}`), `[{"type":"section","text":"x"}]`, "must be a text object"},
		"list as string": {many(1, `{"type":"divider"}`), `[{"type":"divider","block_id":["x"]}]`, "must be a string"},
		"untyped text":   {many(1, `{"type":"divider"}`), `[{"type":"section","text":{"text":"x"}}]`, "unsupported type"},
		"bare option":    {many(1, `{"type":"divider"}`), element(`{"type":"overflow","options":[{"text":` + plainText(1) + `}]}`), "must have text and value"},
		"confirm title":  {confirm(100, 1, 1), confirm(101, 1, 1), "less than 101"},
		"confirm text":   {confirm(1, 300, 1), confirm(1, 301, 1), "less than 301"},
		"confirm button": {confirm(1, 1, 30), confirm(1, 1, 31), "less than 31"},
		"overflow":       {element(`{"type":"overflow","options":` + options(5, 75, 150) + `}`), element(`{"type":"overflow","options":` + options(6, 1, 1) + `}`), "no more than 5 items"},
		"no overflow":    {element(`{"type":"overflow","options":` + options(1, 1, 1) + `}`), element(`{"type":"overflow"}`), "missing required field: options"},
		"option text":    {element(`{"type":"overflow","options":` + options(1, 75, 1) + `}`), element(`{"type":"overflow","options":` + options(1, 76, 1) + `}`), "/options/0/text/text"},
		"option value":   {element(`{"type":"overflow","options":` + options(1, 1, 150) + `}`), element(`{"type":"overflow","options":` + options(1, 1, 151) + `}`), "less than 151"},
		"select":         {element(`{"type":"static_select","options":` + options(100, 1, 1) + `}`), element(`{"type":"static_select","options":` + options(101, 1, 1) + `}`), "no more than 100"},
		"checkboxes":     {element(`{"type":"checkboxes","options":` + options(10, 1, 1) + `}`), element(`{"type":"checkboxes","options":` + options(11, 1, 1) + `}`), "no more than 10"},
		"radio":          {element(`{"type":"radio_buttons","options":` + options(10, 1, 1) + `}`), element(`{"type":"radio_buttons","options":` + options(11, 1, 1) + `}`), "no more than 10"},
		"image":          {`[{"type":"image","image_url":"u","alt_text":"` + long(2000) + `"}]`, `[{"type":"image","image_url":"u","alt_text":"` + long(2001) + `"}]`, "less than 2001"},
		"image without":  {`[{"type":"image","image_url":"u","alt_text":"a"}]`, `[{"type":"image","image_url":"u"}]`, "missing required field: alt_text"},
		"markdown":       {`[{"type":"markdown","text":"` + long(12000) + `"}]`, `[{"type":"markdown","text":"` + long(12001) + `"}]`, "less than 12001"},
		"alert":          {`[{"type":"divider"}]`, `[{"type":"alert","text":` + plainText(1) + `}]`, "not supported on this surface"},
		"input in row":   {`[{"type":"divider"}]`, element(`{"type":"plain_text_input"}`), "unsupported type: plain_text_input"},
		"unknown":        {`[{"type":"divider"}]`, `[{"type":"carousel"}]`, "unsupported type: carousel"},
		"not a list":     {`[{"type":"divider"}]`, `{"type":"divider"}`, "must be a list"},
		"table rows":     {table("table", "", 100, 2, raw), table("table", "", 101, 2, raw), "no more than 100"},
		"table columns":  {table("table", "", 2, 20, raw), table("table", "", 2, 21, raw), "/rows/0]"},
		"table number":   {table("table", "", 2, 2, raw), table("table", "", 2, 2, `{"type":"raw_number","value":1}`), "unsupported type: raw_number"},
		"data rows":      {table("data_table", `,"caption":"c"`, 101, 2, raw), table("data_table", `,"caption":"c"`, 102, 2, raw), "no more than 101"},
		"data row":       {table("data_table", `,"caption":"c"`, 2, 2, raw), table("data_table", `,"caption":"c"`, 1, 2, raw), "no fewer than 2"},
		"data caption":   {table("data_table", `,"caption":"c"`, 2, 2, raw), table("data_table", "", 2, 2, raw), "missing required field: caption"},
		"data text":      {table("data_table", `,"caption":"c"`, 10, 2, `{"type":"raw_text","text":"`+long(1000)+`"}`), table("data_table", `,"caption":"c"`, 10, 2, `{"type":"raw_text","text":"`+long(1001)+`"}`), "less than 20001 characters in all"},
		"chart segments": {chart(pie(6)), chart(pie(7)), "no more than 6"},
		"chart label":    {chart(pie(1)), chart(`{"type":"pie","segments":[{"label":"` + long(21) + `","value":1}]}`), "less than 21"},
		"chart points": {chart(`{"type":"bar","series":[{"name":"n","data":` + many(20, `{"label":"l%d","value":1}`) + `}],"axis_config":{"categories":["l"]}}`),
			chart(`{"type":"bar","series":[{"name":"n","data":` + many(21, `{"label":"l%d","value":1}`) + `}],"axis_config":{"categories":["l"]}}`), "no more than 20"},
		"chart type":  {chart(pie(1)), chart(`{"type":"donut"}`), "unsupported type: donut"},
		"chart title": {chart(pie(1)), `[{"type":"data_visualization","title":"` + long(51) + `","chart":` + pie(1) + `}]`, "less than 51"},
		"charts": {many(2, `{"type":"data_visualization","title":"t","chart":`+`{"type":"pie","segments":[{"label":"l","value":1}]}`+`}`),
			many(3, `{"type":"data_visualization","title":"t","chart":`+`{"type":"pie","segments":[{"label":"l","value":1}]}`+`}`), "no more than 2 data_visualization"},
		"input label": {`[{"type":"input","label":` + plainText(2000) + `,"element":{"type":"plain_text_input"}}]`,
			`[{"type":"input","label":` + plainText(2001) + `,"element":{"type":"plain_text_input"}}]`, "less than 2001"},
		"input bare": {`[{"type":"input","label":` + plainText(1) + `,"element":{"type":"plain_text_input"}}]`,
			`[{"type":"input","label":` + plainText(1) + `}]`, "missing required field: element"},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			if got := w.call("chat.postMessage", url.Values{"channel": {credit}, "text": {"x"}, "blocks": {tt.fits}}); !got.OK {
				t.Errorf("the largest legal was refused: %+v", got)
			}
			got := w.call("chat.postMessage", url.Values{"channel": {credit}, "text": {"x"}, "blocks": {tt.breaks}})
			if got.Error != "invalid_blocks" || len(got.Errors) == 0 || !strings.Contains(strings.Join(got.Errors, "\n"), tt.want) ||
				!strings.HasPrefix(got.Metadata.Messages[0], "[ERROR] ") {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
			if v := w.Violations(); len(v) != len(got.Errors) || v[0].Method != "chat.postMessage" || v[0].Where != credit {
				t.Errorf("violations: %+v", v)
			}
			if len(w.Messages()) != 1 {
				t.Errorf("%d messages posted", len(w.Messages()))
			}
		})
	}
}

func TestViewLimits(t *testing.T) {
	w := open(t)
	base := `"blocks":[{"type":"divider"}]`
	title := func(n int) string { return `"title":{"type":"plain_text","text":"` + long(n) + `"}` }
	for name, tt := range map[string]struct{ fits, breaks, want string }{
		"title":    {title(24) + "," + base, title(25) + "," + base, "must be less than 25 characters [json-pointer:/view/title/text]"},
		"no title": {title(1) + "," + base, base, "missing required field: title"},
		"submit":   {title(1) + `,"submit":{"type":"plain_text","text":"` + long(24) + `"},` + base, title(1) + `,"submit":{"type":"plain_text","text":"` + long(25) + `"},` + base, "/view/submit/text"},
		"close":    {title(1) + `,"close":{"type":"plain_text","text":"` + long(24) + `"},` + base, title(1) + `,"close":{"type":"plain_text","text":"` + long(25) + `"},` + base, "/view/close/text"},
		"metadata": {title(1) + `,"private_metadata":"` + long(3000) + `",` + base, title(1) + `,"private_metadata":"` + long(3001) + `",` + base, "less than 3001"},
		"callback": {title(1) + `,"callback_id":"` + long(255) + `",` + base, title(1) + `,"callback_id":"` + long(256) + `",` + base, "less than 256"},
		"blocks":   {title(1) + `,"blocks":` + many(100, `{"type":"divider"}`), title(1) + `,"blocks":` + many(101, `{"type":"divider"}`), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		"empty":    {title(1) + "," + base, title(1) + `,"blocks":[]`, "no fewer than 1"},
		"alert":    {title(1) + `,"blocks":[{"type":"alert","text":{"type":"plain_text","text":"x"},"level":"warning"}]`, title(1) + `,"blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}]`, "not supported on this surface"},
		"unsendable": {title(1) + "," + base,
			title(1) + `,"blocks":[{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"plain_text_input"}}]`, "submit, because the view has input blocks"},
	} {
		trigger := func() string {
			if _, err := w.Press(t.Context(), mira, credit, w.postCard(), "credit.approve", ""); err != nil {
				t.Fatal(err)
			}
			return w.interaction().TriggerID
		}
		if got := w.call("views.open", url.Values{"trigger_id": {trigger()}, "view": {`{"type":"modal",` + tt.fits + `}`}}); !got.OK {
			t.Errorf("%s: the largest legal was refused: %+v", name, got)
		}
		before := len(w.Violations())
		got := w.call("views.open", url.Values{"trigger_id": {trigger()}, "view": {`{"type":"modal",` + tt.breaks + `}`}})
		if got.Error != "invalid_arguments" || !strings.Contains(strings.Join(got.Errors, "\n"), tt.want) {
			t.Errorf("%s: got %+v, want %q", name, got, tt.want)
		}
		if len(w.Violations()) == before {
			t.Errorf("%s: not recorded", name)
		}
	}
	for want, view := range map[string]string{
		"":                  `{"type":"home","blocks":[{"type":"divider"}]}`,
		"invalid_arguments": `{"type":"home","blocks":[{"type":"data_visualization","title":"t","chart":{"type":"pie"}}]}`,
		"view_too_large":    `{"type":"home","blocks":"` + long(100000) + `"}`,
	} {
		if got := w.call("views.publish", url.Values{"user_id": {mira}, "view": {view}}); got.Error != want {
			t.Errorf("home: %+v, want %q", got, want)
		}
	}
}
