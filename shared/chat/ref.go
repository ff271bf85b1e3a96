package chat

import (
	"strconv"
	"strings"
)

// Ref is what a button carries: which thing, and the version of it that the card showed. It is all that is believed of a
// press; everything else is read again (rows 22 and 29 of the failure catalogue).
type Ref struct {
	ID      string
	Version int64 // 0: any
}

// String is the button's value: "o_…|3".
func (r Ref) String() string { return r.ID + "|" + strconv.FormatInt(r.Version, 10) }

// ParseRef reads a button's value; what is not one refers to nothing.
func ParseRef(value string) (Ref, bool) {
	id, version, ok := strings.Cut(value, "|")
	n, err := strconv.ParseInt(version, 10, 64)
	if !ok || err != nil || id == "" || n < 0 {
		return Ref{}, false
	}
	return Ref{ID: id, Version: n}, true
}

// Pair is what the button of a candidate carries: the money and the open item it may belong to.
type Pair struct {
	ReceiptID string
	InvoiceID string // of several, with commas between
}

// String is the button's value: "r_…|i_…".
func (p Pair) String() string { return p.ReceiptID + "|" + p.InvoiceID }

// ParsePair reads a button's value.
func ParsePair(value string) (Pair, bool) {
	receipt, invoice, ok := strings.Cut(value, "|")
	if !ok || receipt == "" || invoice == "" || strings.Contains(invoice, "|") {
		return Pair{}, false
	}
	return Pair{ReceiptID: receipt, InvoiceID: invoice}, true
}

// Repay is what the button carries that says whose money a bank line gave back.
type Repay struct {
	LineID    string
	ReceiptID string
}

// String is the button's value: "bl_…|r_…".
func (r Repay) String() string { return r.LineID + "|" + r.ReceiptID }

// ParseRepay reads a button's value.
func ParseRepay(value string) (Repay, bool) {
	p, ok := ParsePair(value)
	return Repay{LineID: p.ReceiptID, ReceiptID: p.InvoiceID}, ok
}

// Undo is what the button carries that takes an application back, or a booking.
type Undo struct {
	ReceiptID string
	N         int
	Booking   bool
}

// String is the button's value: "r_…|2", or "r_…|b2" for a booking.
func (u Undo) String() string {
	if u.Booking {
		return u.ReceiptID + "|b" + strconv.Itoa(u.N)
	}
	return u.ReceiptID + "|" + strconv.Itoa(u.N)
}

// ParseUndo reads a button's value.
func ParseUndo(value string) (Undo, bool) {
	receipt, number, ok := strings.Cut(value, "|")
	digits, booking := strings.CutPrefix(number, "b")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || receipt == "" || n < 1 {
		return Undo{}, false
	}
	return Undo{ReceiptID: receipt, N: n, Booking: booking}, true
}
