package cash

import (
	"encoding/json"
	"fmt"

	"duly/shared/o2c/money"
)

// PageSize is how many parts one document holds, well below the 400 kB of an
// item.
const PageSize = 200

// PartsPage is a page of a payout's parts.
type PartsPage struct {
	data struct {
		ID    string     `json:"id"`
		Parts []Movement `json:"parts"`
	}
}

// PartsID is the id of the nth page, from 0.
func PartsID(payoutID string, n int) string { return fmt.Sprintf("%s-%d", payoutID, n) }

// NewPartsPage makes the nth page of a payout.
func NewPartsPage(payoutID string, n int, parts []Movement) *PartsPage {
	p := &PartsPage{}
	p.data.ID, p.data.Parts = PartsID(payoutID, n), parts
	return p
}

// Parts are the page's.
func (p *PartsPage) Parts() []Movement { return p.data.Parts }

// Kind and ID make the page a document.
func (p *PartsPage) Kind() string { return "payoutparts" }
func (p *PartsPage) ID() string   { return p.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *PartsPage) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *PartsPage) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// causesMax is how many movements together may explain a gap, and candidatesMax
// among how many they are looked for: three of 300 are found in 90,000 steps.
const (
	causesMax     = 3
	candidatesMax = 300
)

// Smallest finds the smallest set of movements whose net amounts add up to the
// gap; of several the first in the order given. It is nil when no set of up to
// three does.
func Smallest(gap money.Amount, from []Movement) []Movement {
	from = from[:min(len(from), candidatesMax)]
	at := map[int64][]int{} // where a net amount stands
	for i, p := range from {
		at[p.Net().Minor] = append(at[p.Net().Minor], i)
	}
	for size := 1; size <= causesMax; size++ {
		if found := pick(gap.Minor, from, at, 0, size); found != nil {
			return found
		}
	}
	return nil
}

// pick finds size movements from the index start on that add up to rest.
func pick(rest int64, from []Movement, at map[int64][]int, start, size int) []Movement {
	if size == 1 {
		for _, i := range at[rest] {
			if i >= start {
				return []Movement{from[i]}
			}
		}
		return nil
	}
	for i := start; i < len(from); i++ {
		if found := pick(rest-from[i].Net().Minor, from, at, i+1, size-1); found != nil {
			return append([]Movement{from[i]}, found...)
		}
	}
	return nil
}

// Absent is a part as what a payout leaves out: it takes off what it would have
// added.
func (p Movement) Absent() Movement {
	p.Amount, p.Fee = p.Amount.Neg(), p.Fee.Neg()
	return p
}

// Sums adds parts up by their kinds.
func Sums(currency string, parts []Movement) PayoutData {
	zero := money.Of(0, currency)
	d := PayoutData{Charges: zero, Fees: zero, Refunds: zero, Disputes: zero, Adjustments: zero}
	for _, p := range parts {
		d.Fees = d.Fees.Plus(p.Fee)
		switch p.Kind {
		case MovementCharge:
			d.Charges = d.Charges.Plus(p.Amount)
		case MovementRefund:
			d.Refunds = d.Refunds.Minus(p.Amount)
		case MovementDispute:
			d.Disputes = d.Disputes.Plus(p.Amount)
		case MovementFee:
			d.Fees = d.Fees.Minus(p.Amount)
		default:
			d.Adjustments = d.Adjustments.Plus(p.Amount)
		}
	}
	return d
}
