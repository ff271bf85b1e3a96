package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/statute"
)

// Product is something that is sold, and kept in stock once its shelf was
// counted.
type Product struct {
	SKU          string        `json:"sku" example:"FLOUR-25"`
	Name         string        `json:"name"`
	Price        Money         `json:"price" doc:"Net of tax"`
	Prices       []PriceListed `json:"prices" nullable:"false" doc:"What holds instead for some, for a time, or from a quantity"`
	VATClass     string        `json:"vat_class" doc:"Empty is standard"`
	Stock        *int64        `json:"stock" doc:"Units on the shelf; null is untracked and ships freely"`
	Reserved     int64         `json:"reserved" doc:"Held for orders"`
	Available    int64         `json:"available" doc:"Free to be ordered"`
	Backordered  int64         `json:"backordered" doc:"Confirmed orders wait for so many"`
	ReorderPoint int64         `json:"reorder_point" doc:"Once no more than this is free, the team is told"`
	Substitute   string        `json:"substitute" doc:"SKU that stands in when this one is out"`
	CreatedAt    time.Time     `json:"created_at"`
}

// PriceListed is a line of a product's price list.
type PriceListed struct {
	CustomerID  string `json:"customer_id,omitempty" doc:"For this customer alone"`
	Segment     string `json:"segment,omitempty" maxLength:"50" doc:"For customers of this segment; neither is for all" example:"wholesale"`
	MinQuantity int64  `json:"min_quantity,omitempty" minimum:"0" doc:"From this quantity of a line" example:"10"`
	ValidFrom   string `json:"valid_from,omitempty" format:"date" doc:"The first day it holds" example:"2026-01-01"`
	ValidTo     string `json:"valid_to,omitempty" format:"date" doc:"The last day it holds" example:"2026-12-31"`
	Price       Money  `json:"price" doc:"Net of tax, of one unit"`
}

// ProductInput is what a program says of a product.
type ProductInput struct {
	SKU          string        `json:"sku,omitempty" maxLength:"200" doc:"Required for a new product; it never changes" example:"FLOUR-25"`
	Name         string        `json:"name,omitempty" maxLength:"200" example:"Wheat flour, 25 kg"`
	Price        *Money        `json:"price,omitempty" doc:"Net of tax"`
	Prices       []PriceListed `json:"prices,omitempty" maxItems:"500" doc:"The whole list; it replaces the former one. Of several that hold, the customer's goes before its segment's, that before everybody's, then the largest min_quantity"`
	VATClass     string        `json:"vat_class,omitempty" maxLength:"50" doc:"standard, intermediate, reduced, super_reduced, zero, exempt or reverse_charge (domestic businesses account for the tax); what a line without tax_rate is taxed at" example:"reduced"`
	Stock        *int64        `json:"stock,omitempty" minimum:"0" maximum:"1000000000" doc:"Units on the shelf, counted anew" example:"40"`
	ReorderPoint *int64        `json:"reorder_point,omitempty" minimum:"0" example:"10"`
	Substitute   *string       `json:"substitute,omitempty" maxLength:"200" example:"FLOUR-10"`
}

// change is what the input says, ready to be applied.
func (in ProductInput) change() (func(*fulfilment.ProductData), error) {
	prices := make([]fulfilment.Price, len(in.Prices))
	for i, p := range in.Prices {
		from, err := dayOr(fmt.Sprintf("prices/%d/valid_from", i), p.ValidFrom, calendar.Date{})
		if err != nil {
			return nil, err
		}
		to, err := dayOr(fmt.Sprintf("prices/%d/valid_to", i), p.ValidTo, calendar.Date{})
		if err != nil {
			return nil, err
		}
		prices[i] = fulfilment.Price{CustomerID: p.CustomerID, Segment: p.Segment, MinQuantity: p.MinQuantity, From: from, To: to, Price: p.Price.amount()}
	}
	return func(d *fulfilment.ProductData) {
		d.Name, d.VATClass = cmp.Or(in.Name, d.Name), cmp.Or(vatClass(in.VATClass), d.VATClass)
		if in.Price != nil {
			d.Price = in.Price.amount()
		}
		if in.Prices != nil {
			d.Prices = prices
		}
		set(&d.ReorderPoint, in.ReorderPoint)
		set(&d.Substitute, in.Substitute)
	}, nil
}

// vatClass reads a class, also in the words that Dutch and older programs have
// for it.
func vatClass(s string) statute.Class {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "high", "hoog", "normal":
		return statute.StandardClass
	case "low", "laag":
		return statute.ReducedClass
	case "none", "nul":
		return statute.ZeroClass
	case "vrijgesteld":
		return statute.ExemptClass
	case "verlegd":
		return statute.ReverseClass
	}
	return statute.Class(s)
}

func (in ProductInput) check(books string) error {
	if in.Price != nil && (in.Price.Currency != books || in.Price.Amount < 0) {
		return fault.Bad("/price", "a price of "+in.Price.amount().String(), "write it in "+books+", not below zero")
	}
	return nil
}

func (s server) products() {
	type bySKU struct {
		SKU string `path:"sku"`
	}
	type creation struct{ Body ProductInput }
	type change struct {
		SKU  string `path:"sku"`
		Body ProductInput
	}
	op := made("create-product", "/v1/products", "Create a product with its opening stock")
	route(s, exampled(op, productExample), func(ctx context.Context, in *creation) (*reply[Product], error) {
		return s.createProduct(ctx, in.Body)
	})
	route(s, get("list-products", "/v1/products", "List products"), func(ctx context.Context, in *Paging) (*reply[page[Product]], error) {
		kept, next, err := walk(*in, func(limit int, after string) (o2c.Listing[fulfilment.Product], error) {
			return o2c.ListOf[fulfilment.Product](ctx, s.Cycle, limit, after)
		}, all)
		if err != nil {
			return nil, err
		}
		views, err := s.productViews(ctx, each(kept, (*fulfilment.Product).Data)...)
		return &reply[page[Product]]{page[Product]{views, next}}, err
	})
	route(s, get("get-product", "/v1/products/{sku}", "Read a product"), func(ctx context.Context, in *bySKU) (*reply[Product], error) {
		p, err := o2c.Read[fulfilment.Product](ctx, s.Cycle, in.SKU)
		if err != nil {
			return nil, err
		}
		return s.product(ctx, p.Data())
	})
	s.goodsReceived()
	patch := operation(http.MethodPatch, "amend-product", "/v1/products/{sku}", "Change a product, or count its shelf anew", http.StatusOK)
	route(s, patch, func(ctx context.Context, in *change) (*reply[Product], error) {
		if err := in.Body.check(s.Cycle.Policy.Currency); err != nil {
			return nil, err
		}
		apply, err := in.Body.change()
		if err != nil {
			return nil, err
		}
		d, err := s.Cycle.AmendProduct(ctx, s.stamp(ctx), in.SKU, apply, in.Body.Stock)
		if err != nil {
			return nil, err
		}
		return s.product(ctx, d)
	})
}

// GoodsInput is what came in.
type GoodsInput struct {
	Quantity  int64  `json:"quantity" minimum:"1" maximum:"1000000000" example:"40"`
	Reference string `json:"reference,omitempty" maxLength:"200" doc:"Such as the supplier's delivery note" example:"DN-2026-118"`
}

func (s server) goodsReceived() {
	type arrival struct {
		SKU  string `path:"sku"`
		Body GoodsInput
	}
	op := made("receive-goods", "/v1/products/{sku}/receipts", "Book goods in; orders that wait get theirs, those first that were promised first")
	route(s, op, func(ctx context.Context, in *arrival) (*reply[Product], error) {
		goods := o2c.Goods{SKU: in.SKU, Units: in.Body.Quantity, Reason: in.Body.Reference}
		_, err := s.Cycle.ReceiveGoods(ctx, s.once(ctx), goods)
		if err != nil && !s.before(ctx, err, o2c.Key{Kind: "product", ID: in.SKU}) {
			return nil, err
		}
		p, err := o2c.Read[fulfilment.Product](ctx, s.Cycle, in.SKU)
		if err != nil {
			return nil, err
		}
		return s.product(ctx, p.Data())
	})
}

// createProduct makes a product; an SKU names one for good.
func (s server) createProduct(ctx context.Context, in ProductInput) (*reply[Product], error) {
	if err := in.check(s.Cycle.Policy.Currency); err != nil {
		return nil, err
	}
	if in.SKU == "" {
		return nil, fault.Bad("/sku", "a product needs an SKU", "send one")
	}
	d := fulfilment.ProductData{SKU: in.SKU, Price: Money{Currency: s.Cycle.Policy.Currency}.amount()}
	apply, err := in.change()
	if err != nil {
		return nil, err
	}
	apply(&d)
	if err := s.ownDoing(ctx, o2c.Key{Kind: "product", ID: in.SKU}, "There is a product "+in.SKU+" already"); err != nil {
		return nil, err
	}
	saved, err := s.Cycle.SaveProduct(ctx, s.stamp(ctx), d, in.Stock)
	if err != nil {
		return nil, err
	}
	return s.product(ctx, saved)
}

func (s server) product(ctx context.Context, d fulfilment.ProductData) (*reply[Product], error) {
	views, err := s.productViews(ctx, d)
	if err != nil {
		return nil, err
	}
	return &reply[Product]{views[0]}, nil
}

func (s server) productViews(ctx context.Context, products ...fulfilment.ProductData) ([]Product, error) {
	shelves, err := s.Cycle.Shelves(ctx, each(products, func(d fulfilment.ProductData) string { return d.SKU })...)
	if err != nil {
		return nil, err
	}
	views := make([]Product, len(products))
	for i, d := range products {
		shelf := shelves[i]
		views[i] = Product{
			SKU: d.SKU, Name: d.Name, Price: moneyOf(d.Price), Prices: each(d.Prices, priceListed), VATClass: string(d.VATClass), Reserved: shelf.Reserved, Available: shelf.Available, Backordered: shelf.Backordered,
			ReorderPoint: d.ReorderPoint, Substitute: d.Substitute, CreatedAt: d.CreatedAt,
		}
		if shelf.Tracked {
			views[i].Stock = &shelf.OnHand
		}
	}
	return views, nil
}

func priceListed(p fulfilment.Price) PriceListed {
	return PriceListed{
		CustomerID: p.CustomerID, Segment: p.Segment, MinQuantity: p.MinQuantity, ValidFrom: p.From.String(), ValidTo: p.To.String(), Price: moneyOf(p.Price),
	}
}
