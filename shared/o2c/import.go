package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// importEndpoint is the channel of what files bring.
const importEndpoint = "csv"

// importChunk is after how many items a job writes down how far it came.
const importChunk = 100

// Import is what a job needs of the outside.
type Import struct {
	Read func(ctx context.Context, key, kind string) (ImportFile, error)
	Bank func(ctx context.Context, key string) ([]cash.Statement, error)
	More func() bool // whether there is time for another chunk
}

// RunJob goes on with a job: it looks at every item first and applies them only
// if it was asked to and nothing was wrong. It stops when time runs out and is
// gone on with where it stopped; an item that was taken before is taken as the
// same.
func (c *Cycle) RunJob(ctx context.Context, at time.Time, id string, in Import) (JobData, error) {
	j, err := Read[Job](ctx, c, id)
	if err != nil || j.data.Finished() {
		return JobData{}, err
	}
	d := j.data
	if d.Kind == ImportBank {
		return c.goOnWithBank(ctx, at, d, in)
	}
	file, err := in.Read(ctx, d.File, d.Kind)
	if err != nil {
		return c.spoiltJob(ctx, at, j.data, d, err)
	}
	before := j.data
	if d.Status == JobWaiting {
		d.Status, d.Rows, d.Items = JobRunning, file.Rows, len(file.Items)
		d.Errors, d.Faults, d.Ignored = file.Errors, file.Faults, file.Ignored
		d.controlled(file)
	}
	for !d.Finished() && in.More() {
		if err := c.advance(ctx, at, &d, file); err != nil {
			return d, err
		}
		if err := c.keepJob(ctx, at, before, &d); err != nil {
			return d, err
		}
		before = d
	}
	return d, nil
}

// advance works on the next chunk, and turns from looking to applying.
func (c *Cycle) advance(ctx context.Context, at time.Time, d *JobData, file ImportFile) error {
	end := min(d.Next+importChunk, len(file.Items))
	for _, item := range file.Items[d.Next:end] {
		if file.spoilt(item) { // its cells were told of
			d.count(importFailed)
			d.Next++
			continue
		}
		became, err := c.importItem(ctx, at, d, item)
		if f := fault.Of(err); err != nil && f.Code.Meaning().Retry {
			return err
		} else if err != nil {
			became = importFailed
			d.wrong(wrongIn(file, item, f))
		}
		d.count(became)
		d.Next++
	}
	if d.Next < len(file.Items) {
		return nil
	}
	if d.Apply && !d.Applying && d.Faults == 0 {
		d.Applying, d.Next, d.New, d.Changed, d.Same = true, 0, 0, 0, 0
		return nil
	}
	d.Status = JobDone
	return nil
}

// keepJob writes down how far a job came, unless a rival did so meanwhile.
func (c *Cycle) keepJob(ctx context.Context, at time.Time, before JobData, d *JobData) error {
	d.WorkedAt = at
	if d.Finished() {
		d.EndedAt = at
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: d.By})
		j, err := get[Job](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if j.data.Next != before.Next || j.data.Applying != before.Applying || j.data.Finished() {
			return fault.New(fault.Stale, "The job is being worked on elsewhere", "it went on meanwhile", "nothing")
		}
		j.data = *d
		if d.Finished() {
			return tx.Save(j, Fact{Type: "job.ended", Data: map[string]any{"status": d.Status, "applied": d.Applying, "new": d.New, "changed": d.Changed, "failed": d.Failed}})
		}
		return tx.Save(j)
	})
}

// What became, or would become, of an item.
const (
	importNew = iota
	importChanged
	importSame
	importFailed
)

func (d *JobData) count(became int) {
	*[]*int{&d.New, &d.Changed, &d.Same, &d.Failed}[became]++
}

// importItem looks at one item, or takes it.
func (c *Cycle) importItem(ctx context.Context, at time.Time, d *JobData, item ImportItem) (int, error) {
	s := Stamp{At: at, Actor: d.By, Cause: Name("seen", "import", d.ID, item.ID)}
	switch {
	case item.Order != nil:
		return c.importOrder(ctx, s, d, item)
	case item.Customer != nil:
		return c.importCustomer(ctx, s, d.Applying, item)
	case item.Product != nil:
		return c.importProduct(ctx, s, d.Applying, item)
	case item.Open != nil:
		return c.importOpen(ctx, s, d, item)
	case item.Balance != nil:
		return c.importBalance(ctx, s, d, item)
	}
	return importSame, nil
}

// importOrder takes an order as a shop's is taken. One that is known counts as
// changed when its lines or its sum differ.
func (c *Cycle) importOrder(ctx context.Context, s Stamp, d *JobData, item ImportItem) (int, error) {
	in := *item.Order
	if pointer, err := in.Check(); err != nil {
		return 0, fault.By(pointer, err, "mend the row")
	}
	tx := NewTx(c.Store)
	tx.By(s)
	known, err := find[order.Order](ctx, tx, OrderID(importEndpoint, in.ExternalID))
	if err != nil {
		return 0, err
	}
	cust, source, became := party.Data{Address: in.Buyer.Address}, order.Source{Endpoint: importEndpoint, Platform: importEndpoint}, importNew
	if known != nil {
		buyer, err := get[party.Customer](ctx, tx, known.Data().CustomerID)
		if err != nil {
			return 0, err
		}
		cust, became = buyer.Data(), importChanged
	}
	filled, err := c.fill(ctx, tx, in, cust)
	if err != nil {
		return 0, err
	}
	next, err := order.Take(filled, order.Intake{ID: OrderID(importEndpoint, in.ExternalID), Source: source})
	if next == nil {
		return 0, fault.By("/lines", err, "mend the row")
	}
	if known != nil && len(known.Changes(next.Data())) == 0 {
		return importSame, nil
	}
	if !d.Applying {
		return became, nil
	}
	a := Arrival{At: s.At, Endpoint: importEndpoint, Platform: importEndpoint, Seen: s.Cause, Actor: s.Actor, Message: order.Message{Verb: order.Create, Topic: "import " + d.Name, Order: in}}
	if became == importChanged || in.UpdatedAt.IsZero() { // the file is newer than what is known
		a.Message.Order.UpdatedAt = d.CreatedAt
	}
	if became == importChanged {
		a.Message.Verb = order.Update
	}
	if in.PlacedAt.IsZero() {
		a.Message.Order.PlacedAt = d.CreatedAt
	}
	_, err = c.HandleShop(ctx, a)
	return became, err
}

// importCustomer makes a customer or brings one up to date. It is known by its
// number in earlier files, or by its VAT or KVK number.
func (c *Cycle) importCustomer(ctx context.Context, s Stamp, apply bool, item ImportItem) (int, error) {
	became := importSame
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		names := aliases(importEndpoint, order.Buyer{ExternalID: item.ID, VATID: item.Customer.VATID, KVK: item.Customer.KVK})
		keys, err := tx.Resolve(ctx, names...)
		if err != nil {
			return err
		}
		cust, change, before := &party.Customer{}, overCustomer(*item.Customer), party.Data{}
		for _, k := range keys {
			if !k.IsZero() && cust.ID() == "" {
				if err := tx.Get(ctx, k.ID, cust); err != nil {
					return err
				}
			}
		}
		fact := Fact{Type: "customer.amended"}
		if cust.ID() == "" {
			became, fact.Type = importNew, "customer.created"
			d := party.Data{ID: Name("c", importEndpoint, item.ID), CreatedAt: s.At}
			change(&d)
			if cust, err = party.NewCustomer(d); err != nil {
				return fault.By(cmp.Or(party.Pointer(err), "/"), err, "mend the row")
			}
		} else {
			before = cust.Data()
			if err := cust.Amend(change); err != nil {
				return fault.By(cmp.Or(party.Pointer(err), "/"), err, "mend the row")
			}
			if became = importChanged; reflect.DeepEqual(before, cust.Data()) {
				became = importSame
			}
		}
		if !apply {
			return nil
		}
		for i, k := range keys {
			if k.IsZero() {
				tx.Name(names[i], KeyOf(cust))
			}
		}
		if became == importSame {
			return nil
		}
		if err := c.restate(ctx, tx, cust, before); err != nil {
			return err
		}
		fact.Data = cust.Data()
		if err := tx.Save(cust, fact); err != nil || became != importNew {
			return err
		}
		return c.liken(ctx, tx, cust)
	})
	return became, err
}

// overCustomer writes what is said over what is known.
func overCustomer(said party.Data) func(*party.Data) {
	return func(d *party.Data) {
		for _, f := range []struct {
			to   *string
			said string
		}{{&d.Name, said.Name}, {&d.Phone, said.Phone}, {&d.Language, said.Language}, {&d.VATID, normal(said.VATID)}, {&d.KVK, normal(said.KVK)}, {&d.BuyerReference, said.BuyerReference}, {&d.Segment, said.Segment}} {
			if f.said != "" {
				*f.to = f.said
			}
		}
		if said.Kind != "" {
			d.Kind = said.Kind
		}
		if len(said.Emails) > 0 {
			d.Emails = said.Emails
		}
		if said.Address != (party.Address{}) {
			d.Address = said.Address
		}
		if said.TermsDays != nil {
			d.TermsDays = said.TermsDays
		}
		if said.CreditLimit != nil {
			d.CreditLimit, d.Unlimited = said.CreditLimit, false
		}
	}
}

// importProduct makes a product or brings one up to date, its shelf with it.
func (c *Cycle) importProduct(ctx context.Context, s Stamp, apply bool, item ImportItem) (int, error) {
	said := *item.Product
	change := func(d *fulfilment.ProductData) {
		if said.Data.Name != "" {
			d.Name = said.Data.Name
		}
		if said.Priced {
			d.Price = said.Data.Price
		}
		if said.Data.VATClass != "" {
			d.VATClass = said.Data.VATClass
		}
		if said.Reordered {
			d.ReorderPoint = said.Data.ReorderPoint
		}
		if said.Data.Substitute != "" {
			d.Substitute = said.Data.Substitute
		}
	}
	tx := NewTx(c.Store)
	tx.By(s)
	known, err := find[fulfilment.Product](ctx, tx, item.ID)
	if err != nil {
		return 0, err
	}
	if known == nil {
		d := fulfilment.ProductData{SKU: item.ID}
		change(&d)
		if _, err := fulfilment.NewProduct(d); err != nil || !apply {
			return importNew, unfit(err)
		}
		_, err := c.SaveProduct(ctx, s, d, said.Stock)
		return importNew, err
	}
	before, _ := json.Marshal(known.Data()) // texts and numbers
	if err := known.Amend(change); err != nil {
		return 0, unfit(err)
	}
	after, _ := json.Marshal(known.Data())
	shelf, err := tx.Counter(ctx, stockKey(item.ID))
	if err != nil {
		return 0, err
	}
	if string(before) == string(after) && (said.Stock == nil || (shelf.Exists && shelf.Values[fulfilment.OnHand] == *said.Stock)) {
		return importSame, nil
	}
	if !apply {
		return importChanged, nil
	}
	_, err = c.AmendProduct(ctx, s, item.ID, change, said.Stock)
	return importChanged, err
}

// wrongIn finds the row and the column that a failure speaks of.
func wrongIn(file ImportFile, item ImportItem, f *fault.Error) RowError {
	e := RowError{Row: item.Row, Value: item.ID, Why: f.Why, Do: f.Do}
	if e.Why == "" {
		e.Why = f.What
	}
	parts := strings.Split(strings.Trim(f.Pointer, "/"), "/")
	field := strings.ReplaceAll(parts[len(parts)-1], "_", " ")
	if e.Column = file.Columns[field]; e.Column == "" {
		e.Column = file.Columns[map[string]string{ImportOrders: "order", ImportCustomers: "customer", ImportProducts: "sku", ImportOpenItems: "invoice", ImportBalances: "account"}[file.Kind]]
	}
	var n int
	if len(parts) == 3 && parts[0] == "lines" && json.Unmarshal([]byte(parts[1]), &n) == nil && n < len(item.Lines) {
		e.Row = item.Lines[n]
	}
	return e
}
