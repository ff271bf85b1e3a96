package portal

import (
	"net/url"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// TestCap_44_ThePageAsksForTheNextInstalment: of 1,210.00 in three parts the page
// asks for the first, then for what is due by the day; the customer may pay more.
func TestCap_44_ThePageAsksForTheNextInstalment(t *testing.T) {
	d := open(t)
	first, _, _ := d.sold()
	_, err := d.Cycle.AmendCustomer(t.Context(), d.Stamp("api:t"), first.CustomerID, func(c *party.Data) {
		c.Instalments = []calendar.Share{{Percent: 30, Days: 0}, {Percent: 40, Days: 30}, {Percent: 30, Days: 60}}
	})
	if err != nil {
		t.Fatal(err)
	}
	doc := d.billed("1043", "1000.00")
	path := d.path(d.Cycle.InvoiceURL(doc))
	d.wants("at first", d.get(path), 200, "This invoice is due in 3 instalments", "Pay €363.00", "4 February 2026", "6 March 2026", "At most €1,210.00")
	d.post(path+"/pay", nil)
	if page := d.Desk.Pages; len(page) != 1 {
		t.Fatalf("%d payment pages", len(page))
	}
	d.pays(doc.ID, 36_300, "t1")
	d.wants("after the first", d.get(path), 200, ">paid<", "Pay €484.00")
	d.Advance(61 * 24 * time.Hour) // both others are due
	d.wants("late", d.get(path), 200, "Pay €847.00", ">due now<")
	d.leads("more than is open", d.post(path+"/pay", url.Values{"amount": {"90000"}}), path+"?said=amount#problem")
	d.pays(doc.ID, 84_700, "t2")
	if got := d.invoiceNow(doc.ID); got.Status != "paid" || got.Open != testkit.EUR(0) {
		t.Errorf("%s, open %s", got.Status, got.Open)
	}
	if statement, err := o2c.Read[party.Customer](t.Context(), d.Cycle, doc.CustomerID); err != nil || len(statement.Data().Instalments) != 3 {
		t.Error(err)
	}
}
