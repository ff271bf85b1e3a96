// Package config owns what duly.yaml may say: reading its parts strictly, checking
// every value, and making the cycle's policy of it. It does not own secrets, nor the
// file as people write it: package dulyfile reads that, and packs it for the
// functions, which start without a reader of YAML.
package config

import (
	_ "embed"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/rates"
)

//go:embed duly.yaml
var demo []byte

// Demo is the policy that ships with the product and that the demo runs on.
func Demo() []byte { return slices.Clone(demo) }

// On which days invoices fall due (terms.due_on).
const (
	dueOnAnyDay     = "any_day"
	dueOnWorkingDay = "working_day"
)

// What becomes of an invoice without VAT whose VAT id nobody confirmed
// (vat.unconfirmed).
const (
	unconfirmedIssue = "issue"
	unconfirmedHold  = "hold"
)

// FileName is the policy's name in the repository, PackedName in each function's
// asset.
const (
	FileName   = "duly.yaml"
	PackedName = "duly.yaml.packed"
)

// FromEnvironment reads the policy that was packed beside the function's
// binary, with what the environment says before it. BASE_URL is where the
// customers' links begin.
func FromEnvironment() (*o2c.Policy, error) {
	raw, err := os.ReadFile(PackedName)
	if err != nil {
		return nil, damaged(err.Error())
	}
	root, err := Unpack(raw)
	if err != nil {
		return nil, err
	}
	p, err := Make(FileName, root, os.Environ())
	if err != nil {
		return nil, err
	}
	p.BaseURL = os.Getenv("BASE_URL")
	return p, nil
}

// file is duly.yaml as written.
type file struct {
	Version string `yaml:"version"`
	Company struct {
		Name       string `yaml:"name"`
		VATID      string `yaml:"vat_id"`
		KVK        string `yaml:"kvk"`
		Street     string `yaml:"street"`
		PostalCode string `yaml:"postal_code"`
		City       string `yaml:"city"`
		Country    string `yaml:"country"`
		IBAN       string `yaml:"iban"`
		BIC        string `yaml:"bic"`
		Email      string `yaml:"email"`
		Phone      string `yaml:"phone"`
		Large      bool   `yaml:"large"`

		BankChangeDays whole `yaml:"bank_change_days"`
	} `yaml:"company"`
	Look  look `yaml:"look"`
	Books struct {
		Currency string `yaml:"currency"`
		Language string `yaml:"language"`
		Timezone string `yaml:"timezone"`
	} `yaml:"books"`
	Terms struct {
		DefaultDays whole  `yaml:"default_days"`
		DueOn       string `yaml:"due_on"`
		Version     string `yaml:"version"`
	} `yaml:"terms"`
	Quotes struct {
		ValidDays  whole `yaml:"valid_days"`
		RemindDays whole `yaml:"remind_days"`
		WarnDays   whole `yaml:"warn_days"`
	} `yaml:"quotes"`

	Credit     creditSection     `yaml:"credit"`
	Deposits   deposits          `yaml:"deposits"`
	Collecting collectingSection `yaml:"collecting"`
	Cash       cashSection       `yaml:"cash"`
	Dunning    reminding         `yaml:"dunning"`
	Accounts   accounting        `yaml:"accounting"`
	Recovery   recoverySection   `yaml:"recovery"`
	VAT        struct {
		OneStopShop bool `yaml:"one_stop_shop"`

		VIESDays      whole  `yaml:"vies_days"`
		Unconfirmed   string `yaml:"unconfirmed"`
		SmallBusiness bool   `yaml:"small_business"`
	} `yaml:"vat"`
	Peppol struct {
		AccessPoint string `yaml:"access_point"`
		LegalEntity whole  `yaml:"legal_entity"`
	} `yaml:"peppol"`
	Numbers  numbers  `yaml:"numbers"`
	Stock    string   `yaml:"stock"`
	Shipping shipping `yaml:"shipping"`
	Shops    []struct {
		Endpoint string `yaml:"endpoint"`
		Platform string `yaml:"platform"`

		URL         string `yaml:"url"`
		SilentHours whole  `yaml:"silent_hours"`
		Consecutive *bool  `yaml:"consecutive"`
	} `yaml:"shops"`
	Subscribers []subscriber `yaml:"subscribers"`

	Approval approval `yaml:"approval"`
	People   []person `yaml:"people"`
	Slack    struct {
		Team string `yaml:"team"`
		App  string `yaml:"app"`
	} `yaml:"slack"`
	Channels map[string]string `yaml:"channels"`
	Room     room              `yaml:"room"`
}

// Make checks what a file of a name says, with what the environment ("NAME=value"
// each) says before it, and makes the policy of it. All mistakes are told at once,
// each with its line and column.
func Make(name string, root *Node, environ []string) (*o2c.Policy, error) {
	said, err := Said(environ)
	if err != nil {
		return nil, err
	}
	var pinned []string
	for _, one := range said {
		root.put(strings.Split(one.Path, "."), one.Value)
		pinned = append(pinned, one.Path)
	}
	var f file
	checks := checker{name: name, root: root}
	checks.read(root, reflect.ValueOf(&f).Elem(), "")
	p := f.policy(&checks)
	p.Pinned = pinned
	if p.Rates, err = rates.Shipped(); err != nil {
		return nil, err
	}
	return p, checks.err()
}

func (f file) policy(c *checker) *o2c.Policy {
	zone, err := time.LoadLocation(f.Books.Timezone)
	c.must(err == nil, "books.timezone", f.Books.Timezone, "an IANA zone, e.g. Europe/Amsterdam")
	c.must(cash.ValidIBAN(f.Company.IBAN), "company.iban", f.Company.IBAN, "an IBAN without blanks whose check digits are right, e.g. NL91ABNA0417164300: customers pay there")
	c.must(money.Valid(f.Books.Currency), "books.currency", f.Books.Currency, "an ISO 4217 code, e.g. EUR")
	c.must(slices.Contains([]string{"en", "nl", "de", "fr"}, f.Books.Language), "books.language", f.Books.Language, "en, nl, de or fr")
	c.within("terms.default_days", f.Terms.DefaultDays, 0, 120)
	c.must(slices.Contains([]string{"", dueOnAnyDay, dueOnWorkingDay}, f.Terms.DueOn), "terms.due_on", f.Terms.DueOn, dueOnAnyDay+" or "+dueOnWorkingDay)
	c.must(f.Stock == "" || f.Stock == "strict" || f.Stock == "free", "stock", f.Stock, "strict or free")
	c.within("quotes.valid_days", f.Quotes.ValidDays, 1, 365)
	c.within("quotes.remind_days", f.Quotes.RemindDays, 0, 60)
	c.within("company.bank_change_days", f.Company.BankChangeDays, 1, 30)
	c.within("vat.vies_days", f.VAT.VIESDays, 0, 365)
	c.must(slices.Contains([]string{unconfirmedIssue, unconfirmedHold}, f.VAT.Unconfirmed), "vat.unconfirmed", f.VAT.Unconfirmed, "issue or hold")
	if f.Peppol.AccessPoint != "" {
		c.must(f.Peppol.AccessPoint == "storecove", "peppol.access_point", f.Peppol.AccessPoint, "storecove, or nothing")
		c.within("peppol.legal_entity", f.Peppol.LegalEntity, 1, math.MaxInt32)
	}
	c.within("quotes.warn_days", f.Quotes.WarnDays, 0, 365)
	c.within("dunning.min_gap_days", f.Dunning.MinGapDays, 1, 30)
	c.within("dunning.bank_data_hours", f.Dunning.BankDataHours, 0, 24*30)
	co := f.Company
	return &o2c.Policy{
		Version: f.Version, Currency: f.Books.Currency, Language: f.Books.Language, Zone: zone, Country: co.Country, Days: calendar.Of(co.Country),
		Seller: party.Seller{
			Name: co.Name, VATID: co.VATID, KVK: co.KVK, IBAN: co.IBAN, BIC: co.BIC, Email: co.Email, Phone: co.Phone,
			Address:       party.Address{Street: co.Street, PostalCode: co.PostalCode, City: co.City, Country: co.Country},
			SmallBusiness: f.VAT.SmallBusiness,
		},
		Look: f.Look.policy(c), Numbers: f.Numbers.policy(c), AccountCooling: time.Duration(co.BankChangeDays.n) * 24 * time.Hour,
		SellerLarge: co.Large, TermsDays: f.Terms.DefaultDays.n, DueRolls: f.Terms.DueOn == dueOnWorkingDay, Terms: texts(c, f.Terms.Version),
		Quotes: o2c.QuoteRules{ValidDays: f.Quotes.ValidDays.n, RemindDays: f.Quotes.RemindDays.n, WarnDays: f.Quotes.WarnDays.n},

		Credit: f.Credit.policy(c, f), Deposit: f.Deposits.policy(c), Collecting: f.Collecting.policy(c), Recovery: f.Recovery.policy(c, f), Cash: f.Cash.policy(c, f.Books.Currency),
		Approval: f.approval(c), Ladder: f.Dunning.ladder(c, "dunning.ladder", "", f.Dunning.Ladder), Ladders: f.Dunning.ladders(c), Thanks: f.Dunning.Thanks,
		Freshness: time.Duration(f.Dunning.BankDataHours.n) * time.Hour,
		VIES:      o2c.VIESPolicy{Days: f.VAT.VIESDays.n, Hold: f.VAT.Unconfirmed == unconfirmedHold}, OneStopShop: f.VAT.OneStopShop, Peppol: o2c.PeppolPolicy{AccessPoint: f.Peppol.AccessPoint, LegalEntity: int64(f.Peppol.LegalEntity.n)}, StrictStock: f.Stock == "strict",
		Shipping: f.Shipping.policy(c), Accounting: f.Accounts.policy(c),
		Shops: f.shops(c), Subscribers: f.subscribers(c), People: f.people(c), Workspace: o2c.Workspace(f.Slack), Channels: f.Channels,
		Room: f.Room.policy(c, calendar.Of(co.Country)),
	}
}

func (f file) shops(c *checker) []o2c.Shop {
	var shops []o2c.Shop
	for i, s := range f.Shops {
		at := fmt.Sprintf("shops[%d]", i)
		c.must(s.Endpoint != "" && !strings.ContainsAny(s.Endpoint, "/ "), at+".endpoint", s.Endpoint, "letters, digits and dashes")
		c.must(slices.Contains([]string{"shopify", "woocommerce", "bigcommerce", "generic"}, s.Platform), at+".platform", s.Platform, "shopify, woocommerce, bigcommerce or generic")
		if s.SilentHours.text != "" {
			c.within(at+".silent_hours", s.SilentHours, 0, 24*30)
		}
		c.must(s.URL == "" || strings.HasPrefix(s.URL, "https://"), at+".url", s.URL, "the shop's address, e.g. https://voorbeeld.myshopify.com")
		next := o2c.Shop{Endpoint: s.Endpoint, Platform: s.Platform, URL: strings.TrimSuffix(s.URL, "/"), SilentHours: s.SilentHours.n, Consecutive: s.Platform == "shopify"}
		if s.Consecutive != nil {
			next.Consecutive = *s.Consecutive
		}
		shops = append(shops, next)
	}
	return shops
}
