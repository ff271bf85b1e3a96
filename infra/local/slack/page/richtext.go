package page

import (
	"fmt"
	"html/template"
	"strings"
)

// richText renders the elements of a rich_text block or cell.
func (n names) richText(elements any) template.HTML {
	var b strings.Builder
	for _, v := range list(elements) {
		e := object(v)
		switch str(e, "type") {
		case "rich_text_list":
			tag := "ul"
			if str(e, "style") == "ordered" {
				tag = "ol"
			}
			fmt.Fprintf(&b, `<%s class="sl-indent%d">`, tag, min(number(e["indent"]), 8))
			for _, item := range list(e["elements"]) {
				b.WriteString("<li>" + n.spans(object(item)["elements"]) + "</li>")
			}
			b.WriteString("</" + tag + ">")
		case "rich_text_quote":
			b.WriteString("<blockquote>" + n.spans(e["elements"]) + "</blockquote>")
		case "rich_text_preformatted":
			b.WriteString("<pre>" + n.spans(e["elements"]) + "</pre>")
		default:
			b.WriteString("<span>" + n.spans(e["elements"]) + "</span>")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it went through shown
}

func (n names) spans(elements any) string {
	var b strings.Builder
	for _, v := range list(elements) {
		e := object(v)
		var span string
		switch str(e, "type") {
		case "text":
			span = strings.ReplaceAll(shown(str(e, "text")), "\n", "<br>")
		case "link":
			span = link(str(e, "url"), shown(or(str(e, "text"), str(e, "url"))))
		case "user":
			span = n.token("@" + str(e, "user_id"))
		case "channel":
			span = n.token("#" + str(e, "channel_id"))
		case "broadcast":
			span = n.token("!" + str(e, "range"))
		case "emoji":
			span = shown(":" + str(e, "name") + ":")
		case "date":
			span = shown(n.date(fmt.Sprintf("!date^%d^%s", number(e["timestamp"]), str(e, "format")), str(e, "fallback")))
		}
		style := object(e["style"])
		for _, mark := range []struct{ name, tag string }{{"code", "code"}, {"strike", "s"}, {"italic", "i"}, {"bold", "b"}} {
			if style[mark.name] == true {
				span = "<" + mark.tag + ">" + span + "</" + mark.tag + ">"
			}
		}
		b.WriteString(span)
	}
	return b.String()
}
