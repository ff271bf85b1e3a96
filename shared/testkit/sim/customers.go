package sim

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/page"
)

// customers read their mail and pay as they mean to.
type customers struct {
	world *world
	bills map[string]*bill // by invoice number
}

// bill is an invoice as its customer knows it, and what was paid on it.
type bill struct {
	purpose  *purpose
	number   string
	minor    int64
	ref      string
	token    string
	named    int64 // what was paid in words that name the invoice
	begun    bool  // somebody means to pay it
	bounced  bool  // a debit failed
	returned bool  // money went back
}

func newCustomers(w *world) *customers { return &customers{world: w, bills: map[string]*bill{}} }

// reads is a letter in the mailbox.
func (c *customers) reads(m mailed) {
	switch {
	case m.view.Template == "invoice":
		p := c.world.shops.purposes[m.view.Order]
		if p == nil {
			c.world.breaks("I6: invoice %s is for order %q, which nobody placed", m.view.Number, m.view.Order)
			return
		}
		if c.bills[m.view.Number] != nil {
			return // the same letter again
		}
		b := &bill{purpose: p, number: m.view.Number, minor: m.view.Minor, ref: m.view.Reference, token: m.view.PayURL[strings.LastIndexByte(m.view.PayURL, '/')+1:]}
		c.bills[b.number] = b
		if p.credits > 0 {
			c.world.after(p.credits, "Noor takes "+b.number+" back", func() { c.world.warehouse.credit(b.number) })
		}
		if p.pays.way != onReminder && p.pays.way != atTheShop && p.pays.way != notAtAll {
			c.means(b, p.pays.after)
		}
	case strings.HasPrefix(m.view.Template, "reminder_"):
		b := c.bills[m.view.Number]
		if b == nil {
			return
		}
		if b.purpose.pays.word && !b.begun {
			c.promise(b)
		}
		if b.purpose.pays.way == onReminder {
			c.means(b, day)
		}
	}
}

// promise gives the customer's word on our page, to be kept or not.
func (c *customers) promise(b *bill) {
	on := calendar.On(c.world.now.Add(4*day), c.world.policy.Zone)
	form := []byte(url.Values{"date": {on.String()}}.Encode())
	c.world.send(&delivery{
		what: "the customer promises to pay " + b.number, to: "portal", attempts: 3, back: []time.Duration{time.Minute},
		call: func(ctx context.Context, e *environment) error {
			out, err := e.handler.HTTP(ctx, c.world.form("/i/"+b.token+"/promise", form))
			if err == nil && out.StatusCode >= http.StatusInternalServerError {
				err = errNoAnswer
			}
			return err
		},
	})
}

// means is a customer who will pay; a letter that comes twice is paid once.
func (c *customers) means(b *bill, after time.Duration) {
	if b.begun {
		return
	}
	b.begun = true
	c.world.after(after, "the customer pays "+b.number, func() { c.pay(b) })
}

func (c *customers) pay(b *bill) {
	p := b.purpose.pays
	amount := b.minor * int64(p.factor) / 100
	payer := b.purpose.order.Customer.Company
	if payer == "" {
		payer = b.purpose.order.Customer.Name
	}
	switch p.way {
	case byPage, byDebit, byDebitThatFails, byPageTwice:
		c.click(b, 0)
		if p.way == byPageTwice {
			c.world.after(day, "the customer pays "+b.number+" again", func() { c.world.teller.transfer(b, b.minor, b.ref, "", payer) })
		}
	case byReference, onReminder:
		c.world.teller.transfer(b, amount, b.ref, "", payer)
	case byNumber:
		c.world.teller.transfer(b, amount, "", "Invoice "+b.number+" thanks", payer)
	case byNothing:
		c.world.teller.transfer(nil, amount, "", "for the goods", payer)
	}
}

// click is a press on the pay button, perhaps a double one; whoever gets no
// answer presses again.
func (c *customers) click(b *bill, tries int) {
	if tries > 30 {
		return
	}
	pages := &[]string{}
	n := 1
	if c.world.faults.hit(DoubleClick) {
		n = 2
	}
	for i := range n {
		c.world.send(&delivery{
			what: "the customer presses pay for " + b.number, to: "portal", attempts: 1, back: []time.Duration{time.Minute},
			call: func(ctx context.Context, e *environment) error {
				out, err := e.handler.HTTP(ctx, c.world.form("/i/"+b.token+"/pay", nil))
				if to := out.Headers["location"]; strings.HasPrefix(to, "https://pay.example/") {
					*pages = append(*pages, to)
				} else if err == nil && strings.Contains(to, "said="+page.SaidLater) {
					err = errNoAnswer
				}
				return err
			},
			lost: func() {
				if i == 0 && len(*pages) == 0 {
					c.world.after(10*time.Minute, "the customer tries again", func() { c.click(b, tries+1) })
				}
			},
		})
	}
	c.world.after(time.Hour, "the customer is at the payment page", func() {
		if len(*pages) > 0 {
			c.world.provider.pages(b, *pages)
			c.world.provider.pay(b, (*pages)[len(*pages)-1])
		}
	})
}
