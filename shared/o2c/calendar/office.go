package calendar

import "time"

// Office is when people can be expected to answer: on working days, from one
// full hour to another.
type Office struct {
	Days     Business
	From, To int // hours of the day
}

// After is the instant when so many office hours have passed since at.
func (o Office) After(at time.Time, hours int, zone *time.Location) time.Time {
	left := time.Duration(hours) * time.Hour
	day := On(at, zone)
	for {
		day = o.Days.Next(day)
		opens, closes := day.At(o.From, 0, zone), day.At(o.To, 0, zone)
		if at.Before(opens) {
			at = opens
		}
		if open := closes.Sub(at); open > 0 {
			if left <= open {
				return at.Add(left)
			}
			left -= open
		}
		day = day.AddDays(1)
	}
}
