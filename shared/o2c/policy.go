package o2c

import (
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/exchange"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// Policy is duly.yaml after reading and checking: the house's rules as data.
type Policy struct {
	Version  string
	Seller   party.Seller
	Look     Look
	Currency string // of the books
	Language string // of the team
	Zone     *time.Location
	Country  string
	Days     calendar.Business

	SellerLarge bool              // we are a large enterprise in law
	Terms       []quote.TermsData // agreement and general terms as they are now, per language
	Quotes      QuoteRules

	AccountCooling time.Duration // from the last approval of another bank account of ours until it takes effect

	TermsDays  int  // net, for customers without terms of their own
	DueRolls   bool // nothing falls due on a day off of the seller's country, but on the working day after it
	Credit     credit.Policy
	Deposit    DepositPolicy
	Collecting CollectingPolicy
	Approval   Approval
	Ladder     dunning.Ladder            // of whom no other is for
	Ladders    map[string]dunning.Ladder // by the name of a dunning profile or segment; "consumer": of consumers
	Cash       cash.Rules
	Thanks     bool // who was reminded and pays is thanked
	Recovery   RecoveryPolicy
	Freshness  time.Duration // bank data older than this holds letters back; 0: off

	Accounting  AccountingPolicy
	Shipping    Shipping
	Shops       []Shop
	Subscribers []Subscriber
	People      []Person
	Workspace   Workspace
	Numbers     invoice.Numbers // of documents, by kind
	VIES        VIESPolicy
	Peppol      PeppolPolicy
	OneStopShop bool // consumers elsewhere in the Union are charged their own country's VAT
	StrictStock bool // an SKU that is not in stock is no SKU: a person decides on its order

	Rates    []*exchange.Sheet // that stand in where none were imported, the newest first
	Room     RoomRules
	Channels map[string]string // purpose ("credit", "collections", "exceptions", "digest") to Slack channel
	BaseURL  string            // of the customers' links
	Pinned   []string          // keys that the environment sets: nothing set in Slack prevails over them
}

// RoomRules are how much the team's room says by itself.
type RoomRules struct {
	Weekly       bool            // charts on the first working day of a week
	Retro        bool            // a look back at the month on its first working day
	AskCustomers bool            // how it was, on the page of a paid invoice
	AskTeam      bool            // how the month was, once in it
	Zone         *time.Location  // where the room sits; nil: where the house does
	Refreshers   bool            // a few questions to each colleague, once a quarter and after a change of the policy
	Hours        calendar.Office // outside of which no new card comes, but chargebacks and what stopped; no hours: any time
}

// PeppolPolicy is the access point that e-invoices go through.
type PeppolPolicy struct {
	AccessPoint string // "storecove"; "": none
	LegalEntity int64  // our number there
}

// DepositPolicy is how long an order waits for its deposit, and what then.
type DepositPolicy struct {
	Days       int    // to pay it, from its invoice on
	RemindDays int    // before its due date; 0: no reminder
	Then       string // DepositCancel or DepositAsk
}

// What becomes of an order whose deposit did not come in time.
const (
	DepositCancel = "cancel" // it ends, its stock is free, its deposit invoice is credited
	DepositAsk    = "ask"    // the team is told, and decides
)

// Approval is how people decide on credit.
type Approval struct {
	TwoAbove    *money.Amount // orders above it are decided by two different people; nil: never
	Solo        bool          // one person decides everything: the rule of two is off, and the cards say so
	Office      calendar.Office
	BackupHours int             // office hours without an answer until a backup is called
	EndHours    int             // office hours until the question ends …
	EndRejects  bool            // … with a refusal; else the order stays on hold
	Groups      map[Role]string // ids of the Slack user groups whose members have the role
}

// Workspace is the team's room: requests of another Slack team or app are
// refused (row 27).
type Workspace struct {
	Team string
	App  string
}

// Shop is one endpoint that may post webhooks.
type Shop struct {
	Endpoint string
	Platform string
	URL      string // of the shop's own interface; "": it cannot be asked

	SilentHours int  // of working days without a word after which the shop is read; 0: never
	Consecutive bool // its order numbers have no gaps
}

// Watched reports whether somebody looks for what the shop fails to post.
func (s Shop) Watched() bool { return s.SilentHours > 0 || s.Consecutive }

// Shop finds an endpoint.
func (p *Policy) Shop(endpoint string) (Shop, bool) {
	i := slices.IndexFunc(p.Shops, func(s Shop) bool { return s.Endpoint == endpoint })
	if i < 0 {
		return Shop{}, false
	}
	return p.Shops[i], true
}

// RollsIn is the country on whose days off no invoice falls due; "" when that
// does not matter.
func (p *Policy) RollsIn() string {
	if !p.DueRolls {
		return ""
	}
	return p.Country
}

// Person finds a colleague; a stranger is a nameless viewer of nothing.
func (p *Policy) Person(id string) (Person, bool) {
	i := slices.IndexFunc(p.People, func(q Person) bool { return q.ID == id })
	if i < 0 {
		return Person{ID: id}, false
	}
	return p.People[i], true
}

// NameOf is what to call an actor on a card: the colleague's name, or the
// actor itself.
func (p *Policy) NameOf(actor string) string {
	id := actor
	if len(id) > 6 && id[:6] == "slack:" {
		id = id[6:]
	}
	if who, ok := p.Person(id); ok {
		return who.Name
	}
	if key, ok := strings.CutPrefix(actor, "api:"); ok {
		return key + " (API)"
	}
	return actor
}

// Channel is the Slack channel of a purpose. "digest" stands in for what has
// none of its own, "exceptions" for what is to be shipped.
func (p *Policy) Channel(purpose string) string {
	for _, name := range []string{purpose, map[string]string{"shipping": "exceptions"}[purpose], "digest"} {
		if c := p.Channels[name]; c != "" {
			return c
		}
	}
	return ""
}
