package o2c

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// For how many years records are kept, counted from the end of their year:
// article 52(4) of the Algemene wet inzake rijksbelastingen; for what is
// declared in the one-stop shop article 369k(2) of directive 2006/112/EC.
const (
	keptYears        = 7
	keptYearsOneStop = 10
)

// keptUntil is the last day on which a year's records must be kept.
func keptUntil(year, years int) calendar.Date {
	return calendar.Date{Year: year + years, Month: time.December, Day: 31}
}

// keepsUntil is the last day on which a legal document must be kept.
func (c *Cycle) keepsUntil(d invoice.Data) calendar.Date {
	if c.oneStop(d) {
		return keptUntil(d.IssuedOn.Year, keptYearsOneStop)
	}
	return keptUntil(d.IssuedOn.Year, keptYears)
}

// oneStop reports whether a document's VAT is declared in the one-stop shop: a
// sale to a consumer in another member state.
func (c *Cycle) oneStop(d invoice.Data) bool {
	return c.Policy.OneStopShop && d.Buyer.Kind == party.Consumer && d.Buyer.Address.Country != c.Policy.Country
}

// keptYears is for how long a whole year is kept: it is one folder, and the
// longest clock in it holds.
func (c *Cycle) keptYears() int {
	if c.Policy.OneStopShop {
		return keptYearsOneStop
	}
	return keptYears
}

// YearDeletable refuses while anything of a year must still be kept, and says
// until when.
func (c *Cycle) YearDeletable(at time.Time, year int) error {
	if until := keptUntil(year, c.keptYears()); !c.today(at).After(until) {
		return fault.New(fault.Refused, fmt.Sprintf("The documents of %d cannot be deleted", year), "the law wants them kept until "+until.String(), "wait until then; nothing deletes them by itself")
	}
	return nil
}

// ProposeDeletion tells the team in January, once, that a year's documents need
// no longer be kept. Nothing is ever deleted by itself: a person does.
func (c *Cycle) ProposeDeletion(ctx context.Context, at time.Time) error {
	today := c.today(at)
	if today.Month != time.January {
		return nil
	}
	years := c.keptYears()
	year := today.Year - years - 1
	page, err := c.Store.List(ctx, Query{Kind: "invoice", From: fmt.Sprintf("%04d", year), To: fmt.Sprintf("%04d", year+1), Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return err
	}
	return c.reportOnce(ctx, at, Name("seen", "deletion", fmt.Sprint(year)), Notice{Key: "kept_long_enough", ID: strconv.Itoa(year), Until: keptUntil(year, years)})
}
