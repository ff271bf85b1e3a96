package page

import (
	"html"
	"html/template"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// names resolves what mentions refer to.
type names struct {
	users    map[string]string
	channels map[string]string
	zone     *time.Location
}

// mrkdwn renders Slack's markup (docs.slack.dev/messaging/formatting-message-text). Whatever it does not know, it shows
// as text: nothing in a message can become markup of ours.
func (n names) mrkdwn(source string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(source, "```") {
		if i%2 == 1 {
			b.WriteString("<pre>" + shown(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		n.lines(&b, emoji(part)) // before emphasis: short names hold underscores
	}
	return template.HTML(b.String()) //nolint:gosec // every piece of source went through shown or html.EscapeString
}

// lines joins quoted lines into one quotation and breaks the others.
func (n names) lines(b *strings.Builder, source string) {
	quoting := false
	for i, line := range strings.Split(source, "\n") {
		rest, quoted := strings.CutPrefix(line, "&gt;")
		if !quoted {
			rest, quoted = strings.CutPrefix(line, ">")
		}
		switch {
		case quoted && !quoting:
			b.WriteString("<blockquote>")
		case !quoted && quoting:
			b.WriteString("</blockquote>")
		case i > 0:
			b.WriteString("<br>")
		}
		quoting = quoted
		b.WriteString(n.inline(strings.TrimPrefix(rest, " ")))
	}
	if quoting {
		b.WriteString("</blockquote>")
	}
}

// inline renders one line: code, tokens in angle brackets, and emphasis, which may nest.
func (n names) inline(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		switch c := line[i]; c {
		case '`':
			if end := strings.IndexByte(line[i+1:], '`'); end > 0 {
				b.WriteString("<code>" + shown(line[i+1:i+1+end]) + "</code>")
				i += end + 2
				continue
			}
		case '<':
			if end := strings.IndexByte(line[i:], '>'); end > 1 && line[i+1] != ' ' {
				b.WriteString(n.token(line[i+1 : i+end]))
				i += end + 1
				continue
			}
		case '*', '_', '~':
			if end := emphasised(line, i); end > 0 {
				tag := map[byte]string{'*': "b", '_': "i", '~': "s"}[c]
				b.WriteString("<" + tag + ">" + n.inline(line[i+1:end]) + "</" + tag + ">")
				i = end + 1
				continue
			}
		}
		next := strings.IndexAny(line[i+1:], "`<*_~")
		if next < 0 {
			next = len(line) - i - 1
		}
		b.WriteString(shown(line[i : i+1+next]))
		i += 1 + next
	}
	return b.String()
}

// emphasised finds the mark that closes the one at i: Slack wants both at word boundaries, with text between.
func emphasised(line string, i int) int {
	if before, _ := utf8.DecodeLastRuneInString(line[:i]); i > 0 && (isWord(before) || before == rune(line[i])) {
		return 0
	}
	for j := i + 1; j < len(line); j++ {
		if line[j] != line[i] {
			continue
		}
		after, _ := utf8.DecodeRuneInString(line[j+1:])
		if j > i+1 && line[i+1] != ' ' && line[j-1] != ' ' && (j+1 == len(line) || !isWord(after)) {
			return j
		}
	}
	return 0
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// token renders what stands between angle brackets: mentions, links, dates.
func (n names) token(source string) string {
	target, label, labelled := strings.Cut(source, "|")
	mention := func(text string) string { return `<span class="sl-mention">` + shown(text) + `</span>` }
	switch {
	case strings.HasPrefix(target, "@"):
		if name, ok := n.users[target[1:]]; ok {
			return mention("@" + name)
		}
		return mention("@" + or(label, target[1:]))
	case strings.HasPrefix(target, "#"):
		return mention("#" + or(n.channels[target[1:]], or(label, target[1:])))
	case strings.HasPrefix(target, "!date^"):
		return shown(n.date(target, label))
	case strings.HasPrefix(target, "!subteam^"):
		return mention(or(label, "@group"))
	case strings.HasPrefix(target, "!"):
		return mention("@" + or(label, target[1:]))
	}
	if !labelled {
		label = strings.TrimPrefix(target, "mailto:")
	}
	return link(html.UnescapeString(target), shown(label))
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// link is an anchor for the schemes a message may open, else only its label, which is HTML already.
func link(target, label string) string {
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(strings.ToLower(target), scheme) {
			return `<a href="` + html.EscapeString(target) + `" rel="noreferrer">` + label + `</a>`
		}
	}
	return label
}

// date renders <!date^unix^{date_short} at {time}|fallback> in the workspace's zone.
func (n names) date(target, fallback string) string {
	parts := strings.SplitN(target, "^", 4)
	var unix int64
	if len(parts) < 3 {
		return fallback
	}
	for _, c := range parts[1] {
		if c < '0' || c > '9' {
			return fallback
		}
		unix = unix*10 + int64(c-'0')
	}
	at := time.Unix(unix, 0).In(n.zone)
	return strings.NewReplacer(
		"{date_num}", at.Format("2006-01-02"), "{date_long_pretty}", at.Format("Monday, January 2, 2006"),
		"{date_long}", at.Format("Monday, January 2, 2006"), "{date_short_pretty}", at.Format("Jan 2, 2006"),
		"{date_short}", at.Format("Jan 2, 2006"), "{date_pretty}", at.Format("January 2, 2006"),
		"{date}", at.Format("January 2, 2006"), "{time_secs}", at.Format("15:04:05"), "{time}", at.Format("15:04"),
	).Replace(parts[2])
}

// shown is text as Slack shows it: its three escapes read back, emoji drawn, and everything escaped for HTML.
func shown(text string) string {
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	return html.EscapeString(emoji(text))
}

// emoji draws the short names that the product's texts use; others stay as written.
func emoji(text string) string {
	if !strings.Contains(text, ":") {
		return text
	}
	return strings.NewReplacer(
		":white_check_mark:", "✅", ":x:", "❌", ":warning:", "⚠️", ":hourglass:", "⌛", ":bell:", "🔔", ":moneybag:", "💰",
		":package:", "📦", ":tada:", "🎉", ":phone:", "☎️", ":email:", "✉️", ":lock:", "🔒", ":eyes:", "👀", ":wave:", "👋",
		":large_green_circle:", "🟢", ":large_yellow_circle:", "🟡", ":red_circle:", "🔴", ":chart_with_upwards_trend:", "📈",
		":bar_chart:", "📊", ":calendar:", "📅", ":scales:", "⚖️", ":rotating_light:", "🚨", ":information_source:", "ℹ️",
	).Replace(text)
}
