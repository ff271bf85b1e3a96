package page

import (
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

func TestNiceStep(t *testing.T) {
	for raw, want := range map[float64]float64{0: 1, 0.3: 0.5, 1: 1, 3: 5, 7: 10, 10500: 20000} {
		if got := niceStep(raw); got != want {
			t.Errorf("niceStep(%v) = %v, want %v", raw, got, want)
		}
	}
}
