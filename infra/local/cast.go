package local

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"duly/events"
	"duly/infra/local/shop"
)

// Cast are the people and goods of the story: who orders, and what.
type Cast struct {
	Customers []Buyer   `yaml:"customers"`
	Products  []Article `yaml:"products"`
}

// Buyer is one customer of the story.
type Buyer struct {
	Key      string `yaml:"key"`
	ID       int64  `yaml:"id"` // at the shops
	Name     string `yaml:"name"`
	Company  string `yaml:"company"`
	Email    string `yaml:"email"`
	Phone    string `yaml:"phone"`
	VATID    string `yaml:"vat_id"`
	KVK      string `yaml:"kvk"`
	Kind     string `yaml:"kind"`
	Locale   string `yaml:"locale"`
	IBAN     string `yaml:"iban"`
	Street   string `yaml:"street"`
	Postcode string `yaml:"postal_code"`
	City     string `yaml:"city"`
	Country  string `yaml:"country"`
}

// Label is what the customer is called.
func (b Buyer) Label() string {
	if b.Company != "" {
		return b.Company
	}
	return b.Name
}

// Customer is the buyer as a shop knows it.
func (b Buyer) Customer() shop.Customer {
	return shop.Customer{
		ID: b.ID, Name: b.Name, Email: b.Email, Phone: b.Phone, Company: b.Company, VATID: b.VATID, KVK: b.KVK, Kind: b.Kind, Locale: b.Locale,
		Address: shop.Address{Street: b.Street, PostalCode: b.Postcode, City: b.City, Country: b.Country},
	}
}

// Article is something that the shops sell.
type Article struct {
	SKU   string `yaml:"sku"`
	Name  string `yaml:"name"`
	Price int64  `yaml:"price"` // minor units, net of tax
	Tax   string `yaml:"tax"`   // percent
}

// LoadCast reads the story's people and goods.
func LoadCast() (Cast, error) {
	var c Cast
	raw, err := events.FS.ReadFile("stories/cast.yaml")
	if err == nil {
		err = yaml.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, fmt.Errorf("read the story's cast: %w", err)
	}
	return c, nil
}

// Buyer finds a customer of the story.
func (c Cast) Buyer(key string) (Buyer, bool) {
	i := slices.IndexFunc(c.Customers, func(b Buyer) bool { return b.Key == key })
	if i < 0 {
		return Buyer{}, false
	}
	return c.Customers[i], true
}

// Line is a line of an order.
func (c Cast) Line(sku string, quantity int64) (shop.Line, bool) {
	i := slices.IndexFunc(c.Products, func(a Article) bool { return a.SKU == sku })
	if i < 0 {
		return shop.Line{}, false
	}
	a := c.Products[i]
	return shop.Line{SKU: a.SKU, Name: a.Name, Quantity: quantity, UnitPriceMinor: a.Price, TaxRatePercent: a.Tax}, true
}
