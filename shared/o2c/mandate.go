package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// MandateData is a customer's word that we may collect its invoices from a
// method that the payment provider keeps. It never holds a card or account
// number.
type MandateData struct {
	CustomerID string     `json:"customer_id"`
	Status     string     `json:"status"`
	Consent    Consent    `json:"consent,omitzero"` // the one that counts, or counted
	Asked      []Consent  `json:"asked,omitempty"`  // whose payment page was not paid yet, the newest last
	Owner      string     `json:"owner,omitempty"`  // the provider's id of the customer
	Method     KeptMethod `json:"method,omitzero"`
	Dead       string     `json:"dead,omitempty"` // why the method is not used any more: the bank's code
	Since      time.Time  `json:"since,omitzero"`
	StoppedAt  time.Time  `json:"stopped_at,omitzero"`
	StoppedBy  string     `json:"stopped_by,omitempty"`
	Warned     string     `json:"warned,omitempty"` // of which expiry the customer was told: "2027-03"
	LookAt     time.Time  `json:"look_at,omitzero"` // when its expiry comes near
}

// The statuses of a mandate.
const (
	MandateAsked   = "asked" // ticked, and nothing was paid with it yet
	MandateActive  = "active"
	MandateStopped = "stopped"
)

// Consent is what the customer agreed to: the text as it stood there, in which
// version and language, who, when, and on which page.
type Consent struct {
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Language  string    `json:"language"`
	Text      string    `json:"text"`
	By        string    `json:"by"`
	Page      string    `json:"page"`       // "invoice", "statement" or "renewal"
	InvoiceID string    `json:"invoice_id"` // whose page leads the customer back
	At        time.Time `json:"at"`
}

// ConsentText is what stood beside the box that the customer ticked.
type ConsentText struct{ Version, Language, Text string }

// KeptMethod is a card or an account as it may be shown.
type KeptMethod struct {
	ID       string `json:"id"`   // the provider's
	Kind     string `json:"kind"` // "card" or "sepa_debit"
	Brand    string `json:"brand,omitempty"`
	Last4    string `json:"last4"`
	ExpMonth int    `json:"exp_month,omitempty"` // 0: it does not expire
	ExpYear  int    `json:"exp_year,omitempty"`
	Mandate  string `json:"mandate,omitempty"` // reference of the SEPA mandate at the provider
}

// Expires is the month in which a card ends, "2027-03"; "" when it does not.
func (m KeptMethod) Expires() string {
	if m.ExpYear == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.ExpYear, m.ExpMonth)
}

// lastDay is the last day of the card.
func (m KeptMethod) lastDay() calendar.Date {
	return calendar.Date{Year: m.ExpYear, Month: time.Month(m.ExpMonth), Day: 1}.EndOfMonth()
}

// Mandate is kept once for each customer, whose id it has.
type Mandate struct{ data MandateData }

// Data is a copy.
func (m *Mandate) Data() MandateData { return m.data }

// Kind and ID make the mandate a document.
func (m *Mandate) Kind() string { return "mandate" }
func (m *Mandate) ID() string   { return m.data.CustomerID }

// MandateQueue is where cards wait for the month before they expire.
const MandateQueue = "mandate"

// Due is when its expiry comes near.
func (m *Mandate) Due() (string, time.Time) {
	if m.data.Status != MandateActive {
		return MandateQueue, time.Time{}
	}
	return MandateQueue, m.data.LookAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (m *Mandate) MarshalJSON() ([]byte, error) { return json.Marshal(m.data) }
func (m *Mandate) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.data) }

// Usable reports whether invoices may be collected from the method now.
func (m *Mandate) Usable() bool {
	return m != nil && m.data.Status == MandateActive && m.data.Method.ID != "" && m.data.Dead == ""
}

// consentsMax is how many payment pages with a tick are remembered at once.
const consentsMax = 8

// ask remembers a consent until its payment page is paid. Ticked again for the
// same on the same page, it is the same consent.
func (m *Mandate) ask(c Consent) {
	m.data.Asked = append(m.data.Asked, c)
	m.data.Asked = m.data.Asked[max(0, len(m.data.Asked)-consentsMax):]
	if m.data.Status == "" {
		m.data.Status = MandateAsked
	}
}

// consentFor is the consent that waits on a page already, so that pressing twice
// asks for one.
func (m *Mandate) consentFor(t ConsentText, page, invoiceID string, at time.Time) (Consent, bool) {
	for _, c := range m.data.Asked {
		if c.Page == page && c.InvoiceID == invoiceID && c.Version == t.Version && c.Language == t.Language && at.Sub(c.At) < 24*time.Hour {
			return c, true
		}
	}
	return Consent{}, false
}

// look plans the warning: a month before the card's last day.
func (m *Mandate) look(zone *time.Location) {
	m.data.LookAt = time.Time{}
	if k := m.data.Method; k.ExpYear != 0 && m.data.Warned != k.Expires() {
		m.data.LookAt = k.lastDay().AddMonths(-1).At(letterHour, 0, zone)
	}
}

// spaceMethod is the space of names by which a kept method leads to its mandate.
const spaceMethod = "kept-method"

func (c *Cycle) mandateOf(ctx context.Context, tx *Tx, customerID string) (*Mandate, error) {
	m, err := find[Mandate](ctx, tx, customerID)
	if err == nil && m == nil {
		m = &Mandate{data: MandateData{CustomerID: customerID}}
	}
	return m, err
}

// keeping is a consent on its way through a payment page.
type keeping struct {
	consent Consent
	owner   string // the provider's id of a customer that it knows
}

// newKeeping is the consent that a press of Pay with a tick gives; none without
// one.
func (c *Cycle) newKeeping(ctx context.Context, tx *Tx, at time.Time, d invoice.Data, page string, t *ConsentText) (keeping, error) {
	if t == nil || !c.Policy.Collecting.Offer {
		return keeping{}, nil
	}
	m, err := c.mandateOf(ctx, tx, d.CustomerID)
	if err != nil {
		return keeping{}, err
	}
	k, known := m.consentFor(*t, page, d.ID, at)
	if !known {
		k = Consent{
			ID: Name("k", d.CustomerID, d.ID, page, t.Version, t.Language, d.Buyer.Email, at.UTC().Format(time.RFC3339Nano)), Version: t.Version, Language: t.Language, Text: t.Text,
			By: d.Buyer.Email, Page: page, InvoiceID: d.ID, At: at.UTC(),
		}
	}
	return keeping{consent: k, owner: m.data.Owner}, nil
}

// keepConsent writes a consent down before its payment page is shown.
func (c *Cycle) keepConsent(ctx context.Context, tx *Tx, customerID string, k keeping) error {
	if k.consent.ID == "" {
		return nil
	}
	m, err := c.mandateOf(ctx, tx, customerID)
	if err != nil || slices.ContainsFunc(m.data.Asked, func(a Consent) bool { return a.ID == k.consent.ID }) {
		return err
	}
	m.ask(k.consent)
	return tx.Save(m, Fact{Type: "mandate.asked", Data: k.consent})
}

// with adds what keeps the method to the request for a payment page.
func (k keeping) with(r CheckoutRequest, customerID string) CheckoutRequest {
	if k.consent.ID == "" {
		return r
	}
	r.Keep, r.KeepFor, r.Owner = k.consent.ID, customerID, k.owner
	return r
}

// methodKept takes over the method that a customer paid with and let us keep.
// What is not the answer to a consent of ours is nobody's word. A consent that
// was withdrawn before its payment came has no effect: the method is removed.
func (c *Cycle) methodKept(ctx context.Context, s Stamp, ev MethodKept) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		m, err := find[Mandate](ctx, tx, ev.CustomerID)
		if err != nil || m == nil {
			return err
		}
		if ev.Method.Kind == "" { // the message names it alone
			if err := tx.Save(m, Fact{Type: "mandate.method_named", Data: ev.Method}); err != nil {
				return err
			}
			return tx.ask(doMethod, Key{Kind: "mandate", ID: ev.CustomerID}, methodArgs{Consent: ev.Consent, Owner: ev.Owner, Method: ev.Method})
		}
		return c.keepMethod(ctx, tx, ev)
	})
}

func (c *Cycle) keepMethod(ctx context.Context, tx *Tx, ev MethodKept) error {
	m, err := find[Mandate](ctx, tx, ev.CustomerID)
	if err != nil || m == nil || m.data.Method.ID == ev.Method.ID {
		return err
	}
	at := slices.IndexFunc(m.data.Asked, func(k Consent) bool { return k.ID == ev.Consent })
	if at < 0 || m.data.Status == MandateStopped && !m.data.Asked[at].At.After(m.data.StoppedAt) {
		return errors.Join(tx.Save(m, Fact{Type: "mandate.unwanted", Data: ev.Method}), c.detachLater(tx, ev.CustomerID, ev.Method.ID))
	}
	k, before := m.data.Asked[at], m.data.Method
	m.data.Status, m.data.Consent, m.data.Asked = MandateActive, k, slices.Delete(slices.Clone(m.data.Asked), at, at+1)
	m.data.Owner, m.data.Method, m.data.Dead, m.data.Since, m.data.Warned = ev.Owner, ev.Method, "", tx.At(), ""
	m.data.StoppedAt, m.data.StoppedBy = time.Time{}, ""
	m.look(c.Policy.Zone)
	tx.Name(Alias{Space: spaceMethod, Value: ev.Method.ID}, KeyOf(m))
	err = errors.Join(
		tx.Save(m, Fact{Type: "mandate.given", Data: map[string]any{"consent": k.ID, "version": k.Version, "method": m.data.Method}}),
		c.mandateSays(tx, m, CaseLine{What: LineMandate, By: k.By, Code: ev.Method.Kind, Note: ev.Method.Shown()}),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: ev.CustomerID}),
	)
	if before.ID != "" && err == nil {
		err = c.detachLater(tx, ev.CustomerID, before.ID)
	}
	return err
}

// BrandName is the card's brand as it writes itself.
func (m KeptMethod) BrandName() string {
	if name := map[string]string{"amex": "American Express", "unionpay": "UnionPay", "jcb": "JCB", "cartes_bancaires": "Cartes Bancaires"}[m.Brand]; name != "" || m.Brand == "" {
		return name
	}
	return strings.ToUpper(m.Brand[:1]) + m.Brand[1:]
}

// Shown is a method in the fewest words, in any language.
func (m KeptMethod) Shown() string {
	if m.Kind == "sepa_debit" {
		return "SEPA •••• " + m.Last4
	}
	return m.BrandName() + " •••• " + m.Last4
}

// mandateSays writes a line below the customer's card, and below the invoice with
// which it was given: one of them stands.
func (c *Cycle) mandateSays(tx *Tx, m *Mandate, line CaseLine) error {
	err := c.caseSays(tx, m.data.CustomerID, line)
	if m.data.Consent.InvoiceID == "" {
		return err
	}
	return errors.Join(err, tx.ask(doReply, Key{Kind: "invoice", ID: m.data.Consent.InvoiceID}, replyArgs{Purpose: "invoice", Case: &line}))
}

// methodTold is what Stripe tells of a method that it keeps: the network
// replaced the card, or somebody removed it there.
func (c *Cycle) methodTold(ctx context.Context, s Stamp, ev MethodTold) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		keys, err := tx.Resolve(ctx, Alias{Space: spaceMethod, Value: ev.Method.ID})
		if err != nil || keys[0].IsZero() {
			return err
		}
		m, err := find[Mandate](ctx, tx, keys[0].ID)
		if err != nil || m == nil || m.data.Method.ID != ev.Method.ID || m.data.Status != MandateActive {
			return err
		}
		if ev.Gone {
			return c.stopMandate(ctx, tx, m, "stripe", false)
		}
		before := m.data.Method
		ev.Method.Mandate = before.Mandate
		if before == ev.Method {
			return nil
		}
		m.data.Method = ev.Method
		if m.data.Dead != "" && before.Expires() != ev.Method.Expires() {
			m.data.Dead = "" // a new card in the place of the old one
		}
		m.look(c.Policy.Zone)
		return errors.Join(
			tx.Save(m, Fact{Type: "mandate.renewed", Data: map[string]any{"before": before, "method": ev.Method}}),
			c.mandateSays(tx, m, CaseLine{What: LineCardRenewed, Note: ev.Method.Shown() + " " + ev.Method.Expires()}),
		)
	})
}

// StopCollecting ends what the customer allowed. What a bank is carrying out
// already is not called back; nothing is taken after it.
func (c *Cycle) StopCollecting(ctx context.Context, s Stamp, customerID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		m, err := find[Mandate](ctx, tx, customerID)
		if err != nil {
			return err
		}
		if m == nil || m.data.Status == MandateStopped {
			return fault.New(fault.Refused, "Nothing is collected from this customer", "no method is kept for it", "").Keyed("mandate.none")
		}
		return c.stopMandate(ctx, tx, m, s.Actor, true)
	})
}

func (c *Cycle) stopMandate(ctx context.Context, tx *Tx, m *Mandate, by string, detach bool) error {
	method := m.data.Method
	m.data.Status, m.data.StoppedAt, m.data.StoppedBy, m.data.Asked = MandateStopped, tx.At(), by, nil
	m.data.LookAt = time.Time{}
	err := errors.Join(
		tx.Save(m, Fact{Type: "mandate.stopped", Data: map[string]any{"by": by, "method": method}}),
		c.mandateSays(tx, m, CaseLine{What: LineMandateStopped, By: c.sayer(by), Note: method.Shown()}),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: m.data.CustomerID}),
		c.releaseCharges(ctx, tx, m.data.CustomerID),
	)
	if err != nil || !detach || method.ID == "" {
		return err
	}
	return c.detachLater(tx, m.data.CustomerID, method.ID)
}
