package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// orderVerb is about orders.
type orderVerb struct {
	New    orderNewVerb    `cmd:"" help:"Enter an order by telephone or at the counter."`
	Packed orderPackedVerb `cmd:"" help:"Say that the next parcel of an order is packed; the customer's page says so."`
}

// orderPackedVerb says that a parcel is ready to leave.
type orderPackedVerb struct {
	target
	ID string `arg:"" help:"Id of the order."`
}

// Run says so.
func (v *orderPackedVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var o api.Order
		if err := d.Do(c.ctx, http.MethodPost, "/v1/orders/"+url.PathEscape(v.ID)+"/packed", nil, &o); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s is packed\n", o.Number)
		return nil
	})
}

// orderNewVerb enters an order through the same door as the API's.
type orderNewVerb struct {
	target
	Customer string   `required:"" help:"Id, e-mail address or name of the customer; a new one needs --email."`
	Email    string   `help:"Mail address of a new customer."`
	Line     []string `required:"" sep:"none" placeholder:"12 x FLOUR-25" help:"What is ordered, once per line: 12 x FLOUR-25, or 2 x Oak table @ 450,00 21%."`
	Number   string   `help:"What people call the order; the same number twice is one order. Else Duly gives one."`
	PO       string   `name:"po" help:"The customer's purchase order number."`
	Note     string   `help:"A remark."`
	JSON     bool     `name:"json" help:"Print the order as JSON."`
}

// Run enters it and says what became of it.
func (v *orderNewVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		in, err := v.order(c, d)
		if err != nil {
			return err
		}
		var o api.Order
		if err := d.Do(c.ctx, http.MethodPost, "/v1/orders", in, &o); err != nil {
			return err
		}
		if v.JSON {
			return indented(c.out, o)
		}
		fmt.Fprintf(c.out, "%s  %s  %s  %s%s\n", o.Number, o.CustomerName, spelled(o.Total), o.Status, waits(o.Holds))
		for _, l := range o.Lines {
			fmt.Fprintf(c.out, "  %d × %s  %s  VAT %s %%\n", l.Quantity, cmp.Or(l.Name, l.SKU), spelled(l.UnitPrice), l.TaxRate)
		}
		return nil
	})
}

func waits(holds []string) string {
	if len(holds) == 0 {
		return ""
	}
	return " (waits for " + strings.Join(holds, ", ") + ")"
}

// order is the order as the API takes it.
func (v *orderNewVerb) order(c *console, d *demo.Client) (map[string]any, error) {
	currency := d.Info.Policy.AutoApprove.Currency
	lines, err := v.lines(currency)
	if err != nil {
		return nil, err
	}
	number := v.Number
	if number == "" {
		var now struct {
			Now time.Time `json:"now"`
		}
		if err := d.Do(c.ctx, http.MethodGet, "/demo/clock", nil, &now); err != nil {
			return nil, err
		}
		number = o2c.OwnNumber(calendar.On(now.Now, time.UTC), now.Now.String())
	}
	in := map[string]any{"external_id": number, "number": number, "currency": currency, "lines": lines}
	for name, said := range map[string]string{"po_number": v.PO, "note": v.Note} {
		if said != "" {
			in[name] = said
		}
	}
	id, err := customerID(c, d, v.Customer)
	if fault.Is(err, fault.NotFound) && v.Email != "" {
		in["customer"] = map[string]string{"name": v.Customer, "email": v.Email}
		return in, nil
	}
	in["customer_id"] = id
	return in, err
}

func (v *orderNewVerb) lines(currency string) ([]map[string]any, error) {
	said, err := o2c.OrderLines(strings.Join(v.Line, "\n"), currency)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(said))
	for i, l := range said {
		out[i] = map[string]any{"sku": l.SKU, "name": l.Name, "quantity": l.Quantity}
		if !l.Unpriced {
			price, err := money.FromDecimal(l.UnitPrice, currency)
			if err != nil {
				return nil, fault.Bad("/lines", err.Error(), "write it like "+o2c.TypedExample)
			}
			out[i]["unit_price"] = api.Money{Amount: price.Minor, Currency: price.Currency}
		}
		if !l.Untaxed {
			out[i]["tax_rate"] = l.TaxRate.String()
		}
	}
	return out, nil
}
