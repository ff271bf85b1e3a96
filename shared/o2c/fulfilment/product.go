package fulfilment

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// ProductData is what a product is made of.
type ProductData struct {
	SKU          string        `json:"sku"`
	Name         string        `json:"name"`
	Price        money.Amount  `json:"price"`               // net of tax
	Prices       []Price       `json:"prices,omitempty"`    // for some, for a time, from a quantity
	VATClass     statute.Class `json:"vat_class,omitempty"` // none: standard
	ReorderPoint int64         `json:"reorder_point"`
	Substitute   string        `json:"substitute,omitempty"` // the SKU that stands in when it is out
	CreatedAt    time.Time     `json:"created_at"`
}

// Price is a line of a price list.
type Price struct {
	CustomerID  string        `json:"customer_id,omitempty"` // for this customer alone, or
	Segment     string        `json:"segment,omitempty"`     // for customers of this segment; neither: for all
	MinQuantity int64         `json:"min_quantity,omitempty"`
	From        calendar.Date `json:"valid_from,omitzero"` // the first and
	To          calendar.Date `json:"valid_to,omitzero"`   // the last day it holds; none: no bound
	Price       money.Amount  `json:"price"`               // net of tax, of one unit
}

// PricesMax bounds a product's price list: it is read with the product.
const PricesMax = 500

// Buyer is for whom a price is asked.
type Buyer struct {
	CustomerID string
	Segment    string
}

// holds reports whether the price is the buyer's for a quantity on a day.
func (p Price) holds(b Buyer, quantity int64, on calendar.Date) bool {
	return (p.CustomerID == "" || p.CustomerID == b.CustomerID) && (p.Segment == "" || p.Segment == b.Segment) &&
		quantity >= p.MinQuantity && (p.From.IsZero() || !on.Before(p.From)) && (p.To.IsZero() || !on.After(p.To))
}

// before orders prices that all hold: what was agreed with the customer goes
// before its segment's, that before everybody's; then the larger quantity, then
// the newer agreement.
func (p Price) before(q Price) bool {
	switch {
	case (p.CustomerID != "") != (q.CustomerID != ""):
		return p.CustomerID != ""
	case (p.Segment != "") != (q.Segment != ""):
		return p.Segment != ""
	case p.MinQuantity != q.MinQuantity:
		return p.MinQuantity > q.MinQuantity
	}
	return p.From.After(q.From)
}

// PriceFor is the net price of one unit.
func (d ProductData) PriceFor(b Buyer, quantity int64, on calendar.Date) money.Amount {
	var best *Price
	for i := range d.Prices {
		if p := &d.Prices[i]; p.holds(b, quantity, on) && (best == nil || p.before(*best)) {
			best = p
		}
	}
	if best == nil {
		return d.Price
	}
	return best.Price
}

// Product is something that is sold, and kept in stock once its shelf was
// counted. An SKU without a shelf is untracked and ships freely.
type Product struct{ data ProductData }

// Unfit says which field of a product cannot be, by its JSON pointer.
type Unfit struct{ Pointer, Why, Do string }

func (e *Unfit) Error() string { return e.Why }

// NewProduct checks and makes a product.
func NewProduct(d ProductData) (*Product, error) {
	if d.Name == "" {
		d.Name = d.SKU
	}
	if slices.Contains([]string{".", "..", "/"}, d.SKU) { // RFC 3986, section 5.2.4: as the end of a path they name what is above, so nobody could read it again
		return nil, &Unfit{"/sku", fmt.Sprintf("an SKU %q cannot be part of an address", d.SKU), "write one with a letter or a digit"}
	}
	return &Product{data: d}, d.check()
}

func (d ProductData) check() error {
	switch {
	case d.SKU == "":
		return &Unfit{"/sku", "a product needs an SKU", "send one"}
	case d.Price.IsNegative():
		return &Unfit{"/price", fmt.Sprintf("a price of %s", d.Price), "write it not below zero"}
	case d.VATClass != "" && !slices.Contains(statute.Classes(), d.VATClass):
		return &Unfit{"/vat_class", fmt.Sprintf("class %q is not known", d.VATClass), fmt.Sprintf("write one of %v", statute.Classes())}
	case d.ReorderPoint < 0:
		return &Unfit{"/reorder_point", fmt.Sprintf("a reorder point of %d", d.ReorderPoint), "write it not below zero"}
	case d.Substitute == d.SKU:
		return &Unfit{"/substitute", "a product cannot stand in for itself", "name another SKU"}
	case len(d.Prices) > PricesMax:
		return &Unfit{"/prices", fmt.Sprintf("a list of %d prices", len(d.Prices)), fmt.Sprintf("send at most %d", PricesMax)}
	}
	for i, p := range d.Prices {
		at := fmt.Sprintf("/prices/%d", i)
		switch {
		case p.Price.IsNegative() || p.Price.Currency != d.Price.Currency:
			return &Unfit{at + "/price", fmt.Sprintf("a price of %s", p.Price), "write it in " + d.Price.Currency + ", not below zero"}
		case p.MinQuantity < 0:
			return &Unfit{at + "/min_quantity", fmt.Sprintf("from %d units", p.MinQuantity), "write it not below zero"}
		case !p.To.IsZero() && p.To.Before(p.From):
			return &Unfit{at + "/valid_to", fmt.Sprintf("%s is before %s", p.To, p.From), "end it on or after the day it begins"}
		case p.CustomerID != "" && p.Segment != "":
			return &Unfit{at + "/segment", "the price is for a customer and for a segment", "name one of them"}
		}
	}
	return nil
}

// Data is a copy; its prices are not for writing.
func (p *Product) Data() ProductData { return p.data }

// Amend changes all but the SKU.
func (p *Product) Amend(change func(*ProductData)) error {
	next := p.data
	change(&next)
	next.SKU, next.CreatedAt = p.data.SKU, p.data.CreatedAt
	if err := next.check(); err != nil {
		return err
	}
	p.data = next
	return nil
}

// Kind, ID and ListKey make the product a document.
func (p *Product) Kind() string    { return "product" }
func (p *Product) ID() string      { return p.data.SKU }
func (p *Product) ListKey() string { return p.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Product) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Product) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }
