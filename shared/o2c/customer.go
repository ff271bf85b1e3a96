package o2c

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// The spaces of names under which customers are known.
const (
	spaceCustomer = "customer" // a shop's id or mail address of a customer
	spaceVAT      = "vat"
	spaceKVK      = "kvk"
)

// aliases are the names under which a buyer may be known already, the surest
// first. Two shops' customers are one only on an equal VAT or KVK number that
// passes its check (design §3); within one shop its own id or the mail address
// will do.
func aliases(endpoint string, b order.Buyer) []Alias {
	var names []Alias
	add := func(space, value string) {
		if value != "" {
			names = append(names, Alias{Space: space, Value: value})
		}
	}
	if id := normal(b.VATID); party.VATChecks(id) {
		add(spaceVAT, id)
	}
	if number := normal(b.KVK); party.KVKChecks(number) {
		add(spaceKVK, number)
	}
	if b.ExternalID != "" {
		add(spaceCustomer, endpoint+":id:"+b.ExternalID)
	}
	if b.Email != "" {
		add(spaceCustomer, endpoint+":mail:"+strings.ToLower(b.Email))
	}
	return names
}

// normal spells a register number without what people put between its digits.
func normal(number string) string { return strings.ToUpper(between.Replace(number)) }

// between is built once: a replacer is six kilobytes, and every order asks.
var between = strings.NewReplacer(" ", "", ".", "", "-", "")

// customerFor finds the customer behind a buyer or makes a new one, and stages
// the names it was not known under before, the order's own with them if it has
// one.
func (c *Cycle) customerFor(ctx context.Context, tx *Tx, endpoint, orderID string, b order.Buyer, orderName Alias) (*party.Customer, error) {
	names, former := []Alias{orderName}, Key{}
	if b.CustomerID == "" {
		names = append(names, aliases(endpoint, b)...)
		former = Key{Kind: "customer", ID: customerID(endpoint, orderID, b)}
	}
	if err := tx.Gather(ctx, Wanted{Documents: []Key{former}, Names: names}); err != nil {
		return nil, err
	}
	keys, err := tx.Resolve(ctx, names...)
	if err != nil {
		return nil, err
	}
	if keys[0].IsZero() && orderName != (Alias{}) {
		tx.Name(orderName, Key{Kind: "order", ID: orderID})
	}
	names, keys = names[1:], keys[1:]
	if b.CustomerID != "" {
		return c.standsFor(ctx, tx, b.CustomerID)
	}
	var cust *party.Customer
	if at := slices.IndexFunc(keys, func(k Key) bool { return !k.IsZero() }); at < 0 && tx.loaded[former].Version > 0 {
		// Who was erased is found by no name, but has the same id again.
		if cust, err = c.standsFor(ctx, tx, former.ID); err != nil {
			return nil, err
		}
		if err := complete(tx, cust, b); err != nil {
			return nil, err
		}
	} else if at < 0 {
		if cust, err = c.newCustomer(ctx, tx, endpoint, orderID, b); err != nil {
			return nil, err
		}
	} else {
		if cust, err = c.standsFor(ctx, tx, keys[at].ID); err != nil {
			return nil, err
		}
		if err := complete(tx, cust, b); err != nil {
			return nil, err
		}
		if names[at].Space != spaceCustomer {
			if err := c.sameRegister(ctx, tx, endpoint, b, names, keys, cust); err != nil {
				return nil, err
			}
		}
	}
	for i, k := range keys {
		if k.IsZero() {
			tx.Name(names[i], KeyOf(cust))
		}
	}
	return cust, nil
}

// footing is what a decision about a customer reads of him.
func footing(id string) Wanted {
	return Wanted{Documents: []Key{{Kind: "customer", ID: id}, reportKey(id)}, Counters: []Key{exposureKey(id), payerKey(id)}}
}

// customerID is the id of a customer who is met for the first time.
func customerID(endpoint, orderID string, b order.Buyer) string {
	return Name("c", endpoint, cmp.Or(b.ExternalID, strings.ToLower(b.Email), orderID))
}

func (c *Cycle) newCustomer(ctx context.Context, tx *Tx, endpoint, orderID string, b order.Buyer) (*party.Customer, error) {
	d := party.Data{
		ID: customerID(endpoint, orderID, b), Name: b.DisplayName(), Kind: b.Kind, Phone: b.Phone, Language: b.Language,
		Address: b.Address, VATID: normal(b.VATID), KVK: normal(b.KVK), CreatedAt: tx.At(),
	}
	if b.Email != "" {
		d.Emails = []string{b.Email}
	}
	if party.ReferenceChecks(b.Address.Country, b.Reference) { // a wrong one never loses an order either
		d.BuyerReference = b.Reference
	}
	cust, err := party.NewCustomer(d)
	if err != nil && len(d.Emails) > 0 { // an odd address never loses an order
		d.Emails = nil
		cust, err = party.NewCustomer(d)
	}
	if err != nil {
		return nil, fault.By("/customer", err, "send the customer's particulars")
	}
	tx.Uncounted(exposureKey(cust.ID()))
	tx.Uncounted(payerKey(cust.ID()))
	tx.Unwritten(reportKey(cust.ID()))
	if err := tx.Save(cust, Fact{Type: "customer.created", Data: cust.Data()}); err != nil {
		return nil, err
	}
	return cust, errors.Join(c.liken(ctx, tx, cust), c.wantVIES(ctx, tx, cust.Data()))
}

// complete fills in what was not known of a customer; what is known stays.
func complete(tx *Tx, cust *party.Customer, b order.Buyer) error {
	before := cust.Data()
	if !before.ErasedOn.IsZero() {
		err := cust.Amend(func(d *party.Data) {
			d.Name, d.Phone, d.Address, d.VATID, d.KVK, d.BuyerReference, d.ErasedOn = b.DisplayName(), b.Phone, b.Address, normal(b.VATID), normal(b.KVK), "", calendar.Date{}
			if b.Email != "" {
				d.Emails = []string{b.Email}
			}
		})
		if err != nil {
			return fault.By("/customer", err, "send the customer's particulars")
		}
		return tx.Save(cust, Fact{Type: "customer.returned", Data: cust.Data()})
	}
	referenced := before.BuyerReference == "" && b.Reference != ""
	if (before.Address != party.Address{} || b.Address == party.Address{}) && (len(before.Emails) > 0 || b.Email == "") && !referenced {
		return nil
	}
	err := cust.Amend(func(d *party.Data) {
		if d.Address == (party.Address{}) {
			d.Address = b.Address
		}
		if len(d.Emails) == 0 && b.Email != "" {
			d.Emails = []string{b.Email}
		}
		if referenced {
			d.BuyerReference = b.Reference
		}
	})
	if err != nil {
		return nil // what the shop says is odd; what we know is enough
	}
	return tx.Save(cust, Fact{Type: "customer.amended", Data: cust.Data()})
}

// SaveCustomer makes a customer. Without an id one is derived from its register
// numbers, mail address or name, so that the same customer twice is one.
func (c *Cycle) SaveCustomer(ctx context.Context, s Stamp, d party.Data) (party.Data, error) {
	if d.ID == "" {
		seed := d.Name
		if len(d.Emails) > 0 {
			seed = d.Emails[0]
		}
		d.ID = Name("c", "api", normal(d.VATID), normal(d.KVK), strings.ToLower(seed))
	}
	d.CreatedAt = s.At
	if err := errors.Join(c.knownProfile(d.DunningProfile), c.lawfulTerms(d, party.Data{})); err != nil {
		return d, err
	}
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		cust, err := party.NewCustomer(d)
		if err != nil {
			return fault.By(cmp.Or(party.Pointer(err), "/"), err, "mend the field and send it again")
		}
		var known party.Customer
		if ok, err := tx.Find(ctx, d.ID, &known); err != nil || ok && known.Data().ErasedOn.IsZero() {
			d = known.Data()
			return err
		}
		d = cust.Data()
		names := aliases("api", order.Buyer{VATID: d.VATID, KVK: d.KVK, Email: cust.Email()})
		keys, err := tx.Resolve(ctx, names...)
		if err != nil {
			return err
		}
		for i, k := range keys {
			if k.IsZero() {
				tx.Name(names[i], KeyOf(cust))
			}
		}
		if err := c.restate(ctx, tx, cust, party.Data{}); err != nil {
			return err
		}
		if err := tx.Save(cust, Fact{Type: "customer.created", Data: d}); err != nil {
			return err
		}
		return errors.Join(c.liken(ctx, tx, cust), c.wantVIES(ctx, tx, cust.Data()))
	})
	return d, err
}

// AmendCustomer changes a customer's particulars and carries a new limit over
// to the running headroom.
func (c *Cycle) AmendCustomer(ctx context.Context, s Stamp, id string, change func(*party.Data)) (party.Data, error) {
	var after party.Data
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var cust party.Customer
		if err := tx.Get(ctx, id, &cust); err != nil {
			return err
		}
		before := cust.Data()
		if err := cust.Amend(change); err != nil {
			return fault.By(cmp.Or(party.Pointer(err), "/"), err, "mend the field and send it again")
		}
		after = cust.Data()
		if err := errors.Join(c.knownProfile(after.DunningProfile), c.lawfulTerms(after, before)); err != nil {
			return err
		}
		if err := c.restate(ctx, tx, &cust, before); err != nil {
			return err
		}
		if err := tx.Save(&cust, Fact{Type: "customer.amended", Data: after}); err != nil {
			return err
		}
		if err := c.wantVIES(ctx, tx, after); err != nil || c.Policy.LadderOf(before).Name == c.Policy.LadderOf(after).Name {
			return err
		}
		return c.changeLadder(ctx, tx, id)
	})
	return after, err
}

// lawfulTerms refuses days to pay beyond what the law lets the two agree on, and
// says why (directive 2011/7/EU). Terms that stood before are left alone.
func (c *Cycle) lawfulTerms(d, before party.Data) error {
	if err := c.lawfulDays(d, before); err != nil {
		return err
	}
	if d.TermsDays == nil || before.TermsDays != nil && *before.TermsDays == *d.TermsDays && before.TermsKind == d.TermsKind && before.Large == d.Large && before.Kind == d.Kind {
		return nil
	}
	most := calendar.Term{Kind: d.TermsKind, Days: *d.TermsDays}.Longest()
	kind := d.Kind
	if kind == "" {
		kind = party.Company
	}
	err := statute.CheckTerm(most, statute.Parties{Buyer: kind, BuyerLarge: d.Large, SellerLarge: c.Policy.SellerLarge})
	if err == nil || most <= statute.TermLargeToSME { // less than is usual is ours to ask for
		return nil
	}
	return fault.By("/terms", err, "agree on fewer days")
}

// lawfulDays asks the same of the last of several due dates (article 5 of the
// directive lets the two agree on instalments).
func (c *Cycle) lawfulDays(d, before party.Data) error {
	if len(d.Instalments) == 0 || slices.Equal(d.Instalments, before.Instalments) && d.Large == before.Large && d.Kind == before.Kind {
		return nil
	}
	last := d.Instalments[len(d.Instalments)-1].Days
	d.Instalments, before.Instalments, d.TermsKind, d.TermsDays, before.TermsDays = nil, nil, calendar.Net, &last, nil
	return c.lawfulTerms(d, before)
}

// dividedBy is a customer with the instalments that hold for an order: its own, if
// the law lets the two agree on them.
func (c *Cycle) dividedBy(in order.Incoming, d party.Data) (party.Data, error) {
	if len(in.Instalments) == 0 {
		return d, nil
	}
	before := d
	d.Instalments = in.Instalments
	if err := c.lawfulDays(d, before); err != nil {
		return d, fault.Bad("/instalments", fault.Of(err).Error(), "agree on fewer days").Breaking(err)
	}
	return d, nil
}

// terms are the days a customer has to pay.
func (c *Cycle) terms(d party.Data) int {
	if n := len(d.Instalments); n > 0 {
		return d.Instalments[n-1].Days
	}
	if d.TermsDays != nil {
		return *d.TermsDays
	}
	return c.Policy.TermsDays
}

// limit is a customer's credit limit: its own, else the policy's; nil means
// unlimited.
func (c *Cycle) limit(d party.Data) *money.Amount {
	switch {
	case d.Unlimited:
		return nil
	case d.CreditLimit != nil:
		return d.CreditLimit
	}
	return c.Policy.Credit.DefaultLimit
}
