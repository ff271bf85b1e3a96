package o2c

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// VATRegister says whether a VAT id is one: the Commission's VIES.
type VATRegister interface {
	// Check asks about an id for the holder of another one. What nobody could say
	// is unverified, and no error.
	Check(ctx context.Context, id, requester string) (invoice.VIES, error)
}

// VIESPolicy is how VAT ids are checked.
type VIESPolicy struct {
	Days int  // an answer is good for; 0: nobody is asked
	Hold bool // an invoice without VAT waits until its VAT id is confirmed; else it goes, and the team is told
}

// doVIES asks about a VAT id.
const doVIES = "vies.check"

// vatCheck is what the register said last of a VAT id.
type vatCheck struct {
	Data  invoice.VIES
	Tries int // without an answer, one after another
}

// queueVAT is where VAT ids wait to be asked about again.
const queueVAT = "vat"

// vatTriesMax is how often the calendar asks by itself: a week. Then the next
// order or draft does.
const vatTriesMax = 7 * 24 / 4

// Due is when an id that nobody could say anything of is asked about again.
func (v *vatCheck) Due() (string, time.Time) {
	if v.Data.Status != invoice.VIESUnverified || v.Tries >= vatTriesMax {
		return queueVAT, time.Time{}
	}
	return queueVAT, v.Data.AskedAt.Add(askAgain)
}

// Kind and ID make it a document; its events are the evidence of every answer.
func (v *vatCheck) Kind() string { return "vat_check" }
func (v *vatCheck) ID() string   { return v.Data.VATID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (v *vatCheck) MarshalJSON() ([]byte, error) {
	return json.Marshal(vatCheckShape{v.Data, v.Tries})
}
func (v *vatCheck) UnmarshalJSON(b []byte) error {
	var s vatCheckShape
	err := json.Unmarshal(b, &s)
	v.Data, v.Tries = s.VIES, s.Tries
	return err
}

type vatCheckShape struct {
	invoice.VIES
	Tries int `json:"tries,omitempty"`
}

func vatCheckKey(id string) Key { return Key{Kind: (&vatCheck{}).Kind(), ID: id} }

// linkUnconfirmed is the name of the links from a VAT id to the drafts that wait
// for its answer.
const linkUnconfirmed = "unconfirmed"

// checked reports whether a VAT id is one that the register is asked about: a
// well-formed one of another member state.
func (c *Cycle) checked(id string) bool {
	country := statute.VATCountry(id)
	return c.Policy.VIES.Days > 0 && party.VATChecks(id) && country != c.Policy.Country && statute.InUnion(country)
}

// good reports whether an answer still holds.
func (c *Cycle) good(v *vatCheck, at time.Time) bool {
	return v != nil && v.Data.Status != invoice.VIESUnverified && at.Sub(v.Data.AskedAt) < time.Duration(c.Policy.VIES.Days)*24*time.Hour
}

// askAgain is how long an id that nobody could say anything of rests.
const askAgain = 4 * time.Hour

// wantVIES asks the register about a customer's VAT id, unless what it said is
// young enough. An order never waits for it.
func (c *Cycle) wantVIES(ctx context.Context, tx *Tx, cust party.Data) error {
	id := normal(cust.VATID)
	if cust.Kind == party.Consumer || !c.checked(id) {
		return nil
	}
	v, err := find[vatCheck](ctx, tx, id)
	if err != nil || c.good(v, tx.At()) {
		return err
	}
	return c.askVIES(ctx, tx, id)
}

// askVIES asks the register about an id, once in a while however many want it.
func (c *Cycle) askVIES(ctx context.Context, tx *Tx, id string) error {
	name := Name("e", doVIES, id, tx.At().UTC().Truncate(askAgain).Format(time.RFC3339)) // once, however many orders want it
	if known, err := find[Effect](ctx, tx, name); err != nil || known != nil {
		return err
	}
	return tx.Do(Effect{Name: name, Does: doVIES, Rank: RankIssue, Subject: vatCheckKey(id)})
}

// tendVAT asks again about the VAT ids of which nobody could say anything, so that
// the answer is there before the next draft wants it.
func (c *Cycle) tendVAT(ctx context.Context, at time.Time) error {
	if c.Policy.VIES.Days == 0 {
		return nil
	}
	_, err := c.eachDue(ctx, queueVAT, at, func(id string) error {
		return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			v, err := find[vatCheck](ctx, tx, id)
			if err != nil || v == nil || v.Data.Status != invoice.VIESUnverified {
				return err
			}
			return c.askVIES(ctx, tx, id)
		})
	})
	return err
}

// performVIES asks, keeps what is said, and issues the drafts that waited for it.
func performVIES(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	id := e.Subject.ID
	said := invoice.VIES{VATID: id, Status: invoice.VIESUnverified}
	if o.VIES != nil {
		var err error
		if said, err = o.VIES.Check(ctx, id, normal(o.Cycle.Policy.Seller.VATID)); err != nil {
			return nil, err
		}
	}
	said.AskedAt = o.Now().UTC()
	return func(ctx context.Context, tx *Tx) error { return o.Cycle.answeredVIES(ctx, tx, said) }, nil
}

func (c *Cycle) answeredVIES(ctx context.Context, tx *Tx, said invoice.VIES) error {
	v, err := find[vatCheck](ctx, tx, said.VATID)
	if err != nil {
		return err
	}
	if v != nil && said.Status == invoice.VIESUnverified && v.Data.Status != invoice.VIESUnverified {
		return nil // an older answer is better than none
	}
	fresh := &vatCheck{Data: said}
	if v != nil && said.Status == invoice.VIESUnverified {
		fresh.Tries = v.Tries + 1
	}
	if err := tx.Save(fresh, Fact{Type: "vat_id." + said.Status, Data: said}); err != nil {
		return err
	}
	if said.Status == invoice.VIESInvalid {
		if err := c.tell(tx, KeyOf(fresh), Notice{Key: "vat_invalid", Number: said.VATID}); err != nil {
			return err
		}
	}
	if said.Status != invoice.VIESValid {
		return nil
	}
	waiting, err := tx.Links(ctx, KeyOf(fresh), linkUnconfirmed)
	if err != nil {
		return err
	}
	for _, l := range waiting[:min(len(waiting), IssueMax)] { // the calendar sees to the others
		tx.Unlink(l)
		if err := c.issue(ctx, tx, l.To.ID); err != nil {
			return err
		}
	}
	return nil
}

// untaxedAbroad reports whether a draft bears no VAT because of the buyer's VAT
// id in another member state.
func (c *Cycle) untaxedAbroad(d invoice.Data) bool {
	return !d.Seller.SmallBusiness && slices.ContainsFunc(d.Taxes, func(t statute.Tax) bool {
		return t.Category == statute.ReverseCharge || t.Category == statute.IntraEU
	}) && c.checked(normal(d.Buyer.VATID))
}

// verifyBuyer puts on a draft what the register said of its buyer's VAT id, and
// asks anew when that is old.
func (c *Cycle) verifyBuyer(ctx context.Context, tx *Tx, inv *invoice.Invoice, cust party.Data) error {
	d := inv.Data()
	id := normal(d.Buyer.VATID)
	if inv.IsCreditNote() || !c.untaxedAbroad(d) {
		return nil
	}
	v, err := find[vatCheck](ctx, tx, id)
	if err != nil {
		return err
	}
	said := invoice.VIES{VATID: id, Status: invoice.VIESUnverified}
	if v != nil {
		said = v.Data
	}
	inv.Verified(said)
	return c.wantVIES(ctx, tx, cust)
}

// unconfirmed is what a draft lacks because nobody has confirmed the VAT id that
// it stands on; "" when the policy lets it go.
func (c *Cycle) unconfirmed(tx *Tx, inv *invoice.Invoice) string {
	d := inv.Data()
	if !c.Policy.VIES.Hold || inv.IsCreditNote() || !c.untaxedAbroad(d) || d.VIES.Status == invoice.VIESValid {
		return ""
	}
	tx.Link(Link{Parent: vatCheckKey(normal(d.Buyer.VATID)), Name: linkUnconfirmed, Sort: d.ID, To: KeyOf(inv)})
	return "a VAT id that VIES has confirmed (" + d.Buyer.VATID + ")"
}

// toldUnconfirmed tells the team of an invoice that was issued without VAT while
// nobody had confirmed the VAT id.
func (c *Cycle) toldUnconfirmed(tx *Tx, inv *invoice.Invoice) error {
	d := inv.Data()
	if inv.IsCreditNote() || !c.untaxedAbroad(d) || d.VIES.Status == invoice.VIESValid {
		return nil
	}
	return c.tell(tx, KeyOf(inv), Notice{Key: "vat_unconfirmed", Name: d.Buyer.Name, Number: d.Number, Amount: d.Total, ID: d.Buyer.VATID, Why: d.VIES.Status})
}

// VATCheck reads what the register said last of a customer's VAT id; nil when it
// was not asked.
func (c *Cycle) VATCheck(ctx context.Context, id string) (*invoice.VIES, error) {
	v, err := find[vatCheck](ctx, NewTx(c.Store), normal(id))
	if err != nil || v == nil || id == "" {
		return nil, err
	}
	return &v.Data, nil
}
