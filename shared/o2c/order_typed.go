package o2c

import (
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/order"
)

// ChannelSlack is the channel of orders that colleagues enter in Slack.
const ChannelSlack = "slack"

// OrderLines reads the lines of an order as people type them, prices without
// tax. A word without blanks is an SKU.
func OrderLines(text, currency string) ([]order.IncomingLine, error) {
	lines, err := TypedLines(text, currency)
	for i, l := range lines {
		if !strings.ContainsAny(l.Name, " \t") {
			lines[i].SKU = l.Name
		}
	}
	return lines, err
}

// OwnNumber is what people call an order that no shop has numbered:
// "T260105-K3F9", from the day and whatever identifies it.
func OwnNumber(on calendar.Date, identity string) string {
	return "T" + strings.ReplaceAll(on.String(), "-", "")[2:] + "-" + strings.ToUpper(Name("", identity)[1:5])
}
