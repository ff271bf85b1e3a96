package api

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/party"
)

// Discount is what a customer may take off an invoice for paying early.
type Discount struct {
	Percent string `json:"percent" pattern:"^[0-9]{1,2}([.][0-9]{1,4})?$" example:"2"`
	Days    int    `json:"days" minimum:"1" maximum:"120" doc:"From the invoice's date to the day of value" example:"10"`
	Tax     string `json:"tax" enum:"included,excluded" doc:"included: taken off the total, the tax falls with the price; excluded: taken off the net amount, the tax stays"`
}

// terms are the discount as the books keep it; the schema proved the percentage.
func (d *Discount) terms() *party.Discount {
	if d == nil {
		return nil
	}
	return &party.Discount{Percent: decimal.RequireFromString(d.Percent), Days: d.Days, Tax: d.Tax}
}
