package page

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestMrkdwn(t *testing.T) {
	n := names{users: map[string]string{"U1": "Mira"}, channels: map[string]string{"C1": "credit"}, zone: time.UTC}
	for source, want := range map[string]string{
		"plain":                                  "plain",
		"*bold* _it_ ~no~ `code`":                "<b>bold</b> <i>it</i> <s>no</s> <code>code</code>",
		"*bold _both_*":                          "<b>bold <i>both</i></b>",
		"2*3*4 and snake_case_name":              "2*3*4 and snake_case_name",
		"* not bold *":                           "* not bold *",
		"(*in brackets*), *é*":                   "(<b>in brackets</b>), <b>é</b>",
		"`*literal* <@U1>`":                      "<code>*literal* &lt;@U1&gt;</code>",
		"```a *b*\n<c>```":                       "<pre>a *b*\n&lt;c&gt;</pre>",
		"one\ntwo":                               "one<br>two",
		"&gt; a\n&gt; b\nc":                      "<blockquote>a<br>b</blockquote>c",
		"before\n> quoted":                       "before<blockquote>quoted</blockquote>",
		"<@U1> <@U9|Ex> <#C1>":                   `<span class="sl-mention">@Mira</span> <span class="sl-mention">@Ex</span> <span class="sl-mention">#credit</span>`,
		"<!channel> <!here|here>":                `<span class="sl-mention">@channel</span> <span class="sl-mention">@here</span>`,
		"<!subteam^S1|@approvers>":               `<span class="sl-mention">@approvers</span>`,
		"<https://a.example/?a=1&amp;b=2|*go*>":  `<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer">*go*</a>`,
		"<mailto:a@b.example>":                   `<a href="mailto:a@b.example" rel="noreferrer">a@b.example</a>`,
		"<javascript:alert(1)|x>":                "x",
		"<!date^1767600000^{date_num} {time}|f>": "2026-01-05 08:00",
		"<!date^soon^{date_num}|later>":          "later",
		"a &lt;b&gt; &amp;amp; < >":              `a &lt;b&gt; &amp;amp; &lt; &gt;`,
		":white_check_mark: 14:02:11":            "✅ 14:02:11",
		"unclosed *bold and `code":               "unclosed *bold and `code",
	} {
		if got := string(n.mrkdwn(source)); got != want {
			t.Errorf("%q\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestEveryChartIsDrawn(t *testing.T) {
	series := func(kind string) map[string]any {
		return map[string]any{"title": "Cash", "chart": map[string]any{"type": kind,
			"axis_config": map[string]any{"categories": []any{"Mon", "Tue"}},
			"series": []any{map[string]any{"name": "in", "data": []any{
				map[string]any{"label": "Mon", "value": 1200.0}, map[string]any{"label": "Tue", "value": -300.0}}}}}}
	}
	for name, tt := range map[string]struct {
		block map[string]any
		want  string
	}{
		"line":  {series("line"), "<polyline"},
		"area":  {series("area"), "<polygon"},
		"bar":   {series("bar"), ">1.5k<"},
		"pie":   {map[string]any{"title": "Mix", "chart": map[string]any{"type": "pie", "segments": []any{map[string]any{"label": "all", "value": 3.0}}}}, "(100 %)"},
		"empty": {map[string]any{"title": "None", "chart": map[string]any{"type": "line", "series": []any{map[string]any{"name": "x"}}}}, "</svg>"},
	} {
		if got := string(chart(tt.block)); !strings.Contains(got, tt.want) || strings.Contains(got, "NaN") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestNiceStep(t *testing.T) {
	for raw, want := range map[float64]float64{0: 1, 0.3: 0.5, 1: 1, 3: 5, 7: 10, 10500: 20000} {
		if got := niceStep(raw); got != want {
			t.Errorf("niceStep(%v) = %v, want %v", raw, got, want)
		}
	}
}

// Whatever is written, the markup that comes out is ours: only known tags, each closed in order.
func FuzzMrkdwn(f *testing.F) {
	f.Add("*a _b* c_ ~d~ `e` <@U1> <https://x.example|*y*>\n&gt; q\n```pre *x*```")
	f.Add("<a|<b|c>> *<!channel>* &lt;script&gt;")
	n := names{users: map[string]string{"U1": "<b>"}, channels: map[string]string{}, zone: time.UTC}
	tag := regexp.MustCompile(`<(/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)>`)
	f.Fuzz(func(t *testing.T, source string) {
		got := string(n.mrkdwn(source))
		var open []string
		for _, m := range tag.FindAllStringSubmatch(got, -1) {
			switch {
			case m[2] == "br":
			case m[1] == "":
				open = append(open, m[2])
			case len(open) == 0 || open[len(open)-1] != m[2]:
				t.Fatalf("%q closes %s out of order: %s", source, m[2], got)
			default:
				open = open[:len(open)-1]
			}
		}
		if rest := tag.ReplaceAllString(got, ""); len(open) > 0 || strings.ContainsAny(rest, "<>") {
			t.Fatalf("%q leaves markup: %s", source, got)
		}
	})
}
