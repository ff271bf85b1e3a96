package local

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/functions"
)

// expression is one schedule of EventBridge Scheduler, "rate(5 minutes)" or
// "cron(30 8 ? * MON-FRI *)" in a zone
// (docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
type expression struct {
	every time.Duration // of a rate
	from  time.Time     // at which the rate was started
	cron  [6][]int      // minutes, hours, days of the month, months, days of the week (1 = Sunday), years; nil: any
	zone  *time.Location
}

// Bounds of cron's fields, in its order.
var cronBounds = [6][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2199}}

func parseExpression(text, zone string, from time.Time) (expression, error) {
	e := expression{from: from}
	kind, rest, ok := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	fields := strings.Fields(rest)
	var err error
	switch {
	case ok && kind == "rate" && len(fields) == 2:
		e.every, err = rate(fields[0], fields[1])
	case ok && kind == "cron" && len(fields) == 6:
		if e.zone, err = time.LoadLocation(zone); err != nil {
			break
		}
		for i, field := range fields {
			if e.cron[i], err = cronField(field, cronBounds[i][0], cronBounds[i][1]); err != nil {
				break
			}
		}
	default:
		err = fmt.Errorf("it is neither rate(n unit) nor cron with six fields")
	}
	if err != nil {
		return expression{}, fmt.Errorf("schedule %q cannot be read — %w — mend the manifest", text, err)
	}
	return e, nil
}

func rate(number, unit string) (time.Duration, error) {
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	n, err := strconv.Atoi(number)
	span, ok := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || !ok {
		return 0, fmt.Errorf("%s %s is not a rate", number, unit)
	}
	return time.Duration(n) * span, nil
}

// cronNames are the words that cron takes for numbers.
var cronNames = strings.NewReplacer(
	"SUN", "1", "MON", "2", "TUE", "3", "WED", "4", "THU", "5", "FRI", "6", "SAT", "7",
	"JAN", "1", "FEB", "2", "MAR", "3", "APR", "4", "MAY", "5", "JUN", "6", "JUL", "7", "AUG", "8", "SEP", "9", "OCT", "10", "NOV", "11", "DEC", "12",
)

// cronField lists the values of "*", "?", "5", "1-5", "1,3" or "0/15".
func cronField(text string, low, high int) ([]int, error) {
	if text == "*" || text == "?" {
		return nil, nil
	}
	var values []int
	for part := range strings.SplitSeq(cronNames.Replace(text), ",") {
		span, step, stepped := strings.Cut(part, "/")
		from, to, ranged := strings.Cut(span, "-")
		first, err := strconv.Atoi(strings.Replace(from, "*", strconv.Itoa(low), 1))
		last, by := first, 1
		if err == nil && ranged {
			last, err = strconv.Atoi(to)
		}
		if err == nil && stepped {
			if by, err = strconv.Atoi(step); !ranged {
				last = high
			}
		}
		if err != nil || by < 1 || first < low || last > high || first > last {
			return nil, fmt.Errorf("%q is not a field from %d to %d", text, low, high)
		}
		for v := first; v <= last; v += by {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values, nil
}

// after is the first time after t at which the schedule fires; zero when it
// never does again.
func (e expression) after(t time.Time) time.Time {
	if e.every > 0 {
		n := t.Sub(e.from) / e.every
		if t.Before(e.from) {
			n = -1
		}
		return e.from.Add((n + 1) * e.every)
	}
	local := t.In(e.zone)
	for day := range 366 * 5 {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, e.zone)
		if !e.onDay(at) {
			continue
		}
		for _, hour := range orAll(e.cron[1], 24) {
			for _, minute := range orAll(e.cron[0], 60) {
				fires := time.Date(at.Year(), at.Month(), at.Day(), hour, minute, 0, 0, e.zone)
				if fires.After(t) {
					return fires.UTC()
				}
			}
		}
	}
	return time.Time{}
}

func (e expression) onDay(d time.Time) bool {
	has := func(field, value int) bool { return e.cron[field] == nil || slices.Contains(e.cron[field], value) }
	return has(2, d.Day()) && has(3, int(d.Month())) && has(4, int(d.Weekday())+1) && has(5, d.Year())
}

func orAll(values []int, n int) []int {
	if values != nil {
		return values
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// planned is one schedule and when it fires next.
type planned struct {
	function string
	schedule functions.Schedule
	when     expression
	next     time.Time
}

// calendar is every schedule of the manifest.
type calendar []*planned

// newCalendar plans from an instant on. What was missed while nothing ran is
// made up by the next tick: schedules are level-triggered.
func newCalendar(now time.Time) (calendar, error) {
	var c calendar
	anchor := now.Truncate(time.Hour)
	for _, f := range functions.All() {
		if f.Inbox {
			continue // drained as soon as something shows in it: Settle
		}
		for _, s := range f.Schedules {
			when, err := parseExpression(s.Expression, s.Timezone, anchor)
			if err != nil {
				return nil, err
			}
			c = append(c, &planned{function: f.Name, schedule: s, when: when, next: when.after(now)})
		}
	}
	return c, nil
}

// next is the earliest time at which something fires.
func (c calendar) next() time.Time {
	first := c[0].next
	for _, p := range c[1:] {
		if p.next.Before(first) {
			first = p.next
		}
	}
	return first
}

// due takes the schedules that fire at or before an instant, in the order of
// time, and plans each anew.
func (c calendar) due(now time.Time) []*planned {
	var fired []*planned
	for _, p := range c {
		if !p.next.After(now) {
			fired = append(fired, &planned{function: p.function, schedule: p.schedule, next: p.next})
			p.next = p.when.after(now)
		}
	}
	slices.SortStableFunc(fired, func(a, b *planned) int { return a.next.Compare(b.next) })
	return fired
}
