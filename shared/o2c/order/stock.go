package order

import "slices"

// Goods reports whether the line is something that may be kept in stock.
func (l Line) Goods() bool { return !l.Service && l.SKU != "" }

// Missing is what of a line is neither reserved nor waits for stock yet.
func (l Line) Missing() int64 { return max(0, l.Left()-l.Reserved-l.Waiting) }

// Queues reports whether what cannot be reserved of the order waits in the line
// for new stock: it is accepted, and its customer counts on it.
func (o *Order) Queues() bool {
	return o.data.Status == Confirmed || o.data.Status == PartShipped || o.Held(StockHold)
}

// Reserve records units of a line that are held in stock, and units that wait
// for it, on top of those that do already.
func (o *Order) Reserve(line int, held, waiting int64) {
	o.data.Lines = slices.Clone(o.data.Lines)
	l := &o.data.Lines[line-1]
	l.Tracked, l.Reserved, l.Waiting = true, l.Reserved+held, l.Waiting+waiting
	if waiting > 0 && o.data.Queue == "" {
		o.data.Queue = o.place()
	}
}

// place orders those who wait: by what the customer was promised, then by age.
// It is kept, so that an order keeps its turn whatever becomes of its promise.
func (o *Order) place() string {
	promised := "9999-12-31"
	if !o.data.DeliverOn.IsZero() {
		promised = o.data.DeliverOn.String()
	}
	return promised + " " + o.data.ReceivedAt.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// Receive gives units that arrived to the lines of an SKU that wait for them.
func (o *Order) Receive(sku string, units int64) {
	o.data.Lines = slices.Clone(o.data.Lines)
	for i := range o.data.Lines {
		if l := &o.data.Lines[i]; l.SKU == sku {
			n := min(units, l.Waiting)
			l.Reserved, l.Waiting, units = l.Reserved+n, l.Waiting-n, units-n
		}
	}
}

// WaitingFor is how many units of an SKU the order waits for.
func (o *Order) WaitingFor(sku string) int64 {
	var units int64
	for _, l := range o.data.Lines {
		if l.SKU == sku {
			units += l.Waiting
		}
	}
	return units
}

// ReserveFrom records the line from which stock is still to be reserved; 0 when
// that is done.
func (o *Order) ReserveFrom(line int) { o.data.Reserving = line }

// Holding reports whether any stock is held for the order.
func (o *Order) Holding() bool {
	return slices.ContainsFunc(o.data.Lines, func(l Line) bool { return l.Reserved > 0 })
}

// Short reports whether any of it is back-ordered.
func (o *Order) Short() bool {
	return slices.ContainsFunc(o.data.Lines, func(l Line) bool { return l.Waiting > 0 })
}

// LetGo gives up what is reserved and what waits; the order stays as it is.
func (o *Order) LetGo() {
	o.data.Lines, o.data.Reserving = slices.Clone(o.data.Lines), 0
	for i := range o.data.Lines {
		o.data.Lines[i].Reserved, o.data.Lines[i].Waiting = 0, 0
	}
}
