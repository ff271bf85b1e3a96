package invoice

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Line is one line of a document (BG-25).
type Line struct {
	N         int              `json:"n"` // BT-126
	OrderLine int              `json:"order_line"`
	SKU       string           `json:"sku,omitempty"`        // BT-155
	Name      string           `json:"name"`                 // BT-153
	Quantity  int64            `json:"quantity"`             // BT-129
	UnitPrice money.Amount     `json:"unit_price"`           // net, after its allowance, rounded for reading
	ListPrice decimal.Decimal  `json:"list_price,omitzero"`  // BT-146 where there is an allowance: net, before it
	Net       money.Amount     `json:"net"`                  // BT-131
	TaxRate   decimal.Decimal  `json:"tax_rate"`             // BT-152, percent
	Category  statute.Category `json:"tax_category"`         // BT-151
	Advance   string           `json:"advance,omitempty"`    // number of the deposit invoice that this line takes off
	Supply    int              `json:"supply,omitempty"`     // of a collective invoice: the place of its supply, from 1
	Charge    decimal.Decimal  `json:"charge,omitzero"`      // of one unit beside its price, net (BG-28)
	ChargeFor string           `json:"charge_for,omitempty"` // BT-144
	// Overall is an allowance (BG-20, below zero) or a charge (BG-21) of the whole
	// document at one rate; its name is the reason (BT-97, BT-104).
	Overall bool `json:"overall,omitempty"`
}

// Charged is what is charged on the line beside its price (BT-141).
func (l Line) Charged() money.Amount {
	on, err := money.Round(l.Charge.Mul(decimal.NewFromInt(l.Quantity)), l.Net.Currency)
	if err != nil || l.Charge.IsZero() {
		return l.Net.Zero()
	}
	return on
}

// Allowance is the discount on the line (BT-136, of BG-27), net: what its units
// cost by the list, less what the line comes to.
func (l Line) Allowance() money.Amount {
	listed, err := money.Round(l.ListPrice.Mul(decimal.NewFromInt(l.Quantity)), l.Net.Currency)
	paid := l.Net.Minus(l.Charged())
	if err != nil || l.ListPrice.IsZero() || listed.Cmp(paid) <= 0 {
		return l.Net.Zero()
	}
	return listed.Minus(paid)
}

// Price is that of one unit before the allowance (BT-146), so exact that
// quantity × price, less the allowance and with the charge, is the line's net
// amount again
// (PEPPOL-EN16931-R120).
func (l Line) Price() decimal.Decimal {
	listed, said, quantity := l.Net.Minus(l.Charged()).Plus(l.Allowance()).Decimal(), l.UnitPrice.Decimal(), decimal.NewFromInt(l.Quantity)
	if l.Allowance().IsPositive() {
		said = l.ListPrice
	}
	if quantity.IsZero() || said.Mul(quantity).Equal(listed) {
		return said
	}
	return listed.DivRound(quantity, 8)
}
