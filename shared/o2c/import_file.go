package o2c

import (
	"slices"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// ImportFile is a file whose rows were read.
type ImportFile struct {
	Kind    string
	Rows    int
	Items   []ImportItem
	Columns map[string]string // what the file calls a field
	Ignored []string          // columns that mean nothing here
	Errors  []RowError        // at most ErrorsMax
	Faults  int
	wrong   map[int]bool // rows
}

// Bad says whether something was found wrong in a row.
func (f *ImportFile) Bad(row int) bool { return f.wrong[row] }

// Wrong notes what is wrong in a row.
func (f *ImportFile) Wrong(e RowError) {
	if f.wrong == nil {
		f.wrong = map[int]bool{}
	}
	f.wrong[e.Row] = true
	if f.Faults++; len(f.Errors) < ErrorsMax {
		f.Errors = append(f.Errors, e)
	}
}

// ImportItem is an order, a customer or a product of a file.
type ImportItem struct {
	Row      int    // where it begins
	Lines    []int  // rows of an order's lines
	ID       string // the sender's, for ever
	Order    *order.Incoming
	Customer *party.Data // what is empty is not said
	Product  *ImportedProduct
	Open     *OpenItem
	Balance  *OpeningBalance
}

// ImportedProduct is what a file says of a product.
type ImportedProduct struct {
	Data      fulfilment.ProductData
	Priced    bool
	Reordered bool
	Stock     *int64
}

// spoilt reports whether a row of the item cannot be used.
func (f *ImportFile) spoilt(item ImportItem) bool {
	return f.Bad(item.Row) || slices.ContainsFunc(item.Lines, f.Bad)
}
