package api

import (
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// InstalmentShare is one of several due dates of each invoice.
type InstalmentShare struct {
	Percent int `json:"percent" minimum:"1" maximum:"99" doc:"Of the invoice; together they are 100" example:"30"`
	Days    int `json:"days" minimum:"0" maximum:"366" doc:"After the invoice; 0: on its day" example:"30"`
}

// InvoiceInstalment is a part of an invoice with a due date of its own.
type InvoiceInstalment struct {
	DueOn  string `json:"due_on" format:"date"`
	Amount Money  `json:"amount"`
	Open   Money  `json:"open" doc:"What is left of it: payments and credit notes cover the earliest first"`
}

func instalments(d invoice.Data) []InvoiceInstalment {
	all := make([]InvoiceInstalment, 0, len(d.Instalments))
	left := map[calendar.Date]money.Amount{}
	if len(d.Instalments) > 0 {
		for _, p := range d.Standing(d.Open) {
			left[p.On] = p.Amount
		}
	}
	for _, p := range d.Instalments {
		open := p.Amount.Zero()
		if rest, stands := left[p.On]; stands {
			open = rest
		}
		all = append(all, InvoiceInstalment{DueOn: p.On.String(), Amount: moneyOf(p.Amount), Open: moneyOf(open)})
	}
	return all
}
